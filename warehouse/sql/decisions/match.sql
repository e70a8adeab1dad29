-- Decisions on figures, matched with the figures of today. A decision holds for the very bytes and the very figure,
-- and a review for the very reading that it was made on.
with figure as (
  select m.*, row_number() over (partition by report_id, quote order by char_start) as occurrence
  from metrics m
  semi join (select distinct quote from given_decisions) using (quote)),
owner as (
  select source_sha256, any_value(report_id) as report_id
  from sources where is_current group by source_sha256),
matched as (
  select
    g.*,
    o.report_id is not null and r.report_id is not null as is_known,
    f.report_id,
    f.metric_id,
    g.origin = 'withdrawal' or f.metric_id is not null and (
      g.origin = 'correction'
      or (f.metric_code = g.was_code and f.value = g.was_value and f.status = g.was_status)) as holds
  from given_decisions g
  left join owner o using (source_sha256)
  left join reports r on r.report_id = o.report_id
  left join figure f on f.report_id = o.report_id and f.quote = g.quote
    and case when g.origin = 'review' then f.char_start = g.char_start
        else f.occurrence = g.occurrence end)
select
  decision_id, origin, source_uri, source_sha256, quote,
  case when holds and origin <> 'withdrawal' then report_id end as report_id,
  case when holds then metric_id end as metric_id,
  action, metric_code, value, status, reason, decided_by,
  case when holds then 'in_force' else 'lapsed' end as state,
  case
    when holds then null
    when not is_known then 'The source with this digest is not in force any more: look at its new version and decide again.'
    when metric_id is null then 'The report has no figure with this quote at this place: look at it and decide again.'
    else 'The figure is now read in another way than when it was reviewed: decide again.'
  end as message,
  case
    when holds then null
    when not is_known then '该摘要对应的来源已不再有效，请查看新版本后重新作出决定。'
    when metric_id is null then '报告此处已没有这个数据，请查看后重新作出决定。'
    else '该数据的识别结果与复核时不同，请重新作出决定。'
  end as message_zh
from matched
order by decision_id
