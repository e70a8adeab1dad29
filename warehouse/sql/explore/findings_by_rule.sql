-- One row per rule that found something: findings, those that the last run found first, and reports concerned.
select rule_id, severity, consequence, count(*) as findings, count(distinct report_id) as reports,
  count_if(run_id = (select max(run_id) from runs where outcome = 'published')) as new
from quality_findings group by rule_id, severity, consequence
order by case any_value(severity) when 'critical' then 0 when 'warning' then 1 else 2 end, findings desc, rule_id
