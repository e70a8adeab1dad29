-- One row per metric of a body in $year: its value or why there is none, and its rank in its county and its prefecture.
with here as (
  select report_id, township_id, province_name, prefecture_name, county_name from reports
  where report_kind = 'rule_of_law' and report_year = $year and township_id = $township limit 1),
peers as (
  select r.report_id, r.county_name from reports r, here h
  where r.report_kind = 'rule_of_law' and r.report_year = $year and r.township_id is not null
    and r.province_name is not distinct from h.province_name and r.prefecture_name is not distinct from h.prefecture_name),
ranked as (
  select v.*, rank() over in_county as rank_in_county, count(*) over all_in_county as bodies_in_county,
    rank() over in_prefecture as rank_in_prefecture, count(*) over all_in_prefecture as bodies_in_prefecture,
    median(v.value) over all_in_prefecture as prefecture_median
  from body_year_values v join peers p using (report_id)
  where v.value is not null
  window in_county as (partition by v.metric_code, v.unit, p.county_name order by v.value desc), all_in_county as (partition by v.metric_code, v.unit, p.county_name),
    in_prefecture as (partition by v.metric_code, v.unit order by v.value desc), all_in_prefecture as (partition by v.metric_code, v.unit)),
mine as (from body_year_values where report_id in (select report_id from here))
select d.metric_code, d.domain, d.name_zh, d.name_en, d.kind, coalesce(m.unit, d.unit) as unit, m.value,
  coalesce(m.state, 'not_reported') as state, coalesce(m.figures, 0) as figures, coalesce(m.questioned, false) as questioned, m.metric_id, m.report_id,
  r.rank_in_county, r.bodies_in_county, r.rank_in_prefecture, r.bodies_in_prefecture, r.prefecture_median
from metric_definitions d left join mine m using (metric_code)
left join (from ranked where report_id in (select report_id from here)) r on r.metric_code = d.metric_code
where d.aggregation <> 'none' and exists (from here)
order by m.report_id is null, d.domain, d.metric_code
