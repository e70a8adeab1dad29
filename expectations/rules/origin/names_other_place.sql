-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 没有他地的活动
-- holds: A report that speaks of another place's campaign as its own was probably copied there; it
--     keeps its own identity.
-- holds_zh: 把他地的活动写成自己的，该处多半是抄来的；报告仍归原单位。
-- source: the register of divisions
-- broken by: 法治隆务 in the report of a body of another county

select
    report_id as row_id,
    report_id,
    'The text names a campaign of another place.' as message,
    '正文写到了其他地方的活动，可能是抄来的。' as message_zh,
    other_place as evidence,
    other_place_start as char_start
from reports
where other_place is not null
