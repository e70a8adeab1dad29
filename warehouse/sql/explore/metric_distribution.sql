-- One row per class of values of a metric in $year and $unit: how many bodies are in it. All from $high on are in the last.
with filed as (
  select report_id from reports
  where report_kind = 'rule_of_law' and report_year = $year and township_id is not null
    and ($province is null or coalesce(province_name, '—') = $province) and ($prefecture is null or prefecture_name = $prefecture)
    and ($county is null or coalesce(county_name, '—') = $county)),
classed as (
  select least(floor((v.value - $low) / $width), $classes)::integer as class from body_year_values v semi join filed using (report_id)
  where v.metric_code = $metric and v.unit = $unit and v.value is not null)
select class, count(*) as bodies from classed group by class order by class
