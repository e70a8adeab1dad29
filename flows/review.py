"""`fazhi review`: a person goes through the most suspicious and the least certain figures and says what is right."""

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
from schemas.tables import STATUSES
from warehouse import decisions

# what a rule questions comes first, by the gravity of its rules, then what the classifier is least sure of
_QUEUE = """
select m.metric_id, m.report_id, r.source_sha256, r.source_name, r.township_name, r.county_name, m.report_year, m.metric_code, d.name_zh, m.value, m.value_high, m.unit, m.status,
  m.qualifier, m.quote, m.char_start, m.char_end, m.sentence, m.confidence, m.reason, f.rules, f.messages, f.weight
from metrics m join reports r using (report_id) join metric_definitions d using (metric_code)
left join (
  select row_id metric_id, list(rule_id order by rule_id) rules, list(message order by rule_id) messages,
    sum(case rule_id when 'code_uncertain' then 0 else case severity when 'critical' then 9 when 'warning' then 3 else 1 end end) weight
  from quality_findings where table_name = 'metrics' group by row_id) f using (metric_id)
where m.trust in ('questioned', 'unquestioned')
  and ($code is null or m.metric_code = $code) and ($rule is null or list_contains(f.rules, $rule)) and ($report is null or r.source_name = $report or m.report_id = $report)
order by coalesce(f.weight, 0) desc, m.confidence, m.report_id, m.char_start
"""


def queue(database: Path, code: str | None, rule: str | None, report: str | None) -> list[dict[str, Any]]:
    """The figures that nobody decided on, the most suspicious first."""
    names, rows = ask(database, _QUEUE, {"code": code, "rule": rule, "report": report})
    return [dict(zip(names, row)) for row in rows]


_DECISIONS = """
select d.state, d.origin, d.action, r.source_name report, d.quote, d.metric_code code, d.value,
  d.status, d.reason, d.decided_by "by", d.message
from decisions d left join reports r using (report_id)
order by d.state desc, r.source_name, d.quote
"""


def listing(database: Path) -> str:
    """Returns all corrections and reviews of the published state as a table, and whether they hold."""
    names, rows = ask(database, _DECISIONS)
    return table(names, rows) if rows else "no corrections and no reviews"


def known_codes(database: Path) -> dict[str, str]:
    """Metric code -> its Chinese name."""
    _, rows = ask(database, "select metric_code, name_zh from metric_definitions order by 1")
    return dict(rows)


def walk(data: Path, waiting: list[dict[str, Any]], codes: dict[str, str], by: str | None) -> int:
    """Asks about each figure on the terminal (or standard input); `codes` are the metric codes with their Chinese names. Returns how many
    decisions were made."""
    console = Console(highlight=False, soft_wrap=True)
    by = by or getpass.getuser()
    console.print(
        f"{len(waiting):,} figures wait. For each: [b]a[/b]ccept, [b]c[/b]orrect, [b]r[/b]eject, [b]s[/b]kip, [b]q[/b]uit.\n"
    )
    made = 0
    for i, figure in enumerate(waiting, 1):
        _show(console, figure, i, len(waiting))
        answer = _ask("a/c/r/s/q", "acrsq")
        if answer == "q":
            break
        if answer == "s":
            continue
        changes, reason = {}, "accepted in review"
        if answer == "c":
            changes = _changes(console, codes, figure)
            if not changes:
                console.print("nothing changed; skipped\n")
                continue
        if answer in "cr":
            reason = _line("why") or "review"
        action = {"a": "confirm", "c": "correct", "r": "reject"}[answer]
        decisions.review(data, figure, action, changes, reason, by)
        made += 1
        console.print()
    return made


