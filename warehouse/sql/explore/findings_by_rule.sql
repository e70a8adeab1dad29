-- One row per rule that found something at a place (null: everywhere): findings, those that the last run found first, reports concerned.
select f.rule_id, f.severity, f.consequence, count(*) as findings, count(distinct f.report_id) as reports,
  count_if(f.run_id = (select max(run_id) from runs where outcome = 'published')) as new
from quality_findings f left join reports r using (report_id)
where ($province is null or r.province_name = $province) and ($prefecture is null or r.prefecture_name = $prefecture)
  and ($county is null or r.county_name = $county)
group by f.rule_id, f.severity, f.consequence
order by case any_value(f.severity) when 'critical' then 0 when 'warning' then 1 else 2 end, findings desc, f.rule_id
