-- The run that made this state, and what it did.
select run_id, started_at, finished_at, code_version, seen, loaded, unchanged, quarantined, superseded, figures, accepted_loss
from runs where outcome = 'published' order by run_id desc, finished_at desc limit 1
