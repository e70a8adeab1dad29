-- The view `every_report`: the reports that are kept as they were published, and those read from their staged documents.
-- `fresh`: its rows come from staging, because it is new or something of it is not as it was published.
create or replace view every_report as
with known as (
  -- states of earlier versions do not know the kind
  select * exclude (is_current, replaced_by, chosen_because, partition)
    replace (coalesce(report_kind, 'rule_of_law') as report_kind)
  from published)
select *, false as fresh from known where report_id in (select report_id from live where kept)
union all
select r.*, l.touched or k.report_id is null or r is distinct from k as fresh
from resolved r join live l using (report_id) left join known k using (report_id)
