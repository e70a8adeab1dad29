-- One row per report and kind of section: characters and share of the text that work, problems and plans take, and figures in them.
create or replace view topic_shares as
with tops as (
  select s.section_id, s.report_id, s.char_start, s.char_end, s.kind,
    max(case when s.level <= 1 and s.kind <> 'item' then s.ordinal end) over (partition by s.report_id order by s.ordinal) as top
  from sections s),
named as (
  select t.*, h.kind as topic from tops t join sections h on h.report_id = t.report_id and h.ordinal = t.top),
counted as (
  select report_id, topic, sum(char_end - char_start) as characters from named group by all),
figured as (
  select n.report_id, n.topic, count(*) as figures from metrics m join named n using (section_id) group by all)
select r.province_name, r.county_name, r.township_name, r.report_year, c.topic, c.characters, c.characters / sum(c.characters) over (partition by c.report_id) as share,
  coalesce(f.figures, 0) as figures, c.report_id
from counted c join reports r using (report_id) left join figured f on f.report_id = c.report_id and f.topic = c.topic;
comment on view topic_shares is 'One row per report and kind of section: its share of the text. 每份报告每类章节一行：篇幅占比。';
