-- severity: warning
-- scope: year
-- table: metrics
-- name_zh: 与同类单位相近
-- holds: A value 10 times and 4.5 robust standard deviations away from bodies of its kind in its
--     year is a slip sooner than a fact; 20 peers at least.
-- holds_zh: 与同年同类单位相差10倍且超过4.5个稳健标准差的数值，多半是笔误；至少有20个同类单位才比较。
-- source: Rousseeuw and Croux (1993), Alternatives to the median absolute deviation
-- broken by: 发放宣传册350000份, where others say 3500

-- Spread is the median of the distances from the median (MAD) of the logarithms: half of the peers may
-- be wrong. 1.4826 MAD is one standard deviation of a normal distribution.
-- Groups and reports by digests: of millions of figures only numbers are held, and texts of those that
-- are far off.
with counted as not materialized (
    select
        m.metric_id,
        m.report_id,
        m.quote,
        m.char_start,
        log10(m.value * coalesce(u.factor, 1)) as normal,
        hash(
            m.metric_code,
            u.base_unit,
            m.report_year,
            case
                when r.township_name like '%街道' then '街道'
                when r.township_name like '%乡' then '乡'
                else '镇'
            end
        ) as peers
    from metrics m
    join metric_definitions d using (metric_code)
    join reports r using (report_id)
    join units u on u.unit = m.unit
    where m.status = 'actual'
        and m.value_high is null
        and m.value > 0
        and d.kind in ('count', 'amount')
        and m.confidence >= 0.5
        and u.base_unit is not null
        and m.report_year is not null
),
groups as (
    select
        peers,
        median(normal) as middle,
        mad(normal) as spread,
        count(distinct hash(report_id)) as report_count
    from counted
    group by peers
    having report_count >= 20
)
select
    metric_id as row_id,
    report_id,
    'Far from its peers: ' || quote || ', where half of ' || report_count
        || ' reports of its kind and year say less than ' || whole_number(round(pow(10, middle))) || '.' as message,
    '与同类单位相差很大：' || quote || '，而同年' || report_count || '份同类报告中有一半低于'
        || whole_number(round(pow(10, middle))) || '，请核对原文。' as message_zh,
    quote as evidence,
    char_start
from counted
join groups using (peers)
where abs(normal - middle) > greatest(log10(10), 4.5 * 1.4826 * spread)
