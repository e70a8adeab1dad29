-- One row over all figures: how many there are and wait, and how many of their codes are expected to be wrong, by the
-- confidences: unchecked all of them, checked those that nobody decided on.
select count(*) as figures, count_if(trust in ('questioned', 'unquestioned')) as waiting,
  coalesce(sum(1 - confidence), 0) as wrong_unchecked,
  coalesce(sum(1 - confidence) filter (trust in ('questioned', 'unquestioned')), 0) as wrong_checked
from metrics
