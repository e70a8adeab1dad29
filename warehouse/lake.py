"""Staged documents and the state before -> the Parquet of the next state. A changed report rewrites its own partition and no other.

A partition is the reports of one year and province, split by the leading hexadecimal digits of the identifiers of their bodies as long as it
holds over `LEAF` of them: a function of the set of reports alone, so the files do not depend on the order of arrival, and a report in the place
of another of its body lies where that lay.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import itertools
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import keys, tables
from warehouse import engine
from warehouse.files import portions as by_size
from warehouse.snapshots import Candidate, Snapshot
from warehouse.sources import Seen
from warehouse.staging import Index

LEAF = 512
DIVIDED = 32_000_000  # bytes of staged Parquet that are divided among portions at once
FEW = 2_000  # reports that came or changed, whose rows are gathered in a file of their own
PORTION = {
    "reports": 6_000,
    "section_terms": 2_500,
}  # reports whose rows of a table are sorted at once
# of several files with one text the one that was read with the least interpretation stands for it
_MEDIA_RANK = {
    "text/plain": 0,
    "text/html": 1,
    "multipart/related": 2,
    "application/msword": 4,
    "application/pdf": 5,
    "image/*": 7,
}
_PLACE = (
    "township_name",
    "county_name",
    "prefecture_name",
    "province_name",
    "division_code",
    "resolution",
)
NOTE = ("url", "publisher", "received", "stated_place")


@dataclass(slots=True)
class Report:
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
_READ = pa.schema(
    [
        pa.field(
            f.name,
            pa.int32()
            if f.name in ("report_year", "other_place_start")
            else _ARROW[f.type.split(" |")[0]],
        )
        for f in dataclasses.fields(Report)
    ]
)
# and whether it is current, which other report stands in its place, and in which partition it lies: the other reports decide that
STATE = pa.schema(
    [
        *_READ,
        pa.field("is_current", pa.bool_()),
        pa.field("replaced_by", pa.string()),
        pa.field("partition", pa.string()),
    ]
)


_TOUCHED = (
    "select report_id from state where fresh or partition is null union select report_id from gone"
)


class Plan:
    """What the next state holds, as tables of a database of its own, so that memory does not grow with them.

    `sources` has the rows of that table, `state` those of STATE and whether a report comes `fresh` from staging; `was` is the STATE in force,
    `gone` the reports that are no more, `staged_at` the file with the staged document of a digest, `unstaged` the reports whose bytes must be
    staged before the plan can be written.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def drop(self) -> None:
        """Removes the database."""
        ((path,),) = self.connection.execute(
            "select path from duckdb_databases() where database_name = 'plan'"
        ).fetchall()
        self.connection.execute("use memory")
        self.connection.execute("detach plan")
        for leftover in (Path(path), Path(f"{path}.wal")):
            leftover.unlink(missing_ok=True)

    def unstaged(self) -> list[tuple[str, str, Seen]]:
        """(report, digest of the landed bytes that it is to be read from, one of its sources in force): without these bytes staged the plan
        cannot be written."""
        rows = "select report_id, u.source_sha256, source_uri, source_name, s.source_sha256, size"
        query = (
            f"{rows} from unstaged u join sources s using (report_id) where is_current order by all"
        )
        return [
            (report, sha256, Seen(*source))
            for report, sha256, *source in self.connection.execute(query).fetchall()
        ]

    def extent(self) -> tuple[int, int]:
        """How many reports came, changed or went, or are not current, and how many there are."""
        return self.one(f"select count(*) from ({_TOUCHED})"), self.one(
            "select count(*) from state"
        )

    def one(self, query: str) -> int:
        """The number that a query gives."""
        ((number,),) = self.connection.execute(query).fetchall()
        return number

    def parts(self) -> Iterator[pa.Table]:
        """The state as it is kept beside the published tables, some reports at a time."""
        rows = self.connection.sql(f"select {', '.join(STATE.names)} from state order by report_id")
        reader = rows.to_arrow_reader(20_000)
        yield STATE.empty_table()
        for batch in reader:
            yield pa.Table.from_batches([batch]).cast(STATE)


