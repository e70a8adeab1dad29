-- severity: info
-- scope: report
-- table: reports
-- name_zh: 自称与单位类别一致
-- holds: A 乡 that speaks of 全镇 or 镇域 was probably copied from a 镇.
-- holds_zh: 乡的报告写“全镇”“镇域”，多半抄自某个镇。
-- source: the name of the body
-- broken by: 全镇干部 in the report of a 乡

-- a body of one kind does not speak of itself as another
with kinds(own_name, pattern) as (
    values
        ('%乡', '(?:全|我|本)镇(?:上下|各|干部|群众|共|范围|经济|辖|党|的)|镇域'),
        ('%镇', '(?:全|我|本)乡(?:上下|各|干部|群众|共|范围|经济|辖|党|的)|乡域'),
        ('%街道', '(?:全|我|本)[镇乡](?:上下|各|干部|群众|共|范围|经济|辖|党|的)|[镇乡]域')
)
select
    report_id as row_id,
    report_id,
    'The text speaks of a body of another kind: a passage may have been copied.' as message,
    '正文的自称属于另一类单位，可能有抄来的段落。' as message_zh,
    found as evidence,
    strpos(text, found) - 1 as char_start
from (
    select report_id, text, regexp_extract(text, pattern) as found
    from reports
    join kinds on township_name like own_name
)
where found <> ''
