"""Finds the reports that share half of their text or more with an earlier one, before the rules about shared texts read what they share.

Reports that share much are found by bands of MinHash (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3): in each
band a report is compared with the first and with the one before it, so the work grows with the number of reports and not with its square.
What they share is then counted in the texts themselves, sentence by sentence.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

SHARED, LEAST_SENTENCE = 0.5, 12

# the reports that share bands with those that are judged: in each band with the first and the one before; of them each report with the one of
# the same body's earlier years, and the one of another body's same or earlier year, that shares most bands with it
_PAIRS = """
create or replace temp table {name} as
with shared_bands as (
  select report_id, first_value(report_id) over w head, lag(report_id) over w before
  from {state}.text_fingerprints semi join judged_bands using (band, hash)
  window w as (partition by band, hash order by report_id) qualify count(*) over (partition by band, hash) > 1),
near as (
  select a, b, count(*) n from (
    select report_id a, unnest([head, before]) b from shared_bands union all select unnest([head, before]) a, report_id b from shared_bands)
  where a <> b and a in (from judged) group by a, b)
select a, b, x.township_id is not null and x.township_id is not distinct from y.township_id own
from near join {state}.reports x on x.report_id = a join {state}.reports y on y.report_id = b
where case when x.township_id is not distinct from y.township_id then y.report_year < x.report_year else coalesce(y.report_year <= x.report_year, true) end
qualify row_number() over (partition by a, own order by n desc, y.report_year desc, b) = 1
"""
# pairs of reports that are as they were and were a pair before: what was found of them holds
_SETTLED = """
create or replace temp table settled as select a, b, own from (from pairs intersect from pairs_before) where a not in (from report_changed) and b not in (from report_changed);
create or replace temp table pairs as from pairs anti join settled using (a, own)
"""
_JUDGED = """
create or replace temp table judged_own as from judged where report_id not in (select a from settled where own);
create or replace temp table judged_other as from judged where report_id not in (select a from settled where not own)
"""
_EMPTY = """
create or replace temp table shared_texts (report_id varchar, own boolean, share double, other varchar, year integer, evidence varchar, char_start integer);
create or replace temp table shared_figures (metric_id varchar, report_id varchar, other varchar, year integer, quote varchar, char_start integer)
"""
# first by digests of the sentences, which are small: hardly any pair that has a band in common shares half of its sentences
_LIKELY = f"""
create or replace temp table digested as
select report_id, list_transform(own, lambda s: hash(s)) digests, list_transform(own, lambda s: length(s)) lengths
from (select report_id, list_filter(string_split_regex(text, '[。；\\n]'), lambda s: length(s) >= {LEAST_SENTENCE}) own from texts
  semi join (select a report_id from pairs union select b from pairs) using (report_id));
create or replace temp table likely as
select a, b, own, row_number() over (order by a, own) number
from (select p.*, list_sum(list_transform(list_zip(x.digests, x.lengths), lambda z: case when list_contains(y.digests, z[1]) then z[2] else 0 end)) / list_sum(x.lengths) share
  from pairs p join digested x on x.report_id = p.a join digested y on y.report_id = p.b where len(x.digests) > 0)
where share >= {SHARED};
drop table digested
"""
# what a pair shares, sentence by sentence; `?` bounds the numbers of the pairs looked at together
_SHARED = f"""
create or replace temp table shared_now as
with cut as (
  select a, own, coalesce(y.county_name, '') || coalesce(y.township_name, 'another body') other, y.report_year, x.text,
    list_filter(string_split_regex(x.text, '[。；\\n]'), lambda s: length(s) >= {LEAST_SENTENCE}) mine, string_split_regex(y.text, '[。；\\n]') theirs
  from (select * from likely where number > ? and number <= ?) join texts x on x.report_id = a join texts y on y.report_id = b),
shared as (select *, list_filter(mine, lambda s: list_contains(theirs, s)) common from cut where len(mine) > 0),
counted as (select *, list_sum(list_transform(common, lambda s: length(s))) / list_sum(list_transform(mine, lambda s: length(s))) share from shared)
select a report_id, own, share, other, report_year as year, common, text, list_sort(list_transform(common, lambda s: {{'n': -length(s), 's': s}}))[1].s evidence
from counted where share >= {SHARED}
"""
_KEEP = (
    "insert into shared_texts select report_id, own, share, other, year, evidence, strpos(text, evidence) - 1 from shared_now",
    # figures in a sentence that stands word by word in another body's like report
    "insert into shared_figures select m.metric_id, m.report_id, s.other, s.year, m.quote, m.char_start from "
    "(select report_id, other, year, unnest(common) piece from shared_now where not own) s join metrics m on m.report_id = s.report_id and m.status = 'actual' "
    "and contains(s.piece, m.quote) and contains(s.piece, regexp_replace(m.sentence, '[。；\\n\\s]+$', ''))",
)
TOGETHER = 4000
FEW = 5_000  # reports whose texts are read from the files they lie in


def prepare(
    connection: duckdb.DuckDBPyConnection,
    changed: bool = False,
    before: str | None = None,
    lying: Callable[[set[str]], list[str]] | None = None,
) -> None:
    """Makes the relations shared_texts and shared_figures that rules below read, some thousand pairs at a time: texts are large.

    All reports are judged, or where few `changed` those in the table report_changed and those that share a band with one of the bands in the
    table changed_bands. Where the tables of the state before are in the schema `before`, pairs that are as they were are left out. The tables
    judged_own and judged_other say then of which reports the text was compared with the body's own and with another's. `lying` gives the
    Parquet files of some reports: where these are few, the texts of all are not read for them.
    """
    anew = "from report_changed union select report_id from text_fingerprints semi join changed_bands using (band, hash)"
    connection.execute(
        f"create or replace temp table judged as {anew if changed else 'select report_id from reports'}"
    )
    connection.execute(
        "create or replace temp table judged_bands as select distinct band, hash from text_fingerprints semi join judged using (report_id)"
    )
    connection.execute(_PAIRS.format(name="pairs", state="main"))
    if changed:
        if before:
            connection.execute(_PAIRS.format(name="pairs_before", state=before))
        else:
            connection.execute("create or replace temp table pairs_before as from pairs limit 0")
        connection.execute(_SETTLED)
        connection.execute(_JUDGED)
    paired = {
        r for (r,) in connection.execute("select a from pairs union select b from pairs").fetchall()
    }
    files = lying(paired) if lying and 0 < len(paired) <= FEW else []
    some = f"read_parquet({files!r}, hive_partitioning=false)" if files else "reports"
    connection.execute(
        f"create or replace temp view texts as select report_id, township_name, county_name, report_year, text from {some}"
    )
    connection.execute(_LIKELY)
    connection.execute(_EMPTY)
    ((many,),) = connection.execute("select count(*) from likely").fetchall()
    for start in range(0, many, TOGETHER):
        connection.execute(_SHARED, [start, start + TOGETHER])
        for statement in _KEEP:
            connection.execute(statement)
