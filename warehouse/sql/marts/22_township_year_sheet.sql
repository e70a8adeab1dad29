-- One row per body and year: the common metrics as columns, each with a column that tells a reported zero from a figure that is not reported or not readable.
-- The columns are the metrics with `sheet = true` in the catalogue.
create or replace view township_year_sheet as
with pivoted as (
  select report_id,
    /* sheet_pivot */
  from body_year_values group by report_id)
select r.province_name, r.prefecture_name, r.county_name, r.township_name, r.township_id, r.report_year, r.report_id,
  /* sheet_columns */
from reports r left join pivoted s using (report_id)
where r.township_id is not null and r.report_year is not null and r.report_kind = 'rule_of_law';
comment on view township_year_sheet is 'One row per body and year, the common metrics as columns, with their states. 每个单位、年度一行，常用指标为列，并附状态。';
