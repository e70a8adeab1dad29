-- One row per year: reports on the rule of law, bodies that filed one, figures in them.
with filed as (
  select report_year, count(*) as reports, count(distinct township_id) as bodies
  from reports where report_kind = 'rule_of_law' and report_year is not null group by report_year),
counted as (
  select report_year, count(*) as figures, count_if(trust = 'questioned') as questioned
  from metrics where report_year is not null group by report_year)
select report_year, reports, bodies, coalesce(figures, 0) as figures, coalesce(questioned, 0) as questioned
from filed left join counted using (report_year) order by report_year
