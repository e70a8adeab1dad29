-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 报告覆盖全年
-- holds: An annual report is about a year; one on half a year or a quarter must not be compared
--     with it.
-- holds_zh: 年度报告写的是一整年；半年或季度报告不能与之比较。
-- source: the title of the report
-- broken by: 2023年上半年法治政府建设工作报告

select
    report_id as row_id,
    report_id,
    'The title speaks of part of a year.' as message,
    '标题写的只是一年中的一部分。' as message_zh,
    regexp_extract(title, '上半年|下半年|半年|[一二三四]季度') as evidence,
    null as char_start
from reports
where regexp_matches(title, '上半年|下半年|半年|[一二三四]季度')
