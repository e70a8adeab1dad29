"""The list of corrections: a CSV file of its owner, kept in the data folder and replaced as a
whole.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

from schemas import tables
from schemas.errors import UsageError
from schemas.language import say
from schemas.metrics import codes
from warehouse import files
from warehouse.folder import DataFolder, UnderWayError

COLUMNS = (
    "source_sha256",
    "quote",
    "occurrence",
    "action",
    "metric_code",
    "value",
    "status",
    "reason",
    "by",
)
_NEEDED = ("source_sha256", "quote", "action", "reason", "by")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ACTIONS = ("correct", "reject")
# no text has more equal quotes, and the column is a 32-bit integer
_MAX_OCCURRENCE = 1_000_000
_SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the list. None: the correction leaves that as it is."""

    source_sha256: str
    quote: str
    occurrence: int
    action: str
    metric_code: str | None
    value: float | None
    status: str | None
    reason: str
    by: str


def parse(content: bytes, name: str) -> tuple[list[Correction], list[str]]:
    """Returns the corrections in a CSV file, and what is wrong with each line that cannot be used.

    `name` is what the file is called in the messages.
    """
    rows, problems = _rows(content, name)
    corrections = []
    for line, row in rows:
        try:
            corrections.append(_correction(row))
        except ValueError as error:
            problems.append(f"{name}, line {line}: {error}")
    return corrections, problems


def _rows(content: bytes, name: str) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Returns the rows with their line numbers, and what is wrong with the file."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        columns = list(reader.fieldnames or [])
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [f"{name}: this is no CSV in UTF-8: {error}"]
    missing = [column for column in _NEEDED if column not in columns]
    unknown = [column for column in columns if column not in COLUMNS]
    if missing or unknown:
        what = f"lacks {', '.join(missing)}" if missing else f"has the unknown column {unknown[0]}"
        return [], [f"{name}, line 1: the head {what}; columns are {', '.join(COLUMNS)}"]
    rows: list[tuple[int, dict[str, str]]] = []
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            return rows, [f"{name}, line {reader.line_num}: {error}"]
        if row is None:
            return rows, []
        rows.append(
            (reader.line_num, {column: (row.get(column) or "").strip() for column in COLUMNS})
        )


def _correction(row: dict[str, str]) -> Correction:
    """Returns one row as a correction. Raises ValueError, with what is wrong in words."""
    for column in _NEEDED:
        if not row[column]:
            raise ValueError(f"{column} is empty")
    if not _DIGEST.fullmatch(row["source_sha256"]):
        shown = row["source_sha256"][:20]
        raise ValueError(
            f"source_sha256 {shown!r} is no SHA-256 (64 digits); reports.source_sha256 has it"
        )
    if row["action"] not in _ACTIONS:
        raise ValueError(f"action {row['action']!r} is none of {', '.join(_ACTIONS)}")
    if row["status"] and row["status"] not in tables.STATUSES:
        raise ValueError(f"status {row['status']!r} is none of {', '.join(tables.STATUSES)}")
    if row["metric_code"] and row["metric_code"] not in codes():
        raise ValueError(
            f"metric_code {row['metric_code']!r} is not in metric_definitions; "
            "find_metric() helps to find one"
        )
    if row["action"] == "correct" and not (row["value"] or row["metric_code"] or row["status"]):
        raise ValueError("a correction says a value, a metric_code or a status")
    return Correction(
        source_sha256=row["source_sha256"],
        quote=row["quote"],
        occurrence=_occurrence(row["occurrence"]),
        action=row["action"],
        metric_code=row["metric_code"] or None,
        value=_value(row["value"]),
        status=row["status"] or None,
        reason=row["reason"],
        by=row["by"],
    )


def _occurrence(text: str) -> int:
    if not text:
        return 1
    if not (
        text.isascii() and text.isdigit() and len(text) <= 7 and 0 < int(text) <= _MAX_OCCURRENCE
    ):
        raise ValueError(
            f"occurrence {text[:20]!r} is no whole number from 1 to {_MAX_OCCURRENCE:,}"
        )
    return int(text)


def _value(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"value {text[:20]!r} is no number") from None
    if not math.isfinite(value):
        raise ValueError(f"value {text[:20]!r} is no finite number")
    return value


def _read(path: Path) -> bytes:
    if files.is_special(path):
        raise UsageError(say("the corrections {path} are no file", path=path))
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            say(
                "the corrections {path} cannot be read ({reason})",
                path=path,
                reason=error.strerror,
            )
        ) from None


def import_file(data_dir: Path, path: Path) -> tuple[int, bool]:
    """Checks a list of corrections and keeps it in the data folder in place of the one before.

    Returns how many corrections it has, and whether it waits for the next run because one is under
    way. Raises UsageError where a line is wrong.
    """
    folder = DataFolder(data_dir)
    content = _read(path)
    corrections, problems = parse(content, str(path))
    if problems:
        raise UsageError("; ".join(problems[:_SHOWN_PROBLEMS]))
    try:
        with folder.alone(), files.briefly_locked(folder.decisions_lock):
            files.write_atomic(folder.corrections, content)
            folder.waiting_corrections.unlink(missing_ok=True)
    except UnderWayError:
        with files.briefly_locked(folder.decisions_lock):
            files.write_atomic(folder.waiting_corrections, content)
        return len(corrections), True
    return len(corrections), False


def take_up_waiting(folder: DataFolder) -> None:
    """Puts a list of corrections in place that came in while a run was under way. Call it with both
    locks held.
    """
    if folder.waiting_corrections.exists():
        os.replace(folder.waiting_corrections, folder.corrections)
        files.sync_entry(folder.decisions)
