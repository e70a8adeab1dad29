-- The figures of report $report in the order of its text, corrected where a person did so.
select m.metric_id, m.section_id, m.metric_code, d.name_zh, d.name_en, m.confidence, m.reason, m.value, m.value_high, m.qualifier, m.unit, m.status, m.subject,
  m.sentence, m.quote, m.char_start, m.char_end, m.page, m.trust, m.stated_value, m.stated_metric_code, m.corrected_because, m.corrected_by
from figures_in_force m join metric_definitions d using (metric_code)
where m.report_id = $report order by m.char_start
