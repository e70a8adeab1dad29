-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 数字没有粘连
-- holds: Where brackets or a dash were lost two numbers run together: 〔2023〕5号, 2021—2025年.
-- holds_zh: 括号或连接号丢失会使两个数字粘连，如〔2023〕5号、2021—2025年。
-- source: GB/T 9704-2012, 7.2.5: the year of a document number stands in 〔〕
-- broken by: 政发20235号; 20212025年

select
    report_id as row_id,
    report_id,
    'Two numbers have run together: brackets or a dash were lost.' as message,
    '两个数字粘连在一起，可能丢失了括号或连接号，请核对原文件。' as message_zh,
    found as evidence,
    strpos(text, found) - 1 as char_start
from (
    select
        report_id,
        text,
        regexp_extract(
            text,
            '(?:发|办|字|函|规|令)(?:19|20)[0-9]{2}[0-9]{1,4}号'
                || '|(?:19|20)[0-9]{2}(?:19|20)[0-9]{2}年'
        ) as found
    from reports
)
where found <> ''
