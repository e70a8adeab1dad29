-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 模板空白已填写
-- holds: A template whose blanks were not filled in (XX次) reports nothing there.
-- holds_zh: 模板中的空白未填写（XX次），该处没有报告任何数据。
-- source: how templates of such reports are written
-- broken by: 开展培训XX次

select
    report_id as row_id,
    report_id,
    'A blank of the template was not filled in.' as message,
    '模板中的空白没有填写，请向报告单位补全。' as message_zh,
    found as evidence,
    strpos(text, found) - 1 as char_start
from (
    select
        report_id,
        text,
        regexp_extract(
            text,
            '[xX×Ｘｘ]{1,4}(?:余)?(?:次|名|件|人|起|场|份|户|万元|个)'
        ) as found
    from reports
)
where found <> ''
