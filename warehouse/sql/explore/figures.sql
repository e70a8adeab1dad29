-- The figures with the identifiers $ids, corrected where a person did so: where each was read, and how far it can be trusted.
select m.metric_id, m.metric_code, d.name_zh, d.name_en, m.value, m.value_high, m.qualifier, m.unit, m.status, m.quote, m.sentence, m.trust, m.confidence,
  m.stated_value, m.report_id, m.char_start, m.char_end, r.source_name, r.township_name, r.report_year
from figures_in_force m join metric_definitions d using (metric_code) join reports r using (report_id)
where m.metric_id in (select unnest($ids)) order by m.metric_id
