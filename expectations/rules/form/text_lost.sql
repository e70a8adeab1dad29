-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 正文没有遗漏
-- holds: What stands in the file is in the text: a second, simpler reading of the file shows no
--     more.
-- holds_zh: 文件中的文字都在正文中：第二次简单读取没有发现更多文字。
-- source: a second reading of the same bytes (transforms/readers/proof.py)
-- broken by: a paragraph inside an element that the reader does not know

select
    report_id as row_id,
    report_id,
    'The file holds ' || text_lost || ' characters that were not read.'
        as message,
    '文件中有 ' || text_lost || ' 字没有读出，请对照原文件。'
        as message_zh,
    reading_evidence as evidence,
    null as char_start
from reports
where text_lost > 0
