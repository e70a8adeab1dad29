-- One row per figure of every kind of report, corrected where it was, with the names of its body and of its metric.
-- The view to begin with is figures: it has the reports on the rule of law alone.
-- metric_zh: Name of the metric in Chinese. 指标中文名称。
-- metric_en: Name of the metric in English. 指标英文名称。
-- value: The number as it is to be used: corrected where a person corrected it. 采用的数值；经人工更正的取更正值。
-- stated_value: The number as the report states it. 报告原文的数值。
-- confidence: Probability that the code is right; 1 where a person confirmed or corrected it. [0 to 1] 指标代码正确的概率；经人工确认或更正的为 1。
create or replace view figures_of_all_kinds as
select
  r.report_kind,
  r.province_name, r.prefecture_name, r.county_name, r.township_name, m.report_year,
  d.domain, m.metric_code, d.name_zh as metric_zh, d.name_en as metric_en,
  m.value, m.value_high, m.qualifier, m.unit, m.status, m.subject, m.confidence, m.trust, m.stated_value, m.quote, m.sentence,
  m.metric_id, m.report_id, r.source_name
from figures_in_force m
join reports r using (report_id)
join metric_definitions d using (metric_code);
comment on view figures_of_all_kinds is 'One row per figure of every kind of report. 各类报告的每个数据一行。';
create or replace view figures as
select * exclude (report_kind) from figures_of_all_kinds where report_kind = 'rule_of_law';
comment on view figures is 'One row per figure, with the names of its body and of its metric. 每个数据一行，附单位名称和指标名称。';
