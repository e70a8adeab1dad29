"""Shows a person the most doubtful figures, one by one, and keeps what is right: `fazhi review`."""

from __future__ import annotations

import getpass
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.database import ask
from flows.terminal import number, table, visible
from schemas.errors import UsageError
from schemas.language import reading, say, value_in_words
from schemas.tables import STATUSES
from warehouse import decisions, engine, reviews


def queue(
    data: Path, database: Path, code: str | None, rule: str | None, report: str | None, limit: int
) -> list[dict[str, Any]]:
    """Returns the figures that nobody decided on, the most doubtful first, as rows by column name.

    What was decided since the state `database` was published is left out, too; `data` is the data
    folder.

    Only those with the metric code `code`, questioned by the rule `rule`, of the report `report`
    (its source_name or report_id), None for all; at most `limit` of them.
    """
    decided = reviews.latest(decisions.read(data).reviews())
    asked: dict[str, Any] = {"code": code, "rule": rule, "report": report, "by_doubt": False}
    asked["top"] = limit + len(decided)
    names, rows = ask(database, engine.script("review/queue.sql"), asked)
    waiting = [dict(zip(names, row)) for row in rows]
    return [row for row in waiting if reviews.decision_on(row, decided) is None][:limit]


def listing(database: Path) -> str:
    """Returns all decisions of the published state as a text table, and whether each holds."""
    names, rows = ask(database, engine.script("review/decisions.sql"))
    return table(names, rows) if rows else "no corrections and no reviews"


def known_codes(database: Path) -> dict[str, str]:
    """Returns metric code -> its Chinese name."""
    _, rows = ask(database, "select metric_code, name_zh from metric_definitions order by 1")
    return dict(rows)


def walk(data: Path, waiting: list[dict[str, Any]], codes: dict[str, str], by: str | None) -> int:
    """Asks a person about each figure and keeps the decisions; returns how many were made.

    The answers are read from the terminal or standard input; its end means quit. `data` is the data
    folder, `waiting` what `queue` returned, `codes` maps metric code -> Chinese name, `by` is who
    decides (None: the user of the machine).
    """
    console = Console(highlight=False, soft_wrap=True)
    by = by or getpass.getuser()
    console.print(
        say(
            "{count:,} figures wait. For each: [b]a[/b]ccept, [b]c[/b]orrect, [b]r[/b]eject, "
            "[b]s[/b]kip, [b]q[/b]uit.\n",
            count=len(waiting),
        )
    )
    made = 0
    for position, figure in enumerate(waiting, 1):
        _show(console, figure, position, len(waiting))
        answer = _ask("a/c/r/s/q", "acrsq")
        if answer == "q":
            break
        if answer == "s":
            continue
        changes, reason = {}, "accepted in review"
        if answer == "c":
            changes = _changes(console, codes, figure)
            if not changes:
                console.print(say("nothing changed; skipped\n"))
                continue
        if answer in "cr":
            reason = _line(say("why")) or "review"
        action = {"a": "confirm", "c": "correct", "r": "reject"}[answer]
        decisions.review(data, figure, action, changes, reason, by)
        made += 1
        console.print()
    return made


def _show(console: Console, figure: dict[str, Any], position: int, total: int) -> None:
    """Shows one figure; `position` of `total` counts from 1.

    What strangers wrote goes into `Text`: it is never markup, and control characters are escaped.
    """
    names = (figure["county_name"], figure["township_name"])
    source_name = visible(figure["source_name"])
    place = visible("".join(name or "" for name in names)) or source_name
    console.print(
        Text.assemble(
            (f"{position}/{total}", "dim"),
            f"  {place} {figure['report_year'] or ''}  ",
            (source_name, "dim"),
        )
    )
    quote = visible(figure["quote"].replace("\n", ""))
    line = Text("  " + visible(figure["sentence"].replace("\n", "")))
    start = line.plain.find(quote)
    if start >= 0:
        line.stylize("bold reverse", start, start + len(quote))
    console.print(line)
    value, high = number(figure["value"]), figure["value_high"]
    if high is not None:
        value += f"–{number(high)}"
    console.print(
        Text.assemble(
            f"  「{quote}」 = ",
            (value, "bold"),
            f" {figure['unit']}, {value_in_words(figure['status'])}: ",
            (figure["metric_code"], "bold"),
            say(
                " {name} (confidence {confidence:.2f})",
                name=figure["name_zh"],
                confidence=figure["confidence"],
            ),
        )
    )
    console.print(Text(visible(f"  {reading(figure['reason'])}"), style="dim"))
    for rule, message in zip(figure["rules"] or [], figure["messages"] or []):
        console.print(Text(visible(f"  ! {rule}: {message}")))


