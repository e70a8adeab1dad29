"""Decides what the next state holds: its reports, which of them are current, and their partitions.

The plan is a set of tables in a DuckDB database of its own, so that memory does not grow with the
number of reports.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas import tables
from warehouse import engine, reports
from warehouse.reports import NOTE, ResolveFiles, Source, note_of
from warehouse.snapshots import Snapshot
from warehouse.sources import Seen
from warehouse.staging import Index
from warehouse.withdrawals import NOTHING_WITHDRAWN, Withdrawals

# a partition with more reports than this is split
MAX_PARTITION_REPORTS = 512
# partitions are split by at most so many hexadecimal digits: no two bodies share all eight
_MAX_PREFIX = 8
# rows that are held in memory at a time
_INSERT_ROWS = 10_000
_READ_ROWS = 20_000
# a report with fewer figures than this may lose more than half of them
_FEW_FIGURES = 3
# one of these words in a title or file name says that the report replaces another version
_REVISION_WORDS = "修订|更正|订正|修正|补正|勘误|重新发布|更新版|修改版"
# one row a report with a current source: what is known of the report alone; whether it is current;
# which other report replaces it and why (null for none); its partition (null where not current)
STATE = pa.schema(
    [
        *reports.REPORT,
        pa.field("is_current", pa.bool_()),
        pa.field("replaced_by", pa.string()),
        pa.field("chosen_because", pa.string()),
        pa.field("partition", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Emptied:
    """A source whose new bytes give a far emptier report than its report in force.

    `report_id` is the new report. Before and now: how many figures, and how many characters.
    """

    report_id: str
    source: Seen
    figures_before: int
    figures: int
    characters_before: int
    characters: int


class Plan:
    """What the next state will hold, as tables of the database behind `connection`.

    - `sources`: the rows of the published table of that name
    - `state`: the columns of STATE, and `fresh`: whether the report is read from staging
    - `published`: STATE of the state in force; empty before the first
    - `gone`: the reports of `published` that the next state does not have
    - `staged_at`: digest of a source -> the file with its staged document
    - `unstaged`: the reports that must be staged before the plan can be carried out
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        unresolved: list[tuple[Source, tuple[str, ...]]],
    ) -> None:
        self.connection = connection
        # (source, reason code and message) where deciding the place failed: left out of the plan
        self.unresolved = unresolved

    def drop(self) -> None:
        """Removes the database; the plan cannot be used any more."""
        path = self.connection.execute(
            "select path from duckdb_databases() where database_name = 'plan'"
        ).fetchall()[0][0]
        self.connection.execute("use memory")
        self.connection.execute("detach plan")
        for leftover in (Path(path), Path(f"{path}.wal")):
            leftover.unlink(missing_ok=True)

    def unstaged(self) -> list[tuple[str, str, Seen]]:
        """Returns what must be staged before the plan can be carried out; [] where nothing must.

        Each entry is (report_id, SHA-256 of the landed bytes that it is to be read from, one of its
        sources).
        """
        rows = self.connection.execute(
            "select report_id, u.source_sha256, source_uri, source_name, s.source_sha256, size "
            "from unstaged u join sources s using (report_id) where is_current order by all"
        ).fetchall()
        return [(report_id, sha256, Seen(*source)) for report_id, sha256, *source in rows]

    def emptied(self) -> list[Emptied]:
        """Returns the sources whose new bytes give a far emptier report than before.

        It has less than half of the figures or less than half of the characters. Sources that a
        person accepted are left out.
        """
        parameters = {"few_figures": _FEW_FIGURES}
        rows = self.connection.execute(engine.script("plan/emptied.sql"), parameters).fetchall()
        return [Emptied(row[0], Seen(*row[1:5]), *row[5:]) for row in rows]

    def extent(self) -> tuple[int, int]:
        """Returns (reports that are touched, reports of the next state).

        Touched are those that came, changed or went, and those that are not current.
        """
        touched = f"select count(*) from ({engine.script('plan/touched.sql')})"
        return self.one(touched), self.one("select count(*) from state")

    def not_chosen(self) -> int:
        """Returns how many reports give way to another report of their body, year and kind."""
        return self.one("select count(*) from state where replaced_by is not null")

    def removed(self) -> int:
        """Returns how many reports of the state in force have no current source any more."""
        return self.one("select count(*) from gone")

    def figures(self) -> int:
        """Returns how many figures the current reports have."""
        return self.one("select coalesce(sum(figures), 0)::bigint from state where is_current")

    def one(self, query: str) -> int:
        """Returns the one number that an SQL query on the plan gives."""
        return engine.count(self.connection, query)

    def parts(self) -> Iterator[pa.Table]:
        """Yields `state` in the columns of STATE, by report_id, some rows at a time.

        It is kept as `state.parquet` beside the published tables. The first part is empty.
        """
        rows = self.connection.sql(f"select {', '.join(STATE.names)} from state order by report_id")
        reader = rows.to_arrow_reader(_READ_ROWS)
        yield STATE.empty_table()
        for batch in reader:
            yield pa.Table.from_batches([batch]).cast(STATE)


