-- the findings on a report and its figures, the gravest first; on one figure where $metric_id is given
select q.rule_id, q.rule_zh, q.severity, q.message, q.message_zh, m.quote, m.char_start
from quality_findings q left join metrics m on q.table_name = 'metrics' and m.metric_id = q.row_id
where q.report_id = $report_id and ($metric_id is null or q.row_id = $metric_id)
order by case q.severity when 'critical' then 0 when 'warning' then 1 else 2 end, m.char_start nulls first, q.rule_id, q.row_id
