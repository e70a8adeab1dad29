-- figures that nobody decided on. Those that a rule questions first, the gravest first, then the least confident; with
-- $by_doubt the most doubtful first. At most $top of them, all where it is null.
-- doubt: how likely the reading is wrong, by the confidence and by what rules found: at its gravest a finding takes half
-- of the confidence and more. sentence_start: offset of the sentence in the text of the report.
with found as (
  select row_id metric_id,
    list(rule_id order by rule_id) rules,
    list(message order by rule_id) messages,
    list(message_zh order by rule_id) messages_zh,
    sum(case
      when rule_id = 'code_uncertain' then 0
      when severity = 'critical' then 9
      when severity = 'warning' then 3
      else 1
    end) weight
  from quality_findings
  where table_name = 'metrics'
  group by row_id),
waiting as (
  select m.*, f.rules, f.messages, f.messages_zh, f.weight, 1 - m.confidence * (1 - coalesce(f.weight, 0) / (coalesce(f.weight, 0) + 9)) as doubt
  from metrics m
  join reports r using (report_id)
  left join found f using (metric_id)
  where m.trust in ('questioned', 'unquestioned')
    and ($code is null or m.metric_code = $code)
    and ($rule is null or list_contains(f.rules, $rule))
    and ($report is null or r.source_name = $report or m.report_id = $report)
  order by case when $by_doubt then doubt else coalesce(f.weight, 0) end desc, m.confidence, m.report_id, m.char_start
  limit $top)
select w.metric_id, w.report_id, r.source_sha256, r.source_name, r.township_name, r.county_name,
  w.report_year, w.metric_code, d.name_zh, d.name_en, w.value, w.value_high, w.unit, w.status, w.qualifier,
  w.quote, w.char_start, w.char_end, w.sentence, w.confidence, w.reason,
  w.rules, w.messages, w.messages_zh, w.weight, w.doubt,
  greatest(0, w.char_end - length(w.sentence)) - 1
    + strpos(substring(r.text, greatest(0, w.char_end - length(w.sentence)) + 1, 2 * length(w.sentence)), w.sentence) as sentence_start
from waiting w
join reports r using (report_id)
join metric_definitions d using (metric_code)
order by case when $by_doubt then w.doubt else coalesce(w.weight, 0) end desc, w.confidence, w.report_id, w.char_start
