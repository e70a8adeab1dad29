-- One row per unit of a metric in $year, the most used first: bodies that reported it, quantiles, share resting on questioned figures.
with filed as (
  select report_id from reports
  where report_kind = 'rule_of_law' and report_year = $year and township_id is not null
    and ($province is null or coalesce(province_name, '—') = $province) and ($prefecture is null or prefecture_name = $prefecture)
    and ($county is null or coalesce(county_name, '—') = $county))
select v.unit, count(*) as bodies_reported, (select count(*) from filed) as bodies_filed, count_if(v.questioned) as bodies_questioned,
  sum(v.value) as total, avg(v.value) as mean, min(v.value) as least, quantile_cont(v.value, 0.25) as lower, median(v.value) as median,
  quantile_cont(v.value, 0.75) as upper, quantile_cont(v.value, 0.98) as high, max(v.value) as most
from body_year_values v semi join filed using (report_id)
where v.metric_code = $metric and v.value is not null
group by v.unit order by bodies_reported desc, v.unit
