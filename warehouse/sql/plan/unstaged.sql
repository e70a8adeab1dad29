-- The table `unstaged`: what the next state needs and the parser of today has not read: sources that were not seen tonight,
-- whose report is needed because another report or another source gave way.
create or replace table unstaged as
select report_id, source_sha256
from live anti join staged_at using (source_sha256)
where not kept
union
select report_id, s.source_sha256
from state s left join published p using (report_id)
where s.partition is not null
  and (s.fresh or p.partition is null)
  and s.source_sha256 not in (select source_sha256 from staged_at)
