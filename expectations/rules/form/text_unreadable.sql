-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 文本大部分可读
-- holds: Where a fiftieth of the characters is damaged the figures that are left cannot be trusted
--     to be all.
-- holds_zh: 五十分之一以上的字符损坏时，余下的数据不能视为完整。
-- source: how GB18030 bytes read as UTF-8 and back look
-- broken by: 锟斤拷 in every sentence

select
    report_id as row_id,
    report_id,
    'A large part of the text was damaged by a wrong conversion: fetch it again.' as message,
    '文本大部分因错误转码而损坏，请重新获取原文件。' as message_zh,
    regexp_extract(text, '锟斤拷|烫烫烫|屯屯屯|\x{FFFD}+') as evidence,
    strpos(text, evidence) - 1 as char_start
from reports
where length(text) - length(regexp_replace(text, '锟斤拷|烫烫烫|屯屯屯|\x{FFFD}', '', 'g'))
    > 0.02 * length(text)
