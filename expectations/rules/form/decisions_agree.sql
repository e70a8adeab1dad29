-- severity: warning
-- scope: all
-- table: metrics
-- name_zh: 人工决定不相矛盾
-- holds: What people decided about one figure agrees: a correction and a review say the same value,
--     code and status.
-- holds_zh: 对同一数据的人工决定应当一致：更正与复核给出的数值、指标代码和状态相同。
-- source: a correction is a record with a guard
-- broken by: a figure that the list of corrections changes to 45, and a review confirms as 42起

with said as (
    select
        *,
        case action
            when 'correct' then concat_ws(', ', if(value is null, null, printf('%.12g', value)), metric_code, status)
            else ''
        end as instead
    from decisions
    where state = 'in_force' and metric_id is not null
),
conflicts as (
    select
        metric_id,
        any_value(report_id) as report_id,
        any_value(quote) as quote,
        string_agg(
            origin || ' by ' || decided_by || ': ' || trim(action || ' ' || instead), '; ' order by origin
        ) as both_en,
        string_agg(
            if(origin = 'review', '复核', '更正清单') || '（' || decided_by || '）：'
                || case action when 'confirm' then '确认' when 'correct' then '更正为' else '否定' end || instead,
            '；' order by origin
        ) as both_zh
    from said
    group by metric_id
    having count(distinct action || ' ' || instead) > 1
)
select
    metric_id as row_id,
    report_id,
    'The decisions on this figure contradict each other (' || both_en
        || '). The review counts; take one of them back.' as message,
    '对该数据的人工决定相互矛盾（' || both_zh || '）。目前以复核为准，请撤回其中之一。' as message_zh,
    quote as evidence,
    null as char_start
from conflicts
