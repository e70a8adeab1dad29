-- One row per metric: what it means, how many reports state it, how many of its figures a rule questions.
select d.*, coalesce(m.reports, 0) as reports, coalesce(m.questioned, 0) as questioned
from metric_definitions d
left join (select metric_code, count(distinct report_id) as reports, count_if(trust = 'questioned') as questioned from metrics group by metric_code) m using (metric_code)
order by d.domain, d.occurrences desc, d.metric_code
