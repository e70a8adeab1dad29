-- One row per metric code: meaning, unit, example, how often reports state it and how sure the codes are.
create or replace view metric_catalogue as
select d.*, coalesce(m.reports, 0) as reports, m.mean_confidence
from metric_definitions d
left join (
  select metric_code, count(distinct report_id) as reports, round(avg(confidence), 3) as mean_confidence
  from metrics group by metric_code) m using (metric_code);
comment on view metric_catalogue is 'One row per metric code with how often it occurs. 每个指标一行，附出现次数。';
