"""A report: its text cut at headings, figures and findings, and what is known of each figure."""

from __future__ import annotations

import difflib
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from flows import former, standing
from flows.explore.data.overview import in_both_languages
from flows.explore.data.states import Row, State
from schemas.metrics import SURE

_LINE_END = "\n"
_LONGEST_COMPARED = 400_000  # characters of both versions together


@dataclass(slots=True)
class Stretch:
    """A part of a report's text that is shown in one way.

    `start` and `end` are offsets into the text in code points, `text` is what stands there.
    `level` is that of the heading that it is part of, None outside headings. `figure` is the row of
    the figure that it is part of, None outside figures. `findings` are the rows of those that speak
    of it.
    """

    start: int
    end: int
    text: str
    level: int | None = None
    figure: Row | None = None
    findings: list[Row] = field(default_factory=list)


def read(state: State, report_id: str) -> dict[str, Any] | None:
    """Returns what the page of a report shows; None where the state has no such report.

    `report` (its row, with `text`), `figures` (each with `links`, `findings` and `is_sure`),
    `stretches` (joined they are the whole text), `sections`, `findings` and `versions`. A former
    version has its text alone.
    """
    report = state.row("report", report=report_id)
    if report is None:
        return None
    findings = [in_both_languages(row) for row in state.rows("report_findings", report=report_id)]
    figures = _figures(state, report_id, findings)
    sections = state.rows("report_sections", report=report_id)
    return {
        "report": report,
        "figures": figures,
        "sections": sections,
        "findings": findings,
        "stretches": stretches(report["text"], sections, figures, findings),
        "versions": state.rows("report_versions", report=report_id),
    }


def what_became(state: State, metric_id: str) -> former.Former | None:
    """Returns what became of a figure that the state does not have, or that another one's
    identifier belonged to; None where there is nothing to tell.
    """
    if standing.report_of_figure(state.path, metric_id):
        return former.other_bearer(state.path, state.data_dir, metric_id)
    return former.what_became(state.path, state.data_dir, metric_id)


def mark_former(shown: dict[str, Any], became: former.Former) -> Row | None:
    """Marks a former figure in the text that is shown, where it was read from that text.

    Returns its row, with what the text of a page needs; None where its quote does not stand there.
    """
    figure = became.figure
    if (
        figure is None
        or "sentence" not in figure
        or became.outcome
        in (
            "moved",
            "not_read",
            "other_bearer",
        )
    ):
        return None
    start, quote = figure["char_start"], figure["quote"]
    text = shown["report"]["text"]
    if not text.startswith(quote, start):
        return None
    row = {
        **figure,
        "metric_id": became.metric_id,
        "char_end": start + len(quote),
        "is_sure": True,
        "findings": [],
    }
    shown["stretches"] = stretches(text, shown["sections"], [row], shown["findings"])
    return row


def _figures(state: State, report_id: str, findings: list[Row]) -> list[Row]:
    """Returns the figures of a report with their links and findings."""
    figures = [dict(row) for row in state.rows("report_figures", report=report_id)]
    by_id = {row["metric_id"]: row for row in figures}
    said: dict[str, list[Row]] = defaultdict(list)
    for row in findings:
        said[row["row_id"]].append(row)
    for row in figures:
        row["findings"] = said[row["metric_id"]]
        row["is_sure"] = row["confidence"] >= SURE
        row["links"] = []
    for link in state.rows("report_links", report=report_id):
        here, there = by_id.get(link["metric_id"]), by_id.get(link["to_metric_id"])
        if here is not None and there is not None:
            here["links"].append({**link, "forward": True, "other": there})
            there["links"].append({**link, "forward": False, "other": here})
    return figures


def stretches(
    text: str, sections: list[Row], figures: list[Row], findings: list[Row]
) -> list[Stretch]:
    """Cuts a text at its headings, figures and findings; returns the parts in order.

    Joined they are the whole text.
    """
    headings = [(*_heading(text, row), row["level"]) for row in sections]
    spans = [(row["char_start"], row["char_end"]) for row in figures]
    spoken = [(*_evidence(text, row), row) for row in findings if row["char_start"] is not None]
    edges = {0, len(text)}
    for start, end, *_ in [*headings, *spans, *spoken]:
        edges |= {min(max(start, 0), len(text)), min(max(end, 0), len(text))}
    parts = [Stretch(a, b, text[a:b]) for a, b in itertools.pairwise(sorted(edges))]
    at = {part.start: index for index, part in enumerate(parts)}

    def inside(start: int, end: int) -> list[Stretch]:
        first = at.get(start, len(parts))
        return list(itertools.takewhile(lambda part: part.start < end, parts[first:]))

    for start, end, level in headings:
        for part in inside(start, end):
            part.level = level
    for row in figures:
        for part in inside(row["char_start"], row["char_end"]):
            part.figure = row
    for start, end, row in spoken:
        for part in inside(start, end):
            part.findings.append(row)
    return parts


def _heading(text: str, section: Row) -> tuple[int, int]:
    """Returns where the heading of a section begins and ends: its numbering and its words."""
    start = int(section["char_start"])
    words = section["heading"] or ""
    found = text.find(words, start, start + len(section["marker"] or "") + len(words) + 20)
    if found >= 0 and words:
        return start, found + len(words)
    line_end = text.find(_LINE_END, start)
    return start, line_end if line_end >= 0 else len(text)


def _evidence(text: str, finding: Row) -> tuple[int, int]:
    """Returns where the evidence of a finding stands: its words, else the rest of its line."""
    start = int(finding["char_start"])
    words = finding["evidence"] or ""
    if words and text.startswith(words, start):
        return start, start + len(words)
    line_end = text.find(_LINE_END, start)
    end = line_end if line_end >= 0 else len(text)
    return start, max(start + 1, min(end, start + 40))


def difference(state: State, old_id: str, new_id: str) -> list[tuple[str, str]] | None:
    """Returns the lines of two versions of a report as (change, line), with change one of "same",
    "removed", "added"; runs of more than six same lines are cut to ("skipped", their number).

    None where one of them is not there or both are too long to be compared.
    """
    rows = [state.row("report", report=name) for name in (old_id, new_id)]
    if any(row is None for row in rows):
        return None
    old, new = (row["text"] for row in rows if row is not None)
    if len(old) + len(new) > _LONGEST_COMPARED:
        return None
    return _shortened(_changes(old.split(_LINE_END), new.split(_LINE_END)))


def _changes(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    changes: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes += [("same", line) for line in old[a:b]]
        else:
            changes += [("removed", line) for line in old[a:b]]
            changes += [("added", line) for line in new[c:d]]
    return changes


def _shortened(changes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leaves two lines around each change, and says how many are left out."""
    shown: list[tuple[str, str]] = []
    for kind, run in itertools.groupby(changes, key=lambda change: change[0]):
        lines = list(run)
        if kind == "same" and len(lines) > 6:
            shown += [*lines[:2], ("skipped", str(len(lines) - 4)), *lines[-2:]]
        else:
            shown += lines
    return shown
