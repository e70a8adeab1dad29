-- severity: critical
-- scope: report
-- table: sections
-- name_zh: 章节覆盖全文
-- holds: The sections of a report partition its text: nothing is lost.
-- holds_zh: 各章节首尾相接、覆盖全文，没有遗漏。
-- source: the contract of the tables
-- broken by: a paragraph that stands in no section

-- every section begins where another ends, but for the first and the last: compared by sums of hashes,
-- which need no order
with extents as (
    select
        report_id,
        min(char_start) as first_start,
        max(char_end) as last_end,
        sum(hash(char_end)) - sum(hash(char_start)) as ends_less_starts,
        bool_and(char_start <= char_end) as run_forward
    from sections
    group by report_id
)
select
    r.report_id as row_id,
    r.report_id,
    'The sections leave a gap in the text or overlap.' as message,
    '章节之间有遗漏或重叠。' as message_zh,
    null as evidence,
    null as char_start
from reports r
left join extents e using (report_id)
where e.report_id is null
    or first_start <> 0
    or last_end <> length(r.text)
    or not run_forward
    or ends_less_starts
        <> hash(length(r.text)::integer)::hugeint - hash(0::integer)::hugeint
