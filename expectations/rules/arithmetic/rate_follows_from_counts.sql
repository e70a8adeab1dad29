-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 比率与计数相符
-- holds: A stated rate follows from its stated counts, rounded or cut off at its last place.
-- holds_zh: 报告的比率应与报告的计数相符（按末位四舍五入或截断）。
-- source: the report's own arithmetic
-- broken by: 调解46起，成功42起，成功率93%

with judged as (
    select
        r.metric_id,
        r.report_id,
        r.char_start,
        r.quote,
        r.value as rate,
        part.value as part_count,
        whole.value as whole_count,
        100 * part.value / whole.value as true_rate,
        -- a clerk rounds or cuts off at the last place that is printed
        coalesce(
            length(
                regexp_extract(
                    translate(r.quote, '０１２３４５６７８９．', '0123456789.'), '[.]([0-9]+)', 1
                )
            ),
            0
        )::integer as places
    from metrics r
    join metric_links n on n.metric_id = r.metric_id and n.kind = 'numerator'
    join metrics part on part.metric_id = n.to_metric_id
    join metric_links d on d.metric_id = r.metric_id and d.kind = 'denominator'
    join metrics whole on whole.metric_id = d.to_metric_id
    where is_exact(r.qualifier, r.status, r.value_high)
        and is_exact(part.qualifier, part.status, part.value_high)
        and is_exact(whole.qualifier, whole.status, whole.value_high)
        and whole.value > 0
)
select
    metric_id as row_id,
    report_id,
    'The stated rate does not follow from the stated counts: ' || whole_number(part_count) || ' of '
        || whole_number(whole_count) || ' is ' || printf('%.2f', true_rate) || '%, not ' || quote || '.' as message,
    '比率与计数不符：' || whole_number(whole_count) || '中的' || whole_number(part_count) || '应为'
        || printf('%.2f', true_rate) || '%，而不是' || quote || '。' as message_zh,
    whole_number(whole_count) || ' / ' || whole_number(part_count) || ' / ' || quote as evidence,
    char_start
from judged
where abs(rate - round(true_rate, places)) > 1e-6
    and abs(rate - floor(true_rate * pow(10, places) + 1e-9) / pow(10, places)) > 1e-6
