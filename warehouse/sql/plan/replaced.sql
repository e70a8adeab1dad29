-- The first version of each report that is not current. In its place stands another of its body and year,
-- or what its source holds now.
with version as (
  select * from sources
  where report_id not in (select report_id from state where is_current)
  qualify row_number() over (partition by report_id order by source_uri, version) = 1),
successor as (
  select c.source_uri, coalesce(s.replaced_by, c.report_id) as report_id
  from sources c left join state s using (report_id)
  where c.is_current)
select
  v.report_id, v.source_name, v.source_uri, v.source_sha256, a.file,
  s.report_id is not null as has_source,
  v.source_sha256 in (from withdrawn_digests) or v.source_uri in (from withdrawn_addresses)
    or split_part(v.source_uri, '!/', 1) in (from withdrawn_addresses) as is_withdrawn,
  s.township_name,
  if(s.report_id is not null, s.replaced_by, n.report_id) as replaced_by,
  s.chosen_because, coalesce(s.issued_on, p.issued_on) as issued_on,
  p.partition as was_in, p.figures
from version v
left join state s using (report_id)
left join published p using (report_id)
left join successor n on n.source_uri = v.source_uri
left join staged_at a on a.source_sha256 = v.source_sha256
order by v.report_id
