-- The table `part`: whether each report is current, which report stands in its place and why, and the beginning of its partition.
-- Of several reports of one identified body, year and kind the one in force stays: a later date or another folder alone
-- does not displace it. Another takes its place where a person chose it, or where all of this holds: it says that it is a
-- revised version, lies in the same folder, was signed later at a plausible date, and is not far emptier.
-- On a portal the host counts for the folder, and the date may be the same.
-- Where none is in force, the one signed last at a plausible date is current; of equals a revised version, then the one
-- with more figures.
-- A page and the attachments that it links are one publication: their reports of one body, year and kind are texts of the
-- same report, also where the place is not certain and the names are the same. Of these the one received last is current
-- unless it is far emptier; of equals the rest of this holds.
create or replace table part as
with identified as (
  select
    e.*,
    -- a town straight below a city (东莞市) has no county
    resolution in ('exact', 'inferred') and coalesce(county_name, prefecture_name) is not null
      and report_year is not null as sure,
    coalesce(p.is_current, false) as in_force,
    p.replaced_by as published_replaced_by,
    p.chosen_because as published_because,
    -- a report of a year is signed in it or in the two years after
    case when year(issued_on) between report_year and report_year + 2 then issued_on end as signed,
    if(s.publication is null, regexp_replace(e.source_uri, '[^/]*$', ''), regexp_extract(e.source_uri, '^[^/]*//[^/]*'))
      as folder,
    s.publication,
    p.report_id is not null as was_known,
    e.source_sha256 in (from accepted_sources) as is_chosen,
    -- of texts of one publication the one that was read with the least interpretation
    if(s.publication is null, null, m.rank) as interpretation,
    regexp_matches(concat_ws(' ', e.title, e.source_name, s.link_text), $revision_words) as says_revised
  from every_report e
  left join (
    select source_uri, coalesce(page_address, address) as publication, link_text from sources where is_current) s
    using (source_uri)
  left join media_ranks m using (media_type)
  left join (select report_id, is_current, replaced_by, chosen_because from published) p using (report_id)),
grouped as (
  select
    *,
    max(figures) filter (was_known) over of_publication as known_figures,
    max(characters) filter (was_known) over of_publication as known_characters
  from (
    select
      *,
      case
        when sure then coalesce(township_id, '')
        when publication is not null and township_name is not null and report_year is not null
          then publication || ' ' || township_name
        else report_id
      end as body
    from identified)
  window of_publication as (partition by sure, body, report_year, report_kind, publication)),
incumbent as (
  select * from grouped where in_force
  qualify row_number() over (
    partition by sure, body, report_year, report_kind
    order by is_chosen desc, coalesce(cast(signed as varchar), '') desc, figures desc, report_id desc) = 1),
weighed as (
  select
    g.*,
    i.report_id is not null as is_contested,
    case
      when g.is_chosen and not coalesce(i.is_chosen, false) then 'chosen_by_person'
      when not g.was_known and g.publication is not null
        and coalesce(g.publication = i.publication, i.report_id is null)
        and 2 * g.figures >= g.known_figures and 2 * g.characters >= g.known_characters
        then 'newly_received'
      when g.report_id = i.report_id then 'in_force_before'
      when g.says_revised and g.folder = i.folder
        and (g.signed > i.signed or (g.signed = i.signed and g.publication is not null))
        and 2 * g.figures >= i.figures and coalesce(2 * g.characters >= i.characters, true)
        then 'revised_version'
    end as claim
  from grouped g
  left join incumbent i
    on g.sure = i.sure and g.body = i.body
    and g.report_year is not distinct from i.report_year and g.report_kind = i.report_kind),
ranked as (
  select
    *,
    row_number() over of_body as rank,
    first_value(report_id) over of_body as best,
    first_value(claim) over of_body as best_claim,
    first_value(publication) over of_body as best_publication,
    first_value(says_revised) over of_body as best_says_revised,
    first_value(signed) over of_body as best_signed,
    first_value(figures) over of_body as best_figures
  from weighed
  window of_body as (
    partition by sure, body, report_year, report_kind
    order by
      list_position(['chosen_by_person', 'revised_version', 'newly_received', 'in_force_before'], claim) nulls last,
      coalesce(cast(signed as varchar), '') desc, says_revised desc, figures desc, interpretation,
      report_id desc))
select
  report_id,
  rank = 1 as is_current,
  if(rank > 1, best, null) as replaced_by,
  case
    when rank = 1 then null
    when publication = best_publication then 'same_report'
    when published_replaced_by = best and published_because is not null then published_because
    when best_claim is not null then best_claim
    when coalesce(best_signed > signed, best_signed is not null and signed is null) then 'later_date'
    when best_says_revised and not says_revised then 'revised_version'
    when best_figures > figures then 'more_figures'
    else 'order_of_keys'
  end as chosen_because,
  coalesce(township_id, report_id) as digits,
  '' as prefix,
  coalesce(nullif(report_year, 0)::varchar, 'unknown')
    || '-' || coalesce(nullif(province_name, ''), 'unknown') as year_and_province
from ranked
