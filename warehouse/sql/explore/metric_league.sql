-- The bodies that reported a metric in $year and $unit, the largest value first: the first $top of them.
select rank() over (order by v.value desc) as rank, r.province_name, r.prefecture_name, r.county_name, r.township_id, r.township_name, v.value, v.unit,
  v.questioned, v.figures, v.metric_id, v.report_id
from body_year_values v join reports r using (report_id)
where v.metric_code = $metric and v.unit = $unit and v.value is not null and r.report_year = $year
  and ($province is null or coalesce(r.province_name, '—') = $province) and ($prefecture is null or r.prefecture_name = $prefecture)
  and ($county is null or coalesce(r.county_name, '—') = $county)
order by v.value desc, v.report_id limit $top
