-- One row per figure, as it is to be used: corrections and reviews (decisions) in place of the reading they speak of, which stays in stated_*.
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
