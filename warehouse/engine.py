"""DuckDB as the nightly job uses it: bounded in memory, with what does not fit on disk."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.folder import DataFolder

# what sorts and writes on one thread takes that much
MB_PER_THREAD = 300
MAX_THREADS = 8


def threads() -> int:
    """Returns how many threads may work at the same time."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, MAX_THREADS)


def connect(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """Opens an empty database in memory; what does not fit into its share of memory goes to the
    data folder.
    """
    connection = duckdb.connect()
    connection.execute(f"set threads = {threads()}")
    connection.execute(f"set memory_limit = '{MB_PER_THREAD * max(2, threads())}MB'")
    connection.execute("set preserve_insertion_order = false")
    # a part that two places of a query share would be held in memory as a whole: to make it twice
    # is faster, and bounded
    connection.execute("set disabled_optimizers = 'common_subplan'")
    connection.execute("set temp_directory = ?", [str(DataFolder(data_dir).spill)])
    return connection


def is_damage(error: duckdb.Error) -> bool:
    """Whether an error speaks of a damaged file, and not of a wrong query or of too little
    memory.
    """
    kinds = (
        duckdb.IOException,
        duckdb.FatalException,
        duckdb.InternalException,
        duckdb.SerializationException,
    )
    return isinstance(error, kinds) or "corrupt" in str(error).lower()


def quoted(value: object) -> str:
    """Returns a value as an SQL string, for the few places where SQL allows no parameter (comments,
    options).
    """
    return "'" + str(value).replace("'", "''") + "'"


@functools.cache
def script(name: str) -> str:
    """Returns the text of a file in `warehouse/sql`, for example `plan/sources.sql`."""
    home = resources.files("warehouse").joinpath("sql")
    return home.joinpath(name).read_text(encoding="utf-8")


def create_table(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema) -> None:
    """Creates an empty table with the columns of an Arrow schema, in place of one with that
    name.
    """
    run_with_rows(connection, f"create or replace table {name} as", schema.empty_table())


def create_values(
    connection: duckdb.DuckDBPyConnection, name: str, column: str, values: Sequence[str]
) -> None:
    """Creates a temporary table with one column of strings, in place of one with that name."""
    rows = pa.table({column: pa.array(values, pa.string())})
    run_with_rows(connection, f"create or replace temp table {name} as", rows)


def parquet_view(
    connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, paths: Sequence[str]
) -> None:
    """Creates a view of Parquet files in a schema. Columns that the files lack are null: they may
    be of an older version.
    """
    create_table(connection, f"{name}_columns", schema)
    if not paths:
        connection.execute(f"create or replace view {name} as from {name}_columns")
        return
    existing = [column for column in pq.read_schema(paths[0]).names if column in schema.names]
    # a view takes no parameters, but a relation that has them can be made one
    connection.sql(
        f"from {name}_columns union all by name "
        f"select {', '.join(existing)} from read_parquet(?, hive_partitioning=false)",
        params=[list(paths)],
    ).create_view(name, replace=True)


def run_with_rows(connection: duckdb.DuckDBPyConnection, statement: str, rows: pa.Table) -> None:
    """Runs `statement from rows`: a statement that ends before its `from` gets the rows of an Arrow
    table.
    """
    connection.register("given_rows", rows)
    connection.execute(f"{statement} from given_rows")
    connection.unregister("given_rows")


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Returns the one number that a query gives."""
    ((number,),) = connection.execute(query).fetchall()
    return int(number)


def execute_together(connection: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> None:
    """Runs statements as one transaction: each commit of its own would wait for the disk."""
    connection.execute("begin")
    try:
        for statement in statements:
            connection.execute(statement)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
