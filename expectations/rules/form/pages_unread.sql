-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 每一页都已读取
-- holds: Every page of a report was read: pages that are pictures need OCR.
-- holds_zh: 报告的每一页都已读取；图片页需要文字识别。
-- source: pages of a PDF without a text layer (transforms/readers/pdf.py)
-- broken by: a typed report whose second page is a scan, read without OCR

select
    report_id as row_id,
    report_id,
    'These pages are pictures and were not read: ' || pages_unread
        || '. Install the OCR extra, or save the report as text.'
        as message,
    '以下页为图片，未读取：' || pages_unread || '。请安装文字识别组件，或另存为文本。'
        as message_zh,
    pages_unread as evidence,
    null as char_start
from reports
where pages_unread is not null
