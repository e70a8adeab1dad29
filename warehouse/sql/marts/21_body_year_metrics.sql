-- One row per body, year and metric that its report may hold: the value (body_year_values), or why there is none.
-- value: The value of the year in `unit`; null where there is none. 该年度数值（以 unit 为单位）；没有则为空。
-- unit: The base unit; where nothing is reported, the usual unit of the metric. 基本单位；未报告时为该指标的常用单位。
-- state: reported, zero, unreadable (only figures whose code is uncertain) or not_reported. 已报告、明确为零、无法判定或未报告。
-- figures: How many figures made the value. 由几个数据合并而成。
-- questioned: Whether a rule would not sign one of its figures. 其中是否有数据被规则质疑。
-- metric_id: The first of its figures; null where there is none. 其中首个数据；没有则为空。
-- value_questioned: Part of the value whose figures a rule would not sign; null where there is no value. 数值中来自被质疑数据的部分；无数值时为空。
create or replace view body_year_metrics as
with filed as (
  select province_name, prefecture_name, county_name, township_name, township_id, report_year, report_id
  from reports where township_id is not null and report_year is not null and report_kind = 'rule_of_law')
select r.province_name, r.prefecture_name, r.county_name, r.township_name, r.township_id, r.report_year, d.metric_code, d.name_zh, d.name_en,
  v.value, v.unit, v.state, v.figures, v.questioned, v.metric_id, r.report_id, v.value_questioned
from body_year_values v join filed r using (report_id) join metric_definitions d using (metric_code)
union all
select r.province_name, r.prefecture_name, r.county_name, r.township_name, r.township_id, r.report_year, d.metric_code, d.name_zh, d.name_en,
  null, d.unit, 'not_reported', 0, false, null, r.report_id, null
from filed r cross join (from metric_definitions where aggregation <> 'none') d anti join body_year_values v on v.report_id = r.report_id and v.metric_code = d.metric_code;
comment on view body_year_metrics is 'One row per body, year and metric: the value, or why there is none. 每个单位、年度、指标一行：数值或缺失原因。';
