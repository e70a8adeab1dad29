-- the figures of a report in the order of its text, as they are to be used, with their trust; of one figure where $metric_id is given
select f.metric_id, f.char_start, f.quote, f.sentence, f.stated_value, f.value, f.value_high, f.unit, f.status,
  f.stated_metric_code, f.metric_code, d.name_zh, d.name_en, f.confidence, f.reason, f.trust, r.source_name, r.township_name, r.report_year
from figures_in_force f join reports r using (report_id) join metric_definitions d using (metric_code)
where f.report_id = $report_id and ($metric_id is null or f.metric_id = $metric_id)
order by f.char_start
