-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 正文没有多出文字
-- holds: The text holds nothing that the file does not show: hidden and deleted text is not read.
-- holds_zh: 正文中没有文件未显示的文字：隐藏和已删除的文字不读。
-- source: a second reading of the same bytes (transforms/readers/proof.py)
-- broken by: deleted text that was read

select
    report_id as row_id,
    report_id,
    'The text holds ' || text_invented || ' characters that the file does not show.'
        as message,
    '正文中有 ' || text_invented || ' 字文件并未显示，请对照原文件。'
        as message_zh,
    reading_evidence as evidence,
    null as char_start
from reports
where text_invented > 0
