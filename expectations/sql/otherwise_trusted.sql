-- One row per report of which other figures are questioned or decided on than in the state in force.
-- Reads findings_now, findings_before, decisions and decisions_before.
with grounds_now as (
  select table_name as ground, row_id, report_id
  from findings_now
  where consequence = 'flag' and table_name in ('metrics', 'reports')
  union
  select origin || ' ' || action, metric_id, report_id from decisions where state = 'in_force'
),
grounds_before as (
  select table_name as ground, row_id, report_id
  from findings_before
  where consequence = 'flag' and table_name in ('metrics', 'reports')
  union
  select origin || ' ' || action, metric_id, report_id
  from decisions_before where state = 'in_force'
)
select report_id from (from grounds_now except from grounds_before)
union
select report_id from (from grounds_before except from grounds_now)
