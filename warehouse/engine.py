"""DuckDB as the nightly job uses it: bounded in memory, with what does not fit on disk."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

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
