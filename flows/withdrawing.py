"""Withdraws published reports and sources, and takes that back: `fazhi withdraw`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.database import ask
from schemas.errors import UsageError
from schemas.language import say
from warehouse import decisions

_SHORTEST_DIGEST = 8
_COLUMNS = "source_uri, source_name, source_sha256, report_id"


def chosen(database: Path, words: list[str], is_current: bool) -> list[dict[str, Any]]:
    """Returns the rows of the published table sources that words name, each once.

    A word is a report_id, a file name, an address, or a digest of at least eight characters. With
    `is_current` only sources in force. Raises UsageError for a word that names none, or a file name
    that several reports have.
    """
    if not words:
        raise UsageError(say("say which: a report_id, a file name, an address or a digest"))
    names, rows = ask(
        database,
        f"select {_COLUMNS} from sources where is_current or not $1 order by all",
        [is_current],
    )
    known = [dict(zip(names, row)) for row in rows]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for word in words:
        fitting = [row for row in known if _fits(row, word)]
        if not fitting:
            raise UsageError(say("no published report or source is called {name}", name=word))
        reports = {row["report_id"] for row in fitting if row["source_name"] == word}
        if is_current and len(reports) > 1:
            raise UsageError(
                say(
                    "{count} reports are called {name}: name one by its report_id",
                    count=len(reports),
                    name=word,
                )
            )
        found |= {(row["source_uri"], row["source_sha256"]): row for row in fitting}
    return [*found.values()]


def _fits(row: dict[str, Any], word: str) -> bool:
    is_digest = len(word) >= _SHORTEST_DIGEST and row["source_sha256"].startswith(word)
    return is_digest or word in (row["report_id"], row["source_name"], row["source_uri"])


def withdraw(folder: Path, rows: list[dict[str, Any]], scope: str, because: str, by: str) -> int:
    """Notes that these are withdrawn; returns how many files that are."""
    for row in rows:
        decisions.withdraw(folder, row, scope, "withdraw", because, by)
    return len(rows)


def take_back(folder: Path, rows: list[dict[str, Any]], because: str, by: str) -> int:
    """Takes the withdrawals back that these fall under; returns how many there were.

    Raises UsageError where none of them is withdrawn.
    """
    withdrawals = decisions.read(folder).withdrawals()
    done = 0
    for row in rows:
        for scope, line in (
            ("report", withdrawals.digests.get(row["source_sha256"])),
            ("source", withdrawals.addresses.get(row["source_uri"])),
        ):
            if line:
                decisions.withdraw(folder, row, scope, "undo", because, by)
                done += 1
    if not done:
        raise UsageError(say("none of these is withdrawn: see fazhi corrections list"))
    return done
