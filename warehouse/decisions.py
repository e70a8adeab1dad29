"""What people decided: about quarantined sources and about figures. Lines are added and never rewritten, but for the list of corrections,
which is a file of its owner's and is replaced as a whole.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import os
import re
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas import keys, tables
from schemas.errors import UsageError
from schemas.metrics import codes
from warehouse import files

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


def _add(path: Path, line: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as f:
        f.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
        f.flush()
        os.fsync(f.fileno())


def _lines(path: Path) -> list[dict]:
    """The whole lines of a file of decisions; a last line that a kill cut off is none."""
    try:
        return [
            json.loads(line)
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.endswith("}")
        ]
    except FileNotFoundError:
        return []


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


# --- quarantined sources ----------------------------------------------------------------------------------------------


def _dismissals(data_dir: Path) -> Path:
    return data_dir / "decisions" / "dismissed.jsonl"


def dismiss(data_dir: Path, row: dict, because: str, by: str) -> None:
    """Notes that a quarantined source needs nobody's attention: it holds for these bytes and this reason, not for a later version."""
    what = {k: row[k] for k in ("source_uri", "source_sha256", "reason_code")}
    _add(_dismissals(data_dir), {**what, "because": because, "by": by, "at": _now()})


def dismissed(data_dir: Path) -> dict[tuple[str, str | None, str], str]:
    """(address, digest, reason code) -> why it was dismissed."""
    rows = _lines(_dismissals(data_dir))
    return {(r["source_uri"], r["source_sha256"], r["reason_code"]): r["because"] for r in rows}


# --- figures ----------------------------------------------------------------------------------------------------------


def _reviews(data_dir: Path) -> Path:
    return data_dir / "decisions" / "reviews.jsonl"


def corrections_file(data_dir: Path) -> Path:
    """Where the list of corrections is kept."""
    return data_dir / "decisions" / "corrections.csv"


def review(data_dir: Path, figure: dict, action: str, changes: dict, reason: str, by: str) -> None:
    """Notes a decision on a figure. `figure` has source_sha256, quote, char_start and the reading it was made on (metric_code, value,
    status); `changes` what should stand instead."""
    keys = ("source_sha256", "quote", "char_start", "metric_code", "value", "status", "sentence")
    _add(
        _reviews(data_dir),
        {
            "on": {k: figure[k] for k in keys},
            "action": action,
            **changes,
            "reason": reason,
            "by": by,
            "at": _now(),
        },
    )


def reviews(data_dir: Path) -> list[dict]:
    """All decisions on figures, oldest first."""
    return _lines(_reviews(data_dir))


