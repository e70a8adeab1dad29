-- settled: pairs of reports that are as they were and were a pair before
create or replace temp table settled as
select a, b, own
from (from pairs intersect from pairs_before)
where a not in (from report_changed) and b not in (from report_changed);

create or replace temp table pairs as
from pairs anti join settled using (a, own);

create or replace temp table judged_own as
from judged where report_id not in (select a from settled where own);

create or replace temp table judged_other as
from judged where report_id not in (select a from settled where not own)
