-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 正文没有大段多出文字
-- holds: A report of which a tenth is not shown by its file is not published: figures would be
--     wrong.
-- holds_zh: 十分之一以上的文字文件并未显示时，报告不予发布，否则数据会有误。
-- source: a second reading of the same bytes (transforms/readers/proof.py)
-- broken by: a second, deleted report that was read

select
    report_id as row_id,
    report_id,
    'The text holds ' || text_invented || ' characters that the file does not show: compare it with its source, or save it as text.'
        as message,
    '正文中有 ' || text_invented || ' 字文件并未显示，请对照原文件，或另存为文本。'
        as message_zh,
    reading_evidence as evidence,
    null as char_start
from reports
where text_invented > greatest(100, 0.1 * length(text))
