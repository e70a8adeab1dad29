"""Queries of visitors: read-only, without other files, and each can be stopped."""

from __future__ import annotations

import io
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import duckdb
import xlsxwriter

from flows import answers
from flows.explore.data.states import Row, State
from schemas.errors import UsageError

SHOWN_ROWS = 2_000
SAVED_ROWS = 500_000
_LONGEST_CELL = 32_000  # characters that Excel takes


@dataclass(slots=True)
class Answer:
    """The answer to a query: names and kinds of its columns, and its first rows.

    `is_whole` says whether these are all rows.
    """

    names: list[str]
    kinds: list[str]
    rows: list[tuple[Any, ...]]
    is_whole: bool


class Question:
    """One query on a state. `stop` ends it from another thread."""

    def __init__(self, state: State, query: str) -> None:
        """`query` is the visitor's SQL; it is run by `ask`."""
        self.query = query
        self._cursor = state.cursor()
        self._lock = threading.Lock()
        self._is_over = False

    def ask(self, most: int = SHOWN_ROWS) -> Answer:
        """Returns the first `most` rows of the answer.

        Raises UsageError with DuckDB's message where the query is wrong, empty or was stopped.
        """
        if not self.query.strip(" \t\r\n;"):
            raise UsageError("the query is empty")
        try:
            cursor = self._cursor.execute(self.query)
            columns = cursor.description or []
            rows = cursor.fetchmany(most + 1)
        except duckdb.Error as error:
            raise UsageError(str(error).split("\n\n")[0]) from None
        finally:
            with self._lock:
                self._is_over = True
        names = _distinct([column[0] for column in columns])
        kinds = [str(column[1]) for column in columns]
        return Answer(names, kinds, rows[:most], len(rows) <= most)

    def stop(self) -> None:
        """Stops the query if it still runs."""
        with self._lock:
            if not self._is_over:
                self._cursor.interrupt()


def _distinct(names: list[str]) -> list[str]:
    """Returns the names with a number behind those that came before."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found


def relations(state: State) -> list[Row]:
    """Returns one row a relation, views first: `name`, `comment` and `columns` (`name`, `type`,
    `comment`).
    """
    found: dict[str, Row] = {}
    for row in state.rows("relations"):
        relation = found.setdefault(
            row["table_name"],
            {"name": row["table_name"], "comment": row["table_comment"] or "", "columns": []},
        )
        relation["columns"].append(
            {
                "name": row["column_name"],
                "type": row["data_type"],
                "comment": row["column_comment"] or "",
            }
        )
    return list(found.values())


def as_csv(answer: Answer) -> bytes:
    """Returns an answer as CSV with a byte-order mark; formulas of spreadsheets are defused."""
    return ("\ufeff" + answers.as_csv(answer.names, answer.rows) + "\n").encode(
        "utf-8", errors="replace"
    )


def as_workbook(answer: Answer, citation: str) -> bytes:
    """Returns an answer as an Excel file: the rows, with filters and a frozen head, and a sheet
    that says where they come from.
    """
    written = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet("数据 data")
        sheet.write_row(0, 0, answer.names, book.add_format({"bold": True, "bottom": 1}))
        sheet.freeze_panes(1, 0)
        for index, row in enumerate(answer.rows, 1):
            for column, value in enumerate(row):
                _write_cell(sheet, index, column, value)
        if answer.names:
            sheet.autofilter(0, 0, max(1, len(answer.rows)), len(answer.names) - 1)
            sheet.autofit(400)
        book.add_worksheet("来源 source").write_string(0, 0, citation)
    return written.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value)[:_LONGEST_CELL])
