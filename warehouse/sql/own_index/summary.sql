with answer as (
/* index */),
parts as (
/* parts */)
select component, weight, better, scale, report_year, count(value) as bodies_with_value, count(*) as bodies_filed,
  count_if(state like '%not_reported') as not_reported, count_if(value is null and state not like '%not_reported') as unusable,
  min(value) as lowest, max(value) as highest
from parts group by position, component, weight, better, scale, report_year order by position, report_year
