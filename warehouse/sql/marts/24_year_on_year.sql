-- One row per body, metric, unit and pair of years that follow each other in its reports: both values and the change.
-- unit: The base unit of both values. 两年数值的基本单位。
-- year_before: The earlier year. [year] 上一年度。
-- report_year: The later year. [year] 本年度。
-- value_before: Value of the earlier year. 上一年度数值。
-- value: Value of the later year. 本年度数值。
-- change: value less value_before. 增减量。
-- change_percent: The change in percent of value_before; null where that is 0. [percent] 增减百分比；上一年度为零时为空。
-- metric_id: First figure of the later year. 本年度的首个数据。
-- metric_id_before: First figure of the earlier year. 上一年度的首个数据。
-- value_questioned: Part of the value whose figures a rule would not sign. 本年度数值中来自被质疑数据的部分。
-- questioned_share: value_questioned divided by value; null where that is 0. [0 to 1] 本年度数值中被质疑部分所占比例；数值为零时为空。
-- value_questioned_before: Part of value_before whose figures a rule would not sign. 上一年度数值中来自被质疑数据的部分。
-- questioned_share_before: value_questioned_before divided by value_before; null where that is 0. [0 to 1] 上一年度数值中被质疑部分所占比例；数值为零时为空。
create or replace view year_on_year as
select a.province_name, a.prefecture_name, a.county_name, a.township_name, a.township_id, a.metric_code, a.name_zh, a.unit,
  b.report_year as year_before, a.report_year, b.value as value_before, a.value, a.value - b.value as change,
  case when b.value <> 0 then round(100 * (a.value - b.value) / b.value, 1) end as change_percent, a.metric_id, b.metric_id as metric_id_before,
  a.value_questioned, a.value_questioned / nullif(a.value, 0) as questioned_share,
  b.value_questioned as value_questioned_before, b.value_questioned / nullif(b.value, 0) as questioned_share_before
from body_year_metrics a
join body_year_metrics b on b.township_id = a.township_id and b.metric_code = a.metric_code and b.unit = a.unit and b.report_year = a.report_year - 1
where a.value is not null and b.value is not null;
comment on view year_on_year is 'One row per body, metric and pair of years: values and change. 每个单位、指标、相邻年度一行：数值与变化。';
