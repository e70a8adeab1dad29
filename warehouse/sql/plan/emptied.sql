-- One row per source whose new bytes give a report with far fewer figures or characters than the one that it has in force:
-- less than half. A person may have accepted it.
select
  n.report_id, s.source_uri, s.source_name, s.source_sha256, s.size,
  p.figures as figures_before, n.figures, p.characters as characters_before, n.characters
from sources s
join published_sources o on o.source_uri = s.source_uri and o.is_current
join published p on p.report_id = o.report_id and p.is_current
join state n on n.report_id = s.report_id
where s.is_current
  and n.report_id <> p.report_id
  and s.source_sha256 not in (from accepted_sources)
  and ((p.figures >= $few_figures and 2 * n.figures < p.figures) or 2 * n.characters < p.characters)
order by s.source_uri
