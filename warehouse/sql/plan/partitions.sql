-- One row per partition: its reports, how many of them come from staging, and how its files are made.
-- reuse: nothing changed. merge: half of it or more lay in it before, so what is new goes in among what is there.
-- rewrite: its rows are sorted anew, from all of its reports.
with left_behind as (
  select p.partition from published p left join state s using (report_id)
  where p.partition is not null and p.partition is distinct from s.partition)
select
  partition,
  count(*) as reports,
  count(*) filter (is_new) as arriving,
  case
    when not bool_or(is_new or partition <> was_in)
      and partition not in (from left_behind) then 'reuse'
    when bool_and(is_new or partition = was_in) and 2 * arriving <= count(*) then 'merge'
    else 'rewrite'
  end as method
from placed group by partition order by partition
