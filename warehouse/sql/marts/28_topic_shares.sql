-- One row per report and kind of section: characters and share of the text that work, problems and plans take, and figures in them.
-- topic: Kind of the top sections. 一级章节的类别。
-- characters: Length of them with all below. [code points] 字数。
-- share: characters divided by those of the whole report. [0 to 1] 占全文字数的比例。
-- figures: Figures in them. 数据个数。
create or replace view topic_shares as
select r.province_name, r.county_name, r.township_name, r.report_year, t.topic, t.characters, t.characters / w.characters as share, t.figures, t.report_id
from report_topics t
join (select report_id, sum(characters) as characters from report_topics group by report_id) w using (report_id)
join reports r using (report_id);
comment on view topic_shares is 'One row per report and kind of section: its share of the text. 每份报告每类章节一行：篇幅占比。';
