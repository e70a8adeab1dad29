-- severity: info
-- scope: report
-- table: reports
-- name_zh: 有问题或打算部分
-- holds: Such a report has a section on shortcomings or on next steps; one without may be cut off.
-- holds_zh: 这类报告应有存在问题或下一步打算部分；没有的可能不完整。
-- source: 法治政府建设与责任落实督察工作规定 (2019), the chapter on annual reports: shortcomings and next steps
--     belong in one
-- broken by: a report that ends after 工作开展情况

select
    report_id as row_id,
    report_id,
    'No section on shortcomings or next steps: it may be cut off.' as message,
    '没有存在问题或下一步打算部分，报告可能不完整。' as message_zh,
    null as evidence,
    null as char_start
from reports r
where not exists (
    select 1
    from sections s
    where s.report_id = r.report_id
        and s.kind in ('problems', 'plan', 'problems_and_plan', 'suggestions')
)
