-- One row per place below the given one, of a metric in $year and $unit: total and median, with coverage and what a rule questions.
-- The places are provinces in the country, prefectures in a province, counties in a prefecture.
with filed as (
  select report_id, case when $province is null then province_name when $prefecture is null then coalesce(prefecture_name, county_name) else county_name end as name
  from reports
  where report_kind = 'rule_of_law' and report_year = $year and township_id is not null
    and ($province is null or coalesce(province_name, '—') = $province) and ($prefecture is null or prefecture_name = $prefecture)
    and ($county is null or coalesce(county_name, '—') = $county)),
per_place as (select name, count(*) as bodies_filed from filed group by name),
said as (
  select f.name, sum(v.value) as total, median(v.value) as median, count(*) as bodies_reported, count_if(v.questioned) as bodies_questioned
  from body_year_values v join filed f using (report_id)
  where v.metric_code = $metric and v.unit = $unit and v.value is not null group by f.name)
select p.name, s.total, s.median, coalesce(s.bodies_reported, 0) as bodies_reported, p.bodies_filed, coalesce(s.bodies_questioned, 0) as bodies_questioned,
  coalesce(s.bodies_reported, 0) / p.bodies_filed as coverage
from per_place p left join said s using (name)
where p.name is not null order by s.median desc nulls last, p.name
