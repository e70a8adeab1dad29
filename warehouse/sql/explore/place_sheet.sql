-- One row per metric and unit of a place in $year: total, mean and median over its bodies, how many of them reported it.
-- A place is what its given parts say; a part that is null is not asked for. Metrics that no body reported have no unit.
with filed as (
  select report_id from reports
  where report_kind = 'rule_of_law' and report_year = $year and township_id is not null
    and ($province is null or coalesce(province_name, '—') = $province) and ($prefecture is null or prefecture_name = $prefecture)
    and ($county is null or coalesce(county_name, '—') = $county)),
said as (select v.* from body_year_values v semi join filed using (report_id) where v.value is not null)
select d.metric_code, d.domain, d.name_zh, d.name_en, d.kind, s.unit,
  case when d.kind <> 'rate' then sum(s.value) end as total, avg(s.value) as mean, median(s.value) as median,
  count(s.value) as bodies_reported, (select count(*) from filed) as bodies_filed, count_if(coalesce(s.questioned, false)) as bodies_questioned
from metric_definitions d left join said s using (metric_code)
where d.aggregation <> 'none'
group by d.metric_code, d.domain, d.name_zh, d.name_en, d.kind, s.unit
order by bodies_reported desc, d.domain, d.metric_code, s.unit
