-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 覆盖率与村数相符
-- holds: A share of the villages follows from the number of villages that the same report counts.
-- holds_zh: 村（社区）覆盖率应与同一报告中的村数相符。
-- source: the report's own arithmetic
-- broken by: 15个村，13个村配备法律顾问，覆盖率100%

with rates as (
    select *, count(*) over (partition by report_id) as in_report
    from metrics
    where metric_code = 'legal_adviser_coverage_rate'
),
covered as (
    select *, count(*) over (partition by report_id) as in_report
    from metrics
    where metric_code = 'villages_with_legal_adviser'
),
villages as (
    select report_id, arg_max(metric_id, value) as metric_id
    from metrics
    where metric_code = 'villages' and is_exact(qualifier, status, value_high)
    group by report_id
)
select
    r.metric_id as row_id,
    r.report_id,
    r.quote || ' of the villages have a legal adviser, but the report counts ' || whole_number(c.value)
        || ' of ' || whole_number(v.value) || '.' as message,
    '法律顾问覆盖率为' || r.quote || '，但报告中' || whole_number(v.value) || '个村里只有' || whole_number(c.value)
        || '个配备。' as message_zh,
    v.quote || ' / ' || c.quote || ' / ' || r.quote as evidence,
    r.char_start
from rates r
join covered c using (report_id)
join villages t using (report_id)
join metrics v on v.metric_id = t.metric_id
where r.in_report = 1
    and c.in_report = 1
    and is_exact(r.qualifier, r.status, r.value_high)
    and is_exact(c.qualifier, c.status, c.value_high)
    and v.value > 0
    and c.value <= v.value
    and abs(r.value - 100 * c.value / v.value) >= 1
