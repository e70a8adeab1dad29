"""Questions to a published DuckDB file: read-only, and without access to other files unless asked
for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from flows.terminal import first_line, unbroken
from schemas.errors import UsageError
from schemas.language import say


def connect(path: Path, external_access: bool = False) -> duckdb.DuckDBPyConnection:
    """Opens a published DuckDB file read-only.

    Without `external_access` nothing that runs on the connection can read or write other files,
    load extensions or reach the network. Raises UsageError where the file cannot be opened.
    """
    # what a query may not switch on again: the connection's settings are locked
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": external_access,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": external_access,
        "lock_configuration": not external_access,
    }
    try:
        return duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise UsageError(
            say("{path} cannot be opened: {error}", path=path, error=first_line(error))
        ) from None


def ask(
    path: Path, query: str, parameters: Any = None, external_access: bool = False
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Returns the column names and the rows of a query on a published file.

    Raises UsageError with DuckDB's message where the query is wrong.
    """
    with connect(path, external_access) as connection:
        try:
            cursor = connection.execute(unbroken(query), _unbroken_all(parameters))
            if not hasattr(cursor, "description"):  # only comments or semicolons
                raise UsageError(say('the query is empty: try fazhi sql "from reports"'))
            names = [column[0] for column in cursor.description or []]
            return names, cursor.fetchall()
        except duckdb.Error as error:
            raise UsageError(str(error).split("\n\n")[0]) from None


def _unbroken_all(parameters: Any) -> Any:
    """Returns parameters of a query with each text as `unbroken` gives it."""
    if isinstance(parameters, list | tuple):
        return [_unbroken_all(value) for value in parameters]
    if isinstance(parameters, dict):
        return {name: _unbroken_all(value) for name, value in parameters.items()}
    return unbroken(parameters) if isinstance(parameters, str) else parameters
