"""Is every file of the data folder as it was written? Each that is not is named, with what is wrong
with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from warehouse import (
    decisions,
    files,
    inventory,
    journal,
    landing,
    lines,
    pulled,
    snapshots,
    staging,
)
from warehouse.folder import DataFolder
from warehouse.inventory import Kind
from warehouse.journal import INTERRUPTED, Journal


class Part(Enum):
    """What kind of thing is damaged: each is repaired in another way."""

    LANDED = "landed bytes"
    RECEIPT = "receipts"
    LISTING = "lists of archives"
    STAGED = "staged batch"
    STATE = "published state"
    LINK = "link"
    LOG = "log"
    NOTE = "note of the job"
    OWNED = "file of a person"
    STRAY = "stray file"


@dataclass(frozen=True, slots=True)
class Damage:
    """A file or folder that is not as it was written, and what is wrong with it."""

    part: Part
    path: Path
    problem: str

    def line(self) -> str:
        """Returns the damage as one line for a person."""
        return f"{self.path} {self.problem}"


# what may lie in a data folder, by path below it
_KNOWN = re.compile(
    r"""
    (policy|publisher|sources)\.toml
    | landing/(?P<head>[0-9a-f]{2})/(?P=head)[0-9a-f]{62}
    | landing/receipts/[^/]+\.jsonl
    | landing/archives/[^/]+/[0-9a-f]{64}\.json
    | staging/[^/]+/[^/]+/(batch\.json|[a-z_]+\.parquet)
    | snapshots/[^/]+/.+
    | quality/[^/]+\.(html|json)
    | decisions/(accepted|dismissed|reviews|withdrawn)\.jsonl
    | decisions/corrections(\.waiting)?\.csv
    | register/(register\.json|[^/]+\.csv\.gz)
    | state/(lock|decisions\.lock|runs\.jsonl|lost\.jsonl|morning\.md|take_up|webhook|server\.key)
    | state/(in_force|inventory|pinned|remote|schedule|server|settings|source_counts|stamps)\.json
    | state/prefect/.+
    | state/failures/[^/]+
    | state/pull/[^/]+\.(jsonl|log|err)
    | state/spill/.+
    | set_aside/.+
    """,
    re.VERBOSE,
)
_LINKS = {
    "current": None,
    "parquet": "current/parquet",
    "warehouse.duckdb": "current/warehouse.duckdb",
}


def verify(data_dir: Path) -> list[Damage]:
    """Returns everything in a data folder that is not as it was written, in the order of kinds and
    paths.
    """
    folder = DataFolder(data_dir)
    if not folder.path.is_dir():
        return []
    return [
        *_landed(folder),
        *_receipts(folder),
        *_listings(folder),
        *(
            Damage(Part.STAGED, path, "is not the batch that was staged")
            for path in staging.damaged(data_dir)
        ),
        *_states(folder),
        *_links(folder),
        *_logs(folder),
        *_notes(folder),
        *_strays(folder),
    ]


def _landed(folder: DataFolder) -> Iterator[Damage]:
    """Landed bytes: every file against its name, every receipt against the files, every file
    against the receipts.
    """
    sizes = _received(folder)
    for path in landing.objects(folder.path):
        if not landing.is_sound(path):
            yield Damage(Part.LANDED, path, "has other bytes than its name says")
        elif path.name not in sizes and not _was_interrupted(folder):
            yield Damage(Part.STRAY, path, "was landed without a receipt")
    lost = {row["sha256"] for row in landing.lost(folder.path).objects()}
    for sha256 in sorted(sizes.keys() - lost):
        path = landing.object_path(folder.path, sha256)
        if not path.exists():
            yield Damage(Part.LANDED, path, "is missing, and a receipt speaks of it")


def _received(folder: DataFolder) -> dict[str, int]:
    """Returns digest -> size of what receipts and lists of archives speak of."""
    sizes = {row["sha256"]: row["size"] for row in landing.receipts(folder.path)}
    for path in folder.archive_listings.glob("*/*.json"):
        listing = landing.read_listing(path)
        for member in listing["members"] if listing else ():
            if "sha256" in member:
                sizes[member["sha256"]] = member["size"]
    return sizes | pulled.unended(folder.path)


def _was_interrupted(folder: DataFolder) -> bool:
    """Whether a run was ever killed: what it landed may have no receipt."""
    runs = Journal(folder.path).runs()
    return any(run["outcome"] == INTERRUPTED or run.get("attempts", 1) > 1 for run in runs)


def _receipts(folder: DataFolder) -> Iterator[Damage]:
    for path in landing.receipt_files(folder.path):
        for broken in landing.read_receipts(path).broken:
            yield Damage(Part.RECEIPT, path, f"line {broken.number} {broken.problem}")


def _listings(folder: DataFolder) -> Iterator[Damage]:
    for path in sorted(folder.archive_listings.glob("*/*.json")):
        if landing.read_listing(path) is None:
            yield Damage(Part.LISTING, path, "is not as it was written")


def _states(folder: DataFolder) -> Iterator[Damage]:
    for path in snapshots.folders(folder.path):
        try:
            state = snapshots.load(path)
        except (OSError, ValueError) as error:
            yield Damage(Part.STATE, path / snapshots.DESCRIPTION, f"cannot be read ({error})")
            continue
        for file, problem in snapshots.problems_of(state):
            yield Damage(Part.STATE, file, problem)
    if not _is_unfinished(folder):
        for path in _halves(folder):
            yield Damage(Part.STRAY, path, "is half of a state, left by a killed run")


def _halves(folder: DataFolder) -> list[Path]:
    return [path for path in (folder.candidate, folder.fetched) if path.exists()]


def _is_unfinished(folder: DataFolder) -> bool:
    """Whether a run is under way, or was stopped: then the next one takes up what it was making."""
    runs = Journal(folder.path).runs()
    is_open = bool(runs) and runs[-1]["outcome"] == INTERRUPTED
    return is_open or files.is_held(folder.lock)


def _links(folder: DataFolder) -> Iterator[Damage]:
    """The link to the state in force, and the two that lead through it."""
    states = snapshots.folders(folder.path)
    if not folder.current.is_symlink():
        if folder.current.exists():
            yield Damage(Part.LINK, folder.current, "is no link")
        elif states and snapshots.was_published(folder.path):
            yield Damage(Part.LINK, folder.current, "is missing: it leads to the state in force")
        elif not states and snapshots.was_published(folder.path):
            yield Damage(Part.LINK, folder.current, "is missing, and so is every published state")
        return
    target = folder.current.resolve()
    if target.parent != folder.snapshots.resolve() or not target.is_dir():
        yield Damage(Part.LINK, folder.current, "leads to no published state")
    for name in ("parquet", "warehouse.duckdb"):
        link = folder.path / name
        if not link.is_symlink() or str(link.readlink()) != _LINKS[name]:
            yield Damage(Part.LINK, link, f"is not the link to {_LINKS[name]}")


def _logs(folder: DataFolder) -> Iterator[Damage]:
    """Lines of the journal, of decisions and of the logs of pulls that cannot be used."""
    logs = {folder.journal: journal.read(folder.journal), folder.lost: landing.lost(folder.path)}
    logs |= {path: lines.read_checked(path) for path in pulled.logs(folder.path)}
    for path, read in logs.items():
        for broken in read.broken:
            yield Damage(Part.LOG, path, f"line {broken.number} {broken.problem}")
    decided = decisions.read(folder.path)
    for path, number, problem in decided.broken_lines():
        yield Damage(Part.LOG, path, f"line {number} {problem}")
    for problem in decided.corrections()[1]:
        what = problem.removeprefix(str(folder.corrections)).lstrip(",: ")
        yield Damage(Part.OWNED, folder.corrections, what)


def _notes(folder: DataFolder) -> Iterator[Damage]:
    """Small files against the inventory, and those that carry a check of their own."""
    checked = {folder.stamps, folder.in_force, folder.server, folder.schedule, folder.server_key}
    checked |= {folder.pinned, folder.source_counts}
    for path in sorted(path for path in checked if path.exists()):
        read = files.read_key if path == folder.server_key else files.read_checked_json
        if read(path) is None:
            yield Damage(Part.NOTE, path, "is not as it was written")
    known = inventory.read(folder.path)
    note = folder.path / inventory.NAME
    if known is None:
        if note.exists() or folder.in_force.exists():
            problem = "is not as it was written" if note.exists() else "is missing"
            yield Damage(Part.NOTE, note, problem)
        return
    is_open = _is_unfinished(folder)
    for difference in inventory.differences(folder.path, known):
        replaced = difference.kind is Kind.REPLACED and difference.path.exists()
        is_checked = difference.path in checked and difference.path.exists()
        if (is_open and replaced) or is_checked:
            continue
        if difference.kind is Kind.OWNED:
            continue
        yield Damage(_part_of(folder, difference.path), difference.path, difference.problem)
    # people decide, and serve, while nobody holds the lock: each line and note there has a check
    decided = {folder.dismissals, folder.acceptances, folder.reviews, folder.withdrawals}
    at_any_time = {folder.policy, *decided, *checked}
    if not is_open:
        for path in inventory.unknown_entries(folder.path):
            if path not in at_any_time:
                yield Damage(Part.STRAY, path, "was added since the last run")


def notes(data_dir: Path) -> list[str]:
    """Returns what is worth knowing and no damage: files that a person changed, what was set aside
    and what is half made.
    """
    folder = DataFolder(data_dir)
    found = []
    if _is_unfinished(folder):
        found += [f"{path} is half of a state: the next run removes it" for path in _halves(folder)]
    known = inventory.read(folder.path)
    for difference in inventory.differences(folder.path, known) if known else ():
        if difference.kind is Kind.OWNED or difference.path == folder.policy:
            found.append(f"{difference.path} was changed: the next run judges by it")
    for path in sorted(folder.set_aside.rglob("*")):
        if path.is_file():
            found.append(f"{path} was damaged and is kept aside")
    return found


def _part_of(folder: DataFolder, path: Path) -> Part:
    """Returns what kind of thing a file of the inventory is."""
    if path.is_relative_to(folder.snapshots):
        return Part.STATE
    if path.is_relative_to(folder.staging):
        return Part.STAGED
    if path.is_relative_to(folder.receipts):
        return Part.RECEIPT
    is_log = path in (folder.journal, folder.lost) or path.parent == folder.pulls
    if is_log or path.is_relative_to(folder.decisions):
        return Part.LOG
    return Part.NOTE


def _strays(folder: DataFolder) -> Iterator[Damage]:
    """Files that are no part of a data folder."""
    parts = {f"{part}.parquet" for part in staging.PARTS} | {"batch.json"}
    for path in sorted(folder.path.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(folder.path).as_posix()
        if name in _LINKS or re.search(r"(^|/)\.[^/]*\.tmp(/|$)", name):
            continue  # what a killed run was writing: the next one removes it
        if name.startswith(("snapshots/.candidate/", "snapshots/.fetched/")):
            continue
        is_batch_part = name.startswith("staging/") and path.name in parts
        if not _KNOWN.fullmatch(name) or (name.startswith("staging/") and not is_batch_part):
            yield Damage(Part.STRAY, path, "is no file of a data folder")
