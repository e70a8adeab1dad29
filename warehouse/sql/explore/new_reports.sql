-- The reports that the last run brought, the newest years first.
select r.report_id, r.province_name, r.prefecture_name, r.county_name, r.township_name, r.report_year, r.title, r.source_name,
  count(*) over () as total
from reports r
semi join (select report_id from sources where is_current and first_seen_run = (select max(run_id) from runs where outcome = 'published')) using (report_id)
order by r.report_year desc nulls last, r.province_name, r.prefecture_name, r.county_name, r.township_name, r.report_id
limit $top
