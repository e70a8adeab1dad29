-- Of the figures that were decided on since this state was published, those that wait in it and are read as they were
-- then: how many, and how many of their codes were expected to be wrong.
with decided as (
  select unnest($digests) as source_sha256, unnest($quotes) as quote, unnest($starts) as char_start,
    unnest($codes) as metric_code, unnest($values) as value, unnest($statuses) as status)
select count(*) as decided, coalesce(sum(1 - m.confidence), 0) as wrong
from decided d
join reports r using (source_sha256)
join metrics m on m.report_id = r.report_id and m.quote = d.quote and m.char_start = d.char_start
  and m.metric_code = d.metric_code and m.value = d.value and m.status = d.status
where m.trust in ('questioned', 'unquestioned')
