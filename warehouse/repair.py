"""Makes good what `verify` names: from receipts, landed bytes, decisions and the newest sound
tables.

Nothing is removed: what is damaged is moved to `set_aside` in the data folder. A night must follow,
which reads again what is in no sound state (`take_up`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import (
    addresses,
    decisions,
    digests,
    files,
    journal,
    landing,
    lines,
    odd_files,
    snapshots,
)
from warehouse.folder import DataFolder
from warehouse.snapshots import Snapshot
from warehouse.verify import Damage, Part

_UNKNOWN_TIME = "1970-01-01T00:00:00"


@dataclass(slots=True)
class Repaired:
    """What was done, a line each, and the reports that were in force before: report_id -> name of
    the source.
    """

    lines: list[str] = field(default_factory=list)
    in_force_before: dict[str, str] = field(default_factory=dict)


def repair(data_dir: Path, damages: Iterable[Damage]) -> Repaired:
    """Sets aside what is damaged and restores what can be restored at once. A night must follow.

    Landed bytes come back from their source where that still has them. Receipts are rebuilt from
    the newest sound table of sources. Where the state in force is damaged, the newest sound one is
    put in force until the night that follows.
    """
    folder = DataFolder(data_dir)
    by_part: dict[Part, list[Path]] = {part: [] for part in Part}
    for damage in damages:
        if damage.path not in by_part[damage.part]:
            by_part[damage.part].append(damage.path)
    done = Repaired()
    was_in_force = _state_in_force(folder)
    done.in_force_before = _report_names(was_in_force)
    source_rows = _newest_sources(folder, was_in_force)
    for path in by_part[Part.LANDED]:
        done.lines += _mend_landed(folder, path, source_rows)
    if by_part[Part.RECEIPT]:
        done.lines += _mend_receipts(folder, by_part[Part.RECEIPT], source_rows)
    for path in by_part[Part.LISTING]:
        done.lines += _set_aside(folder, path, "the archive is opened again")
    for path in by_part[Part.STAGED]:
        done.lines += _set_aside(folder, path, "it is parsed again when it is needed")
    for path in by_part[Part.LOG]:
        done.lines += _mend_log(folder, path)
    for path in by_part[Part.NOTE]:
        done.lines += _set_aside(folder, path, "the job writes it anew")
    received = {row["sha256"] for row in landing.receipts(folder.path)}
    for path in by_part[Part.STRAY]:
        if path.name in received:
            continue  # its receipt was lost and is rebuilt
        done.lines += _set_aside(folder, path, "it is no part of the data folder")
    for path in by_part[Part.OWNED]:
        done.lines.append(f"{path}: mend it by hand and import it again; its other lines count")
    if by_part[Part.STATE] or by_part[Part.LINK]:
        done.lines += _mend_states(folder, by_part[Part.STATE])
    _keep_known_damage(folder)
    return done


def _state_in_force(folder: DataFolder) -> Path | None:
    """Returns the folder of the state in force, or that was in force before it or its link was
    lost. It may be gone.
    """
    if folder.current.is_symlink():
        name = folder.current.readlink().name
        if snapshots.IDENTIFIER.fullmatch(name):
            return folder.snapshots / name
    noted = snapshots.last_put_in_force(folder.path)
    if noted:
        return folder.snapshots / noted
    states = snapshots.folders(folder.path)
    return states[-1] if states and snapshots.was_published(folder.path) else None


def _readable_rows(paths: Iterable[Path], columns: list[str]) -> list[dict[str, Any]]:
    """Returns some columns of Parquet files, without the files that cannot be read."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        with contextlib.suppress(OSError, pa.ArrowException, ValueError):
            rows += pq.read_table(path, columns=columns, partitioning=None).to_pylist()
    return rows


def _report_names(state: Path | None) -> dict[str, str]:
    """Returns report_id -> name of its source, as far as the files of a state can be read."""
    if state is None:
        return {}
    columns = ["report_id", "source_name"]
    rows = _readable_rows(sorted((state / "parquet" / "reports").glob("*.parquet")), columns)
    known = {row["report_id"]: row["source_name"] for row in rows}
    for row in _readable_rows([state / "state.parquet"], [*columns, "is_current"]):
        if row["is_current"]:
            known.setdefault(row["report_id"], row["source_name"])
    return known


def _newest_sources(folder: DataFolder, in_force: Path | None) -> list[dict[str, Any]]:
    """Returns the rows of the newest table of sources that is as it was published; none where there
    is none.
    """
    states = [path for path in reversed(snapshots.folders(folder.path)) if path != in_force]
    for path in [*([in_force] if in_force else []), *states]:
        state = snapshots.readable(path)
        if state is None:
            continue
        listed = [
            (state.path / "parquet" / "sources" / n, s) for n, s in state.files["sources"].items()
        ]
        if all(file.is_file() and digests.is_same(file, sha256) for file, sha256 in listed):
            return list(state.read("sources").to_pylist())
    return []


def _set_aside(folder: DataFolder, path: Path, why: str) -> list[str]:
    """Moves a file or folder to `set_aside`, beside what lies there. Returns a line about it."""
    if not os.path.lexists(path):
        return []
    return [f"{path}: set aside in {odd_files.move(folder.path, path)}; {why}"]


