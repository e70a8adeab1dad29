-- One row per metric and unit of a place in $year: the rank of its median among the places of its level beside it.
-- Provinces are ranked in the country, prefectures in their province, counties in their prefecture.
with said as (
  select case $level when 'province' then r.province_name when 'prefecture' then r.prefecture_name else r.county_name end as name,
    v.metric_code, v.unit, v.value
  from body_year_values v join reports r using (report_id)
  where r.report_year = $year and v.value is not null and ($level = 'province' or coalesce(r.province_name, '—') = $province)
    and ($level <> 'county' or r.prefecture_name is not distinct from $prefecture)),
medians as (
  select name, metric_code, unit, median(value) as median from said where name is not null group by all),
ranked as (
  select *, rank() over (partition by metric_code, unit order by median desc) as rank, count(*) over (partition by metric_code, unit) as places from medians)
select metric_code, unit, rank, places, median from ranked where name = $name
