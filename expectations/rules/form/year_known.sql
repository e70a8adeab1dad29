-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 报告年度已知
-- holds: A report belongs to a year.
-- holds_zh: 每份报告都属于某一年度。
-- source: the contract of the tables
-- broken by: a report whose text names no year

select
    report_id as row_id,
    report_id,
    'The year that the report is about was not found.' as message,
    '未能确定报告所属的年度。' as message_zh,
    title as evidence,
    null as char_start
from reports
where report_year is null
