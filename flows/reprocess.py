"""Reading published reports again, and making the data folder whole again: `fazhi reprocess`,
`fazhi repair`.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb

from flows.launch import run_again
from flows.night.summary import Summary
from flows.terminal import first_line
from schemas.errors import UsageError
from schemas.language import say
from transforms.version import parser_version
from warehouse import repair, snapshots, staging, verify
from warehouse.folder import DataFolder

_LOADED_SINCE = (
    "report_id in (select report_id from sources s join runs r on r.run_id = s.first_seen_run "
    "where s.is_current and r.started_at >= date '{day}')"
)


def condition(where: str, since: str | None) -> str:
    """Returns the SQL condition on reports: `where`, and first loaded on the day `since` or later.

    Raises UsageError for a `since` that is no day like 2026-01-31.
    """
    try:
        duckdb.SQLExpression(where)  # one expression, which closes no bracket that it did not open
    except duckdb.Error as error:
        raise UsageError(
            say("--where {where}: {error}", where=repr(where), error=first_line(error))
        ) from None
    if since is None:
        return where
    try:
        day = datetime.date.fromisoformat(since)
    except ValueError:
        raise UsageError(say("--since {since}: no day like 2026-01-31", since=since)) from None
    return f"({where}\n) and {_LOADED_SINCE.format(day=day.isoformat())}"


def outlook(folder: Path, state: snapshots.Snapshot, where: str) -> str:
    """Returns one line that says how many published reports there are to read again."""
    version = parser_version()
    read_by = snapshots.reports_where(state, where)
    older = sum(read_version != version for read_version in read_by.values())
    ready = min(len(staging.Index(folder, version).batch), older)
    line = (
        f"{len(read_by):,} of the published reports are meant; "
        f"{older:,} of them were read by another version than {version}"
    )
    return line + (f", {ready:,} of which are read again already" if ready else "")


def reprocess(folder: Path, where: str, publish: bool) -> Summary:
    """Reads the reports again that meet the condition; puts them in force only with `publish`."""
    return run_again(folder, None, reprocess=where, prepare=not publish)


def outcome_text(summary: Summary) -> str:
    """Returns what came of reading reports again, for a person."""
    if summary["outcome"] == "prepared":
        hint = "nothing is published: fazhi reprocess --publish puts it in force"
        return f"\n{summary['difference']}\n\n{hint}"
    head = f"{summary['outcome']}: {summary['snapshot']}"
    return "\n  ".join([head, *summary["held_back_because"]])


def repair_folder(folder: Path) -> repair.Repaired | None:
    """Sets damaged files aside and restores what can be restored at once. A run must follow.

    Returns what was done; None where nothing is damaged.
    """
    with DataFolder(folder).alone():
        damages = verify.verify(folder)
        return repair.repair(folder, damages) if damages else None
