"""DuckDB as the nightly job uses it: bounded in memory, with what does not fit on disk."""

from __future__ import annotations

from pathlib import Path

import duckdb

MEMORY = "600MB"


def connect(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own, with `data_dir`/state/spill for what does not fit into MEMORY."""
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = '{MEMORY}'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set temp_directory = ?", [str(data_dir / "state" / "spill")])
    return connection
