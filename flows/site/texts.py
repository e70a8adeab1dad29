"""The texts of a county as one script, so that its pages can search them without a server."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from flows.explore.data.states import Row, State
from flows.site.plan import Area, report_file
from schemas.marks import written_out


def data_file(folder: str) -> str:
    """Returns the path of the texts of an area with this folder, from the folder of the site."""
    return f"{folder}/search-data.js"


def write(state: State, area: Area, folder: Path) -> None:
    """Writes the reports in force of an area, cut into sections.

    The script sets `fazhiTexts`: `reports` are [file, title, body, year] and `sections`
    [number of the report, offset in its text, text]. Characters that do not show are written out.
    """
    reports: list[list[Any]] = []
    sections: list[list[Any]] = []
    for report in area.reports:
        row = state.row("report", report=report)
        if row is None or not row["is_current"]:
            continue
        for start, text in _cut(row["text"], state.rows("report_sections", report=report)):
            if text.strip():
                sections.append([len(reports), start, written_out(text)])
        title = written_out(row["title"] or row["source_name"])
        body = written_out(row["township_name"] or "")
        file = report_file(area.folder, report).rsplit("/", 1)[-1]
        reports.append([file, title, body, row["report_year"]])
    content = json.dumps(
        {"reports": reports, "sections": sections}, ensure_ascii=False, separators=(",", ":")
    )
    script = f"globalThis.fazhiTexts = {content};\n"
    (folder / data_file(area.folder)).write_text(script, encoding="utf-8", errors="replace")


def _cut(text: str, sections: list[Row]) -> list[tuple[int, str]]:
    """Returns a text cut before each heading, as (offset, text)."""
    starts = sorted({0, *(row["char_start"] for row in sections)})
    return [(a, text[a:b]) for a, b in itertools.pairwise([*starts, len(text)])]
