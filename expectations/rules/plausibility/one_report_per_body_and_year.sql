-- severity: warning
-- scope: all
-- table: report_history
-- name_zh: 一个单位一年一份报告
-- holds: A body reports once a year; where it has two different reports one is current and the
--     other is kept in the history.
-- holds_zh: 一个单位一年报告一次；有两份不同的报告时，一份为现行，另一份留在历史中。
-- source: 法治政府建设与责任落实督察工作规定 (2019), the chapter on annual reports: one a year
-- broken by: two reports of 2023 of one body

select
    report_id as row_id,
    report_id,
    'A second report of the same body and year; current is ' || coalesce(replaced_by, '?')
        || '.' as message,
    '同一单位同一年度的第二份报告；现行的是 ' || coalesce(replaced_by, '?') || '。' as message_zh,
    source_name as evidence,
    null as char_start
from report_history
where reason = 'other_report_of_body_and_year'
