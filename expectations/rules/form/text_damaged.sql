-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 文本没有乱码
-- holds: Characters that a wrong conversion leaves behind (锟斤拷, U+FFFD) may have taken figures with
--     them.
-- holds_zh: 错误转码留下的字符（锟斤拷、U+FFFD）可能已吞掉数据。
-- source: how GB18030 bytes read as UTF-8 and back look
-- broken by: 普法形式锟斤拷单一

select
    report_id as row_id,
    report_id,
    'The text was damaged by a wrong conversion: fetch it again.' as message,
    '文本因错误转码而损坏，请重新获取原文件。' as message_zh,
    found as evidence,
    strpos(text, found) - 1 as char_start
from (
    select
        report_id,
        text,
        regexp_extract(text, '锟斤拷|烫烫烫|屯屯屯|\x{FFFD}+') as found
    from reports
)
where found <> ''