def _show(console: Console, figure: dict[str, Any], number: int, total: int) -> None:
    """Shows one figure. What strangers wrote goes into `Text`: never markup, control characters escaped."""
    names = (figure["county_name"], figure["township_name"])
    source_name = visible(figure["source_name"])
    place = visible("".join(name or "" for name in names)) or source_name
    console.print(
        Text.assemble(
            (f"{number}/{total}", "dim"),
            f"  {place} {figure['report_year'] or ''}  ",
            (source_name, "dim"),
        )
    )
    quote = visible(figure["quote"].replace("\n", ""))
    line = Text("  " + visible(figure["sentence"].replace("\n", "")))
    at = line.plain.find(quote)
    if at >= 0:
        line.stylize("bold reverse", at, at + len(quote))
    console.print(line)
    value, high = number(figure["value"]), figure["value_high"]
    if high is not None:
        value += f"–{number(high)}"
    console.print(
        Text.assemble(
            f"  「{quote}」 = ",
            (value, "bold"),
            f" {figure['unit']}, {figure['status']}: ",
            (figure["metric_code"], "bold"),
            f" {figure['name_zh']} (confidence {figure['confidence']:.2f})",
        )
    )
    console.print(Text(visible(f"  {figure['reason']}"), style="dim"))
    for rule, message in zip(figure["rules"] or [], figure["messages"] or []):
        console.print(Text(visible(f"  ! {rule}: {message}")))


def _line(prompt: str) -> str:
    try:
        return input(f"  {prompt}: ").strip()
    except EOFError:
        return ""


def _ask(prompt: str, allowed: str) -> str:
    while True:
        try:
            said = input(f"  {prompt}: ").strip().lower()[:1]
        except EOFError:
            return "q"
        if said and said in allowed:
            return said


def _changes(console: Console, codes: dict[str, str], figure: dict[str, Any]) -> dict[str, Any]:
    """What should stand instead; an empty answer leaves it as it is."""
    changes: dict[str, Any] = {}
    while said := _line(f"code [{figure['metric_code']}] (a code, or a Chinese word to look for)"):
        if said in codes:
            changes["metric_code"] = said
            break
        near = [f"{c} {n}" for c, n in codes.items() if said in n or said.lower() in c]
        console.print("    " + ("; ".join(near[:12]) if near else "no such code"))
    while said := _line(f"value [{number(figure['value'])}]"):
        try:
            changes["value"] = float(said.replace(",", ""))
            break
        except ValueError:
            console.print("    no number")
    while said := _line(f"status [{figure['status']}] ({'/'.join(STATUSES)})"):
        if said in STATUSES:
            changes["status"] = said
            break
        console.print("    none of these")
    same = {
        "metric_code": figure["metric_code"],
        "value": figure["value"],
        "status": figure["status"],
    }
    return {k: v for k, v in changes.items() if v != same[k]}


def export(data: Path, target: Path) -> int:
    """Writes the decisions that say what a figure is as labelled sentences, {quote|code} or {quote|code|p} (planned) or |b (background), a
    sentence a line, which `make accuracy` and training read; returns how many figures that is."""
    by_sentence: dict[tuple[str, str], dict[tuple[int, str], str]] = defaultdict(dict)
    for r in decisions.reviews(data):
        on = r["on"]
        if r["action"] == "reject":
            continue
        code = r.get("metric_code") or on["metric_code"]
        status = {"planned": "|p", "background": "|b"}.get(r.get("status") or on["status"], "")
        by_sentence[on["source_sha256"], on["sentence"]][on["char_start"], on["quote"]] = (
            f"{code}{status}"
        )
    lines, labelled = [], 0
    for (_, sentence), labels in sorted(by_sentence.items()):
        text, last = "", 0
        for (_, quote), label in sorted(labels.items()):
            at = sentence.find(quote, last)
            if at >= 0:
                text += f"{sentence[last:at]}{{{quote}|{label}}}"
                last = at + len(quote)
                labelled += 1
        lines.append((text + sentence[last:]).replace("\n", ""))
    if not lines:
        raise UsageError("no decision to export yet: fazhi review")
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return labelled
