-- One row per partition: the reports whose rows in its published file are not what they are now.
select partition, list(report_id)
from (
  select report_id, partition from published semi join chosen_partitions using (partition))
anti join (from placed where not is_new) using (report_id, partition)
group by partition
