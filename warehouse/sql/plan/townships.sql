-- The rows of townships: one per reporting body with a current report.
select
  township_id,
  first(township_name order by report_id) as township_name,
  first(county_name order by report_id) as county_name,
  first(prefecture_name order by report_id) as prefecture_name,
  first(province_name order by report_id) as province_name,
  first(division_code order by report_id) as division_code,
  if(bool_or(resolution = 'exact'), 'exact', first(resolution order by report_id)) as resolution,
  min(report_year) as first_report_year,
  max(report_year) as last_report_year,
  count(*) as report_count
from state
where is_current and township_id is not null
group by township_id