def _mend_landed(folder: DataFolder, path: Path, source_rows: list[dict[str, Any]]) -> list[str]:
    """Lands bytes again from a source that still has them; else they are noted as lost."""
    sha256 = path.name
    done = _set_aside(folder, path, "its bytes are others than its name says")
    uris = [row["source_uri"] for row in landing.receipts(folder.path) if row["sha256"] == sha256]
    uris += [row["source_uri"] for row in source_rows if row["source_sha256"] == sha256]
    origins = list(dict.fromkeys(origin for uri in uris if (origin := addresses.path_of(uri))))
    for origin in origins:
        with contextlib.suppress(OSError):
            data = Path(origin).read_bytes()
            if hashlib.sha256(data).hexdigest() == sha256:
                landing.store(folder.path, sha256, data)
                files.sync_all(folder.landing)
                return [*done, f"{sha256[:12]}…: landed again from {origin}"]
    lines.append(folder.lost, {"sha256": sha256, "source_uri": uris[0] if uris else None})
    why = f"{origins[0]} has other bytes now" if origins else "no source is known that has it"
    return [*done, f"{sha256[:12]}…: lost, and {why}; the published report stays as it is"]


def _mend_receipts(
    folder: DataFolder, paths: list[Path], source_rows: list[dict[str, Any]]
) -> list[str]:
    """Writes broken files of receipts anew from their sound lines, and receipts that are lost from
    the table of sources.
    """
    done = []
    for path in paths:
        sound = landing.read_receipts(path).objects()
        done += _set_aside(folder, path, f"{len(sound):,} of its lines count")
        if sound:
            files.write_atomic(path, lines.joined(sound))
    known = {row["sha256"] for row in landing.receipts(folder.path)}
    rebuilt = [
        {
            "source_uri": row["source_uri"],
            "source_name": row["source_name"],
            "sha256": row["source_sha256"],
            "size": row["size"],
            "received_at": row["received"] or _UNKNOWN_TIME,
        }
        for row in source_rows
        if row["source_sha256"] not in known
    ]
    if rebuilt:
        number = len(list(folder.receipts.glob("rebuilt-*.jsonl")))
        landing.write_receipts(folder.path, "rebuilt", number, rebuilt)
        done.append(f"{len(rebuilt):,} receipts rebuilt from the table of sources")
    return done


def _mend_log(folder: DataFolder, path: Path) -> list[str]:
    """Keeps a broken log aside and goes on with its sound lines."""
    with files.briefly_locked(folder.decisions_lock):
        sound = _sound_lines(folder, path)
        done = _set_aside(folder, path, f"{len(sound):,} of its lines count")
        if sound:
            files.write_atomic(path, lines.joined(sound))
    return done


def _sound_lines(folder: DataFolder, path: Path) -> list[dict[str, Any]]:
    """Returns the objects of the usable lines of a log."""
    if path == folder.journal:
        return journal.read(path).objects()
    if path == folder.lost:
        return landing.lost(folder.path).objects()
    if path.is_relative_to(folder.decisions):
        return decisions.read(folder.path).sound(path)
    return lines.read_checked(path).objects()


def _mend_states(folder: DataFolder, paths: list[Path]) -> list[str]:
    """Sets damaged states aside, and puts the newest sound one in force where the one in force is
    damaged or its link is lost.
    """
    done = []
    in_force = _state_in_force(folder)
    sound: list[Snapshot] = []
    for path in snapshots.folders(folder.path):
        state = snapshots.readable(path)
        if state is not None and not snapshots.verify(state):
            sound.append(state)
    sound_folders = {state.path.resolve() for state in sound}
    for link in (folder.current, folder.parquet, folder.database):
        if os.path.lexists(link) and not link.is_symlink():
            done += _set_aside(folder, link, "it is no link")
    if in_force is not None and in_force.resolve() in sound_folders:
        snapshots.put_in_force(folder.path, in_force.name)
        done.append(f"{in_force.name}: in force")
    else:
        lost = in_force.name if in_force else "the state in force"
        folder.current.unlink(missing_ok=True)
        if sound:
            snapshots.put_in_force(folder.path, sound[-1].path.name)
            done.append(f"{lost}: damaged; in force until the rebuild: {sound[-1].id}")
        else:
            files.write_checked_json(folder.in_force, {"id": ""})
            done.append(
                f"{lost}: damaged, and no sound state before it: everything is rebuilt from landing"
            )
        files.write_atomic(folder.take_up, b"")
    for path in snapshots.folders(folder.path):
        if path.resolve() not in sound_folders:
            done += _set_aside(folder, path, "the state is damaged")
    return done


def _keep_known_damage(folder: DataFolder) -> None:
    """Lets the inventory be written anew: what was damaged is set aside, so what is there now
    counts.
    """
    with contextlib.suppress(FileNotFoundError):
        (folder.path / "state" / "inventory.json").unlink()


def lost_reports(data_dir: Path, repaired: Repaired) -> list[str]:
    """Returns a line for each report that was in force before the repair and is not after it. Call
    it after the night.
    """
    state = snapshots.current(data_dir)
    now: set[str] = set()
    reasons: dict[str, str] = {}
    if state is not None:
        now = set(state.read("reports", ["report_id"])["report_id"].to_pylist())
        for row in state.read("quarantine", ["source_name", "message"]).to_pylist():
            reasons[row["source_name"]] = row["message"]
    return [
        f"{name} ({report_id}) was in force and is not any more: "
        + reasons.get(name, "another report stands in its place, or its landed bytes are lost")
        for report_id, name in sorted(repaired.in_force_before.items())
        if report_id not in now
    ]


def remove_half_made(data_dir: Path) -> None:
    """Removes half of a state that a killed run left: everything in it is elsewhere."""
    folder = DataFolder(data_dir)
    for path in (folder.candidate, folder.fetched):
        shutil.rmtree(path, ignore_errors=True)