def read_corrections(path: Path) -> list[dict]:
    """The lines of a list of corrections. Raises UsageError naming the file, the line and what is wrong with it."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as f:
            reader = csv.DictReader(f)
            rows = list(reader)
    except OSError as error:
        raise UsageError(f"the corrections {path} cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"the corrections {path} are no CSV in UTF-8: {error}") from None
    missing = [c for c in _NEEDED if c not in (reader.fieldnames or [])]
    strange = [c for c in reader.fieldnames or [] if c not in COLUMNS]
    if missing or strange:
        what = f"lacks {', '.join(missing)}" if missing else f"has the unknown column {strange[0]}"
        raise UsageError(f"{path}, line 1: the head {what}; columns are {', '.join(COLUMNS)}")
    return [
        _checked(path, i, {c: (row.get(c) or "").strip() for c in COLUMNS})
        for i, row in enumerate(rows, 2)
    ]


def _checked(path: Path, line: int, row: dict) -> dict:
    def wrong(what: str) -> UsageError:
        return UsageError(f"{path}, line {line}: {what}")

    for column in _NEEDED:
        if not row[column]:
            raise wrong(f"{column} is empty")
    if not _DIGEST.fullmatch(row["source_sha256"]):
        raise wrong(
            f"source_sha256 {row['source_sha256'][:20]!r} is no SHA-256 (64 digits); reports.source_sha256 has it"
        )
    if row["action"] not in ("correct", "reject"):
        raise wrong(f"action {row['action']!r} is none of correct, reject")
    if row["occurrence"] and not (row["occurrence"].isdigit() and int(row["occurrence"]) > 0):
        raise wrong(f"occurrence {row['occurrence']!r} is no whole number from 1")
    if row["status"] and row["status"] not in tables.STATUSES:
        raise wrong(f"status {row['status']!r} is none of {', '.join(tables.STATUSES)}")
    if row["metric_code"] and row["metric_code"] not in codes():
        raise wrong(
            f"metric_code {row['metric_code']!r} is not in metric_definitions; find_metric() helps to find one"
        )
    try:
        value = float(row["value"]) if row["value"] else None
    except ValueError:
        raise wrong(f"value {row['value']!r} is no number") from None
    if row["action"] == "correct" and not (row["value"] or row["metric_code"] or row["status"]):
        raise wrong("a correction says a value, a metric_code or a status")
    return {**row, "occurrence": int(row["occurrence"] or 1), "value": value}


def keep_corrections(data_dir: Path, path: Path) -> int:
    """Checks a list of corrections and keeps it in the data folder in place of the one before; returns how many it has."""
    rows = read_corrections(path)
    target = corrections_file(data_dir)
    target.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomic(target, path.read_bytes())
    return len(rows)


def corrections(data_dir: Path) -> list[dict]:
    """The corrections that are kept."""
    path = corrections_file(data_dir)
    return read_corrections(path) if path.exists() else []


def digest(data_dir: Path) -> str:
    """Digest of all decisions on figures: another one asks for a new publication."""
    found = hashlib.sha256()
    for path in (corrections_file(data_dir), _reviews(data_dir)):
        found.update(path.read_bytes() if path.exists() else b"")
        found.update(b"\0")
    return found.hexdigest()[:16]


_CORRECTIONS = pa.schema(
    [
        *((n, pa.string()) for n in ("decision_id", "origin", "source_sha256", "quote")),
        ("occurrence", pa.int32()),
        ("char_start", pa.int32()),
        *((n, pa.string()) for n in ("was_code", "was_status")),
        ("was_value", pa.float64()),
        *((n, pa.string()) for n in ("action", "metric_code")),
        ("value", pa.float64()),
        *((n, pa.string()) for n in ("status", "reason", "decided_by")),
        ("place", pa.int32()),
    ]
)


def _told(data_dir: Path) -> pa.Table:
    rows = []
    for r in corrections(data_dir):
        rows.append(
            {
                "origin": "correction",
                **{k: r[k] for k in ("source_sha256", "quote", "occurrence", "action", "reason")},
                **{k: r[k] or None for k in ("metric_code", "status")},
                "value": r["value"],
                "decided_by": r["by"],
            }
        )
    for r in reviews(data_dir):
        on = r["on"]
        rows.append(
            {
                "origin": "review",
                **{k: on[k] for k in ("source_sha256", "quote", "char_start")},
                **{
                    f"was_{k}": on[j]
                    for k, j in (("code", "metric_code"), ("status", "status"), ("value", "value"))
                },
                **{k: r.get(k) for k in ("action", "metric_code", "value", "status", "reason")},
                "decided_by": r["by"],
            }
        )
    for i, row in enumerate(rows):
        key = keys.decision_id(
            row["origin"],
            row["source_sha256"],
            row["quote"],
            row.get("occurrence"),
            row.get("char_start"),
        )
        row.update(decision_id=key, place=i)
    last = {row["decision_id"]: row for row in rows}
    return pa.Table.from_pylist(list(last.values()), schema=_CORRECTIONS)


# a guard: the very bytes, the very figure, and for a review the very reading it was made on
_MATCH = """
with figure as (
  select m.*, row_number() over (partition by report_id, quote order by char_start) occurrence from metrics m
  semi join (select distinct quote from told) using (quote)),
owner as (select source_sha256, any_value(report_id) report_id from sources where is_current group by source_sha256),
met as (
  select t.*, o.report_id is not null and r.report_id is not null known, f.report_id, f.metric_id,
    f.metric_id is not null and (t.origin = 'correction' or (f.metric_code = t.was_code and f.value = t.was_value and f.status = t.was_status)) holds
  from told t left join owner o using (source_sha256) left join reports r on r.report_id = o.report_id
  left join figure f on f.report_id = o.report_id and f.quote = t.quote
    and case when t.origin = 'review' then f.char_start = t.char_start else f.occurrence = t.occurrence end)
select decision_id, origin, source_sha256, quote, case when holds then report_id end report_id, case when holds then metric_id end metric_id,
  action, metric_code, value, status, reason, decided_by, case when holds then 'in_force' else 'lapsed' end state,
  case when holds then null
    when not known then 'The source with this digest is not in force any more: look at its new version and decide again.'
    when metric_id is null then 'The report has no figure with this quote at this place: look at it and decide again.'
    else 'The figure is now read in another way than when it was reviewed: decide again.' end message
from met order by decision_id
"""


def standing(data_dir: Path, connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """All decisions on figures as rows of the table decisions, matched with the tables metrics, reports and sources that `connection` sees."""
    connection.register("told", _told(data_dir))
    made = connection.sql(_MATCH).to_arrow_table()
    connection.unregister("told")
    return made.cast(tables.arrow_schema(tables.DECISIONS)).combine_chunks()
