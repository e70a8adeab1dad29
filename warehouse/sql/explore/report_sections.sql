-- The sections of report $report that have a heading.
select section_id, ordinal, level, marker, heading, kind, char_start, char_end
from sections where report_id = $report and heading is not null order by ordinal
