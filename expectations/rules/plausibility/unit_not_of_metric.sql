-- severity: info
-- scope: report
-- table: metrics
-- name_zh: 单位与指标相配
-- holds: A rate is a percentage, a count is none, an amount is money or area: another unit speaks
--     for another metric.
-- holds_zh: 比率用百分数，计数不用百分数，数额用金额或面积；单位不配说明指标可能有误。
-- source: the catalogue of metrics
-- broken by: 罚款3起

select
    metric_id as row_id,
    report_id,
    'The unit does not go with the metric ' || metric_code || '.' as message,
    '单位与指标 ' || metric_code || ' 不相配，请核对指标代码。' as message_zh,
    quote as evidence,
    char_start
from metrics m
join metric_definitions d using (metric_code)
left join units u on u.unit = m.unit
where m.unit <> ''
    and (
        (d.kind = 'rate' and u.unit_group <> 'percent')
        or (d.kind = 'count' and u.unit_group = 'percent')
        or (
            d.kind = 'amount'
            and u.unit_group not in ('money', 'money_foreign', 'area', 'household', 'person')
        )
    )
