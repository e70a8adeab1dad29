-- One row per body, year and metric that its report may hold: the value, or why there is none.
-- Planned and background figures and the parts of a total are left out. One value is made of several figures as metric_definitions.aggregation
-- says; a number that a report says twice counts once. Values are in base units (units); other measure words stay apart (base_unit).
-- Figures that a person rejected are left out; questioned tells whether a rule would not sign the value.
-- state: reported, zero, unreadable (only figures whose code is uncertain), not_reported.
create or replace view body_year_metrics as
with sure as (
  select m.*, u.base_unit, m.value * coalesce(u.factor, 1) as normal
  from figures_in_force m
  left join units u on u.unit = m.unit
  where m.status = 'actual' and m.trust <> 'rejected' and m.township_id is not null and m.report_year is not null
    and not exists (select 1 from metric_links l where l.metric_id = m.metric_id and l.role = 'part_of')),
spoken as (
  select township_id, report_year, report_id, metric_code, base_unit, normal,
         min(char_start) as char_start, arg_min(metric_id, char_start) as metric_id, max(confidence) as confidence, bool_and(trust = 'questioned') as questioned
  from sure group by all),
ranked as (
  select *, row_number() over (partition by township_id, report_year, metric_code order by confidence >= 0.5 desc, normal = 0, base_unit = coalesce(d.unit, base_unit) desc, char_start) as choice
  from spoken s join metric_definitions d using (metric_code)
  where d.aggregation <> 'none'),
chosen as (
  select r.township_id, r.report_year, r.report_id, r.metric_code, r.base_unit,
    case any_value(r.aggregation)
      when 'sum' then sum(r.normal) when 'max' then max(r.normal) else arg_min(r.normal, r.char_start) end as value,
    count(*) as figures, arg_min(r.metric_id, r.char_start) as metric_id, max(r.confidence) as confidence, bool_or(r.questioned) as questioned
  from ranked r
  join (select township_id, report_year, metric_code, base_unit from ranked where choice = 1) c using (township_id, report_year, metric_code, base_unit)
  where r.confidence >= 0.5 or r.choice = 1
  group by r.township_id, r.report_year, r.report_id, r.metric_code, r.base_unit)
select p.province_name, p.prefecture_name, p.county_name, p.township_name, p.township_id, r.report_year, d.metric_code, d.name_zh, d.name_en,
  case when c.confidence >= 0.5 then c.value end as value, coalesce(c.base_unit, d.unit) as unit,
  case when c.metric_id is null then 'not_reported' when c.confidence < 0.5 then 'unreadable' when c.value = 0 then 'zero' else 'reported' end as state,
  coalesce(c.figures, 0) as figures, coalesce(c.questioned, false) as questioned, c.metric_id, r.report_id
from reports r
join townships p using (township_id)
cross join (from metric_definitions where aggregation <> 'none') d
left join chosen c on c.report_id = r.report_id and c.metric_code = d.metric_code
where r.report_year is not null;
comment on view body_year_metrics is 'One row per body, year and metric: the value, or why there is none. 每个单位、年度、指标一行：数值或缺失原因。';
