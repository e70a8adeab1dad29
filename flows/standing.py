"""How published figures stand: their trust, what rules found on them, what people decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.database import ask
from flows.terminal import number, visible
from schemas import language
from schemas.language import say
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
    message = language.choose(finding["message"], finding["message_zh"])
    rule = language.choose(finding["rule_id"], f"{finding['rule_zh']}（{finding['rule_id']}）")
    line = say(
        "{severity} {rule}: {message}",
        severity=language.value_in_words(finding["severity"]),
        rule=rule,
        message=message,
    )
    if finding["quote"]:
        quote, start = finding["quote"], finding["char_start"]
        line = say("「{quote}」 at {start}  {line}", quote=quote, start=start, line=line)
    return visible(line)


def decision_line(decision: Row) -> str:
    """Returns a correction or a review as one line: what, why, by whom, and whether it holds."""
    changes = [
        f"{name} {number(value) if isinstance(value, float) else value}"
        for name in ("metric_code", "value", "status")
        if (value := decision[name]) is not None
    ]
    action = language.value_in_words(decision["action"])
    line = say(
        "「{quote}」  {what}  ({origin} by {by}: {reason})  {state}",
        quote=decision["quote"],
        what=" ".join([action, ", ".join(changes)]).strip(),
        origin=language.value_in_words(decision["origin"]),
        by=decision["decided_by"],
        reason=decision["reason"],
        state=language.value_in_words(decision["state"]),
    )
    if decision["message"]:
        line += f": {language.choose(decision['message'], decision['message_zh'])}"
    return visible(line)


def as_text(standing: Standing) -> str:
    """Returns trust, findings and decisions of a report or a figure as lines of text."""
    counts = Counter(figure["trust"] for figure in standing.figures)
    counted = [f"{count} {language.value_in_words(trust)}" for trust, count in counts.items()]
    lines = [say("trust: {counted}", counted=", ".join(counted) or say("no figure"))]
    for title, found in (
        (say("findings"), [finding_line(row) for row in standing.findings]),
        (say("decisions"), [decision_line(row) for row in standing.decisions]),
    ):
        listed = [f"{title}:", *(f"  {line}" for line in found)]
        lines += listed if found else [say("{title}: none", title=title)]
    return "\n".join(lines)


def figure_as_text(standing: Standing) -> str:
    """Returns the one figure of `standing`: where it stands, how it was read, and how it stands."""
    figure = standing.figures[0]
    shown = number(figure["value"])
    if figure["value_high"] is not None:
        shown += f"–{number(figure['value_high'])}"
    lines = [
        say(
            "{source}: {body} {year}  figure {metric_id} at {start}",
            source=figure["source_name"],
            body=figure["township_name"] or "—",
            year=figure["report_year"] or "—",
            metric_id=figure["metric_id"],
            start=figure["char_start"],
        ),
        f"  {' '.join(figure['sentence'].split())}",
        say(
            "  「{quote}」 = {value} {unit}, {status}: {code} {name} (confidence {confidence:.2f})",
            quote=" ".join(figure["quote"].split()),
            value=shown,
            unit=figure["unit"],
            status=language.value_in_words(figure["status"]),
            code=figure["metric_code"],
            name=figure["name_zh"],
            confidence=figure["confidence"],
        ),
    ]
    stated = (figure["stated_value"], figure["stated_metric_code"])
    if stated != (figure["value"], figure["metric_code"]):
        value = number(stated[0])
        lines.append(say("  read from the text as {value}, {code}", value=value, code=stated[1]))
    lines.append(say("  why: {reason}", reason=language.reading(figure["reason"])))
    return "\n".join(visible(line) for line in lines) + "\n\n" + as_text(standing)
