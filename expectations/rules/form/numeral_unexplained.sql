-- severity: info
-- scope: report
-- table: numerals
-- name_zh: 每个数字都有归类
-- holds: Every number is a figure, a named kind of non-figure, or it is signalled.
-- holds_zh: 每个数字要么是数据，要么属于已知的非数据类别，否则予以提示。
-- source: strict interpretation: nothing read is silently dropped
-- broken by: a number of no known form

select
    numeral_id as row_id,
    report_id,
    'A number that is neither a figure nor of a known kind.' as message,
    '这个数字既不是数据，也不属于已知类别。' as message_zh,
    quote as evidence,
    char_start
from numerals
where kind = 'unexplained'
