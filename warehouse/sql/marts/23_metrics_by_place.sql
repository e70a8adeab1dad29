-- One row per place (county, prefecture, province), year, metric and unit: total, mean and median, with how many bodies reported it of how many that filed,
-- and for how many of them a rule would not sign the value.
-- level: county, prefecture or province. 层级：县、地或省。
-- prefecture_name: The prefecture; null in a row of a province. 地级行政区名称；省级一行为空。
-- county_name: The county; null in a row of a prefecture or province. 县级行政区名称；地级和省级一行为空。
-- unit: The base unit that the values were converted to. 折算后的基本单位。
-- total: Sum of the values of the bodies; null for a rate. 各单位数值合计；比率为空。
-- mean: Mean of the values of the bodies. 各单位数值的平均数。
-- median: Median of the values of the bodies. 各单位数值的中位数。
-- bodies_reported: Bodies that reported a value. 报告了数值的单位数。
-- bodies_filed: Bodies that filed a report for the year. 当年有报告的单位数。
-- coverage: bodies_reported divided by bodies_filed. [0 to 1] 填报覆盖率。
-- bodies_questioned: Bodies of which a rule would not sign a figure in the value. 数值中有数据被规则质疑的单位数。
-- value_questioned: Part of the total whose figures a rule would not sign; null where there is no total. 合计中来自被质疑数据的部分；无合计时为空。
-- questioned_share: value_questioned divided by total; null where there is no total or it is 0. [0 to 1] 合计中被质疑部分所占比例；无合计或合计为零时为空。
create or replace view metrics_by_place as
with levels as (
  select 'county' as level, * from body_year_metrics where county_name is not null and value is not null
  union all by name
  select 'prefecture' as level, * replace (null as county_name) from body_year_metrics where prefecture_name is not null and value is not null
  union all by name
  select 'province' as level, * replace (null as prefecture_name, null as county_name) from body_year_metrics where province_name is not null and value is not null),
bodies as (from reports where township_id is not null and report_year is not null and report_kind = 'rule_of_law'),
filed as (
  select 'county' as level, province_name, prefecture_name, county_name, report_year, count(distinct township_id) as bodies_filed
  from bodies where county_name is not null group by all
  union all
  select 'prefecture', province_name, prefecture_name, null, report_year, count(distinct township_id) from bodies where prefecture_name is not null group by all
  union all
  select 'province', province_name, null, null, report_year, count(distinct township_id) from bodies where province_name is not null group by all)
select l.level, l.province_name, l.prefecture_name, l.county_name, l.report_year, l.metric_code, l.name_zh, l.name_en, l.unit,
  case when any_value(d.kind) <> 'rate' then sum(l.value) end as total, avg(l.value) as mean, median(l.value) as median,
  count(l.value) as bodies_reported, any_value(f.bodies_filed) as bodies_filed, count(l.value) / any_value(f.bodies_filed) as coverage, count_if(l.questioned) as bodies_questioned,
  case when any_value(d.kind) <> 'rate' then sum(l.value_questioned) end as value_questioned,
  case when any_value(d.kind) <> 'rate' then sum(l.value_questioned) / nullif(sum(l.value), 0) end as questioned_share
from levels l
join metric_definitions d using (metric_code)
join filed f on f.level = l.level and f.report_year = l.report_year and f.province_name is not distinct from l.province_name
  and f.prefecture_name is not distinct from l.prefecture_name and f.county_name is not distinct from l.county_name
group by l.level, l.province_name, l.prefecture_name, l.county_name, l.report_year, l.metric_code, l.name_zh, l.name_en, l.unit;
comment on view metrics_by_place is 'One row per place, year, metric and unit, with coverage. 每个地区、年度、指标、单位一行，附填报覆盖率。';
