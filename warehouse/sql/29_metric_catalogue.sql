-- One row per metric code: meaning, unit, example, how often reports state it and how sure the codes are.
create or replace view metric_catalogue as
select d.*, count(distinct m.report_id) as reports, round(avg(m.confidence), 3) as mean_confidence
from metric_definitions d left join metrics m using (metric_code)
group by all;
comment on view metric_catalogue is 'One row per metric code with how often it occurs. 每个指标一行，附出现次数。';
