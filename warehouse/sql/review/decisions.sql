-- all decisions of the state, and whether each holds
select d.state, d.origin, d.action, coalesce(r.source_name, d.source_uri) report, d.quote, d.metric_code code, d.value,
  d.status, d.reason, d.decided_by "by", d.message
from decisions d left join reports r using (report_id)
order by d.state desc, r.source_name, d.quote
