-- One row per body of a county: whether its report on $year was filed, late or is missing, and which one it is.
with bodies as (
  select distinct township_id, township_name, province_name, prefecture_name, county_name from divisions
  where $year between coalesce(from_year, $year) and coalesce(to_year, $year)
  union
  select township_id, township_name, province_name, prefecture_name, county_name from townships),
filed as (
  select township_id, any_value(report_id) as report_id, any_value(issued_on) as issued_on
  from reports where report_kind = 'rule_of_law' and report_year = $year and coalesce(county_name, '—') = coalesce($county, '—') group by township_id)
select b.township_id, b.township_name, f.report_id, f.issued_on,
  case when f.report_id is null then 'missing' when f.issued_on >= make_date($year + 1, 4, 1) then 'late' else 'filed' end as state
from bodies b left join filed f using (township_id)
where coalesce(b.province_name, '—') = coalesce($province, '—') and b.prefecture_name is not distinct from $prefecture
  and coalesce(b.county_name, '—') = coalesce($county, '—')
order by state = 'missing', b.township_name, b.township_id
