-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 数字未被遮盖
-- holds: Digits that a site hides behind asterisks (**件) are not reported there: what is extracted
--     from such a text is a part.
-- holds_zh: 被星号遮盖的数字（**件）等于没有报告；此类文本抽取所得只是一部分。
-- source: how sites of tenders and model texts reprint reports
-- broken by: 化解纠纷**件

select
    report_id as row_id,
    report_id,
    'Digits are hidden behind asterisks: fetch the report from where it was published.' as message,
    '数字被星号遮盖，请从原发布网站重新获取。' as message_zh,
    found as evidence,
    strpos(text, found) - 1 as char_start
from (
    select
        report_id,
        text,
        regexp_extract(
            text,
            '[*＊]{1,6}余?(?:次|名|件|人|起|场|份|户|条|项|家|处|宗|期|万元|个|年|月|%|％)'
        ) as found
    from reports
)
where found <> ''
