-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 写的是本年度
-- holds: A report that names an earlier year throughout and its own hardly was probably taken over
--     from that year.
-- holds_zh: 通篇写往年而很少写本年度的，多半沿用了往年的报告。
-- source: the text of the report
-- broken by: title 2023, and 2021年 in every section

-- the year that the text speaks of most is an earlier one than it reports on, which stands in title and
-- opening at most
with named as (
    select
        report_id,
        report_year,
        unnest(regexp_extract_all(text, '(20[0-9]{2})年', 1)) as year
    from reports
    where report_year is not null
),
counted as (
    select report_id, report_year, year, count(*) as times
    from named
    group by report_id, report_year, year
),
ranked as (
    select *, max(times) over (partition by report_id) as most from counted
),
summed as (
    select
        report_id,
        report_year,
        max(times) as times,
        min(year) filter (times = most) as year,
        coalesce(max(times) filter (year = cast(report_year as varchar)), 0) as own_times
    from ranked
    group by report_id, report_year
)
select
    report_id as row_id,
    report_id,
    'The text speaks of ' || year || ' ' || times || ' times, of ' || s.report_year || ' ' || own_times
        || ' times.' as message,
    '正文写到' || year || '年' || times || '次，写到' || s.report_year || '年' || own_times
        || '次，可能沿用了往年的报告。' as message_zh,
    year || '年' as evidence,
    strpos(text, year || '年') - 1 as char_start
from summed s
join reports using (report_id)
where year < cast(s.report_year as varchar) and times >= 3 and own_times <= 2
