-- One row per figure, corrected where it was, with the names of its body and of its metric: the view to begin with.
create or replace view figures as
select
  r.province_name, r.prefecture_name, r.county_name, r.township_name, m.report_year,
  d.domain, m.metric_code, d.name_zh as metric_zh, d.name_en as metric_en,
  m.value, m.value_high, m.qualifier, m.unit, m.status, m.subject, m.confidence, m.trust, m.stated_value, m.quote, m.sentence,
  m.metric_id, m.report_id, r.source_name
from figures_in_force m
join reports r using (report_id)
join metric_definitions d using (metric_code);
comment on view figures is 'One row per figure, with the names of its body and of its metric. 每个数据一行，附单位名称和指标名称。';
