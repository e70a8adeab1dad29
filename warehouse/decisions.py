"""What people decided, about sources, reports and figures. Lines are added and never rewritten.

Reviews, dismissals, acceptances and withdrawals are logs, to which a line may be added at any
moment; the list of corrections (corrections.py) is a file of its owner. A night reads them together
once (`begin_run`), and judges by what it read: what is decided while it runs takes effect in the
next.
"""

from __future__ import annotations

import datetime
import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas import keys, tables
from warehouse import corrections, engine, files, lines, reviews, withdrawals
from warehouse.corrections import Correction
from warehouse.folder import DataFolder
from warehouse.withdrawals import Withdrawals

_SOURCE = ("source_uri", "source_sha256", "reason_code")
_FIGURE = (
    "source_sha256",
    "quote",
    "char_start",
    "metric_code",
    "value",
    "status",
    "sentence",
)
_ACTIONS = ("confirm", "correct", "reject", reviews.WITHDRAW)
_DIGITS = 16
# what is no line: it is named as a broken one
_FOLDER = b"a folder or pipe lies here"
_SHUT = b"the file cannot be read"
_DECISIONS = pa.schema(
    [
        ("decision_id", pa.string()),
        ("origin", pa.string()),
        ("source_uri", pa.string()),
        ("source_sha256", pa.string()),
        ("quote", pa.string()),
        ("occurrence", pa.int32()),
        ("char_start", pa.int32()),
        ("was_code", pa.string()),
        ("was_status", pa.string()),
        ("was_value", pa.float64()),
        ("action", pa.string()),
        ("metric_code", pa.string()),
        ("value", pa.float64()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("decided_by", pa.string()),
    ]
)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


# --- all of them at one moment ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people had decided at one moment. `content` maps a file of decisions to its bytes, of
    those that there were.
    """

    folder: DataFolder
    content: Mapping[Path, bytes]

    def dismissed(self) -> dict[tuple[str, str | None, str], str]:
        """Returns (address, digest, reason code) -> why the source was dismissed."""
        reasons = {}
        for row in self._lines(self.folder.dismissals).objects():
            if not _dismissal_problem(row):
                reasons[row["source_uri"], row["source_sha256"], row["reason_code"]] = row[
                    "because"
                ]
        return reasons

    def accepted(self) -> set[str]:
        """Returns the digests of the sources that may take the place of what is in force."""
        rows = self._lines(self.folder.acceptances).objects()
        return {row["source_sha256"] for row in rows if not _acceptance_problem(row)}

    def reviews(self) -> list[dict[str, Any]]:
        """Returns all usable decisions on figures that nobody withdrew, oldest first."""
        rows = self._lines(self.folder.reviews).objects()
        return reviews.standing(row for row in rows if not _review_problem(row))

    def withdrawals(self) -> Withdrawals:
        """Returns the reports and sources that are withdrawn."""
        rows = self._lines(self.folder.withdrawals).objects()
        return withdrawals.in_force(row for row in rows if not withdrawals.problem(row))

    def corrections(self) -> tuple[list[Correction], list[str]]:
        """Returns the corrections, and what is wrong with lines that cannot be used."""
        path = self.folder.corrections
        return (
            corrections.parse(self.content[path], str(path)) if path in self.content else ([], [])
        )

    def _lines(self, path: Path) -> lines.Lines:
        # lines of reviews and dismissals that an earlier version wrote have no check
        may_lack_check = path not in (self.folder.acceptances, self.folder.withdrawals)
        return lines.parse_checked(self.content.get(path, b""), may_lack_check)

    def sound(self, path: Path) -> list[dict[str, Any]]:
        """Returns the objects of the usable lines of a log."""
        broken = {number for named, number, _ in self.broken_lines() if named == path}
        return [row for number, row in self._lines(path).rows if number not in broken]

    def broken_lines(self) -> list[tuple[Path, int, str]]:
        """Returns the lines of logs that cannot be used: file, number and what is wrong. The others
        count.
        """
        found = []
        for path, problem_of in (
            (self.folder.dismissals, _dismissal_problem),
            (self.folder.acceptances, _acceptance_problem),
            (self.folder.reviews, _review_problem),
            (self.folder.withdrawals, withdrawals.problem),
        ):
            read = self._lines(path)
            broken = [(line.number, line.problem) for line in read.broken]
            broken += [(number, what) for number, row in read.rows if (what := problem_of(row))]
            found += [(path, number, what) for number, what in sorted(broken)]
        return found

    def problems(self) -> dict[Path, list[str]]:
        """Returns file -> what is wrong with its lines that cannot be used. The others count."""
        found: dict[Path, list[str]] = {}
        for path, number, what in self.broken_lines():
            found.setdefault(path, []).append(f"line {number} {what}")
        if wrong := self.corrections()[1]:
            found[self.folder.corrections] = wrong
        return found

    def digest(self) -> str:
        """Returns a digest of all decisions on figures and versions: another one asks for a new
        publication.
        """
        content = hashlib.sha256()
        later = (self.folder.acceptances, self.folder.withdrawals)
        for path in (self.folder.corrections, self.folder.reviews, *later):
            if path in later and path not in self.content:
                continue  # so that states of earlier versions are judged by the same
            content.update(self.content.get(path, b""))
            content.update(b"\0")
        return content.hexdigest()[:_DIGITS]

    def rows(self, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """Returns corrections, reviews and withdrawals as rows of the table decisions.

        They are matched with the tables metrics, reports and sources that `connection` sees.
        """
        rows = [_correction_row(correction) for correction in self.corrections()[0]]
        rows += [_review_row(row) for row in self.reviews()]
        rows += [withdrawals.row(line) for line in self.withdrawals().lines()]
        latest = {}
        for row in rows:
            row["decision_id"] = keys.decision_id(
                row["origin"],
                row["source_sha256"],
                row.get("quote") or f"{row['action']} {row['source_uri']}",
                row.get("occurrence"),
                row.get("char_start"),
            )
            latest[row["decision_id"]] = row
        given = pa.Table.from_pylist([*latest.values()], schema=_DECISIONS)
        connection.register("given_decisions", given)
        matched = connection.sql(engine.script("decisions/match.sql")).to_arrow_table()
        connection.unregister("given_decisions")
        return matched.cast(tables.arrow_schema(tables.DECISIONS)).combine_chunks()


def read(data_dir: Path) -> Decisions:
    """Returns what people have decided until now."""
    folder = DataFolder(data_dir)
    content = {}
    for path in (
        folder.dismissals,
        folder.acceptances,
        folder.reviews,
        folder.withdrawals,
        folder.corrections,
    ):
        try:
            is_odd = path.is_dir() or files.is_special(path)
            content[path] = _FOLDER if is_odd else path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError:
            content[path] = _SHUT
    return Decisions(folder, content)


def begin_run(data_dir: Path) -> Decisions:
    """Takes up a list of corrections that waits, and returns what a run that begins now judges by.

    Call it with the data folder locked.
    """
    folder = DataFolder(data_dir)
    with files.briefly_locked(folder.decisions_lock):
        corrections.take_up_waiting(folder)
        return read(data_dir)


def _add(folder: DataFolder, path: Path, *entries: Mapping[str, Any]) -> None:
    """Adds lines to a log, at no moment at which the logs are read together or joined with
    others.
    """
    with files.briefly_locked(folder.decisions_lock):
        lines.append(path, *entries)


# --- quarantined sources ----------------------------------------------------------------------


def dismiss(data_dir: Path, row: Mapping[str, Any], because: str, by: str) -> None:
    """Notes that a quarantined source needs nobody's attention.

    `row` is its row of the table quarantine. It holds for these bytes and this reason, not for a
    later version.
    """
    folder = DataFolder(data_dir)
    source = {column: row[column] for column in _SOURCE}
    _add(folder, folder.dismissals, {**source, "because": because, "by": by, "at": _now()})


def accept(data_dir: Path, row: Mapping[str, Any], because: str, by: str) -> None:
    """Notes that a source may take the place of what is in force, although it is far emptier or
    another file, or the policy would hold its report back.

    `row` has its source_uri and source_sha256. It holds for these bytes, not for a later version.
    """
    folder = DataFolder(data_dir)
    source = {column: row[column] for column in ("source_uri", "source_sha256")}
    _add(folder, folder.acceptances, {**source, "because": because, "by": by, "at": _now()})


def withdraw(
    data_dir: Path, source: Mapping[str, Any], scope: str, action: str, because: str, by: str
) -> None:
    """Notes that a report (by its bytes) or a source (by its address) is withdrawn, or is so no
    more.

    `source` is its row of the table sources, `scope` one of withdrawals.SCOPES, `action` one of
    withdrawals.ACTIONS.
    """
    folder = DataFolder(data_dir)
    line = withdrawals.entry(source, scope, action, because, by)
    _add(folder, folder.withdrawals, {**line, "at": _now()})


def _acceptance_problem(row: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with a line of the acceptances; None for a good one."""
    for column in ("source_sha256", "because"):
        if not isinstance(row.get(column), str):
            return f"has no {column}"
    return None


def _dismissal_problem(row: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with a line of the dismissals; None for a good one."""
    for column in ("source_uri", "reason_code", "because"):
        if not isinstance(row.get(column), str):
            return f"has no {column}"
    if not isinstance(row.get("source_sha256"), str | None):
        return "has a source_sha256 that is no text"
    return None


# --- figures ----------------------------------------------------------------------------------


def review(
    data_dir: Path,
    figure: Mapping[str, Any],
    action: str,
    changes: Mapping[str, Any],
    reason: str,
    by: str,
) -> None:
    """Notes a decision on a figure.

    `figure` has source_sha256, quote, char_start, sentence and the reading that the decision was
    made on (metric_code, value, status); `changes` has what should stand instead.
    """
    review_alike(data_dir, [figure], action, changes, reason, by)


def review_alike(
    data_dir: Path,
    figures: Iterable[Mapping[str, Any]],
    action: str,
    changes: Mapping[str, Any],
    reason: str,
    by: str,
    **more: Any,
) -> None:
    """Notes the same decision on several figures, on the disk all at once.

    Each figure and `changes` are as `review` takes them. The action `withdraw` takes back the last
    decision of the same person on each of them. `more` is kept in each line: `batch` (a name that
    these lines have in common), `settles` (see reviews.conflicts).
    """
    folder = DataFolder(data_dir)
    said = {"action": action, **changes, **more, "reason": reason, "by": by, "at": _now()}
    entries = [{"on": {column: row[column] for column in _FIGURE}, **said} for row in figures]
    _add(folder, folder.reviews, *entries)


def _review_problem(row: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with a line of the reviews; None for a good one."""
    figure = row.get("on")
    if not isinstance(figure, dict):
        return "names no figure (on)"
    for column in ("source_sha256", "quote", "metric_code", "status"):
        if not isinstance(figure.get(column), str):
            return f"names no figure ({column})"
    if not _is_offset(figure.get("char_start")) or not _is_number(figure.get("value")):
        return "names no figure (char_start, value)"
    if row.get("action") not in _ACTIONS:
        return f"has an action that is none of {', '.join(_ACTIONS)}"
    if not _is_number(row.get("value", 0.0)) and row.get("value") is not None:
        return "has a value that is no finite number"
    if row.get("status") not in (None, *tables.STATUSES):
        return f"has a status that is none of {', '.join(tables.STATUSES)}"
    if not isinstance(row.get("metric_code"), str | None):
        return "has a metric_code that is no text"
    for column in ("reason", "by"):
        if not isinstance(row.get(column), str):
            return f"has no {column}"
    return None


def _is_offset(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (isinstance(value, float) and math.isfinite(value)) or abs(value) < 2**53


def _correction_row(correction: Correction) -> dict[str, Any]:
    return {
        "origin": "correction",
        "source_sha256": correction.source_sha256,
        "quote": correction.quote,
        "occurrence": correction.occurrence,
        "action": correction.action,
        "metric_code": correction.metric_code,
        "value": correction.value,
        "status": correction.status,
        "reason": correction.reason,
        "decided_by": correction.by,
    }


def _review_row(row: Mapping[str, Any]) -> dict[str, Any]:
    figure = row["on"]
    return {
        "origin": "review",
        "source_sha256": figure["source_sha256"],
        "quote": figure["quote"],
        "char_start": figure["char_start"],
        "was_code": figure["metric_code"],
        "was_status": figure["status"],
        "was_value": figure["value"],
        "action": row["action"],
        "metric_code": row.get("metric_code"),
        "value": row.get("value"),
        "status": row.get("status"),
        "reason": row.get("reason"),
        "decided_by": row.get("by"),
    }
