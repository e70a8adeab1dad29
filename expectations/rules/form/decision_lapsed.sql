-- severity: warning
-- scope: all
-- table: decisions
-- name_zh: 人工决定仍然有效
-- holds: A correction or a review holds for the text and the reading it was made on; when these
--     change it must be made again.
-- holds_zh: 更正或核对只对当时的文本和解读有效；文本或解读变化后须重新作出。
-- source: a correction is a record with a guard
-- broken by: a correction of 42起 in a report that now says 43起

select
    decision_id as row_id,
    report_id,
    message,
    message_zh,
    quote as evidence,
    null as char_start
from decisions
where state = 'lapsed'
