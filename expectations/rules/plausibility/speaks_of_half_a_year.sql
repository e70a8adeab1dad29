-- severity: info
-- scope: report
-- table: reports
-- name_zh: 正文总结全年
-- holds: An annual report that sums up 今年上半年 or 1—6月 was probably taken over from a half-year one.
-- holds_zh: 年度报告若只总结今年上半年或1—6月，多半是沿用了半年报告。
-- source: the text of the report
-- broken by: 今年1—6月，共受理

select
    report_id as row_id,
    report_id,
    'The text sums up half a year.' as message,
    '正文总结的是半年的情况，请核对是否沿用了半年报告。' as message_zh,
    found as evidence,
    strpos(text, found) - 1 as char_start
from (
    select
        report_id,
        text,
        regexp_extract(
            text,
            '(?:今年|本年度?|20[0-9]{2}年)(?:上半年|1[—–~至-]6月份?|一至六月份?)(?:以来)?'
                || '，[^。；\n]{0,12}(?:共|累计)'
        ) as found
    from reports
    where title is null or not regexp_matches(title, '半年')
)
where found <> ''
