"""Nights in this process without Prefect, and queries on what they publish."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.night import run_night
from flows.settings import RunSettings


def night(data, *sources, suites=lambda paths, report_ids: [], **settings) -> dict:
    """Runs one night over the sources and returns its summary.

    No Great Expectations unless `suites` is given: rules and floors judge alone.
    """
    arguments = [str(source) for source in sources]
    return run_night(RunSettings(arguments, str(data), **settings), suites=suites)


def ask(data, query: str, parameters=None) -> list[tuple]:
    """Returns the rows of a query on the published database."""
    with duckdb.connect(str(Path(data) / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()