class Outline:
    """What later steps need of a plan, in memory: report, body and partition of every report.

    The database of the plan may be removed by then. `len` is the number of reports.
    """

    def __init__(self, planned: Plan) -> None:
        query = planned.connection.sql
        self._reports = query(
            "select report_id, township_id, partition from state"
        ).to_arrow_table()
        touched = query(f"from ({engine.script('plan/touched.sql')}) order by report_id")
        self._touched = touched.to_arrow_table()["report_id"].combine_chunks()

    def __len__(self) -> int:
        return int(self._reports.num_rows)

    def touched(self) -> set[str]:
        """Returns the reports that came, changed or went, and those that are not current."""
        return set(self._touched.to_pylist())

    def partitions(self, report_ids: set[str]) -> dict[str, str | None]:
        """Returns report_id -> its partition in the next state.

        None for a report that is not current there, or not there at all.
        """
        rows = self._where("report_id", report_ids)
        partition_of = dict(zip(rows["report_id"].to_pylist(), rows["partition"].to_pylist()))
        return dict.fromkeys(report_ids) | partition_of

    def bodies(self, report_ids: set[str]) -> set[str]:
        """Returns the identifiers of the bodies (township_id) that these reports are about."""
        return {*self._where("report_id", report_ids)["township_id"].to_pylist()} - {None}

    def reports(self, bodies: set[str]) -> set[str]:
        """Returns the identifiers of all reports of these bodies."""
        return {*self._where("township_id", bodies)["report_id"].to_pylist()}

    def _where(self, column: str, values: set[str]) -> pa.Table:
        """Returns the reports that have one of these values in a column."""
        wanted = pa.array(sorted(values), pa.string())
        return self._reports.filter(pc.is_in(self._reports[column], wanted))


def plan(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    previous: Snapshot | None,
    loaded: Iterable[Seen],
    staged: Index,
    resolve: ResolveFiles,
    run_id: str,
    everything: bool,
    held_back: Iterable[str] = (),
    accepted: Iterable[str] = (),
    withdrawn: Withdrawals = NOTHING_WITHDRAWN,
) -> Plan:
    """Returns the plan of the next state, in a new database in the folder `home`.

    `previous` is the state in force, None before the first. `loaded` are the sources that are new
    or changed; each must be staged in `staged`, else AssertionError is raised. `resolve` decides
    the places of documents. With `everything` (a new register, or other tables) the place of every
    report is decided anew. The reports in `held_back` (report_id) are left out. `accepted` are the
    SHA-256 of sources that a person accepted: they may replace what is in force. What is
    `withdrawn` is current no more.
    """
    connection.execute("pragma disable_checkpoint_on_shutdown")  # it will be removed
    connection.execute("attach ? as plan", [str(home / "plan.duckdb")])
    connection.execute("use plan")
    _show_published(connection, previous)
    _insert_loaded(connection, loaded)
    engine.create_values(connection, "held_back", "report_id", sorted(held_back))
    engine.create_values(connection, "accepted_sources", "source_sha256", sorted(accepted))
    engine.create_values(
        connection, "withdrawn_digests", "source_sha256", sorted(withdrawn.digests)
    )
    engine.create_values(
        connection, "withdrawn_addresses", "source_uri", sorted(withdrawn.addresses)
    )
    _show_staged(connection, staged)
    _read_documents(connection, everything)
    connection.execute(engine.script("plan/sources.sql"), {"run_id": run_id})
    reports.choose_sources(connection, everything)
    unresolved = reports.resolve_reports(connection, resolve)
    other_tables = previous is not None and previous.schema_version != tables.SCHEMA_VERSION
    _assign_partitions(connection, other_tables)
    connection.execute(
        "create or replace table gone as "
        "select report_id from published anti join state using (report_id)"
    )
    connection.execute(engine.script("plan/unstaged.sql"))
    for table in ("loaded", "held_back", "read", "live", "resolved", "part"):
        connection.execute(f"drop table {table}")
    return Plan(connection, unresolved)