def _line(prompt: str) -> str:
    """Returns the line that the person types; "" at the end of the input."""
    try:
        return input(f"  {prompt}: ").strip()
    except EOFError:
        return ""


def _ask(prompt: str, allowed: str) -> str:
    """Asks until the person types one of the letters `allowed`; the end of input counts as q."""
    while True:
        try:
            letter = input(f"  {prompt}: ").strip().lower()[:1]
        except EOFError:
            return "q"
        if letter and letter in allowed:
            return letter


def _changes(console: Console, codes: dict[str, str], figure: dict[str, Any]) -> dict[str, Any]:
    """Asks for metric code, value and status; returns those that differ from the figure's own.

    An empty answer leaves one as it is. {} where nothing is to be changed.
    """
    changes: dict[str, Any] = {}
    while answer := _line(
        say("code [{code}] (a code, or a Chinese word to look for)", code=figure["metric_code"])
    ):
        if answer in codes:
            changes["metric_code"] = answer
            break
        near = [
            f"{code} {name}"
            for code, name in codes.items()
            if answer in name or answer.lower() in code
        ]
        console.print("    " + ("; ".join(near[:12]) if near else say("no such code")))
    while answer := _line(say("value [{value}]", value=number(figure["value"]))):
        try:
            changes["value"] = float(answer.replace(",", ""))
            break
        except ValueError:
            console.print(say("    no number"))
    while answer := _line(
        say("status [{status}] ({statuses})", status=figure["status"], statuses="/".join(STATUSES))
    ):
        if answer in STATUSES:
            changes["status"] = answer
            break
        console.print(say("    none of these"))
    same = {
        "metric_code": figure["metric_code"],
        "value": figure["value"],
        "status": figure["status"],
    }
    return {column: value for column, value in changes.items() if value != same[column]}


def export(data: Path, target: Path) -> int:
    """Writes the decided figures as labelled sentences into `target`; returns how many figures.

    One sentence a line, in which a figure is {quote|code}, {quote|code|p} if it is planned or
    {quote|code|b} if it is background. Rejected figures are left out. `make accuracy` and training
    read such files. Raises UsageError where there is no decision to write.
    """
    by_sentence: dict[tuple[str, str], dict[tuple[int, str], str]] = defaultdict(dict)
    for decision in decisions.read(data).reviews():
        figure = decision["on"]
        if decision["action"] == "reject":
            continue
        code = decision.get("metric_code") or figure["metric_code"]
        status = decision.get("status") or figure["status"]
        sentence_key = figure["source_sha256"], figure["sentence"]
        by_sentence[sentence_key][figure["char_start"], figure["quote"]] = code + {
            "planned": "|p",
            "background": "|b",
        }.get(status, "")
    lines, labelled = [], 0
    for (_, sentence), labels in sorted(by_sentence.items()):
        text, done = "", 0
        for (_, quote), label in sorted(labels.items()):
            start = sentence.find(quote, done)
            if start >= 0:
                text += f"{sentence[done:start]}{{{quote}|{label}}}"
                done = start + len(quote)
                labelled += 1
        lines.append((text + sentence[done:]).replace("\n", ""))
    if not lines:
        raise UsageError(say("no decision to export yet: fazhi review"))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return labelled
