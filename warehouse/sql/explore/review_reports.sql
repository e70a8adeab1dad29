-- The reports that were read from the sources with the digests $digests: whose they are, on which year.
select source_sha256, report_id, source_name, township_name, county_name, report_year
from reports where source_sha256 in (select unnest($digests))
