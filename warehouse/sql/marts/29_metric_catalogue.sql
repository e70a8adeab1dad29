-- One row per metric code: meaning, unit, example, how often reports state it and how sure the codes are.
-- unit: Usual unit. 常用单位。
-- kind: count, rate, amount or any. 类型：数量、比率、金额或其他。
-- reports: Reports that state it. [reports] 写有该指标的报告数。
-- mean_confidence: Mean probability that its code is right; null where no report states it. [0 to 1] 指标代码正确概率的平均值；没有报告写到时为空。
create or replace view metric_catalogue as
select d.*, coalesce(m.reports, 0) as reports, m.mean_confidence
from metric_definitions d
left join (
  select metric_code, count(distinct report_id) as reports, round(avg(confidence), 3) as mean_confidence
  from metrics group by metric_code) m using (metric_code);
comment on view metric_catalogue is 'One row per metric code with how often it occurs. 每个指标一行，附出现次数。';
