-- The body with the identifier $township.
select township_id, township_name, province_name, prefecture_name, county_name, division_code, resolution, first_report_year, last_report_year, report_count
from townships where township_id = $township
union all by name
select township_id, any_value(township_name) as township_name, any_value(province_name) as province_name, any_value(prefecture_name) as prefecture_name,
  any_value(county_name) as county_name, any_value(division_code) as division_code, 'exact' as resolution, 0 as report_count
from divisions where township_id = $township and township_id not in (select township_id from townships) group by township_id
