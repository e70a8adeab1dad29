-- The findings on report $report and on its figures, in the order of its text.
select rule_id, severity, consequence, message, evidence, char_start, table_name, row_id
from quality_findings where report_id = $report
order by char_start nulls first, case severity when 'critical' then 0 when 'warning' then 1 else 2 end, rule_id
