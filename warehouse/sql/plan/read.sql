-- The table `read`: report and media type of the staged documents in question, by the digest of their bytes.
create or replace table read as
select source_sha256, file, d.report_id, d.media_type
from read_parquet($files, filename = true, hive_partitioning = false) d
join wanted w using (source_sha256)
where d.filename = w.file