class Outline:
    """What the steps after the assembly need of a plan, whose database is gone then."""

    def __init__(self, planned: Plan) -> None:
        rows = planned.connection.sql
        self._reports = rows("select report_id, township_id, partition from state").to_arrow_table()
        self._touched = (
            rows(f"from ({_TOUCHED}) order by report_id")
            .to_arrow_table()["report_id"]
            .combine_chunks()
        )

    def __len__(self) -> int:
        return self._reports.num_rows

    def touched(self) -> set[str]:
        """The reports that came, changed or went, and those that are not current."""
        return set(self._touched.to_pylist())

    def partitions(self, those: set[str]) -> dict[str, str | None]:
        """report -> partition in which it lies now, if in any."""
        lying = self._where("report_id", those)
        return dict.fromkeys(those) | dict(
            zip(lying["report_id"].to_pylist(), lying["partition"].to_pylist())
        )

    def bodies(self, those: set[str]) -> set[str]:
        """The bodies whose reports these are."""
        return {*self._where("report_id", those)["township_id"].to_pylist()} - {None}

    def reports(self, bodies: set[str]) -> set[str]:
        """The reports of these bodies."""
        return {*self._where("township_id", bodies)["report_id"].to_pylist()}

    def _where(self, column: str, values: set[str]) -> pa.Table:
        return self._reports.filter(
            pc.is_in(self._reports[column], pa.array(sorted(values), pa.string()))
        )


Resolve = Callable[
    [dict, Source], tuple
]  # (staged document, its source) -> place, (another place's name, its offset) or None


def note_of(seen: Seen) -> tuple[str | None, ...]:
    """What its manifest says of a source, in the order of NOTE."""
    return seen.note.url, seen.note.publisher, seen.note.received, seen.note.place


def plan(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    previous: Snapshot | None,
    loaded: Iterable[Seen],
    staged: Index,
    resolve: Resolve,
    run_id: str,
    everything: bool,
    held: Iterable[str] = (),
) -> Plan:
    """Decides what the next state holds, in a database in the folder `home`. `loaded` are the sources whose staged documents are new;
    `resolve` gives the place of a document.

    With `everything` (a new register) the place of every report is decided anew. Reports in `held` are left out.
    """
    quoted = str(home / "plan.duckdb").replace("'", "''")
    connection.execute("pragma disable_checkpoint_on_shutdown")  # it is removed in the end
    connection.execute(f"attach '{quoted}' as plan; use plan")
    _take_in(connection, previous, loaded, staged, held)
    _read_documents(connection, everything)
    connection.execute(_SOURCES, [run_id])
    connection.execute(_LIVE, [everything])
    _make_reports(connection, resolve)
    _assign_partitions(
        connection, previous is not None and previous.schema_version != tables.SCHEMA_VERSION
    )
    connection.execute(
        "create or replace table gone as select report_id from was anti join state using (report_id)"
    )
    connection.execute(_UNSTAGED)
    for table in ("loaded", "held", "read", "live", "made", "part"):
        connection.execute(f"drop table {table}")
    return Plan(connection)


_LOADED = pa.schema(
    [(n, pa.string()) for n in ("source_uri", "source_name", "source_sha256")]
    + [("size", pa.int64())]
    + [(n, pa.string()) for n in NOTE]
)


def _take_in(
    connection: duckdb.DuckDBPyConnection,
    previous: Snapshot | None,
    loaded: Iterable[Seen],
    staged: Index,
    held: Iterable[str],
) -> None:
    """The relations `before` (sources of the state in force), `was` (its reports), `loaded`, `held` and `staged_at`."""
    _view(
        connection,
        "before",
        tables.arrow_schema(tables.SOURCES),
        previous.parquet("sources") if previous else [],
    )
    _view(connection, "was", STATE, [str(previous.path / "state.parquet")] if previous else [])
    _table(connection, "loaded", _LOADED)
    left = iter(loaded)
    while some := list(itertools.islice(left, 10_000)):
        rows = [(s.uri, s.name, s.sha256, s.size, *note_of(s)) for s in some]
        _put(
            connection, "insert into loaded", pa.table(list(map(list, zip(*rows))), schema=_LOADED)
        )
    those = pa.table({"report_id": pa.array(sorted(held), pa.string())})
    _put(connection, "create or replace table held as", those)
    files = {key: staged.files("documents", [key])[0] for key in set(staged.batch.values())}
    read = [sha256 for sha256 in staged.batch if sha256 not in staged.rejected]
    where = pa.array([files[staged.batch[sha256]] for sha256 in read], pa.string())
    at = pa.table({"source_sha256": pa.array(read, pa.string()), "file": where})
    _put(connection, "create or replace table staged_at as", at)


def _table(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema) -> None:
    """An empty table."""
    _put(connection, f"create or replace table {name} as", schema.empty_table())


def _view(
    connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, paths: list[str]
) -> None:
    """The rows of Parquet files in that schema; they may be of other years and have other columns."""
    rows = f"from {name}_columns"
    _table(connection, f"{name}_columns", schema)
    if paths:
        there = [n for n in pq.read_schema(paths[0]).names if n in schema.names]
        rows += f" union all by name select {', '.join(there)} from read_parquet({paths!r}, hive_partitioning=false)"
    connection.execute(f"create or replace view {name} as {rows}")


