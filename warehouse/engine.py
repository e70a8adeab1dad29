"""DuckDB as the nightly job uses it: bounded in memory, with what does not fit on disk."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

MEMORY = 300  # MB a thread; what sorts and writes beside one another takes that much
THREADS = 8


def threads() -> int:
    """How many threads may work beside one another."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return min(cores, THREADS)


def connect(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own, with `data_dir`/state/spill for what does not fit into MEMORY."""
    connection = duckdb.connect()
    connection.execute(f"set threads = {threads()}")
    connection.execute(f"set memory_limit = '{MEMORY * max(2, threads())}MB'")
    connection.execute("set preserve_insertion_order = false")
    # what two parts of a query have in common would be held as a whole; to make it twice is faster, and bounded
    connection.execute("set disabled_optimizers = 'common_subplan'")
    connection.execute("set temp_directory = ?", [str(data_dir / "state" / "spill")])
    return connection


def is_damage(error: duckdb.Error) -> bool:
    """Whether an error tells of a file that is not as it was written, and not of a wrong query or of memory that is too small."""
    kinds = (
        duckdb.IOException,
        duckdb.FatalException,
        duckdb.InternalException,
        duckdb.SerializationException,
    )
    return isinstance(error, kinds) or "corrupt" in str(error).lower()


def create_table(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema) -> None:
    """An empty table."""
    run_with_rows(connection, f"create or replace table {name} as", schema.empty_table())


def parquet_view(
    connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, paths: list[str]
) -> None:
    """The rows of Parquet files in that schema; they may be of other years and have other columns."""
    rows = f"from {name}_columns"
    create_table(connection, f"{name}_columns", schema)
    if paths:
        there = [n for n in pq.read_schema(paths[0]).names if n in schema.names]
        rows += f" union all by name select {', '.join(there)} from read_parquet({paths!r}, hive_partitioning=false)"
    connection.execute(f"create or replace view {name} as {rows}")


def run_with_rows(connection: duckdb.DuckDBPyConnection, statement: str, rows: pa.Table) -> None:
    """Runs a statement that lacks its `from`: the rows."""
    connection.register("given", rows)
    connection.execute(f"{statement} from given")
    connection.unregister("given")
