-- The reports of a place, newest first; of a larger place the first $top.
select report_id, province_name, prefecture_name, county_name, township_id, township_name, report_year, report_kind, title, source_name, issued_on,
  count(*) over () as total
from reports
where ($year is null or report_year = $year) and ($province is null or coalesce(province_name, '—') = $province)
  and ($prefecture is null or prefecture_name = $prefecture) and ($county is null or coalesce(county_name, '—') = $county) and ($township is null or township_id = $township)
order by report_year desc nulls last, province_name, prefecture_name, county_name, township_name, report_id
limit $top