_LOADED = pa.schema(
    [
        ("source_uri", pa.string()),
        ("source_name", pa.string()),
        ("source_sha256", pa.string()),
        ("size", pa.int64()),
        *((column, pa.int32() if column == "status" else pa.string()) for column in NOTE),
    ]
)


def _show_published(connection: duckdb.DuckDBPyConnection, previous: Snapshot | None) -> None:
    """Makes the views `published_sources` and `published`.

    They are the sources and the reports of the state in force, and empty before the first state.
    """
    sources = previous.parquet("sources") if previous else []
    schema = tables.arrow_schema(tables.SOURCES)
    engine.parquet_view(connection, "written_sources", schema, sources)
    connection.execute(
        "create or replace view published_sources as select * exclude (text_report_id) "
        "replace (coalesce(text_report_id, report_id) as report_id) from written_sources"
    )
    state = [str(previous.path / "state.parquet")] if previous else []
    engine.parquet_view(connection, "published", STATE, state)


def _insert_loaded(connection: duckdb.DuckDBPyConnection, loaded: Iterable[Seen]) -> None:
    """Makes the table `loaded`: the sources that are new or changed."""
    engine.create_table(connection, "loaded", _LOADED)
    remaining = iter(loaded)
    while batch := list(itertools.islice(remaining, _INSERT_ROWS)):
        rows = [(seen.uri, seen.name, seen.sha256, seen.size, *note_of(seen)) for seen in batch]
        columns = [list(column) for column in zip(*rows)]
        engine.run_with_rows(connection, "insert into loaded", pa.table(columns, schema=_LOADED))


def _show_staged(connection: duckdb.DuckDBPyConnection, staged: Index) -> None:
    """Makes the table `staged_at`: digest of a source -> the file with its staged document."""
    files = {key: staged.files("documents", [key])[0] for key in set(staged.batch.values())}
    digests = [sha256 for sha256 in staged.batch if sha256 not in staged.rejected]
    paths = [files[staged.batch[sha256]] for sha256 in digests]
    rows = pa.table(
        {"source_sha256": pa.array(digests, pa.string()), "file": pa.array(paths, pa.string())}
    )
    engine.run_with_rows(connection, "create or replace table staged_at as", rows)


def _read_documents(connection: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """Makes the table `read`: source_sha256, file, report_id and media_type of staged documents.

    These are the documents of the sources in `loaded`, with `everything` of all current sources.
    Raises AssertionError where one of `loaded` is not staged.
    """
    wanted = "select source_sha256 from loaded"
    if everything:
        wanted += " union select source_sha256 from published_sources where is_current"
    connection.execute(
        "create or replace temp table wanted as "
        f"select source_sha256, file from staged_at semi join ({wanted}) using (source_sha256)"
    )
    rows = connection.execute("select distinct file from wanted order by file").fetchall()
    if files := [file for (file,) in rows]:
        connection.execute(engine.script("plan/read.sql"), {"files": files})
    else:
        schema = pa.schema(
            [(n, pa.string()) for n in ("source_sha256", "file", "report_id", "media_type")]
        )
        engine.create_table(connection, "read", schema)
    missing = engine.count(
        connection, "select count(*) from loaded anti join read using (source_sha256)"
    )
    if missing:
        raise AssertionError(f"{missing:,} sources are to be loaded and not staged")


def _assign_partitions(connection: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """Makes the table `state`. With `everything` all reports are fresh: read from staging."""
    connection.execute(engine.script("plan/every_report.sql"))
    connection.execute(engine.script("plan/part.sql"), {"revision_words": _REVISION_WORDS})
    for digits in range(1, _MAX_PREFIX + 1):
        connection.execute(
            engine.script("plan/split.sql"),
            {"digits": digits, "max_reports": MAX_PARTITION_REPORTS},
        )
    connection.execute(engine.script("plan/state.sql"), {"everything": everything})
    connection.execute("drop view every_report")
