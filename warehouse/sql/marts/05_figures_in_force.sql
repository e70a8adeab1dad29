-- One row per figure, as it is to be used: corrections and reviews (decisions) in place of the reading they speak of, which stays in stated_*.
-- value: The number as it is to be used: corrected where a person corrected it. 采用的数值；经人工更正的取更正值。
-- metric_code: Its code as it is to be used. 采用的指标代码；经人工更正的取更正后的代码。
-- status: actual, planned or background, as it is to be used. 采用的状态：实际、计划或对比背景。
-- confidence: Probability that the code is right; 1 where a person confirmed or corrected it. [0 to 1] 指标代码正确的概率；经人工确认或更正的为 1。
-- char_start: Offset of the first character of its number. [code points] 数字首字的偏移量。
-- char_end: Offset after its measure word. [code points] 量词之后的偏移量。
-- stated_value: The number as the report states it. 报告原文的数值。
-- stated_metric_code: The code before corrections. 更正前的指标代码。
-- corrected_because: Why it was corrected; null where it was not. 更正理由；未更正则为空。
-- corrected_by: Who corrected it; null where nobody did. 更正人；未更正则为空。
create or replace view figures_in_force as
select m.* replace (
    coalesce(d.value, m.value) as value, case when d.value is null then m.value_high end as value_high,
    coalesce(d.metric_code, m.metric_code) as metric_code, coalesce(d.status, m.status) as status,
    case when m.trust in ('confirmed', 'corrected') then 1.0 else m.confidence end as confidence),
  m.value as stated_value, m.metric_code as stated_metric_code, d.reason as corrected_because, d.decided_by as corrected_by
from metrics m
left join (
  from (
    select * from decisions where state = 'in_force'
    qualify row_number() over (partition by metric_id order by origin desc) = 1)
  where action = 'correct') d using (metric_id);
comment on view figures_in_force is 'One row per figure, with corrections and reviews applied. 每个数据一行，已按更正与复核结论处理。';
