-- The table `live`: of each report with a current source the one that stands for it, and whether what is known of the report still holds (`kept`).
-- Of several files with one text the one that was read with the least interpretation stands for it (media_ranks).
create or replace table live as
with current as (
  select
    s.*,
    r.source_sha256 is not null as is_read,
    p.report_id is not null as is_known,
    s.report_id in (select report_id from read semi join loaded using (source_sha256)) as touched,
    s.source_uri is not distinct from p.source_uri as stands,
    case
      when r.source_sha256 is not null then r.media_type
      when p.source_sha256 = s.source_sha256 then p.media_type
    end as media_type
  from sources s
  left join read r using (source_sha256)
  left join published p on p.report_id = s.report_id
  where s.is_current),
ranked as (
  select c.*, coalesce(m.rank, $last_rank) as rank
  from current c left join media_ranks m using (media_type))
select
  report_id, touched, kept,
  if(kept, null, source_uri) as source_uri,
  if(kept, null, source_name) as source_name,
  if(kept, null, source_sha256) as source_sha256,
  if(kept, null, publisher) as publisher,
  if(kept, null, stated_place) as stated_place
from (
  select
    *,
    is_known and not touched and bool_or(stands) over of_report
      and not ($everything and bool_or(is_read) over of_report) as kept
  from ranked
  window of_report as (partition by report_id)
  qualify row_number() over (partition by report_id order by rank, source_uri) = 1)
