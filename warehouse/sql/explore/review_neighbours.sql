-- All figures that stand in the sentences of the figures $ids, in the order of the text: for the words around each of them.
with asked as (select distinct report_id, sentence from metrics where metric_id in (select unnest($ids)))
select m.report_id, m.sentence, m.metric_id, m.char_start, m.quote, m.unit, m.value
from metrics m semi join asked a on a.report_id = m.report_id and a.sentence = m.sentence
order by m.report_id, m.char_start
