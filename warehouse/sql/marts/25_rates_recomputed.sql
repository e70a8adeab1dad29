-- One row per stated rate whose counts stand beside it: the rate that follows from them, and the difference in percentage points.
-- part: The count above the line. 分子。
-- whole: The count below the line. 分母。
-- stated: The rate as stated. [percent] 报告所述比率。
-- recomputed: The rate that follows from the counts. [percent] 按分子分母重算的比率。
-- difference: stated less recomputed. [percentage points] 所述与重算之差（百分点）。
-- metric_id: The figure of the rate. 比率所在数据。
create or replace view rates_recomputed as
select r.province_name, r.prefecture_name, r.county_name, r.township_name, m.report_year, m.metric_code, d.name_zh,
  part.value as part, whole.value as whole, m.value as stated, round(100 * part.value / whole.value, 2) as recomputed,
  round(m.value - 100 * part.value / whole.value, 2) as difference, m.sentence, m.metric_id, m.report_id
from metrics m
join metric_definitions d using (metric_code)
join reports r using (report_id)
join metric_links n on n.metric_id = m.metric_id and n.kind = 'numerator' join metrics part on part.metric_id = n.to_metric_id
join metric_links w on w.metric_id = m.metric_id and w.kind = 'denominator' join metrics whole on whole.metric_id = w.to_metric_id
where whole.value > 0 and m.status = 'actual' and r.report_kind = 'rule_of_law';
comment on view rates_recomputed is 'One row per stated rate with its counts, recomputed. 每个附有分子分母的比率一行，并重新计算。';
