-- The former versions of report $report, and other reports of its body and year.
select report_id, source_name, title, issued_on, reason, chosen_because, figure_count
from report_history where replaced_by = $report order by issued_on desc nulls last, report_id
