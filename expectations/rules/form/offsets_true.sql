-- severity: critical
-- scope: report
-- table: metrics
-- name_zh: 数据位置准确
-- holds: A figure is traced to its characters: text[char_start:char_end] = quote.
-- holds_zh: 每个数据都能回到原文：text[char_start:char_end] 等于 quote。
-- source: the contract of the tables
-- broken by: a quote that does not stand where its offsets point

select
    metric_id as row_id,
    m.report_id,
    'The offsets do not point at the quote.' as message,
    '记录的位置与原文摘录不一致。' as message_zh,
    quote as evidence,
    char_start
from metrics m
join reports r using (report_id)
where substring(r.text, char_start + 1, char_end - char_start) <> quote
