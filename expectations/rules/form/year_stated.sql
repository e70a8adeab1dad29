-- severity: info
-- scope: report
-- table: reports
-- name_zh: 报告写明年度
-- holds: Title, opening or a heading say which year a report is about; else it is inferred from the
--     signature, from the years in its text or from the name of its file.
-- holds_zh: 标题、开头或小标题写明年度；否则由落款日期、文中年份或文件名推断。
-- source: the text of the report
-- broken by: a report without a title that begins with 一年来 and is signed in January 2024

select
    report_id as row_id,
    report_id,
    'The year was inferred: neither title nor opening says it.' as message,
    '年度系推断：标题和开头均未写明。' as message_zh,
    coalesce(title, cast(issued_on as varchar)) as evidence,
    null as char_start
from reports
where list_contains(string_split(doubts, ' '), 'year_inferred')
    -- the file's name said it
    or (list_contains(string_split(doubts, ' '), 'year_missing') and report_year is not null)
