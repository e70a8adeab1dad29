-- severity: info
-- scope: body
-- table: metrics
-- name_zh: 与上年相近
-- holds: What a body does in a year rarely changes by a factor of 10, what it has by a factor of 5.
-- holds_zh: 一个单位一年所做的事很少相差10倍，所拥有的很少相差5倍。
-- source: the same body's own series
-- broken by: 人民调解员12名 after 120名

-- one figure of a metric in each of two years in a row; a stock moves less than what is done in a year
with single as (
    select
        m.township_id,
        m.report_year,
        m.metric_code,
        u.base_unit,
        any_value(m.metric_id) as metric_id,
        any_value(m.report_id) as report_id,
        any_value(m.value * coalesce(u.factor, 1)) as normal,
        any_value(m.quote) as quote,
        any_value(m.char_start) as char_start,
        any_value(d.aggregation) as aggregation
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
        and m.township_id is not null
    group by all
    having count(*) = 1
)
select
    this.metric_id as row_id,
    this.report_id,
    'Far from last year: ' || this.quote || ', and ' || last.quote || ' in ' || last.report_year
        || '.' as message,
    '与上年相差很大：本年' || this.quote || '，' || last.report_year || '年为' || last.quote
        || '，请核对原文。' as message_zh,
    last.quote || ' / ' || this.quote as evidence,
    this.char_start
from single this
join single last
    on this.township_id = last.township_id
    and this.metric_code = last.metric_code
    and this.base_unit = last.base_unit
    and this.report_year = last.report_year + 1
where greatest(this.normal, last.normal) >= 20
    and greatest(this.normal / last.normal, last.normal / this.normal)
        >= case this.aggregation when 'max' then 5 else 10 end
