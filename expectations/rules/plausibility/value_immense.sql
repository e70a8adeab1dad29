-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 数值没有大得离谱
-- holds: No township counts or spends ten million million of anything: such a value was misread.
-- holds_zh: 乡镇没有任何数量或金额能达到十万亿，这样的数值系误读。
-- source: the budgets of Chinese townships
-- broken by: 投入资金20000000000000元

select
    metric_id as row_id,
    report_id,
    'The value is larger than any township can report.' as message,
    '数值超出任何乡镇可能报告的范围，请对照原文。' as message_zh,
    quote as evidence,
    char_start
from metrics
where greatest(value, coalesce(value_high, value)) > 1e13
