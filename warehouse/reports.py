"""Which source stands for a report, and whose report it is: staged documents and what their sources say -> one row per report."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import formats, keys
from warehouse.engine import create_table, run_with_rows
from warehouse.sources import Seen

NOTE = ("url", "publisher", "received", "stated_place")


@dataclass(slots=True)
class CurrentReport:
    """One report with a current source: where it comes from and whose it is."""

    report_id: str
    source_uri: str
    source_name: str
    source_sha256: str
    media_type: str
    township_id: str | None
    township_name: str | None
    county_name: str | None
    prefecture_name: str | None
    province_name: str | None
    division_code: str | None
    resolution: str
    title: str | None
    candidates: str
    other_place: str | None
    other_place_start: int | None
    issued_on: datetime.date | None
    report_year: int | None
    figures: int
    unexplained: int


@dataclass(slots=True)
class Source:
    """What a place is decided from beside the document: the report's source, and what a manifest says of it."""

    report_id: str
    source_uri: str
    source_name: str
    source_sha256: str
    publisher: str | None
    stated_place: str | None


_ARROW = {"str": pa.string(), "int": pa.int64(), "datetime.date": pa.date32()}
READ = pa.schema(
    [
        pa.field(
            f.name,
            pa.int32()
            if f.name in ("report_year", "other_place_start")
            else _ARROW[f.type.split(" |")[0]],
        )
        for f in dataclasses.fields(CurrentReport)
    ]
)


Resolve = Callable[
    [dict, Source], tuple
]  # (staged document, its source) -> place, (another place's name, its offset) or None


def note_of(seen: Seen) -> tuple[str | None, ...]:
    """What its manifest says of a source, in the order of NOTE."""
    return seen.note.url, seen.note.publisher, seen.note.received, seen.note.place



# of each report with a current source the one that stands for it, and whether what is known of it still holds
LIVE = f"""
create or replace table live as
with current as (
  select s.*, r.source_sha256 is not null is_read, w.report_id is not null is_known, s.report_id in (select report_id from read semi join loaded using (source_sha256)) touched,
    s.source_uri is not distinct from w.source_uri stands, w.source_sha256 was_sha256,
    case if(r.source_sha256 is not null, r.media_type, if(w.source_sha256 = s.source_sha256, w.media_type, ''))
      {" ".join(f"when '{kind}' then {rank}" for kind, rank in formats.interpretation_ranks().items())} else {formats.UNKNOWN_RANK} end place
  from sources s left join read r using (source_sha256) left join was w on w.report_id = s.report_id where s.is_current)
select report_id, touched, kept, {", ".join(f"if(kept, null, {n}) {n}" for n in ("source_uri", "source_name", "source_sha256", "publisher", "stated_place"))}
from (
  select *, is_known and not touched and bool_or(stands) over of_report and not (? and bool_or(is_read) over of_report) kept
  from current
  window of_report as (partition by report_id)
  qualify row_number() over (partition by report_id order by place, source_uri) = 1)
"""


def make_reports(connection: duckdb.DuckDBPyConnection, resolve: Resolve) -> None:
    """The table `made`: the reports of `live` that are not kept, from their staged documents."""
    create_table(connection, "made", READ)
    names = [f.name for f in dataclasses.fields(Source)]
    wanted = connection.sql(
        f"select file, {', '.join(names)} from live join staged_at using (source_sha256) where not kept order by file"
    ).to_arrow_table()
    rows: list[CurrentReport] = []
    for batch in wanted.to_batches(5_000):
        columns = batch.to_pydict()
        primaries = zip(columns.pop("file"), (Source(*values) for values in zip(*columns.values())))
        for file, those in itertools.groupby(primaries, lambda one: one[0]):
            sources = [source for _, source in those]
            documents = documents_of(file, {s.source_sha256 for s in sources})
            rows += [_report(s, documents[s.source_sha256], resolve) for s in sources]
        run_with_rows(connection, "insert into made", _arrow(rows, READ))
        rows.clear()


def _arrow(rows: Sequence, schema: pa.Schema) -> pa.Table:
    """Rows with slots as a table."""
    return pa.table(
        [pa.array((getattr(r, n) for r in rows), schema.field(n).type) for n in schema.names],
        schema=schema,
    )



def documents_of(file: str, wanted: set[str]) -> dict[str, dict]:
    """Staged documents of one batch, with their texts, by the digest of their bytes."""
    table = pq.read_table(file)
    table = table.filter(pc.is_in(table["source_sha256"], pa.array(sorted(wanted))))
    return {row["source_sha256"]: row for row in table.to_pylist()}


def _report(primary: Source, document: dict, resolve: Resolve) -> CurrentReport:
    place, other = resolve(document, primary)
    sure = place.resolution in ("exact", "inferred")
    natural = (
        place.key()
        if sure
        else keys.unresolved_township_id(place.key(), primary.source_uri)
    )
    candidates = [
        [c.township, c.county, c.prefecture, c.province, c.division_code] for c in place.candidates
    ]
    return CurrentReport(
        report_id=primary.report_id,
        source_uri=primary.source_uri,
        source_name=primary.source_name,
        source_sha256=primary.source_sha256,
        media_type=document["media_type"],
        township_id=natural if place.township else None,
        township_name=place.township,
        county_name=place.county,
        prefecture_name=place.prefecture,
        province_name=place.province,
        division_code=place.division_code,
        resolution=place.resolution,
        candidates=json.dumps(candidates, ensure_ascii=False),
        other_place=other[0] if other else None,
        other_place_start=other[1] if other else None,
        title=document["title"],
        issued_on=document["issued_on"],
        report_year=document["report_year"],
        figures=document["figures"],
        unexplained=document["unexplained"],
    )
