-- The findings on report $report and on its figures, in the order of its text.
from quality_findings where report_id = $report
order by char_start nulls first, case severity when 'critical' then 0 when 'warning' then 1 else 2 end, rule_id
