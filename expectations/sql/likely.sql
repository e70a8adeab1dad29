-- likely: the pairs that share half of their text by digests of their sentences, which are small; hardly any
-- pair that has a band in common does. Sentences of less than 12 characters say nothing of where they are from.
create or replace temp table digested as
select
    report_id,
    list_transform(sentences, lambda s: hash(s)) as digests,
    list_transform(sentences, lambda s: length(s)) as lengths
from (
    select
        report_id,
        list_filter(string_split_regex(text, '[。；\n]'), lambda s: length(s) >= 12) as sentences
    from texts
    semi join (select a as report_id from pairs union select b from pairs) using (report_id)
);

create or replace temp table likely as
select a, b, own, row_number() over (order by a, own) as number
from (
    select
        p.*,
        list_sum(
            list_transform(
                list_zip(x.digests, x.lengths),
                lambda z: case when list_contains(y.digests, z[1]) then z[2] else 0 end
            )
        ) / list_sum(x.lengths) as share
    from pairs p
    join digested x on x.report_id = p.a
    join digested y on y.report_id = p.b
    where len(x.digests) > 0
)
where share >= 0.5;

drop table digested
