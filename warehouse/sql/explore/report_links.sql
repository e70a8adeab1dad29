-- The links between the figures of report $report.
select metric_id, kind, to_metric_id, direction, base_year from metric_links where report_id = $report order by metric_id, kind
