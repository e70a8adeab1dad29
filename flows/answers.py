"""The answer to a query as text: a table, CSV, JSON, JSON lines, or one line a value."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flows.terminal import number, pad, table, visible, width
from schemas.errors import UsageError
from schemas.language import say
from warehouse.export import FORMULA

Rows = Sequence[tuple[Any, ...]]
_CUT = 60  # columns of a cell in a terminal


def read_query(given: str) -> str:
    """Returns the text of a query: `-` stands for standard input, `@FILE` for a file, else it is
    the query.

    Raises UsageError for a file that cannot be read and for a query without words.
    """
    query = given
    if given == "-":
        query = sys.stdin.read()
    elif given.startswith("@"):
        try:
            query = Path(given[1:]).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                say("the query in {given} cannot be read ({error})", given=given[1:], error=error)
            ) from None
    if not query.strip():
        raise UsageError(say('the query is empty: try fazhi sql "from reports"'))
    return query


def as_table(names: list[str], rows: Rows) -> str:
    """Returns rows as a table; cells are cut at 60 columns in a terminal, and whole elsewhere."""
    is_terminal = sys.stdout.isatty()
    return table(names, rows, _CUT if is_terminal else None)


def as_csv(names: list[str], rows: Rows) -> str:
    """Returns rows as CSV; a text that a spreadsheet would run has an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(_harmless(value) for value in row)
    return written.getvalue().rstrip("\n")


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return number(value) if isinstance(value, float) else value


def as_json(names: list[str], rows: Rows) -> str:
    """Returns rows as a JSON list of objects; what JSON lacks (dates, decimals) is text."""
    return json.dumps(
        [dict(zip(names, row)) for row in rows], ensure_ascii=False, indent=1, default=str
    )


def as_json_lines(names: list[str], rows: Rows) -> str:
    """Returns rows as JSON lines: one object a line."""
    return "\n".join(
        json.dumps(dict(zip(names, row)), ensure_ascii=False, default=str) for row in rows
    )


def as_list(names: list[str], rows: Rows) -> str:
    """Returns each row as a block with one line a column, for rows that are too wide for a
    table.
    """
    widest = max(map(width, names), default=0)
    blocks = []
    for position, row in enumerate(rows, 1):
        lines = [f"── row {position} ──"]
        for name, value in zip(names, row):
            lines.append(f"{pad(name, widest)}  {'' if value is None else _plain(value)}")
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _plain(value: Any) -> str:
    return number(value) if isinstance(value, float) else visible(str(value))


FORMATS: dict[str, Callable[[list[str], Rows], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
    "jsonl": as_json_lines,
    "vertical": as_list,
}
