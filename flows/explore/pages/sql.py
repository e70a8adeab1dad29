"""Asking in SQL: an editor, the relations beside it, the answer as grid and chart, downloads."""

from __future__ import annotations

import asyncio
import datetime
import decimal
from typing import Any

from nicegui import ui

from flows.explore import charts
from flows.explore.data import questions
from flows.explore.frame import Page
from schemas.errors import UsageError

_FIRST_QUERY = """select province_name, report_year, count(*) as figures
from figures
group by all
order by all"""
_CHART_ROWS = 200
_NUMBERS = int | float | decimal.Decimal


async def draw(page: Page) -> None:
    """Draws the editor with the query of the address, and runs that."""
    query = page.asked.get("q", "")
    relations = await page.read(questions.relations)
    page.html("sql", "head")
    with ui.element("div").classes("two sqlpage"):
        with ui.element("div"):
            editor = ui.codemirror(query or _FIRST_QUERY, language="SQL", line_wrapping=True)
            if page.is_dark:
                editor.theme = "vscodeDark"
            editor.classes("editor").props(f'aria-label="{page.texts("nav_sql")}"')
            _Desk(page, editor).draw()
        with ui.element("aside").classes("side"):
            page.html("sql", "relations", relations=relations)


class _Desk:
    """The buttons below an editor and the answer to its query."""

    def __init__(self, page: Page, editor: ui.codemirror) -> None:
        self.page = page
        self.editor = editor
        self.question: questions.Question | None = None

    def draw(self) -> None:
        """Draws the buttons and the place of the answer."""
        t = self.page.texts
        with ui.element("div").classes("bar"):
            self.run = self._button("run_query", self.answer)
            self.stop = self._button("stop_query", self.interrupt)
            self.csv = self._button("save_csv", lambda: self.save("csv"))
            self.xlsx = self._button("save_xlsx", lambda: self.save("xlsx"))
        self.stop.set_enabled(False)
        self.said = ui.label(t("sql_hint")).props('role="status"')
        self.place = ui.element("div").classes("answer")
        ui.on("run", self.answer)  # Ctrl-Enter in the editor
        if self.page.asked.get("q"):
            ui.timer(0.05, self.answer, once=True)

    def _button(self, key: str, action: Any) -> ui.button:
        button = ui.button(self.page.texts(key), on_click=action, color=None)
        button.props("unelevated no-caps").classes("action")
        return button

    async def answer(self) -> None:
        """Runs the query and shows its answer, or why there is none."""
        found = await self._asked(questions.SHOWN_ROWS)
        if found is None:
            return
        query = self.page.link(q=self.editor.value)
        ui.run_javascript(f"history.replaceState(null, '', {query!r})")
        t = self.page.texts
        count = f"{len(found.rows):,}"
        key = "rows" if found.is_whole else "rows_more"
        self.said.set_text(t(key, count=count))
        self.place.clear()
        with self.place:
            self._draw_grid(found)
            self._draw_chart(found)

    async def _asked(self, most: int) -> questions.Answer | None:
        """Runs the query of the editor; None, and why, where it has no answer."""
        if self.question is not None:
            return None
        self._set_running(questions.Question(self.page.state, self.editor.value))
        self.said.set_text(self.page.texts("running"))
        try:
            question = self.question
            assert question is not None
            return await asyncio.to_thread(question.ask, most)
        except UsageError as error:
            self.said.set_text(str(error))
            self.place.clear()
            return None
        finally:
            self._set_running(None)

    def _set_running(self, question: questions.Question | None) -> None:
        self.question = question
        self.stop.set_enabled(question is not None)
        self.run.set_enabled(question is None)

    def interrupt(self) -> None:
        """Stops the query that runs."""
        if self.question is not None:
            self.question.stop()

    async def save(self, kind: str) -> None:
        """Runs the query again and gives all its rows as a file."""
        found = await self._asked(questions.SAVED_ROWS)
        if found is None:
            return
        self.said.set_text(self.page.texts("rows", count=f"{len(found.rows):,}"))
        if kind == "csv":
            content = await asyncio.to_thread(questions.as_csv, found)
        else:
            content = await asyncio.to_thread(questions.as_workbook, found, self.page.citation)
        ui.download.content(content, f"answer-{self.page.state.id}.{kind}")

    def _draw_grid(self, found: questions.Answer) -> None:
        columns = [
            {
                "headerName": name,
                "field": f"c{index}",
                "type": "rightAligned" if _is_number(kind) else None,
                "filter": True,
                "tooltipField": f"c{index}",
            }
            for index, (name, kind) in enumerate(zip(found.names, found.kinds))
        ]
        rows = [{f"c{i}": _plain(value) for i, value in enumerate(row)} for row in found.rows]
        options = {
            "columnDefs": columns,
            "rowData": rows,
            "defaultColDef": {"sortable": True, "resizable": True, "minWidth": 90},
            "enableCellTextSelection": True,
        }
        ui.aggrid(options, auto_size_columns=len(columns) <= 8).classes("grid")

    def _draw_chart(self, found: questions.Answer) -> None:
        """Draws the last columns of numbers over the first column, where there are both."""
        numeric = [i for i, kind in enumerate(found.kinds) if _is_number(kind)]
        series = [i for i in numeric if i > 0][-4:]
        rows = found.rows[:_CHART_ROWS]
        if not series or len(rows) < 2:
            return
        first = [i for i in range(len(found.names)) if i not in series]
        labels = [" ".join(str(_plain(row[i]) or "—") for i in first) for row in rows]
        values = {found.names[i]: [_plain(row[i]) for row in rows] for i in series}
        options = charts.columns(self.page.texts("nav_sql"), self.page.citation, labels, values)
        named = [dict(zip(found.names, row)) for row in rows]
        self.page.chart(options, {name: name for name in found.names}, named, "answer")


def _is_number(kind: str) -> bool:
    return kind.split("(")[0] in _NUMBER_KINDS


_NUMBER_KINDS = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "NUMBER"),
}


def _plain(value: Any) -> Any:
    """Returns a value as JSON takes it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, int | float):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value)
