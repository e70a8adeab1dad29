-- severity: critical
-- scope: report
-- table: section_terms
-- name_zh: 检索词与章节相符
-- holds: The search index has the words of every section once, and of no other.
-- holds_zh: 检索表收录每个章节的全部词语且只收录一次。
-- source: the declaration of the tables
-- broken by: a word of a section that stands in the index twice

-- hundreds of millions of rows, derived from the sections by this program: a row too many, too few or
-- astray changes a sum
select
    section_id as row_id,
    any_value(report_id) as report_id,
    'The section has ' || max(printed) || ' words, the index ' || sum(indexed) || '.' as message,
    '该章节有' || max(printed) || '个词，检索表中有' || sum(indexed) || '个。' as message_zh,
    null as evidence,
    null as char_start
from (
    select section_id, report_id, term_count as printed, 0 as indexed from sections
    union all
    select section_id, report_id, null, occurrences from section_terms
)
group by section_id
having coalesce(max(printed), -1) <> sum(indexed) or count(distinct report_id) > 1
