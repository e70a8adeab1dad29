-- One row per year and unit of a metric at a place: total, mean and median, bodies that reported it and bodies that filed.
with filed as (
  select report_id, report_year from reports
  where report_kind = 'rule_of_law' and report_year is not null and township_id is not null
    and ($province is null or coalesce(province_name, '—') = $province) and ($prefecture is null or prefecture_name = $prefecture)
    and ($county is null or coalesce(county_name, '—') = $county) and ($township is null or township_id = $township)),
per_year as (select report_year, count(*) as bodies_filed from filed group by report_year)
select f.report_year, v.unit, case when any_value(d.kind) <> 'rate' then sum(v.value) end as total, avg(v.value) as mean, median(v.value) as median,
  count(v.value) as bodies_reported, any_value(y.bodies_filed) as bodies_filed, count_if(v.questioned) as bodies_questioned
from body_year_values v join filed f using (report_id) join per_year y on y.report_year = f.report_year
join metric_definitions d using (metric_code)
where v.metric_code = $metric and v.value is not null
group by f.report_year, v.unit order by bodies_reported desc, f.report_year
