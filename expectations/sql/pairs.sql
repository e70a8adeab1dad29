-- {pairs}: the reports that share bands with those that are judged. In each band a report meets the first
-- one and the one before it; of these it is paired with the one of the same body's earlier years, and the
-- one of another body's same or earlier year, that shares most bands with it.
create or replace temp table {pairs} as
with shared_bands as (
    select
        report_id,
        first_value(report_id) over same_band as first_report,
        lag(report_id) over same_band as report_before
    from {schema}.text_fingerprints
    semi join judged_bands using (band, hash)
    window same_band as (partition by band, hash order by report_id)
    qualify count(*) over (partition by band, hash) > 1
),
meetings as (
    select report_id as a, unnest([first_report, report_before]) as b from shared_bands
    union all
    select unnest([first_report, report_before]) as a, report_id as b from shared_bands
),
near as (
    select a, b, count(*) as bands
    from meetings
    where a <> b and a in (from judged)
    group by a, b
)
select
    a,
    b,
    x.township_id is not null and x.township_id is not distinct from y.township_id as own
from near
join {schema}.reports x on x.report_id = a
join {schema}.reports y on y.report_id = b
where case
        when x.township_id is not distinct from y.township_id then y.report_year < x.report_year
        else coalesce(y.report_year <= x.report_year, true)
    end
qualify row_number() over (partition by a, own order by bands desc, y.report_year desc, b) = 1
