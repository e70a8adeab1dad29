-- severity: info
-- scope: body
-- table: metrics
-- name_zh: 增减与上年报告相符
-- holds: A stated change against the year before follows from what the body's report of that year says.
-- holds_zh: 报告所说的与上年相比的增减，应与本单位上年报告的数据相符。
-- source: the same body's own series
-- broken by: 较上年增长50% after 40起 and before 44起

-- one exact figure of a metric in the report of a year
with single as (
    select
        m.township_id,
        m.report_year,
        m.metric_code,
        m.unit,
        any_value(m.value) as value,
        any_value(m.quote) as quote
    from metrics m
    where is_exact(m.qualifier, m.status, m.value_high)
        and m.value > 0
        and m.report_year is not null
        and m.township_id is not null
    group by all
    having count(*) = 1
),
-- what is said to have changed, apart from last year's figures: joined to them by the year alone, it
-- would be held for every pair of a year
compared as materialized (
    select
        change.metric_id,
        change.report_id,
        change.char_start,
        change.quote,
        change.value,
        change.unit,
        change.status,
        changed.township_id,
        changed.metric_code,
        changed.value as this_value,
        changed.unit as this_unit,
        changed.quote as this_quote,
        link.base_year,
        case link.direction when 'up' then 1 when 'down' then -1 else 0 end as sign,
        coalesce(
            length(
                regexp_extract(
                    translate(change.quote, '０１２３４５６７８９．', '0123456789.'), '[.]([0-9]+)', 1
                )
            ),
            0
        )::integer as places
    from metric_links link
    join metrics change on change.metric_id = link.metric_id
    join metrics changed on changed.metric_id = link.to_metric_id
    where link.kind = 'change_of'
        and link.base_year = changed.report_year - 1
        and link.direction in ('up', 'down', 'same')
        and change.qualifier = 'exact'
        and change.value_high is null
        and is_exact(changed.qualifier, changed.status, changed.value_high)
        and changed.confidence >= 0.5
),
stated as (
    select
        compared.*,
        last.value as last_value,
        last.quote as last_quote,
        last.report_year as last_year
    from compared
    join single last
        on last.township_id = compared.township_id
        and last.metric_code = compared.metric_code
        and last.unit = compared.this_unit
        and last.report_year = compared.base_year
),
judged as (
    select
        *,
        case
            -- 由49个减至33个: the former level itself
            when status = 'background' then unit <> this_unit or value = last_value
            when unit = this_unit then abs(this_value - last_value - sign * value) < 1e-6
            when unit = '%' then abs(100 * (this_value - last_value) / last_value - sign * value)
                < pow(10, -places)
            else true
        end as follows
    from stated
    where status in ('actual', 'background')
)
select
    metric_id as row_id,
    report_id,
    'Does not follow from last year: ' || quote || ' is said of ' || this_quote || ', and the report for '
        || last_year || ' says ' || last_quote || '.' as message,
    '增减与上年报告不符：本年' || this_quote || '，称变化' || quote || '，而' || last_year || '年报告为'
        || last_quote || '，请核对原文。' as message_zh,
    last_quote || ' / ' || quote || ' / ' || this_quote as evidence,
    char_start
from judged
where not follows