def _put(connection: duckdb.DuckDBPyConnection, statement: str, rows: pa.Table) -> None:
    """Runs a statement that lacks its `from`: the rows."""
    connection.register("given", rows)
    connection.execute(f"{statement} from given")
    connection.unregister("given")


def _read_documents(connection: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """The table `read`: report and media type of the staged documents in question, by the digest of their bytes."""
    wanted = "select source_sha256 from loaded"
    if everything:
        wanted += " union select source_sha256 from before where is_current"
    connection.execute(
        f"create or replace table read as select source_sha256, file, null::varchar report_id, null::varchar media_type from staged_at semi join ({wanted}) using (source_sha256)"
    )
    files = [
        f for (f,) in connection.execute("select distinct file from read order by file").fetchall()
    ]
    if files:
        connection.execute(
            "create or replace table read as select source_sha256, file, d.report_id, d.media_type "
            f"from read_parquet({files!r}, filename=true) d join read r using (source_sha256) where d.filename = r.file"
        )
    ((missing,),) = connection.execute(
        "select count(*) from loaded anti join read using (source_sha256)"
    ).fetchall()
    if missing:
        raise AssertionError(f"{missing:,} sources are to be loaded and not staged")


# a source that has other bytes now gets a version more; one that has former bytes again gets that version back
_SOURCES = f"""
delete from loaded where source_sha256 in (select source_sha256 from read semi join held using (report_id));
create or replace table sources as
with come as (select l.*, r.report_id from loaded l join read r using (source_sha256)),
again as (select b.source_uri, min(b.version) as version from before b join come using (source_uri, source_sha256) group by b.source_uri)
select b.source_uri, b.source_name, b.source_sha256, b.size, if(a.version is null, b.report_id, c.report_id) report_id,
  case when c.source_uri is null then b.is_current and b.report_id not in (from held) else a.version is not null end is_current, b.version, b.first_seen_run,
  {", ".join(f"if(a.version is null, b.{n}, c.{n}) {n}" for n in NOTE)}
from before b left join come c using (source_uri) left join again a on a.source_uri = b.source_uri and a.version = b.version
union all
select c.source_uri, c.source_name, c.source_sha256, c.size, c.report_id, true, 1 + count(b.source_uri), ?, {", ".join(f"c.{n}" for n in NOTE)}
from come c left join before b using (source_uri) where c.source_uri not in (select source_uri from again)
group by all
"""
# of each report with a current source the one that stands for it, and whether what is known of it still holds
_LIVE = f"""
create or replace table live as
with current as (
  select s.*, r.source_sha256 is not null is_read, w.report_id is not null is_known, s.report_id in (select report_id from read semi join loaded using (source_sha256)) touched,
    s.source_uri is not distinct from w.source_uri stands, w.source_sha256 was_sha256,
    case if(r.source_sha256 is not null, r.media_type, if(w.source_sha256 = s.source_sha256, w.media_type, ''))
      {" ".join(f"when '{kind}' then {rank}" for kind, rank in _MEDIA_RANK.items())} else 9 end place
  from sources s left join read r using (source_sha256) left join was w on w.report_id = s.report_id where s.is_current)
select report_id, touched, kept, {", ".join(f"if(kept, null, {n}) {n}" for n in ("source_uri", "source_name", "source_sha256", "publisher", "stated_place"))}
from (
  select *, is_known and not touched and bool_or(stands) over of_report and not (? and bool_or(is_read) over of_report) kept
  from current
  window of_report as (partition by report_id)
  qualify row_number() over (partition by report_id order by place, source_uri) = 1)
"""


def _make_reports(connection: duckdb.DuckDBPyConnection, resolve: Resolve) -> None:
    """The table `made`: the reports of `live` that are not kept, from their staged documents."""
    _table(connection, "made", _READ)
    names = [f.name for f in dataclasses.fields(Source)]
    wanted = connection.sql(
        f"select file, {', '.join(names)} from live join staged_at using (source_sha256) where not kept order by file"
    ).to_arrow_table()
    rows: list[Report] = []
    for batch in wanted.to_batches(5_000):
        columns = batch.to_pydict()
        primaries = zip(columns.pop("file"), (Source(*values) for values in zip(*columns.values())))
        for file, those in itertools.groupby(primaries, lambda one: one[0]):
            sources = [source for _, source in those]
            documents = _documents(file, {s.source_sha256 for s in sources})
            rows += [_report(s, documents[s.source_sha256], resolve) for s in sources]
        _put(connection, "insert into made", _arrow(rows, _READ))
        rows.clear()


def _arrow(rows: Sequence, schema: pa.Schema) -> pa.Table:
    """Rows with slots as a table."""
    return pa.table(
        [pa.array((getattr(r, n) for r in rows), schema.field(n).type) for n in schema.names],
        schema=schema,
    )


# every report, and whether it comes from staging
_EVERYTHING = f"""
create or replace view everything as
select {", ".join(_READ.names)}, false fresh from was where report_id in (select report_id from live where kept)
union all
select m.*, l.touched or w.report_id is null or ({" or ".join(f"m.{n} is distinct from w.{n}" for n in _READ.names)}) fresh
from made m join live l using (report_id) left join was w using (report_id)
"""
# of several reports of one identified body and year the one signed last is current; of equals the one with more figures
_PART = """
create or replace table part as
with ranked as (
  select *, row_number() over of_body nth, first_value(report_id) over of_body best
  from (select *, resolution in ('exact', 'inferred') and county_name is not null and report_year is not null sure from everything)
  window of_body as (partition by sure, if(sure, coalesce(township_id, ''), report_id), report_year
    order by coalesce(cast(issued_on as varchar), '') desc, figures desc, report_id desc))
select report_id, nth = 1 is_current, if(nth > 1, best, null) replaced_by, coalesce(township_id, report_id) digits, '' prefix,
  coalesce(nullif(report_year, 0)::varchar, 'unknown') || '-' || coalesce(nullif(province_name, ''), 'unknown') of_whom
from ranked
"""
# written once, when the partitions are known: an update of it takes longer
_STATE = """
create or replace table state as
select e.* exclude (fresh), p.is_current, p.replaced_by, if(p.is_current, of_whom || if(prefix = '', '', '-' || prefix), null) as partition,
  e.fresh or (p.is_current and coalesce(not w.is_current, false)) or ? fresh
from everything e join part p using (report_id) left join (select report_id, is_current from was) w using (report_id)
"""


def _assign_partitions(connection: duckdb.DuckDBPyConnection, anew: bool) -> None:
    """The table `state`: every report, whether it is current, and its partition; all fresh where everything is made `anew`."""
    connection.execute(_EVERYTHING)
    connection.execute(_PART)
    for digits in range(1, 9):
        large = f"select of_whom, prefix from part where is_current and length(prefix) = {digits - 1} group by all having count(*) > {LEAF}"
        connection.execute(
            f"update part set prefix = left(digits, {digits}) where is_current and (of_whom, prefix) in ({large})"
        )
    connection.execute(_STATE, [anew])
    connection.execute("drop view everything")


# what the parser of now has not read and the next state needs: sources not seen tonight, of which another report or another source gave way
_UNSTAGED = """
create or replace table unstaged as
select report_id, source_sha256 from live anti join staged_at using (source_sha256) where not kept
union select report_id, s.source_sha256 from state s left join was w using (report_id)
where s.partition is not null and (s.fresh or w.partition is null) and s.source_sha256 not in (select source_sha256 from staged_at)
"""


def _documents(file: str, wanted: set[str]) -> dict[str, dict]:
    """Staged documents of one batch, with their texts, by the digest of their bytes."""
    table = pq.read_table(file)
    table = table.filter(pc.is_in(table["source_sha256"], pa.array(sorted(wanted))))
    return {row["source_sha256"]: row for row in table.to_pylist()}


def _report(primary: Source, document: dict, resolve: Resolve) -> Report:
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
    return Report(
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


# --- writing ----------------------------------------------------------------------------------------------------------

_FROM_STAGING = {
    "reports": (
        "documents",
        "d.report_id, f.source_name, f.source_uri, d.source_sha256, f.township_id, f.township_name, f.county_name, f.prefecture_name, f.province_name, "
        "d.report_year, d.title, d.title_other, d.issuer, d.issued_on, f.other_place, f.other_place_start, d.media_type, d.encoding, d.reader, d.page_count, d.parser_version, d.text",
    ),
    "sections": ("sections", None),
    "metrics": ("metrics", None),
    "numerals": ("numerals", None),
    "metric_links": ("metric_links", None),
    "section_terms": ("section_terms", None),
    "text_fingerprints": ("text_fingerprints", None),
}

# columns that are not staged: of the place, which a register decides, and of the corpus, which the rules judge later
_ELSEWHERE = {
    "report_year": "f.report_year",
    "township_id": "f.township_id",
    "trust": "'unquestioned' trust",
}


def write_partitions(candidate: Candidate, previous: Snapshot | None, planned: Plan) -> None:
    """Writes the partitions that changed into the candidate, links the others."""
    rows = planned.connection.execute(_CLEAN_OR_DIRTY).fetchall()
    # how many reports are read for a partition at once: all of those that are sorted, the new ones where they go in among others
    sort = [(partition, reports) for partition, reports, _, how in rows if how == "sort"]
    insert = [(partition, come) for partition, _, come, how in rows if how == "insert"]
    names = {
        t: {n.rsplit("-", 1)[0]: n for n in previous.files.get(t, {})} if previous else {}
        for t in _FROM_STAGING
    }
    give_way = _giving_way([key for key, _ in insert], planned.connection)
    few = previous is not None and sum(come for _, _, come, _ in rows) <= FEW
    if few:
        _show("gathered", [key for key, _ in sort + insert], planned.connection)
    for table in _FROM_STAGING:
        for key in (partition for partition, _, _, how in rows if how == "keep"):
            if key in names[table]:
                candidate.keep(table, names[table][key])
        size = PORTION.get(table, PORTION["reports"])
        if few:
            come = _gather(candidate, table, planned)
            _insert(candidate, table, [key for key, _ in insert], come, give_way, names[table])
        to_sort, to_insert = (
            list(_portions(sort, size)),
            [] if few else list(_portions(insert, size)),
        )
        with _staged_rows(
            candidate.path / "divided", table, [*to_sort, *to_insert], planned
        ) as paths:
            for portion, those in zip(to_sort, paths):
                _sort(candidate, table, portion, those, names[table], previous, planned.connection)
            for portion, those in zip(to_insert, paths[len(to_sort) :]):
                query = _rows_that_come(table, those, portion, planned.connection)
                come = dict(_by_partition(query, table, planned.connection))
                _insert(candidate, table, portion, come, give_way, names[table])
        if not candidate.listing[table]:
            candidate.write(
                table, "empty", tables.arrow_schema(tables.BY_NAME[table]).empty_table()
            )


# a report comes from staging, or from the partition in which it lay; a partition is written when a report came, changed or went. Where half
# of it or more lay in it before, what is new goes in among what is there, else it is sorted from its reports
_CLEAN_OR_DIRTY = """
create or replace table lying as
select s.report_id, s.source_sha256, s.partition, w.partition was_in, s.fresh or w.partition is null is_new
from state s left join was w using (report_id) where s.partition is not null;
with left_behind as (
  select w.partition from was w left join state s using (report_id) where w.partition is not null and w.partition is distinct from s.partition)
select partition, count(*), count(*) filter (is_new) come,
  case when not bool_or(is_new or partition <> was_in) and partition not in (from left_behind) then 'keep'
    when bool_and(is_new or partition = was_in) and 2 * come <= count(*) then 'insert' else 'sort' end
from lying group by partition order by partition
"""


def partition_of(path: str) -> str:
    """The partition that a file of a partitioned table holds."""
    return path.rsplit("/", 1)[1].rsplit("-", 1)[0]


def year_of(partition: str) -> str:
    """The year whose reports lie in a partition, or `unknown`."""
    return partition.split("-", 1)[0]


def _portions(dirty: list[tuple[str, int]], reports: int) -> Iterator[list[str]]:
    """The partitions, each with how many reports it holds, in portions of so many: what is sorted at once is bounded, however large the corpus."""
    some, count = [], 0
    for key, members in dirty:
        some.append(key)
        count += members
        if count >= reports:
            yield some
            some, count = [], 0
    if some:
        yield some


def _show_those(partitions: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """The table `those`: these partitions."""
    named = pa.table({"partition": pa.array(partitions, pa.string())})
    _put(connection, "create or replace temp table those as", named)


def _show(name: str, partitions: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """A table of that name: the state of the reports that come into these partitions, which are in the table `those`."""
    _show_those(partitions, connection)
    connection.execute(
        f"create or replace temp table {name} as select s.* from state s semi join (from lying semi join those using (partition) where is_new) using (report_id)"
    )


def _gather(candidate: Candidate, table: str, planned: Plan) -> dict[str, pa.Table]:
    """The rows of all reports that came or changed, which are few, by partition. They are put into one file, too: what looks at them later
    need not open their partitions."""
    batches = (
        "select distinct file from staged_at semi join gathered using (source_sha256) order by file"
    )
    paths = _parts(table, planned.connection.execute(batches).fetchall())
    come = dict(_by_partition(_from_staging(table, paths, "gathered"), table, planned.connection))
    with pq.ParquetWriter(
        candidate.gathers(table), tables.arrow_schema(tables.BY_NAME[table])
    ) as writer:
        for rows in come.values():
            writer.write_table(rows)
    return come


def _parts(table: str, documents: list[tuple[str]]) -> list[str]:
    """Where in the batches with these documents the rows of a table are staged."""
    return [
        str(Path(file).with_name(f"{_FROM_STAGING[table][0]}.parquet")) for (file,) in documents
    ]


@contextlib.contextmanager
def _staged_rows(
    scratch: Path, table: str, portions: list[list[str]], planned: Plan
) -> Iterator[list[list[str]]]:
    """For each portion the files with its staged rows. Every batch has reports of many portions, so with more than one the rows are first
    divided among them: each batch is read once, however many they are."""
    if not portions:
        yield []
        return
    connection = planned.connection
    of = [(key, i) for i, keys in enumerate(portions) for key in keys]
    partitions = {
        "partition": pa.array([k for k, _ in of], pa.string()),
        "portion": pa.array([i for _, i in of], pa.int32()),
    }
    _put(connection, "create or replace temp table portions as", pa.table(partitions))
    connection.execute(
        "create or replace temp view owners as select source_sha256, report_id, portion from lying join portions using (partition) where is_new"
    )
    batches = (
        "select distinct file from staged_at semi join owners using (source_sha256) order by file"
    )
    files = _parts(table, connection.execute(batches).fetchall())
    if len(portions) < 2 or not files:
        yield [files for _ in portions]
        return
    home = str(scratch).replace("'", "''")
    # each portion has its writer, with as many rows in memory as this says
    connection.execute("set partitioned_write_flush_threshold = 4_000")
    connection.execute("set partitioned_write_max_open_files = 10_000")
    try:
        scratch.mkdir()
        # what is divided at once is bounded too: DuckDB holds all of it, or needs more memory than it has
        for i, some in enumerate(by_size(files, DIVIDED)):
            connection.execute(
                f"copy (select d.*, o.portion from read_parquet({some!r}) d join owners o using (source_sha256, report_id)) "
                f"to '{home}/{i}' (format parquet, compression lz4_raw, partition_by (portion))"
            )
        yield [
            sorted(map(str, scratch.glob(f"*/portion={i}/*.parquet"))) for i in range(len(portions))
        ]
    finally:
        shutil.rmtree(scratch)


def _rows_that_come(
    table: str, paths: list[str], partitions: list[str], connection: duckdb.DuckDBPyConnection
) -> str:
    """The query for the staged rows of the new reports of these partitions, with `partition`; empty where nothing comes."""
    _show("fresh", partitions, connection)
    return _from_staging(table, paths, "fresh")


def _from_staging(table: str, paths: list[str], reports: str) -> str:
    """The query for the staged rows of the reports in that table, with `partition`; empty without files."""
    if not paths:
        return ""
    declared = tables.BY_NAME[table]
    columns = _FROM_STAGING[table][1] or ", ".join(
        _ELSEWHERE.get(c.name, f"d.{c.name}") for c in declared.columns
    )
    return f"select {columns}, f.partition from read_parquet({paths!r}, hive_partitioning=false) d join {reports} f on d.source_sha256 = f.source_sha256 and d.report_id = f.report_id"


def _by_partition(
    query: str, table: str, connection: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, pa.Table]]:
    """What a query with `partition` gives, partition by partition, in the schema of a table."""
    schema = tables.arrow_schema(tables.BY_NAME[table])
    if query:
        for key, rows in _runs_of(
            connection.sql(f"select * from ({query}) order by partition").to_arrow_reader(65_536)
        ):
            yield key, rows.select(schema.names).cast(schema)


def _sort(
    candidate: Candidate,
    table: str,
    partitions: list[str],
    paths: list[str],
    names: dict[str, str],
    previous: Snapshot | None,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Writes partitions from the rows of all their reports."""
    declared = tables.BY_NAME[table]
    selects = [come] if (come := _rows_that_come(table, paths, partitions, connection)) else []
    connection.execute(
        "create or replace temp table kept as select report_id, partition, was_in from lying semi join those using (partition) where not is_new"
    )
    lay = [
        p
        for (p,) in connection.execute(
            "select distinct was_in from kept order by was_in"
        ).fetchall()
    ]
    if before := [str(previous.path / "parquet" / table / names[p]) for p in lay if p in names]:
        columns = ", ".join(f"o.{c.name}" for c in declared.columns)
        selects.append(
            f"select {columns}, k.partition from read_parquet({before!r}, hive_partitioning=false) o join kept k on o.report_id = k.report_id"
        )
    if selects:
        order = ", ".join(f"{c} nulls first" for c in ("partition", *declared.order))
        reader = connection.sql(
            f"select * from ({' union all by name '.join(selects)}) order by {order}"
        ).to_arrow_reader(4_096)
        for key, rows in _runs_of(reader):
            candidate.write(table, key, rows)
        written = {n.rsplit("-", 1)[0] for n in candidate.listing[table]}
        for key in partitions:
            if key not in written:
                candidate.write(table, key, tables.arrow_schema(declared).empty_table())


_GIVE_WAY = """
select partition, list(report_id) from (select report_id, partition from was semi join those using (partition))
anti join (from lying where not is_new) using (report_id, partition) group by partition
"""


def _giving_way(
    partitions: list[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, list[str]]:
    """The reports whose rows in the file of a partition are not what they are now."""
    _show_those(partitions, connection)
    return dict(connection.execute(_GIVE_WAY).fetchall())


def _insert(
    candidate: Candidate,
    table: str,
    partitions: list[str],
    come: dict[str, pa.Table],
    give_way: dict[str, list[str]],
    names: dict[str, str],
) -> None:
    """Writes partitions of which the greater part stays: out of each file what gives way, and what comes in at its place."""
    schema = tables.arrow_schema(tables.BY_NAME[table])
    order = [(column, "ascending", "at_start") for column in tables.BY_NAME[table].order]

    def write(key: str) -> None:
        rows = [come.get(key, schema.empty_table())]
        if key in names:
            path = candidate.previous.path / "parquet" / table / names[key]
            there = pq.ParquetFile(path).read(use_threads=False).select(schema.names).cast(schema)
            away = pc.is_in(there["report_id"], pa.array(give_way.get(key, []), pa.string()))
            rows.append(there.filter(pc.invert(away)))
        together = pa.concat_tables(rows).combine_chunks()
        candidate.write(table, key, together.take(pc.sort_indices(together, order)))

    with ThreadPoolExecutor(engine.threads()) as pool:
        for _ in pool.map(write, partitions):
            pass


def _runs_of(reader: pa.RecordBatchReader) -> Iterable[tuple[str, pa.Table]]:
    """The rows of each partition, from a reader that is ordered by partition."""
    key, parts = None, []
    for batch in reader:
        runs = pc.run_end_encode(batch.column("partition"))
        rows, start = pa.Table.from_batches([batch.drop_columns(["partition"])]), 0
        for partition, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist()):
            if partition != key:
                if parts:
                    yield key, pa.concat_tables(parts)
                key, parts = partition, []
            parts.append(rows.slice(start, end - start))
            start = end
    if parts:
        yield key, pa.concat_tables(parts)


def write_trust(
    candidate: Candidate,
    trust: pa.Table,
    connection: duckdb.DuckDBPyConnection,
    reports: frozenset[str] | None,
    files: list[str],
) -> set[str]:
    """Brings the column `trust` of metrics in line with `trust` (metric_id, trust; the others are unquestioned), of all reports or of
    `reports`, whose rows lie in `files`. Files in which it is so already stay as they are. Returns the reports whose figures were touched."""
    connection.register("trust_now", trust)
    where = "m.trust <> coalesce(t.trust, 'unquestioned')"
    if reports is not None:
        connection.register(
            "those_reports", pa.table({"report_id": pa.array(sorted(reports), pa.string())})
        )
        where += " and m.report_id in (from those_reports)"
    differing = connection.execute(
        f"select m.filename, list(distinct m.report_id) from read_parquet({files!r}, hive_partitioning=false, filename=true) m "
        f"left join trust_now t using (metric_id) where {where} group by m.filename order by m.filename"
    ).fetchall()
    connection.unregister("trust_now")
    connection.unregister("those_reports")
    told = dict(zip(trust["metric_id"].to_pylist(), trust["trust"].to_pylist()))

    def bring(path: str, those: list[str]) -> None:
        rows = pq.ParquetFile(path).read(use_threads=False)
        of_those = pc.is_in(rows["report_id"], pa.array(those, pa.string()))
        now = pa.array(
            [told.get(m, "unquestioned") for m in rows["metric_id"].to_pylist()], pa.string()
        )
        at = rows.schema.get_field_index("trust")
        column = pc.if_else(of_those, now, rows["trust"])
        candidate.replace(
            "metrics", path.rsplit("/", 1)[1], rows.set_column(at, rows.schema.field(at), column)
        )

    with ThreadPoolExecutor(engine.threads()) as pool:
        for _ in pool.map(bring, *zip(*differing)) if differing else ():
            pass
    return {report_id for _, those in differing for report_id in those}


def write_dimensions(candidate: Candidate, previous: Snapshot | None, planned: Plan) -> None:
    """Writes townships, the candidates of ambiguous ones, sources and report_history."""
    rows = planned.connection.sql
    _write(candidate, "townships", rows(_TOWNSHIPS).to_arrow_table())
    _write(candidate, "township_candidates", rows(_CANDIDATES).to_arrow_table())
    names = ", ".join(c.name for c in tables.SOURCES.columns)
    of_all = rows(f"select {names} from sources order by source_uri, version").to_arrow_table()
    candidate.write("sources", "sources", of_all)
    _write(
        candidate,
        "report_history",
        pa.Table.from_pylist(
            _history_rows(previous, planned), schema=tables.arrow_schema(tables.REPORT_HISTORY)
        ),
    )


_TOWNSHIPS = f"""
select township_id, {", ".join(f"first({n} order by report_id) {n}" for n in _PLACE[:-1])},
  if(bool_or(resolution = 'exact'), 'exact', first(resolution order by report_id)) resolution,
  min(report_year) first_report_year, max(report_year) last_report_year, count(*) report_count
from state where is_current and township_id is not null group by township_id
"""
# the divisions that an ambiguous body may be
_CANDIDATES = f"""
select distinct township_id, {", ".join(f"c ->> {i} {n}" for i, n in enumerate(_PLACE[:5]))}
from (select township_id, unnest(cast(cast(candidates as json) as json[])) c from state where is_current and township_id is not null and candidates <> '[]')
qualify row_number() over (partition by township_id, c ->> 4) = 1
"""


def _write(candidate: Candidate, table: str, rows: pa.Table) -> None:
    declared = tables.BY_NAME[table]
    made = rows.select(tables.arrow_schema(declared).names).cast(tables.arrow_schema(declared))
    candidate.write(
        table, table, made.sort_by([(c, "ascending") for c in declared.order or declared.key])
    )


# the first version of each report that is not current; in its place stands another of its body and year, or what its source holds now
_REPLACED = """
with version as (
  from sources where report_id not in (select report_id from state where is_current) qualify row_number() over (partition by report_id order by source_uri, version) = 1),
now as (select c.source_uri, coalesce(s.replaced_by, c.report_id) report_id from sources c left join state s using (report_id) where c.is_current)
select v.report_id, v.source_name, v.source_uri, v.source_sha256, a.file, s.report_id is not null live, s.township_name,
  if(s.report_id is not null, s.replaced_by, now.report_id) replaced_by, w.partition was_in, w.figures
from version v left join state s using (report_id) left join was w using (report_id) left join now on now.source_uri = v.source_uri
left join staged_at a on a.source_sha256 = v.source_sha256
order by v.report_id
"""


def _history_rows(previous: Snapshot | None, planned: Plan) -> list[dict]:
    versions = planned.connection.sql(_REPLACED).to_arrow_table().to_pylist()
    known = (
        {r["report_id"]: r for r in previous.read("report_history").to_pylist()} if previous else {}
    )
    missing = [v for v in versions if v["report_id"] not in known]
    published = {}
    if previous and missing:
        those = pa.table({"report_id": [v["report_id"] for v in missing]})
        _put(planned.connection, "create or replace temp table missing as", those)
        lay = {v["was_in"] for v in missing}
        files = [
            p for p in previous.parquet("reports") if partition_of(p) in lay
        ] or previous.parquet("reports")[:1]
        got = planned.connection.sql(
            f"select report_id, township_name, report_year, title, text from read_parquet({files!r}) semi join missing using (report_id)"
        ).to_arrow_table()
        published = {r["report_id"]: r for r in got.to_pylist()}
    wanted: dict[str, set[str]] = defaultdict(set)
    for version in missing:
        if version["file"] and version["report_id"] not in published:
            wanted[version["file"]].add(version["source_sha256"])
    texts = {
        sha256: d for file, those in wanted.items() for sha256, d in _documents(file, those).items()
    }
    rows = []
    for version in versions:
        base = known.get(version["report_id"]) or {}
        document = texts.get(version["source_sha256"]) or {}
        old = published.get(version["report_id"]) or {}
        figures = (version["figures"], document.get("figures"), base.get("figure_count"))
        years = (old.get("report_year"), document.get("report_year"), base.get("report_year"))
        rows.append(
            {
                **{
                    n: version[n]
                    for n in (
                        "report_id",
                        "source_name",
                        "source_uri",
                        "source_sha256",
                        "replaced_by",
                    )
                },
                "township_name": version["township_name"]
                or old.get("township_name")
                or base.get("township_name"),
                "report_year": next((y for y in years if y is not None), None),
                "title": old.get("title") or document.get("title") or base.get("title"),
                "reason": "other_report_of_body_and_year" if version["live"] else "superseded",
                "figure_count": next((n for n in figures if n is not None), 0),
                "text": old.get("text") or document.get("text") or base.get("text") or "",
            }
        )
    return rows
