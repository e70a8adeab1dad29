-- One row per metric: what it means, how many reports have a value of it, how many of its figures a rule questions.
select d.*, coalesce(v.reports, 0) as reports, coalesce(m.questioned, 0) as questioned
from metric_definitions d
left join (select metric_code, count(*) as reports from body_year_values group by metric_code) v using (metric_code)
left join (select metric_code, count(*) as questioned from metrics where trust = 'questioned' group by metric_code) m using (metric_code)
order by d.domain, d.occurrences desc, d.metric_code
