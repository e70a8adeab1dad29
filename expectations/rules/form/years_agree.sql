-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 报告年度前后一致
-- holds: Title, opening, headings and signature speak of one year; where two compete, the title's is
--     kept, else that of the opening.
-- holds_zh: 标题、开头、小标题与落款指向同一年度；若有两个年度，以标题为准，其次开头。
-- source: the text of the report
-- broken by: a report entitled 2023年… that begins with 2024年

select
    report_id as row_id,
    report_id,
    'Two years compete in this report; it was taken to be about ' || report_year || '.' as message,
    '报告中有两个年度，按' || report_year || '年度处理，请核对。' as message_zh,
    title as evidence,
    null as char_start
from reports
where list_contains(string_split(doubts, ' '), 'years_disagree')
