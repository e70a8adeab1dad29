-- The table `part`: whether each report is current, which report stands in its place, and the beginning of its partition.
-- Of several reports of one identified body and year the one signed last is current; of equals the one with more figures.
create or replace table part as
with identified as (
  select *,
    resolution in ('exact', 'inferred') and county_name is not null and report_year is not null as sure
  from every_report),
ranked as (
  select *, row_number() over of_body as rank, first_value(report_id) over of_body as best
  from identified
  window of_body as (
    partition by sure, if(sure, coalesce(township_id, ''), report_id), report_year
    order by coalesce(cast(issued_on as varchar), '') desc, figures desc, report_id desc))
select
  report_id,
  rank = 1 as is_current,
  if(rank > 1, best, null) as replaced_by,
  coalesce(township_id, report_id) as digits,
  '' as prefix,
  coalesce(nullif(report_year, 0)::varchar, 'unknown')
    || '-' || coalesce(nullif(province_name, ''), 'unknown') as year_and_province
from ranked
