-- figures that nobody decided on: those that a rule questions first, the gravest first; then the least confident
select m.metric_id, m.report_id, r.source_sha256, r.source_name, r.township_name, r.county_name,
  m.report_year, m.metric_code, d.name_zh, m.value, m.value_high, m.unit, m.status, m.qualifier,
  m.quote, m.char_start, m.char_end, m.sentence, m.confidence, m.reason,
  f.rules, f.messages, f.weight
from metrics m
join reports r using (report_id)
join metric_definitions d using (metric_code)
left join (
  select row_id metric_id,
    list(rule_id order by rule_id) rules,
    list(message order by rule_id) messages,
    sum(case
      when rule_id = 'code_uncertain' then 0
      when severity = 'critical' then 9
      when severity = 'warning' then 3
      else 1
    end) weight
  from quality_findings
  where table_name = 'metrics'
  group by row_id
) f using (metric_id)
where m.trust in ('questioned', 'unquestioned')
  and ($code is null or m.metric_code = $code)
  and ($rule is null or list_contains(f.rules, $rule))
  and ($report is null or r.source_name = $report or m.report_id = $report)
order by coalesce(f.weight, 0) desc, m.confidence, m.report_id, m.char_start
