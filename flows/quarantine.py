"""Working through the quarantine: list, show, retry, dismiss."""

from __future__ import annotations

import getpass
from collections import Counter
from pathlib import Path
from typing import Any

from flows.database import ask
from flows.terminal import table, visible
from schemas.errors import UsageError
from schemas.language import choose, language, marked, say
from schemas.reasons import reasons
from warehouse import decisions, landing

_STATES = {"waiting": marked("waiting"), "dismissed": marked("dismissed")}


def rows(database: Path) -> list[dict[str, Any]]:
    """The quarantined sources of the published state, in the order of their addresses; `number`
    counts them from 1.
    """
    names, found = ask(database, "select * from quarantine order by source_uri")
    return [{"number": number, **dict(zip(names, row))} for number, row in enumerate(found, 1)]


def chosen(every: list[dict[str, Any]], said: list[str], everything: bool) -> list[dict[str, Any]]:
    """The rows that `said` names, by number, address, file name or digest. Raises UsageError for
    what names none.
    """
    if everything:
        return [r for r in every if r["state"] == "waiting"]
    out = []
    for word in said:
        those = [r for r in every if word in (str(r["number"]), r["source_uri"], r["source_name"])]
        if len(word) >= 8:
            those += [
                r for r in every if (r["source_sha256"] or "").startswith(word) and r not in those
            ]
        if not those:
            raise UsageError(
                say("nothing in quarantine is called {word}: see fazhi quarantine list", word=word)
            )
        out += [r for r in those if r not in out]
    if not out:
        raise UsageError(
            say(
                "say which: a number of fazhi quarantine list, a file name, an address, a digest, "
                "or --all"
            )
        )
    return out


def listing(every: list[dict[str, Any]], with_dismissed: bool) -> str:
    """The table that a person works from."""
    shown = [r for r in every if with_dismissed or r["state"] == "waiting"]
    if not shown:
        return say("nothing is in quarantine")
    names = [
        "number",
        "reason_code",
        "source_name",
        "first_seen_run",
        "last_seen_run",
        *(["state"] if with_dismissed else []),
    ]
    counts = Counter(r["reason_code"] for r in shown)
    counted = ", ".join(f"{number} {code}" for code, number in counts.most_common())
    rows = [tuple(r[n] for n in names) for r in shown]
    hint = say(
        "{count} in quarantine: {counted}\nfazhi quarantine show NUMBER tells why, and what to do",
        count=len(shown),
        counted=counted,
    )
    return f"{table(names, rows)}\n\n{hint}"


def details(row: dict[str, Any], data_dir: Path) -> str:
    """Everything about one source: why, since when, where its bytes lie, and how they begin."""
    kept = landing.object_path(data_dir, row["source_sha256"]) if row["source_sha256"] else None
    lines = [
        f"{row['source_name']}  [{row['reason_code']}]",
        choose(row["message"], row["message_zh"] or row["message"]),
        *_chinese(row["reason_code"]),
        "",
        say("address     {address}", address=row["source_uri"]),
        say(
            "seen        first in run {first}, last in run {last}",
            first=row["first_seen_run"],
            last=row["last_seen_run"],
        ),
        say("state       {state}", state=say(_STATES.get(row["state"], row["state"])))
        + (f": {row['dismissed_because']}" if row["dismissed_because"] else ""),
    ]
    if kept is None or not kept.exists():
        return _lines([*lines, say("bytes       not kept: they could not be read")])
    with open(kept, "rb") as f:
        head = f.read(600)
    lines += [
        say("bytes       {path} ({size:,})", path=kept, size=kept.stat().st_size),
        say("digest      {digest}", digest=row["source_sha256"]),
    ]
    text = head.decode("utf-8", "replace")
    readable = sum(c.isprintable() or c in "\n\r\t" for c in text) > 0.9 * len(text) > 0
    preview = (
        ["".join(c if c.isprintable() else " " for c in x)[:100] for x in text.splitlines()[:6]]
        if readable
        else [head[:64].hex(" ")]
    )
    return _lines([*lines, "", *(f"  | {x}" for x in preview)])


def _chinese(reason_code: str) -> list[str]:
    """What happened and what to do, in Chinese; nothing for a code that an older version gave, and
    where all of it is Chinese.
    """
    if language() == "zh":
        return []
    reason = reasons().get(reason_code)
    return [f"{reason.zh}{reason.do_zh}"] if reason else []


def _lines(lines: list[str]) -> str:
    """Returns the lines as text; names and messages come from strangers' files."""
    return "\n".join(map(visible, lines))


def dismiss(data_dir: Path, those: list[dict[str, Any]], because: str) -> None:
    """Notes the decision; the next publication shows it."""
    for row in those:
        decisions.dismiss(data_dir, row, because, getpass.getuser())


def accept(data_dir: Path, rows: list[dict[str, Any]], because: str) -> None:
    """Notes that these versions may take the place of what is in force; the next publication puts
    them there.
    """
    for row in rows:
        decisions.accept(data_dir, row, because, getpass.getuser())
