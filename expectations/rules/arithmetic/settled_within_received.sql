-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 办结不多于受理
-- holds: No more can be settled than was received, rectified than was found.
-- holds_zh: 办结的不能多于受理的，整改的不能多于发现的。
-- source: the report's own arithmetic
-- broken by: 受理纠纷100起，化解120起

select
    part.metric_id as row_id,
    part.report_id,
    whole_number(part.value) || ' were settled out of ' || whole_number(total.value) || '.' as message,
    '办结' || whole_number(part.value) || '，但受理只有' || whole_number(total.value) || '。' as message_zh,
    part.quote || ' / ' || total.quote as evidence,
    part.char_start
from metric_links l
join metrics part using (metric_id)
join metrics total on total.metric_id = l.to_metric_id
where l.kind = 'out_of'
    and part.value > total.value
    and is_exact(part.qualifier, part.status, part.value_high)
    and is_exact(total.qualifier, total.status, total.value_high)
