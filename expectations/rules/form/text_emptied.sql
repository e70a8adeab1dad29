-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 报告有正文
-- holds: A report of which hardly more than its title is left, without a figure, is not published:
--     it would stand for the report that it was.
-- holds_zh: 除标题外几乎没有正文、也没有数据的报告不予发布，以免冒充完整报告。
-- source: the text of the report
-- broken by: a page of which only the title was fetched

select
    report_id as row_id,
    report_id,
    'Hardly more than a title is left of this text, and no figure: fetch it again.' as message,
    '文本除标题外几乎为空，且没有数据，请重新获取原文件。' as message_zh,
    right(trim(text, E' \n\t\u3000'), 30) as evidence,
    null as char_start
from reports
where list_contains(string_split(doubts, ' '), 'emptied')
    and report_id not in (select report_id from metrics)
