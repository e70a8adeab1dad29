-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 分项不大于总数
-- holds: A part that stands after 其中 is no larger than its total.
-- holds_zh: “其中”之后的分项不能大于总数。
-- source: the report's own arithmetic
-- broken by: 宣传6场，其中进村9场

select
    part.metric_id as row_id,
    part.report_id,
    whole_number(part.value) || ' is a part, but the total is ' || whole_number(total.value) || '.' as message,
    '分项为' || whole_number(part.value) || '，但总数只有' || whole_number(total.value) || '。' as message_zh,
    part.quote || ' / ' || total.quote as evidence,
    part.char_start
from metric_links l
join metrics part using (metric_id)
join metrics total on total.metric_id = l.to_metric_id
left join units part_unit on part_unit.unit = part.unit
left join units total_unit on total_unit.unit = total.unit
where l.kind = 'part_of'
    -- in one unit: 600亩 are no more than 2平方公里, and 9场 and 6件 cannot be compared
    and coalesce(part_unit.base_unit, part.unit) = coalesce(total_unit.base_unit, total.unit)
    and part.value * coalesce(part_unit.factor, 1) > total.value * coalesce(total_unit.factor, 1)
    and is_exact(part.qualifier, part.status, part.value_high)
    and is_exact(total.qualifier, total.status, total.value_high)
