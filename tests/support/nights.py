"""Nights in this process, without Prefect and without Great Expectations."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.night import run_night
from flows.settings import RunSettings


def night(data, *sources, **settings) -> dict:
    """Runs one night over the sources and returns its summary."""
    Path(data, "state").mkdir(parents=True, exist_ok=True)
    arguments = [str(source) for source in sources]
    return run_night(
        RunSettings(arguments, str(data), **settings), suites=lambda files, fresh: []
    )


def ask(data, query: str, parameters=None) -> list[tuple]:
    """Returns the rows of a query on the published database."""
    with duckdb.connect(str(Path(data) / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()
