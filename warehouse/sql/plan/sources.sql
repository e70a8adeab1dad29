-- The table `sources`: every version of every source.
-- A source that has other bytes now gets a version more; one that has former bytes again gets that version back.
create or replace table sources as
with arriving as (
  select l.*, r.report_id from loaded l join read r using (source_sha256)
  where r.report_id not in (from held_back)),
restored as (
  select p.source_uri, min(p.version) as version
  from published_sources p join arriving using (source_uri, source_sha256)
  group by p.source_uri)
select
  p.source_uri, p.source_name, p.source_sha256, p.size,
  if(r.version is null, p.report_id, a.report_id) as report_id,
  case
    when a.source_uri is null then p.is_current and p.report_id not in (from held_back)
      and p.source_sha256 not in (from withdrawn_digests)
      and p.source_uri not in (from withdrawn_addresses)
      and split_part(p.source_uri, '!/', 1) not in (from withdrawn_addresses)
    else r.version is not null
  end as is_current,
  p.version, p.first_seen_run,
  if(r.version is null, p.url, a.url) as url,
  if(r.version is null, p.publisher, a.publisher) as publisher,
  if(r.version is null, p.received, a.received) as received,
  if(r.version is null, p.stated_place, a.stated_place) as stated_place,
  if(r.version is null, p.address, a.address) as address,
  if(r.version is null, p.final_address, a.final_address) as final_address,
  if(r.version is null, p.fetched_at, a.fetched_at) as fetched_at,
  if(r.version is null, p.status, a.status) as status,
  if(r.version is null, p.etag, a.etag) as etag,
  if(r.version is null, p.link_text, a.link_text) as link_text,
  if(r.version is null, p.list_address, a.list_address) as list_address,
  if(r.version is null, p.page_address, a.page_address) as page_address,
  if(r.version is null, p.pull_problem, a.pull_problem) as pull_problem
from published_sources p
left join arriving a using (source_uri)
left join restored r on r.source_uri = p.source_uri and r.version = p.version
union all
select
  a.source_uri, a.source_name, a.source_sha256, a.size, a.report_id, true,
  1 + count(p.source_uri), $run_id,
  a.url, a.publisher, a.received, a.stated_place,
  a.address, a.final_address, a.fetched_at, a.status, a.etag, a.link_text, a.list_address,
  a.page_address, a.pull_problem
from arriving a
left join published_sources p using (source_uri)
where a.source_uri not in (select source_uri from restored)
group by all
