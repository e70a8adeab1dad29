-- One row per county: how many of its bodies filed a report on $year, how many did so late, how many are missing.
-- The bodies are those of the register; without one, all that ever filed a report. A province or county that nobody knows is —.
with bodies as (
  select distinct province_name, prefecture_name, county_name, township_id from divisions
  where $year between coalesce(from_year, $year) and coalesce(to_year, $year)
  union all
  select province_name, prefecture_name, county_name, township_id from townships
  where not exists (from divisions)),
filed as (
  select township_id, bool_and(coalesce(issued_on >= make_date($year + 1, 4, 1), false)) as late
  from reports where report_kind = 'rule_of_law' and report_year = $year and township_id is not null group by township_id)
select coalesce(b.province_name, '—') as province_name, b.prefecture_name, coalesce(b.county_name, '—') as county_name, count(*) as bodies, count(f.township_id) as filed,
  count_if(coalesce(f.late, false)) as late, count(*) - count(f.township_id) as missing, count(f.township_id) / count(*) as coverage
from bodies b left join filed f using (township_id)
group by all
order by missing desc, province_name, b.prefecture_name, county_name
