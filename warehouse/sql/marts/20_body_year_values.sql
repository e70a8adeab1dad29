-- One row per report and metric that its figures say: one value made of several figures as metric_definitions.aggregation says.
-- 每份报告、每个有数据的指标一行：多个数据按 metric_definitions.aggregation 合并。
-- Planned and background figures, the parts of a total and figures that a person rejected are left out; a number that a report says twice
-- counts once. Of several measure words that cannot be added up the likeliest is taken.
-- report_id: The report. 所属报告。
-- metric_code: The metric. 指标代码。
-- value: Its value in base units (units); null where it is unreadable. 折算为基本单位的数值。
-- unit: The base unit. 基本单位。
-- state: reported, zero, or unreadable (only figures whose code is uncertain). 已报告、明确为零或无法判定。
-- figures: How many figures made it. 由几个数据合并而成。
-- questioned: Whether a rule would not sign it. 是否被规则质疑。
-- metric_id: The first of its figures. 其中首个数据。
-- value_questioned: Part of the value whose figures a rule would not sign; null where there is no value. 数值中来自被质疑数据的部分，无数值时为空。
with sure as (
  select m.report_id, m.metric_code, m.metric_id, m.char_start, m.confidence, m.trust,
    coalesce(u.base_unit, m.unit) as base_unit, m.value * coalesce(u.factor, 1) as normal
  from figures_in_force m semi join touched using (report_id)
  semi join (select report_id from reports where report_kind = 'rule_of_law') using (report_id)
  left join units u on u.unit = m.unit
  where m.status = 'actual' and m.trust <> 'rejected' and m.township_id is not null and m.report_year is not null
    and m.metric_id not in (select l.metric_id from metric_links l where l.kind = 'part_of')),
spoken as (
  select report_id, metric_code, base_unit, normal,
    min(char_start) as char_start, arg_min(metric_id, char_start) as metric_id, max(confidence) as confidence, bool_and(trust = 'questioned') as questioned
  from sure group by all),
ranked as (
  select s.*, d.aggregation,
    row_number() over (partition by report_id, metric_code order by confidence >= 0.5 desc, normal = 0, base_unit = coalesce(d.unit, base_unit) desc, char_start) as choice
  from spoken s join metric_definitions d using (metric_code)
  where d.aggregation <> 'none'),
chosen as (
  select r.report_id, r.metric_code, r.base_unit,
    case any_value(r.aggregation)
      when 'sum' then sum(r.normal) when 'max' then max(r.normal) else arg_min(r.normal, r.char_start) end as value,
    case any_value(r.aggregation)
      when 'sum' then sum(r.normal) filter (r.questioned)
      when 'max' then case when arg_max(r.questioned, r.normal) then max(r.normal) end
      else case when arg_min(r.questioned, r.char_start) then arg_min(r.normal, r.char_start) end
    end as value_questioned,
    count(*) as figures, arg_min(r.metric_id, r.char_start) as metric_id, max(r.confidence) as confidence, bool_or(r.questioned) as questioned
  from ranked r
  join (select report_id, metric_code, base_unit from ranked where choice = 1) c using (report_id, metric_code, base_unit)
  where r.confidence >= 0.5 or r.choice = 1
  group by r.report_id, r.metric_code, r.base_unit)
select report_id, metric_code, case when confidence >= 0.5 then value end as value, base_unit as unit,
  case when confidence < 0.5 then 'unreadable' when value = 0 then 'zero' else 'reported' end as state, figures, questioned, metric_id,
  case when confidence >= 0.5 and value is not null then coalesce(value_questioned, 0) end as value_questioned
from chosen
order by metric_code, report_id
