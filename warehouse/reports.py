"""Which source stands for a report, and which body it is about.

Staged documents and what their sources say of them become one row per report.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import formats, keys
from warehouse import engine
from warehouse.sources import Seen

# what a manifest or a pull says of a source, in the order of the fields of manifests.Note
NOTE = (
    "url",
    "publisher",
    "received",
    "stated_place",
    "address",
    "final_address",
    "fetched_at",
    "status",
    "etag",
    "link_text",
    "list_address",
    "page_address",
    "pull_problem",
)
# one report with a current source: where it comes from and which body it is about
REPORT = pa.schema(
    [
        ("report_id", pa.string()),
        ("source_uri", pa.string()),
        ("source_name", pa.string()),
        ("source_sha256", pa.string()),
        ("media_type", pa.string()),
        ("township_id", pa.string()),
        ("township_name", pa.string()),
        ("county_name", pa.string()),
        ("prefecture_name", pa.string()),
        ("province_name", pa.string()),
        ("division_code", pa.string()),
        ("resolution", pa.string()),
        ("title", pa.string()),
        ("candidates", pa.string()),
        ("other_place", pa.string()),
        ("other_place_start", pa.int32()),
        ("issued_on", pa.date32()),
        ("report_year", pa.int32()),
        ("report_kind", pa.string()),
        ("characters", pa.int64()),
        ("figures", pa.int64()),
        ("unexplained", pa.int64()),
    ]
)
_FROM_DOCUMENT = ("media_type", "title", "issued_on", "report_year", "figures", "unexplained")
_RESOLVED_AT_ONCE = 5_000
# the kind of report that the views to begin with count
RULE_OF_LAW = "rule_of_law"


@dataclass(slots=True)
class Source:
    """What a place is decided from beside the document: the source of the report, and what a
    manifest says of it.
    """

    report_id: str
    source_uri: str
    source_name: str
    source_sha256: str
    publisher: str | None
    stated_place: str | None


class Division(Protocol):
    """One division that a name may mean. None: the name of that level is not known."""

    township: str | None
    county: str | None
    prefecture: str | None
    province: str | None
    division_code: str | None


class Place(Division, Protocol):
    """The body that a document is about, and how sure that is."""

    resolution: str

    @property
    def candidates(self) -> Sequence[Division]:
        """The divisions that an ambiguous name may mean."""

    def key(self) -> str:
        """The identifier that follows from the names."""


# (staged document, its source) -> the place, and another place that the text names (name, offset),
# if any
Resolve = Callable[[dict[str, Any], Source], tuple[Place, tuple[str, int] | None]]


@dataclass(slots=True)
class Resolved:
    """Reports with their places as rows of REPORT, and the sources for which that failed (reason
    code, message).
    """

    rows: list[dict[str, Any]]
    problems: list[tuple[Source, tuple[str, ...]]]


# (staged file, sources whose documents are in it) of several files -> the outcome of each, in any
# order
ResolveFiles = Callable[[list[tuple[str, list[Source]]]], Iterable[Resolved]]


def note_of(seen: Seen) -> tuple[str | int | None, ...]:
    """Returns what a manifest or a pull says of a source, in the order of NOTE."""
    return dataclasses.astuple(seen.note)


def choose_sources(connection: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """Creates the table `live`: of each report with a current source the source that stands for it.

    Reads the tables sources, read, loaded and published. With `everything`, what was published of a
    report is decided anew wherever its document is staged.
    """
    rank_of = formats.interpretation_ranks()
    ranks = pa.table({"media_type": list(rank_of), "rank": list(rank_of.values())})
    engine.run_with_rows(connection, "create or replace temp table media_ranks as", ranks)
    parameters = {"everything": everything, "last_rank": formats.UNKNOWN_RANK}
    connection.execute(engine.script("plan/live.sql"), parameters)


def resolve_reports(
    connection: duckdb.DuckDBPyConnection, resolve: ResolveFiles
) -> list[tuple[Source, tuple[str, ...]]]:
    """Creates the table `resolved`: the reports of `live` that are not kept, from their staged
    documents.

    Returns the sources whose place could not be decided, each with what was wrong; their reports
    are not in the table.
    """
    engine.create_table(connection, "resolved", REPORT)
    problems: list[tuple[Source, tuple[str, ...]]] = []
    columns = (
        "report_id",
        "source_uri",
        "source_name",
        "source_sha256",
        "publisher",
        "stated_place",
    )
    wanted = connection.sql(
        f"select file, {', '.join(columns)} from live join staged_at using (source_sha256) "
        "where not kept order by file, report_id"
    ).to_arrow_table()
    for batch in wanted.to_batches(_RESOLVED_AT_ONCE):
        values = batch.to_pydict()
        sources = [Source(*row) for row in zip(*(values[column] for column in columns))]
        by_file = itertools.groupby(zip(values["file"], sources), lambda pair: pair[0])
        files = [(file, [source for _, source in pairs]) for file, pairs in by_file]
        rows: list[dict[str, Any]] = []
        for resolved in resolve(files):
            rows += resolved.rows
            problems += resolved.problems
        rows.sort(key=lambda row: str(row["report_id"]))
        table = pa.Table.from_pylist(rows, schema=REPORT)
        engine.run_with_rows(connection, "insert into resolved", table)
    return problems


def documents_of(file: str, digests: set[str]) -> dict[str, dict[str, Any]]:
    """Returns the staged documents of one batch, with their texts, by the digest of their bytes."""
    import pyarrow.compute as pc  # a night without changes has no time to load it

    table = pq.read_table(file, partitioning=None)
    table = table.filter(pc.is_in(table["source_sha256"], pa.array(sorted(digests))))
    return {row["source_sha256"]: row for row in table.to_pylist()}


def report_row(source: Source, document: dict[str, Any], resolve: Resolve) -> dict[str, Any]:
    """Returns one report as a row of REPORT: `document` is its staged document, `resolve` decides
    the place.
    """
    place, other_place = resolve(document, source)
    # a body that is not identified is another body in every source
    township_id = place.key()
    if place.resolution not in ("exact", "inferred"):
        township_id = keys.unresolved_township_id(township_id, source.source_uri)
    candidates = [
        [c.township, c.county, c.prefecture, c.province, c.division_code] for c in place.candidates
    ]
    return {
        "report_id": source.report_id,
        "source_uri": source.source_uri,
        "source_name": source.source_name,
        "source_sha256": source.source_sha256,
        "township_id": township_id if place.township else None,
        "township_name": place.township,
        "county_name": place.county,
        "prefecture_name": place.prefecture,
        "province_name": place.province,
        "division_code": place.division_code,
        "resolution": place.resolution,
        "candidates": json.dumps(candidates, ensure_ascii=False),
        "other_place": other_place[0] if other_place else None,
        "other_place_start": other_place[1] if other_place else None,
        "report_kind": document.get("report_kind") or RULE_OF_LAW,
        "characters": len(document["text"]),
        **{column: document[column] for column in _FROM_DOCUMENT},
    }
