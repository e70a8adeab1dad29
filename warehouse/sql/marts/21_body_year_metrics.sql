-- One row per body, year and metric that its report may hold: the value (body_year_values), or why there is none.
-- state: reported, zero, unreadable (only figures whose code is uncertain), not_reported.
create or replace view body_year_metrics as
with filed as (
  select province_name, prefecture_name, county_name, township_name, township_id, report_year, report_id
  from reports where township_id is not null and report_year is not null and report_kind = 'rule_of_law')
select r.province_name, r.prefecture_name, r.county_name, r.township_name, r.township_id, r.report_year, d.metric_code, d.name_zh, d.name_en,
  v.value, v.unit, v.state, v.figures, v.questioned, v.metric_id, r.report_id
from body_year_values v join filed r using (report_id) join metric_definitions d using (metric_code)
union all
select r.province_name, r.prefecture_name, r.county_name, r.township_name, r.township_id, r.report_year, d.metric_code, d.name_zh, d.name_en,
  null, d.unit, 'not_reported', 0, false, null, r.report_id
from filed r cross join (from metric_definitions where aggregation <> 'none') d anti join body_year_values v on v.report_id = r.report_id and v.metric_code = d.metric_code;
comment on view body_year_metrics is 'One row per body, year and metric: the value, or why there is none. 每个单位、年度、指标一行：数值或缺失原因。';
