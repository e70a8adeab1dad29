"""Writes `warehouse.duckdb` from the Parquet files of the candidate.

It is one self-contained file that any DuckDB from 1.2 on opens, with comments on everything. Two
things are kept otherwise than in Parquet, for size and speed: the search index (search.py), and
marts that would be slow as views are tables, kept up to date by report (marts.py).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas import tables
from schemas.declaration import DUCKDB_TYPES
from warehouse import engine, files, marts, search
from warehouse.candidate import Candidate
from warehouse.engine import quoted
from warehouse.partitions import partition_of
from warehouse.snapshots import Snapshot

FILE = "warehouse.duckdb"
STORAGE_VERSION = "v1.2.0"
# a large state is read faster in large blocks; of a small one nearly all of them would be zeros
SMALL_BYTES = 16_000_000  # of Parquet
_SMALL_BLOCK, _BLOCK = 16_384, 262_144  # bytes
# Parquet whose rows are sorted at once
LOAD_BATCH_BYTES = 32_000_000
# where no more than this part of the reports changed, the published file is copied and brought up
# to date
INCREMENTAL_UP_TO = 0.2
# long texts: half the size that DuckDB would choose for them
_COMPRESSED = {("reports", "text"), ("sections", "body"), ("report_history", "text")}
# tables whose rows are counted by the files that came and went, where the published file is brought
# up to date
_COUNTED = tuple(table.name for table in tables.TABLES if table.partitioned)


def start_copy(candidate: Candidate, previous: Snapshot | None, changed: int, total: int) -> None:
    """Starts to copy the published file into the candidate, in a thread, where `build` is likely to
    bring it up to date.

    `changed` of `total` reports are expected to change. Does nothing where a copy was started
    before.
    """
    if candidate.has_background() or previous is None:
        return
    published = previous.path / FILE
    if published.exists() and changed <= total * INCREMENTAL_UP_TO:
        candidate.start_background(files.copy, published, candidate.path / FILE)


def build(
    candidate: Candidate,
    previous: Snapshot | None,
    changed: dict[str, str | None],
    retrusted: dict[str, str | None],
    total: int,
    parser_version: str,
) -> Path:
    """Writes the DuckDB file of the candidate and returns its path.

    `changed` maps the reports that changed to their partition in the next state (None: in none); of
    those in `retrusted` only the trust of figures changed. Where few of the `total` reports
    changed, the published file is brought up to date.
    """
    path = candidate.path / FILE
    copied = candidate.finish_background()
    touched = changed.keys() | retrusted.keys()
    is_written = False
    is_small_change = len(touched) <= total * INCREMENTAL_UP_TO
    if previous and is_small_change and _can_be_updated(previous, block_size(candidate)):
        if not copied:
            files.copy(previous.path / FILE, path)
        try:
            _update_file(path, candidate, previous, changed, retrusted, parser_version)
            is_written = True
        except duckdb.Error as error:
            if not engine.is_damage(error):
                raise
    if not is_written:
        for leftover in (path, path.with_name(f"{FILE}.wal")):
            leftover.unlink(missing_ok=True)
        _create_file(path, candidate)
    path.chmod(0o444)
    return path


def block_size(candidate: Candidate) -> int:
    """Returns the bytes of a block of the file, by the size of the Parquet files."""
    paths = (path for table in candidate.listing for path in candidate.parquet(table))
    return _SMALL_BLOCK if sum(map(os.path.getsize, paths)) < SMALL_BYTES else _BLOCK


def _can_be_updated(previous: Snapshot, block: int) -> bool:
    """Whether the published file has the tables and the blocks of today, is sound, and its search
    index is not worn.
    """
    path = previous.path / FILE
    if not path.exists() or previous.schema_version != tables.SCHEMA_VERSION:
        return False
    return not search.is_worn(path) and _blocks_of(path) == block


def _blocks_of(path: Path) -> int:
    """Returns the bytes of a block of a DuckDB file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        sizes = connection.execute("select block_size from pragma_database_size()").fetchall()
    return int(sizes[0][0])


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, options: str = "") -> None:
    """Attaches the file and makes it the default: names in its views must not name the file."""
    connection.execute(f"attach ? as warehouse{options}", [str(path)])
    connection.execute("use warehouse")


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes everything into the file and lets it go."""
    connection.execute("checkpoint warehouse")
    connection.execute("use memory")
    connection.execute("detach warehouse")


def _create_file(path: Path, candidate: Candidate) -> None:
    """Writes the file from all Parquet files of the candidate."""
    with engine.connect(candidate.data_dir) as connection:
        options = f"storage_version '{STORAGE_VERSION}', block_size {block_size(candidate)}"
        _attach(connection, path, f" ({options})")
        for table in tables.TABLES:
            if table is not tables.SECTION_TERMS:  # with sections, for it needs their numbers
                _create_table(connection, candidate, table)
        _check_row_counts(connection, candidate, None, {})
        marts.create(connection, touched=None)
        _close(connection)


def _update_file(
    path: Path,
    candidate: Candidate,
    previous: Snapshot,
    changed: dict[str, str | None],
    retrusted: dict[str, str | None],
    parser_version: str,
) -> None:
    """Brings a copy of the published file up to date."""
    with engine.connect(candidate.data_dir) as connection:
        _attach(connection, path)
        connection.execute("set wal_autocheckpoint = '1TB'")  # once, at the end
        rows_before = {table: _row_count(connection, table) for table in _COUNTED}
        for table in tables.TABLES:
            if table is tables.SECTION_TERMS:
                continue
            if table.partitioned:
                touched = {**retrusted, **changed} if table is tables.METRICS else changed
                _update_table(connection, candidate, previous, table, touched)
            elif set(candidate.listing[table.name]) != set(previous.files[table.name]):
                _amend_table(connection, candidate, table)
        _check_row_counts(connection, candidate, previous, rows_before)
        same_parser = previous.parser_version == parser_version
        marts.create(connection, touched={**retrusted, **changed} if same_parser else None)
        _close(connection)


def _order(table: tables.Table) -> str:
    return ", ".join(f"{column} nulls first" for column in table.order or table.key)


def _create_table(
    connection: duckdb.DuckDBPyConnection, candidate: Candidate, table: tables.Table
) -> None:
    """Creates a table with its comments and loads its rows, some files at a time."""
    definitions = []
    for column in table.columns:
        definition = f"{column.name} {DUCKDB_TYPES[column.type]}"
        if not column.nullable:
            definition += " not null"
        if (table.name, column.name) in _COMPRESSED:
            definition += " using compression zstd"
        definitions.append(definition)
    number = ""
    if table is tables.SECTIONS:
        definitions.append(search.NUMBER_DEFINITION)
        number = f", {search.NEXT_NUMBER}"
        search.create_tables(connection)
    connection.execute(f"drop table if exists {table.name}")
    connection.execute(f"create table {table.name} ({', '.join(definitions)})")
    for paths in files.groups_by_size(candidate.parquet(table.name), LOAD_BATCH_BYTES):
        connection.execute(
            f"insert into {table.name} select *{number} from ("
            f"select * from read_parquet(?, hive_partitioning=false) order by {_order(table)})",
            [paths],
        )
    connection.execute(f"comment on table {table.name} is {quoted(f'{table.en} {table.zh}')}")
    marts.describe_columns(connection, table)
    if table is tables.SECTIONS:
        search.create_index(connection, candidate.parquet("section_terms"), 3 * LOAD_BATCH_BYTES)


def _amend_table(
    connection: duckdb.DuckDBPyConnection, candidate: Candidate, table: tables.Table
) -> None:
    """Removes the rows that are no more and inserts those that are new, by digests of whole
    rows.
    """
    columns = ", ".join(column.name for column in table.columns)
    paths = candidate.parquet(table.name)
    connection.execute(
        f"delete from {table.name} where hash({columns}) not in "
        f"(select hash({columns}) from read_parquet(?, hive_partitioning=false))",
        [paths],
    )
    connection.execute(
        f"insert into {table.name} select {columns} from read_parquet(?, hive_partitioning=false) "
        f"where hash({columns}) not in (select hash({columns}) from {table.name}) "
        f"order by {_order(table)}",
        [paths],
    )


def _update_table(
    connection: duckdb.DuckDBPyConnection,
    candidate: Candidate,
    previous: Snapshot,
    table: tables.Table,
    changed: dict[str, str | None],
) -> None:
    """Removes the rows of the changed reports, and inserts them again from their partitions in the
    next state.
    """
    if not changed:
        return
    engine.create_values(connection, "changed", "report_id", sorted(changed))
    number = ""
    if table is tables.SECTIONS:
        search.retire_sections(connection, _published_terms(previous, changed))
        number = f", {search.NEXT_NUMBER}"
    connection.execute(f"delete from {table.name} where report_id in (from changed)")
    if paths := _files_with(candidate, table.name, changed):
        connection.execute(
            f"insert into {table.name} select *{number} from ("
            "select * from read_parquet(?, hive_partitioning=false) "
            f"semi join changed using (report_id) order by {_order(table)})",
            [paths],
        )
    if table is tables.SECTIONS:
        terms = _files_with(candidate, "section_terms", changed)
        search.insert_postings(connection, terms, "t.report_id in (from changed)")
    connection.execute("drop table changed")


def _files_with(candidate: Candidate, table: str, changed: dict[str, str | None]) -> list[str]:
    """Returns the files of the candidate that hold the rows of the changed reports."""
    # the trust of figures was written later, and not of gathered reports alone
    if table in candidate.gathered and table != "metrics":
        return [candidate.gathered[table]]
    partitions = set(changed.values())
    return [path for path in candidate.parquet(table) if partition_of(path) in partitions]


def _published_terms(previous: Snapshot, changed: dict[str, str | None]) -> list[str]:
    """Returns the files of the state in force that hold the words of the changed reports."""
    state = previous.state(["report_id", "partition"])
    is_changed = pc.is_in(state["report_id"], pa.array(sorted(changed), pa.string()))
    partitions = set(state.filter(is_changed)["partition"].to_pylist())
    return [path for path in previous.parquet("section_terms") if partition_of(path) in partitions]


def _check_row_counts(
    connection: duckdb.DuckDBPyConnection,
    candidate: Candidate,
    previous: Snapshot | None,
    rows_before: dict[str, int],
) -> None:
    """Raises AssertionError where the file has not as many rows as Parquet: a bug of ours, not to
    be published.

    `rows_before` are the rows of the published file, which was checked in the same way: then only
    the files that came or went are counted.
    """
    for table in (declared.name for declared in tables.TABLES):
        arriving = set(candidate.listing[table])
        expected = 0
        if previous and table in rows_before:
            removed = previous.files[table].keys() - arriving
            arriving -= previous.files[table].keys()
            expected = rows_before[table] - _parquet_rows(connection, previous.path, table, removed)
        expected += _parquet_rows(connection, candidate.path, table, arriving)
        rows = _row_count(connection, table)
        if rows != expected:
            raise AssertionError(f"{table} has {rows:,} rows in {FILE} and {expected:,} in Parquet")


def _row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    if table == "section_terms":
        return search.posting_count(connection)
    return engine.count(connection, f"select count(*) from {table}")


def _parquet_rows(
    connection: duckdb.DuckDBPyConnection, state: Path, table: str, names: set[str]
) -> int:
    """Returns the number of rows of some files of a table, from their footers."""
    paths = [str(state / "parquet" / table / name) for name in names]
    if not paths:
        return 0
    query = "select sum(num_rows)::bigint from parquet_file_metadata(?)"
    return int(connection.execute(query, [paths]).fetchall()[0][0])
