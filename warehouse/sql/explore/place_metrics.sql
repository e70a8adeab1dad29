-- One row per metric: what it means, and at a place how many figures there are, how many reports have a value, how many a rule questions.
with here as (
  select report_id from reports
  where ($province is null or province_name = $province) and ($prefecture is null or prefecture_name = $prefecture)
    and ($county is null or county_name = $county)),
figures as (
  select metric_code, count(*) as occurrences, count_if(trust = 'questioned') as questioned
  from metrics semi join here using (report_id) group by metric_code),
valued as (select metric_code, count(*) as reports from body_year_values semi join here using (report_id) group by metric_code)
select d.* replace (coalesce(f.occurrences, 0) as occurrences), coalesce(v.reports, 0) as reports, coalesce(f.questioned, 0) as questioned
from metric_definitions d left join valued v using (metric_code) left join figures f using (metric_code)
order by d.domain, d.occurrences desc, d.metric_code
