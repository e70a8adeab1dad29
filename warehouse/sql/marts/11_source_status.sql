-- One row per source that was ever read or met, with what became of it: loaded, waiting in quarantine, or dismissed.
-- status: loaded, quarantined (waits) or dismissed. 状态：已载入、隔离待处理或已搁置。
-- report_id: The report that was read from it; null where there is none. 由该来源读取的报告；没有则为空。
-- reason_code: Why it could not be loaded; null where it was. 未能载入的原因代码；已载入则为空。
create or replace view source_status as
select coalesce(s.source_uri, q.source_uri) as source_uri,
       coalesce(s.source_name, q.source_name) as source_name,
       case when q.state = 'waiting' then 'quarantined' when q.state = 'dismissed' then 'dismissed' else 'loaded' end as status,
       s.report_id, q.reason_code
from (from sources where is_current) s
full join quarantine q using (source_uri);
comment on view source_status is 'One row per source ever met: loaded, quarantined or dismissed. 每个来源一行：已载入、隔离待处理或已搁置。';
