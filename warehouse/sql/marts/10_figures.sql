-- One row per figure of every kind of report, corrected where it was, with the names of its body and of its metric.
-- The view to begin with is figures: it has the reports on the rule of law alone.
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
