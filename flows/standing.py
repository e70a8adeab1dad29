"""How published figures stand: their trust, what rules found on them, what people decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.database import ask
from flows.terminal import number, visible
from schemas import language
from warehouse import engine

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the published state says of a report, or of one of its figures.

    Each is a list of rows by column name: `figures` in the order of the text, `findings` with the
    gravest first, `decisions` with those in force first (see warehouse/sql/review).
    """

    figures: list[Row]
    findings: list[Row]
    decisions: list[Row]

    @property
    def trust(self) -> dict[int, str]:
        """Character offset of each figure in the report's text -> its trust."""
        return {figure["char_start"]: figure["trust"] for figure in self.figures}


def _rows(database: Path, query: str, parameters: Any) -> list[Row]:
    names, rows = ask(database, query, parameters)
    return [dict(zip(names, row)) for row in rows]


def of_report(database: Path, report_id: str, metric_id: str | None = None) -> Standing:
    """Returns how the figures of a published report stand; of one alone where `metric_id` is
    given.
    """
    parameters = {"report_id": report_id, "metric_id": metric_id}
    return Standing(
        *(
            _rows(database, engine.script(f"review/{name}_of_report.sql"), parameters)
            for name in ("figures", "findings", "decisions")
        )
    )


def report_of_bytes(database: Path, sha256: str) -> str | None:
    """Returns the report_id of the published report with these bytes; None where there is none."""
    found = _rows(
        database,
        "select min(report_id) as report_id from sources join reports using (report_id) "
        "where sources.is_current and sources.source_sha256 = $1",
        [sha256],
    )
    return found[0]["report_id"] if found else None


def report_of_figure(database: Path, metric_id: str) -> str | None:
    """Returns the report_id of a published figure; None where there is no such figure."""
    found = _rows(database, "select report_id from metrics where metric_id = $1", [metric_id])
    return found[0]["report_id"] if found else None


def finding_line(finding: Row) -> str:
    """Returns a finding as one line, in the language of today."""
    at = f"「{finding['quote']}」 at {finding['char_start']}  " if finding["quote"] else ""
    message = language.choose(finding["message"], finding["message_zh"])
    return visible(f"{at}{finding['severity']} {finding['rule_id']}: {message}")


def decision_line(decision: Row) -> str:
    """Returns a correction or a review as one line: what, why, by whom, and whether it holds."""
    changes = [
        f"{name} {number(value) if isinstance(value, float) else value}"
        for name in ("metric_code", "value", "status")
        if (value := decision[name]) is not None
    ]
    what = " ".join([decision["action"], ", ".join(changes)]).strip()
    line = (
        f"「{decision['quote']}」  {what}  ({decision['origin']} by {decision['decided_by']}: "
        f"{decision['reason']})  {decision['state']}"
    )
    if decision["message"]:
        line += f": {language.choose(decision['message'], decision['message_zh'])}"
    return visible(line)


def as_text(standing: Standing) -> str:
    """Returns trust, findings and decisions of a report or a figure as lines of text."""
    counts = Counter(figure["trust"] for figure in standing.figures)
    lines = ["trust: " + (", ".join(f"{n} {trust}" for trust, n in counts.items()) or "no figure")]
    for title, found in (
        ("findings", [finding_line(row) for row in standing.findings]),
        ("decisions", [decision_line(row) for row in standing.decisions]),
    ):
        lines += [f"{title}:", *(f"  {line}" for line in found)] if found else [f"{title}: none"]
    return "\n".join(lines)


def figure_as_text(standing: Standing) -> str:
    """Returns the one figure of `standing`: where it stands, how it was read, and how it stands."""
    figure = standing.figures[0]
    shown = number(figure["value"])
    if figure["value_high"] is not None:
        shown += f"–{number(figure['value_high'])}"
    quote = " ".join(figure["quote"].split())
    lines = [
        f"{figure['source_name']}: {figure['township_name'] or '—'} {figure['report_year'] or '—'}"
        f"  figure {figure['metric_id']} at {figure['char_start']}",
        f"  {' '.join(figure['sentence'].split())}",
        f"  「{quote}」 = {shown} {figure['unit']}, {figure['status']}: {figure['metric_code']} "
        f"{figure['name_zh']} (confidence {figure['confidence']:.2f})",
    ]
    stated = (figure["stated_value"], figure["stated_metric_code"])
    if stated != (figure["value"], figure["metric_code"]):
        lines.append(f"  read from the text as {number(stated[0])}, {stated[1]}")
    lines.append(f"  why: {figure['reason']}")
    return "\n".join(visible(line) for line in lines) + "\n\n" + as_text(standing)
