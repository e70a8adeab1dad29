-- One row per report and kind of its top sections: characters and figures in them.
-- 每份报告每类一级章节一行：字数与数据个数。
-- report_id: The report. 所属报告。
-- topic: Kind of the top sections. 一级章节的类别。
-- characters: Length of them with all below. [code points] 字数。
-- figures: Figures in them. 数据个数。
with tops as (
  select s.section_id, s.report_id, s.char_start, s.char_end,
    max(case when s.level <= 1 and s.kind <> 'item' then s.ordinal end) over (partition by s.report_id order by s.ordinal) as top
  from sections s semi join touched using (report_id)
  semi join (select report_id from reports where report_kind = 'rule_of_law') using (report_id)),
named as (
  select t.section_id, t.report_id, t.char_end - t.char_start as characters, h.kind as topic
  from tops t join sections h on h.report_id = t.report_id and h.ordinal = t.top),
counted as (
  select section_id, count(*) as figures from metrics semi join touched using (report_id) group by section_id)
select n.report_id, n.topic, sum(n.characters)::bigint as characters, coalesce(sum(c.figures), 0)::bigint as figures
from named n left join counted c using (section_id)
group by n.report_id, n.topic
order by n.topic, n.report_id
