-- One row per report and kind of section: characters and share of the text that work, problems and plans take, and figures in them.
create or replace view topic_shares as
select r.province_name, r.county_name, r.township_name, r.report_year, t.topic, t.characters, t.characters / w.characters as share, t.figures, t.report_id
from report_topics t
join (select report_id, sum(characters) as characters from report_topics group by report_id) w using (report_id)
join reports r using (report_id);
comment on view topic_shares is 'One row per report and kind of section: its share of the text. 每份报告每类章节一行：篇幅占比。';
