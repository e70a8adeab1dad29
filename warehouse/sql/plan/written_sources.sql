-- The rows of the published table `sources`. A source whose text is another text of a report (its page, or another of its
-- attachments) is a source of that report; `text_report_id` says which text is in it.
select
  s.* replace (coalesce(r.replaced_by, s.report_id) as report_id),
  if(r.replaced_by is null, null, s.report_id) as text_report_id
from sources s
left join (select report_id, replaced_by from state where chosen_because = 'same_report') r using (report_id)
order by source_uri, version
