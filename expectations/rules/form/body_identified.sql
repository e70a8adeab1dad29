-- severity: info
-- scope: all
-- table: reports
-- name_zh: 报告单位已确认
-- holds: A report belongs to one body; a name that several bodies share is not guessed.
-- holds_zh: 每份报告属于一个单位；多个单位同名时不作猜测。
-- source: the contract of the tables
-- broken by: 沙河乡, of which there are six

select
    report_id as row_id,
    report_id,
    'The reporting body is ' || coalesce(t.resolution, 'not named')
        || ': bring a register, or sort the file into a folder named after its county.' as message,
    case t.resolution
        when 'ambiguous' then '报告单位有多个同名单位'
        when 'unresolved' then '未能确认报告单位'
        else '报告中没有写明单位'
    end || '：请提供行政区划名录，或把文件放入以所属县命名的文件夹。' as message_zh,
    coalesce(r.township_name, r.title) as evidence,
    null as char_start
from reports r
left join townships t using (township_id)
where coalesce(t.resolution, 'unresolved') in ('ambiguous', 'unresolved')
