-- The table `state`: every report with a current source, whether it is current, and its partition.
-- Written once, when the partitions are known: an update of it takes longer.
create or replace table state as
select
  e.* exclude (fresh), t.is_current, t.replaced_by, t.chosen_because,
  if(t.is_current, year_and_province || if(prefix = '', '', '-' || prefix), null) as partition,
  e.fresh or (t.is_current and coalesce(not p.is_current, false)) or $everything as fresh
from every_report e
join part t using (report_id)
left join (select report_id, is_current from published) p using (report_id)
