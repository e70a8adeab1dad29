-- severity: info
-- scope: report
-- table: metrics
-- name_zh: 分项之和不超过总数
-- holds: The parts that stand after 其中, in one unit, do not add up to more than their total, unless
--     they overlap.
-- holds_zh: “其中”之后同一单位的分项之和不超过总数，除非分项有交叉。
-- source: the report's own arithmetic
-- broken by: 宣传6场，其中进村4场、进校4场

with links as (
    select metric_id, to_metric_id from metric_links where kind = 'part_of'
),
linked as materialized (
    select metric_id, report_id, value, unit, quote, char_start
    from metrics
    semi join (select metric_id from links union select to_metric_id from links) using (metric_id)
    where is_exact(qualifier, status, value_high)
),
-- materialized: three relations joined at once are joined by the unit first, where each figure meets
-- all others of its unit
parts as materialized (
    select l.to_metric_id as metric_id, p.value, p.unit, p.quote, p.char_start
    from links l
    join linked p using (metric_id)
),
added as (
    select
        metric_id,
        sum(p.value) as parts_sum,
        max(p.value) as largest,
        string_agg(p.quote, ' + ' order by p.char_start) as quotes
    from parts p
    join linked t using (metric_id, unit)
    group by metric_id
    having count(*) > 1
)
select
    t.metric_id as row_id,
    t.report_id,
    'The parts add up to ' || whole_number(parts_sum) || ', the total is ' || whole_number(t.value) || '.' as message,
    '各分项之和为' || whole_number(parts_sum) || '，总数为' || whole_number(t.value) || '。' as message_zh,
    t.quote || ' / ' || quotes as evidence,
    t.char_start
from added
join linked t using (metric_id)
where parts_sum > t.value and largest <= t.value
