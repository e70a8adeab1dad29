-- The table `placed`: the partition of each current report, the one it was in, and whether its rows come from staging (`is_new`).
create or replace table placed as
select
  s.report_id, s.source_sha256, s.partition, p.partition as was_in,
  s.fresh or p.partition is null as is_new
from state s left join published p using (report_id)
where s.partition is not null
