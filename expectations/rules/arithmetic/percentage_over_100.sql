-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 比率不超过100%
-- holds: A share cannot exceed the whole.
-- holds_zh: 占比不能超过100%。
-- source: what a share is
-- broken by: 化解率102%

select
    metric_id as row_id,
    report_id,
    'A rate of more than 100 %.' as message,
    '比率超过100%。' as message_zh,
    quote as evidence,
    char_start
from metrics
join metric_definitions using (metric_code)
where kind = 'rate' and metrics.unit in ('%', '％') and value > 100
