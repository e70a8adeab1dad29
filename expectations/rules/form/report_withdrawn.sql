-- severity: info
-- scope: all
-- table: decisions
-- name_zh: 报告或来源未被撤回
-- holds: No report or source is withdrawn: what a person withdrew is left out, and stays on record.
-- holds_zh: 没有报告或来源被撤回；被撤回的不再发布，但保留记录。
-- source: a correction is a record with a guard
-- broken by: a report that the county withdrew

select
    decision_id as row_id,
    null as report_id,
    'Withdrawn by ' || decided_by || ': ' || reason || ' (' || source_uri || ').' as message,
    '已由' || decided_by || '撤回：' || reason || '（' || source_uri || '）。' as message_zh,
    source_uri as evidence,
    null as char_start
from decisions
where origin = 'withdrawal'
