with filed as (
  select province_name, prefecture_name, county_name, township_name, township_id, report_year, report_id
  from reports where /* chosen */),
said as (
/* parts */),
placed as (
  select *, min(value) over compared as lowest, max(value) over compared as highest, count(value) over compared as bodies,
    rank() over (compared order by value) - 1 as below, count(*) over same as ties
  from said
  window compared as (partition by /* compared */), same as (partition by /* compared */, value)),
pointed as (
  select *, case when value is null then null
    when scale = 'bounds' then 100 * least(1, greatest(0, (value - low) / (high - low)))
    when /* unknown */ or highest = lowest then null
    when scale = 'rank' then 100 * (below + (ties - 1) / 2) / (bodies - 1)
    else 100 * (value - lowest) / (highest - lowest) end as points
  from placed),
scored as (
  select *, case when better = 'low' then 100 - points else points end as part_score,
    case when state not in ('reported', 'zero') then state when /* unknown */ then 'place_unknown' else 'no_spread' end as reason
  from pointed),
bodies as (
  select report_id, coalesce(sum(weight) filter (part_score is not null), 0) as present, sum(weight * part_score) as points,
    string_agg(component || ': ' || reason, '; ' order by position) filter (part_score is null) as missing,
    string_agg(component, '; ' order by position) filter (questioned and part_score is not null) as questioned,
    min(bodies) filter (part_score is not null and scale <> 'bounds') as compared_with,
/* columns */
  from scored group by report_id)
select f.province_name, f.prefecture_name, f.county_name, f.township_name, f.township_id, f.report_year, f.report_id,
  case when b.present > 0 and b.present / /* total */ >= /* coverage */ - 1e-9 then round(b.points / b.present, 2) end as score,
  round(b.present / /* total */, 4) as coverage, b.* exclude (report_id, present, points)
from filed f join bodies b using (report_id)
order by f.province_name, f.prefecture_name, f.county_name, f.township_name, f.township_id, f.report_year
