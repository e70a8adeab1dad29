-- The findings of a rule (of all, where $rule is null) at a place (null: everywhere), each with its body and with the figure that it is about.
select f.*,
  case when f.table_name = 'metrics' then f.row_id end as metric_id,
  r.province_name, r.county_name, r.township_name, r.report_year, r.source_name, count(*) over () as total
from quality_findings f left join reports r using (report_id)
where ($rule is null or f.rule_id = $rule) and ($province is null or r.province_name = $province)
  and ($prefecture is null or r.prefecture_name = $prefecture) and ($county is null or r.county_name = $county)
order by case f.severity when 'critical' then 0 when 'warning' then 1 else 2 end, f.rule_id, r.report_year desc, f.report_id, f.char_start
limit $top
