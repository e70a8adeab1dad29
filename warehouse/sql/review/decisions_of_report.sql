-- the corrections and reviews of a report's figures, lapsed ones too; of one figure where $metric_id is given
select d.quote, d.origin, d.action, d.metric_code, d.value, d.status, d.reason, d.decided_by, d.state, d.message, d.message_zh
from decisions d
where (d.report_id = $report_id
    or d.report_id is null and d.source_sha256 in (select source_sha256 from sources where report_id = $report_id))
  and ($metric_id is null or d.metric_id = $metric_id)
order by d.state, d.quote, d.origin
