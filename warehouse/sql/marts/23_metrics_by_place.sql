-- One row per place (county, prefecture, province), year, metric and unit: total, mean and median, with how many bodies reported it of how many that filed,
-- and for how many of them a rule would not sign the value.
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
  count(l.value) as bodies_reported, any_value(f.bodies_filed) as bodies_filed, count(l.value) / any_value(f.bodies_filed) as coverage, count_if(l.questioned) as bodies_questioned
from levels l
join metric_definitions d using (metric_code)
join filed f on f.level = l.level and f.report_year = l.report_year and f.province_name is not distinct from l.province_name
  and f.prefecture_name is not distinct from l.prefecture_name and f.county_name is not distinct from l.county_name
group by l.level, l.province_name, l.prefecture_name, l.county_name, l.report_year, l.metric_code, l.name_zh, l.name_en, l.unit;
comment on view metrics_by_place is 'One row per place, year, metric and unit, with coverage. 每个地区、年度、指标、单位一行，附填报覆盖率。';
