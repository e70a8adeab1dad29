-- severity: info
-- scope: year
-- table: reports
-- name_zh: 篇幅与同年报告相近
-- holds: A report a quarter as long as others of its year, or four times as long, is probably not
--     whole, or not one.
-- holds_zh: 篇幅只有同年报告四分之一、或达到四倍的，多半不完整或不是一份报告。
-- source: Rousseeuw and Croux (1993), Alternatives to the median absolute deviation
-- broken by: a report of three lines

-- the sections partition the text, so the last of them tells its length without the text being read
with lengths as (
    select report_id, any_value(report_year) as report_year, max(char_end) as length
    from sections
    group by report_id
),
years as (
    select report_year, median(log10(length)) as middle, mad(log10(length)) as spread
    from lengths
    where length > 0
    group by report_year
    having count(*) >= 20
)
select
    report_id as row_id,
    report_id,
    'The text has ' || length || ' characters, where half of that year have less than '
        || whole_number(round(pow(10, middle)))
        || ': it may be cut off, or more than a report.' as message,
    '全文' || length || '字，而同年报告有一半少于' || whole_number(round(pow(10, middle)))
        || '字：可能不完整，或不止一份报告。' as message_zh,
    null as evidence,
    null as char_start
from lengths
join years using (report_year)
where abs(log10(greatest(length, 1)) - middle) > greatest(log10(4), 4.5 * 1.4826 * spread)
