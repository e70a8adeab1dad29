-- One row per figure that is not simply unquestioned: metric_id, report_id, trust.
-- Reads findings, metrics and decisions. What a person decided about a figure goes before what a rule found.
with flagged as (
  select row_id as metric_id, report_id
  from findings
  where table_name = 'metrics' and consequence = 'flag'
  union
  select m.metric_id, report_id
  from findings f join metrics m using (report_id)
  where f.table_name = 'reports' and f.consequence = 'flag'
),
decided as (
  select metric_id, any_value(report_id) as report_id, arg_max(action, origin) as action
  from decisions
  where state = 'in_force' and metric_id is not null
  group by metric_id
)
select
  metric_id,
  report_id,
  case d.action
    when 'confirm' then 'confirmed'
    when 'correct' then 'corrected'
    when 'reject' then 'rejected'
    else 'questioned'
  end as trust
from (from flagged union select metric_id, report_id from decided)
left join (select metric_id, action from decided) d using (metric_id)
order by metric_id
