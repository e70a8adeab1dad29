-- One row per body, metric, unit and pair of years that follow each other in its reports: both values and the change.
create or replace view year_on_year as
select a.province_name, a.prefecture_name, a.county_name, a.township_name, a.township_id, a.metric_code, a.name_zh, a.unit,
  b.report_year as year_before, a.report_year, b.value as value_before, a.value, a.value - b.value as change,
  case when b.value <> 0 then round(100 * (a.value - b.value) / b.value, 1) end as change_percent, a.metric_id, b.metric_id as metric_id_before
from body_year_metrics a
join body_year_metrics b on b.township_id = a.township_id and b.metric_code = a.metric_code and b.unit = a.unit and b.report_year = a.report_year - 1
where a.value is not null and b.value is not null;
comment on view year_on_year is 'One row per body, metric and pair of years: values and change. 每个单位、指标、相邻年度一行：数值与变化。';
