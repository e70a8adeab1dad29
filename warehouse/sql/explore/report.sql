-- The current report $report, or a former one of that identifier, which has its text alone.
select report_id, source_name, source_uri, source_sha256, township_id, township_name, county_name, prefecture_name, province_name, report_year, title, issuer,
  issued_on, report_kind, media_type, page_count, parser_version, text, true as is_current, null as replaced_by, null as reason
from reports where report_id = $report
union all by name
select report_id, source_name, source_uri, source_sha256, township_name, report_year, title, issued_on, text, false as is_current, replaced_by, reason
from report_history where report_id = $report and report_id not in (select report_id from reports)
limit 1
