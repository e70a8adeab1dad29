-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 正文没有大段遗漏
-- holds: A report of which a tenth was not read is not published: figures would be missing.
-- holds_zh: 十分之一以上的文字没有读出时，报告不予发布，否则会缺少数据。
-- source: a second reading of the same bytes (transforms/readers/proof.py)
-- broken by: half of the report inside an element that the reader does not know

select
    report_id as row_id,
    report_id,
    'The file holds ' || text_lost || ' characters that were not read: compare it with its source, or save it as text.'
        as message,
    '文件中有 ' || text_lost || ' 字没有读出，请对照原文件，或另存为文本。'
        as message_zh,
    reading_evidence as evidence,
    null as char_start
from reports
where text_lost > greatest(100, 0.1 * length(text))
