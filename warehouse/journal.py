"""The record of runs: one line a start and one an end, appended and never changed.

What killed runs left open is closed by the next run.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas import tables
from warehouse import lines
from warehouse.folder import DataFolder

INTERRUPTED = "interrupted"
_RUN_ID = re.compile(r"r\d{6,12}")
# outcomes after which everything that was landed is in the state in force
DONE = ("published", "unchanged", "prepared")


class Journal:
    """The journal of a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.path = DataFolder(data_dir).journal

    def restore(self, published: Sequence[Mapping[str, Any]]) -> None:
        """Takes up rows of the published table runs that are missing or left open here.

        So it is after a run was killed between publishing and its last line, or where the journal
        was damaged.
        """
        closed = {run["run_id"] for run in self.runs() if run["outcome"] != INTERRUPTED}
        for row in published:
            if row["run_id"] not in closed:
                self.finish(row)

    def start(self, started_at: str) -> tuple[str, int]:
        """Opens a run and returns its number and attempt. A run that never ended is taken up again
        under its number.
        """
        runs = self.runs()
        last = runs[-1] if runs else None
        if last and last["outcome"] == INTERRUPTED:
            run_id, attempt = str(last["run_id"]), int(last["attempts"]) + 1
        else:
            number = int(last["run_id"][1:]) if last else 0
            run_id, attempt = f"r{number + 1:06d}", 1
        entry = {"event": "start", "run_id": run_id, "attempt": attempt, "at": started_at}
        lines.append(self.path, entry)
        return run_id, attempt

    def finish(self, run: Mapping[str, Any]) -> None:
        """Closes a run; `run` is its row of the table runs."""
        lines.append(self.path, {"event": "end", **run})

    def runs_of_decisions(self) -> frozenset[str]:
        """Returns the ended runs that looked at no source: they publish what people decided."""
        return frozenset(run["run_id"] for run in self.runs() if run.get("seen") == 0)

    def runs(self) -> list[dict[str, Any]]:
        """Returns all runs in order, as rows of the table runs; one without an end has the outcome
        `interrupted`.
        """
        return runs_of(read(self.path).objects())


def read(path: Path) -> lines.Lines:
    """Returns the lines of a journal; one that is no start and no end of a run is broken, as one
    with other bytes is.
    """
    return lines.usable(lines.read_checked(path), _problem)


def _problem(row: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with a line of the journal; None for a good one."""
    if not _RUN_ID.fullmatch(str(row.get("run_id"))):
        return "names no run"
    if row.get("event") == "start":
        is_good = _is_count(row.get("attempt")) and _is_time(row.get("at"))
        return None if is_good else "is no start of a run"
    if row.get("event") != "end" or not isinstance(row.get("outcome"), str):
        return "is neither start nor end of a run"
    for column in tables.RUNS.columns:
        value = row.get(column.name)
        if value is None:
            is_good = column.nullable or column.name not in row
        elif column.type == "timestamp":
            is_good = _is_time(value)
        elif column.type in ("int32", "int64"):
            is_good = _is_count(value)
        else:
            is_good = isinstance(value, str)
        if not is_good:
            return f"has no usable {column.name}"
    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_time(value: object) -> bool:
    try:
        datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def has_open_run(data_dir: Path) -> bool:
    """Whether the last run published nothing it was to publish: it was killed, or it failed, or was
    held back.
    """
    runs = Journal(data_dir).runs()
    return bool(runs) and runs[-1]["outcome"] not in DONE


def is_open(data_dir: Path) -> bool:
    """Whether the last run has not ended: it works, or it was killed."""
    runs = Journal(data_dir).runs()
    return bool(runs) and runs[-1]["outcome"] == INTERRUPTED


def runs_of(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Returns the runs that the lines of a journal speak of, in the order of their numbers."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry["event"] == "start":
            rows[entry["run_id"]] = {
                "run_id": entry["run_id"],
                "attempts": entry["attempt"],
                "started_at": entry["at"],
                "outcome": INTERRUPTED,
            }
        else:
            rows[entry["run_id"]] = {k: v for k, v in entry.items() if k != "event"}
    return [rows[run_id] for run_id in sorted(rows)]
