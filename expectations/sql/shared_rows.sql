-- keeps what the pairs in shared_now share
insert into shared_texts
select report_id, own, share, other, year, evidence, strpos(text, evidence) - 1
from shared_now;

insert into shared_figures
select m.metric_id, m.report_id, s.other, s.year, m.quote, m.char_start
from (select report_id, other, year, unnest(common) as piece from shared_now where not own) s
join metrics m
    on m.report_id = s.report_id
    and m.status = 'actual'
    and contains(s.piece, m.quote)
    and contains(s.piece, regexp_replace(m.sentence, '[。；\n\s]+$', ''))
