"""The morning report: what a night did, for whoever looks in the morning. As Markdown in Prefect's
page and in the data folder, as JSON to a webhook.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

from expectations.rules import BY_ID
from flows.night import webhook
from flows.night.run import Run
from flows.night.summary import Results, Summary
from flows.pull import why_not_all
from flows.terminal import visible
from schemas.language import choose, marked, say
from warehouse import files

_SHOWN_QUARANTINE = 20
_WORDS = {
    "seen": marked("seen"),
    "loaded": marked("loaded"),
    "unchanged": marked("unchanged"),
    "quarantined": marked("quarantined"),
    "superseded": marked("superseded"),
    "figures": marked("figures"),
    "source": marked("source"),
    "new": marked("new"),
    "changed": marked("changed"),
    "failed": marked("failed"),
    "transferred": marked("transferred"),
    "seconds": marked("seconds"),
    "added": marked("added"),
    "removed": marked("removed"),
}
_OUTCOME = {
    "published": marked("Published."),
    "unchanged": marked("Nothing had changed; nothing was written."),
    "held": marked("**Held back**: the state before stays in force."),
    "prepared": marked("Prepared and compared; nothing was published."),
    "failed": marked("**Failed**: nothing was published."),
}


# our own words, as the identifier of a rule or a reason code
_CODE = re.compile(r"`[a-z0-9_.]+`|[a-z0-9_]+")
# an underscore between letters is one in Markdown, too
_MARKUP = re.compile(r"[\\`*\[\]()<>#|~!&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def _plain(text: str) -> str:
    """Returns the text such that Markdown shows it as it is: strangers' names come into the
    report.
    """
    return _MARKUP.sub(lambda character: "\\" + character[0], visible(" ".join(text.split())))


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return text if _CODE.fullmatch(text) else _plain(text)


def _table(heads: list[str], rows: list[tuple[Any, ...]]) -> list[str]:
    return [
        "| " + " | ".join(heads) + " |",
        "| " + " | ".join("---" for _ in heads) + " |",
        *("| " + " | ".join(_cell(c) for c in row) + " |" for row in rows),
        "",
    ]


def write_report(run: Run, results: Results, summary: Summary, seconds: dict[str, float]) -> str:
    """Writes the morning report into the data folder, sends it where the settings say, and returns
    it.

    `seconds` maps a step to the time that it took.
    """
    rules = ["rule_id"]
    before = run.published.read("quality_findings", rules)["rule_id"] if run.published else None
    known = before.to_pylist() if before is not None else []
    found = results.judgement.findings["rule_id"].to_pylist() if results.judgement else known
    text = markdown(summary, by_rule(found, known), seconds)
    files.write_atomic(run.paths.morning_report, text.encode())
    if run.settings.webhook:
        problem = webhook.send(run.settings.webhook, summary, text)
        if problem:
            print(f"fazhi: {problem}", file=sys.stderr)
    return text


def markdown(
    summary: dict[str, Any], rules: dict[str, tuple[int, int]], seconds: dict[str, float]
) -> str:
    """Returns the report of a run as Markdown.

    `summary` is what the run returns, `rules` maps a rule to its findings now and before, `seconds`
    a step to its time.
    """
    head = say("# Night {run_id}", run_id=summary["run_id"])
    lines = [head, "", say(_OUTCOME[summary["outcome"]]), ""]
    if summary["failure"]:
        kept = f"state/failures/{summary['run_id']}.txt"
        lines += [
            f"- {_plain(summary['failure'])}",
            say("- the whole of it: `{file}` in the data folder", file=kept),
        ]
        lines.append("")
    if summary["held_back_because"]:
        lines += [*(f"- {_plain(reason)}" for reason in summary["held_back_because"]), ""]
    if summary["warnings"]:
        shown = [choose(one["message"], one["message_zh"]) for one in summary["warnings"]]
        lines += [*(f"- **!** {_plain(one)}" for one in shown), ""]
    names = ("seen", "loaded", "unchanged", "quarantined", "superseded", "figures")
    rows = [(say(_WORDS[name]), summary[name]) for name in names]
    lines += _table([say("sources and figures"), say("number")], rows)
    lines += _pulls(summary["pulls"]) + _changes(summary["changes"])
    lines += _quarantine(summary["quarantine"])
    if rules:
        judged = [(_rule(rule), now, before) for rule, (now, before) in sorted(rules.items())]
        heads = [say("rule"), say("now"), say("the time before")]
        lines += [say("## Findings"), "", *_table(heads, judged)]
    measured = accuracy()
    if measured:
        head = say("## Accuracy of this version on labelled texts it was not trained on")
        rates = [(name, f"{rate:.1%}") for name, rate in measured.items()]
        lines += [head, "", *_table(["", say("right")], rates)]
    times = [(step, f"{time:.1f}") for step, time in seconds.items()]
    lines += [say("## Time"), "", *_table([say("step"), say("seconds")], times)]
    checks = Path(summary["warehouse"]).parent / "quality" / "index.html"
    lines.append(
        say(
            "State `{state}` in `{warehouse}`; checks: `{checks}`",
            state=summary["snapshot"],
            warehouse=summary["warehouse"],
            checks=checks,
        )
    )
    return "\n".join([*lines, ""])


def _rule(rule_id: str) -> str:
    """Returns a rule by its identifier, in Chinese with its name."""
    rule = BY_ID.get(rule_id)
    named = f"{rule.name_zh}（{rule_id}）" if rule else f"`{rule_id}`"
    return choose(f"`{rule_id}`", named)


def _pulls(pulls: list[dict[str, Any]]) -> list[str]:
    if not pulls:
        return []
    columns = ("source", "new", "changed", "unchanged", "failed", "transferred", "seconds")
    rows = [(*(pull[column] for column in columns), why_not_all(pull)) for pull in pulls]
    heads = [say(_WORDS[column]) for column in columns]
    return [
        say("## What the sources brought"),
        "",
        *_table([*heads, say("why not all")], rows),
    ]


def _changes(changes: dict[str, dict[str, int]] | None) -> list[str]:
    if not changes:
        return []
    kinds = ("added", "changed", "removed")
    rows = [(table, *(counts[kind] for kind in kinds)) for table, counts in changes.items()]
    heads = [say("table"), *(say(_WORDS[kind]) for kind in kinds)]
    return [say("## What changed"), "", *_table(heads, rows)]


def _quarantine(quarantine: list[dict[str, Any]]) -> list[str]:
    if not quarantine:
        return []
    shown = quarantine[:_SHOWN_QUARANTINE]
    rows = [
        (row["source_name"], row["reason_code"], choose(row["message"], row["message_zh"]))
        for row in shown
    ]
    heads = [say("source"), say("why"), say("what to do")]
    lines = [say("## In quarantine"), "", *_table(heads, rows)]
    if more := len(quarantine) - len(shown):
        lines += [say("{count:,} more: `fazhi quarantine list`", count=more), ""]
    return lines


def accuracy() -> dict[str, float]:
    """What `make accuracy` measured of this version."""
    file = resources.files("transforms").joinpath("model/accuracy.json")
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def by_rule(now: list[str], before: list[str]) -> dict[str, tuple[int, int]]:
    """Rule -> how many findings there are and were."""
    a, b = Counter(now), Counter(before)
    return {rule: (a[rule], b[rule]) for rule in {*a, *b}}
