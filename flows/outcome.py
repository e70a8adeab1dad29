"""The outcome of a run in a few lines, for whoever started it."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from flows.pull import why_not_all
from flows.terminal import clip, pad, visible
from schemas.language import choose, marked, say, say_count

QUERY = (
    "select township_name, report_year, value as disputes from metrics join reports using "
    "(report_id, report_year) "
    "where metric_code = 'disputes_received' and status = 'actual' order by disputes desc limit 5"
)
_HEADS = {
    "published": marked("Published."),
    "unchanged": marked("Nothing has changed; nothing was written."),
    "held": marked("HELD BACK: the candidate was not published, the state before stays in force."),
    "prepared": marked("Prepared and compared; nothing was published."),
}
_COUNTS = {
    "seen": marked("seen"),
    "loaded": marked("loaded"),
    "unchanged": marked("unchanged"),
    "superseded": marked("superseded"),
    "quarantined": marked("quarantined"),
    "figures": marked("figures"),
}
_PULLED = {
    "new": marked("{count:,} new"),
    "changed": marked("{count:,} changed"),
    "unchanged": marked("{count:,} unchanged"),
    "failed": marked("{count:,} failed"),
}
_SEVERITIES = {
    "critical": marked("{count:,} critical"),
    "warning": marked("{count:,} warning"),
    "info": marked("{count:,} info"),
}
_SHOWN_QUARANTINE = 5
_SENTENCE = 90  # columns


def command() -> str:
    """How this program is called from here."""
    called = os.path.abspath(sys.argv[0])
    found = shutil.which("fazhi")
    return "fazhi" if found and os.path.samefile(found, called) else os.path.relpath(called)


def _near(path: str) -> str:
    """A path as seen from here, where that is shorter."""
    return min(os.path.relpath(path), path, key=len)


def _line(name: str, value: str) -> str:
    return f"  {pad(name, 12)} {value}"


def summary(s: dict[str, Any]) -> str:
    """Returns the outcome of a run: what is published, what does not add up, what is missing, the
    numbers of the run, and where to look. `s` is what the run returns.
    """
    lines = [say(_HEADS.get(s["outcome"], s["outcome"])), ""]
    lines += [_line(say("because"), reason) for reason in s["held_back_because"]]
    lines += [
        _line(say("warning"), visible(choose(warning["message"], warning["message_zh"])))
        for warning in s["warnings"]
    ]
    if s["first_sight"]:
        lines += [*_first_sight(s["first_sight"]), ""]
    for pull in s.get("pulls", ()):
        counts = ", ".join(say(text, count=pull[key]) for key, text in _PULLED.items())
        problem = visible(why_not_all(pull))
        brought = f"{pull['source']}: {counts}{f'; {problem}' if problem else ''}"
        lines.append(_line(say("pulled"), brought))
    lines += [_line(say(name), f"{s[key]:,}") for key, name in _COUNTS.items()]
    severities = [say(_SEVERITIES[key], count=count) for key, count in s["findings"].items()]
    lines.append(_line(say("findings"), ", ".join(severities)))
    lines += _quarantine(s["quarantine"])
    if s["snapshot"]:
        lines += ["", *_where_to_look(s)]
    return "\n".join(lines)


def _first_sight(sight: dict[str, Any]) -> list[str]:
    """Returns what an analyst wants to know first, as lines."""
    first, last = sight["years"]
    lines = [
        say(
            "{reports:,} reports of {bodies:,} bodies, {years}",
            reports=sight["reports"],
            bodies=sight["bodies"],
            years=first if first == last else f"{first}–{last}",
        )
    ]
    if sight["arithmetic"]:
        lines.append(
            say_count(
                "{count:,} figure does not add up:",
                "{count:,} figures do not add up:",
                sight["arithmetic"],
            )
        )
    for example in sight["examples"]:
        body = visible(example["body"] or example["source_name"])
        message = visible(choose(example["message"], example["message_zh"]))
        sentence = clip(example["sentence"].replace("\n", ""), _SENTENCE)
        lines += [f"  {body} {example['report_year'] or ''}: {message}", f"    「{sentence}」"]
    if missing := sight["missing"]:
        text = marked(
            "{missing:,} of {registered:,} bodies of the register have no report on {year}"
        )
        lines.append(say(text, **missing))
    else:
        lines.append(
            say(
                "which bodies have no report is unknown: there is no register (fazhi register "
                "import)"
            )
        )
    return lines


def _quarantine(quarantine: list[dict[str, Any]]) -> list[str]:
    """Returns the first sources in quarantine with what to do about them, as lines."""
    lines = []
    for position, row in enumerate(quarantine[:_SHOWN_QUARANTINE]):
        name = say("quarantined") if position == 0 else ""
        message = visible(choose(row["message"], row["message_zh"]))
        shown = f"{clip(row['source_name'], 40)}: {message} [{row['reason_code']}]"
        lines.append(_line(name, shown))
    if more := len(quarantine[_SHOWN_QUARANTINE:]):
        text = say("and {more:,} more: {command} quarantine list", more=more, command=command())
        lines.append(_line("", text))
    return lines


def _where_to_look(s: dict[str, Any]) -> list[str]:
    """Returns where the warehouse lies and where to look at it; what to try only the first time."""
    folder = _near(os.path.dirname(s["warehouse"]))
    lines = [
        _line(say("warehouse"), _near(s["warehouse"])),
        _line(say("state"), s["snapshot"]),
        _line(say("checks"), os.path.join(folder, "quality", "index.html")),
        _line(say("look"), f"{command()} explore --data {folder}"),
    ]
    if s["is_first"]:
        lines += ["", say("Try:"), f'  {command()} sql "{QUERY}" --data {folder}']
    return lines
