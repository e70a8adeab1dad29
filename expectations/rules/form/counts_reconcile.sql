-- severity: critical
-- scope: all
-- table: runs
-- name_zh: 文件数量对得上
-- holds: What a run saw is what it loaded, left unchanged and quarantined.
-- holds_zh: 运行看到的文件数等于载入、未变与隔离之和。
-- source: the contract of the tables
-- broken by: 10 seen, 8 loaded, 1 quarantined

select
    run_id as row_id,
    null as report_id,
    'seen is not loaded + unchanged + quarantined.' as message,
    '看到的文件数不等于载入、未变与隔离之和。' as message_zh,
    seen || ' = ' || loaded || ' + ' || unchanged || ' + ' || quarantined as evidence,
    null as char_start
from runs
where outcome in ('published', 'unchanged', 'held')
    and seen <> loaded + unchanged + quarantined
