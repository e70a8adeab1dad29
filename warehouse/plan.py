"""Decides what the next state holds: the plan, as tables of a DuckDB database of its own, so that memory does not grow with it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas import tables
from warehouse import reports
from warehouse.engine import create_table, parquet_view, run_with_rows
from warehouse.reports import NOTE, Resolve, note_of
from warehouse.snapshots import Snapshot
from warehouse.sources import Seen
from warehouse.staging import Index

LEAF = 512
# and whether it is current, which other report stands in its place, and in which partition it lies: the other reports decide that
STATE = pa.schema(
    [
        *reports.READ,
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
    connection.execute(reports.LIVE, [everything])
    reports.make_reports(connection, resolve)
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
    parquet_view(
        connection,
        "before",
        tables.arrow_schema(tables.SOURCES),
        previous.parquet("sources") if previous else [],
    )
    parquet_view(connection, "was", STATE, [str(previous.path / "state.parquet")] if previous else [])
    create_table(connection, "loaded", _LOADED)
    left = iter(loaded)
    while some := list(itertools.islice(left, 10_000)):
        rows = [(s.uri, s.name, s.sha256, s.size, *note_of(s)) for s in some]
        run_with_rows(
            connection, "insert into loaded", pa.table(list(map(list, zip(*rows))), schema=_LOADED)
        )
    those = pa.table({"report_id": pa.array(sorted(held), pa.string())})
    run_with_rows(connection, "create or replace table held as", those)
    files = {key: staged.files("documents", [key])[0] for key in set(staged.batch.values())}
    read = [sha256 for sha256 in staged.batch if sha256 not in staged.rejected]
    where = pa.array([files[staged.batch[sha256]] for sha256 in read], pa.string())
    at = pa.table({"source_sha256": pa.array(read, pa.string()), "file": where})
    run_with_rows(connection, "create or replace table staged_at as", at)


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


# every report, and whether it comes from staging
_EVERYTHING = f"""
create or replace view everything as
select {", ".join(reports.READ.names)}, false fresh from was where report_id in (select report_id from live where kept)
union all
select m.*, l.touched or w.report_id is null or ({" or ".join(f"m.{n} is distinct from w.{n}" for n in reports.READ.names)}) fresh
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
