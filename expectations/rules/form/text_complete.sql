-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 文本完整
-- holds: A text begins with its first heading and ends with a sentence or a signature; one that was
--     emptied or cut off lacks figures.
-- holds_zh: 文本应从第一个标题开始，以完整句子或落款结束；被清空或截断的文本缺少数据。
-- source: the text of the report
-- broken by: a report whose last line ends in the middle of a sentence

select
    report_id as row_id,
    report_id,
    case
        when list_contains(string_split(doubts, ' '), 'emptied')
            then 'Hardly more than a title is left of this text: fetch it again.'
        else 'The text was cut off: fetch it again.'
    end as message,
    case
        when list_contains(string_split(doubts, ' '), 'emptied')
            then '文本除标题外几乎为空，请重新获取原文件。'
        else '文本被截断，请重新获取原文件。'
    end as message_zh,
    right(trim(text, E' \n\t\u3000'), 30) as evidence,
    null as char_start
from reports
where list_contains(string_split(doubts, ' '), 'emptied')
    or list_contains(string_split(doubts, ' '), 'cut_off')
