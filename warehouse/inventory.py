"""What small files the data folder holds, and their digests: so that a file that is changed, cut
short or removed is noticed.

The inventory is brought up to date when a process gives the lock of the data folder back. Only
files that changed while it held the lock get a new digest: what was damaged before stays
noticeable.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from warehouse import files

NAME = "state/inventory.json"


class Kind(Enum):
    """How a file may change."""

    LOG = "lines are added to it"
    FIXED = "it never changes"
    REPLACED = "the job replaces it as a whole"
    OWNED = "a person edits it"


# by pattern, relative to the data folder
_KINDS = (
    ("state/runs.jsonl", Kind.LOG),
    ("state/lost.jsonl", Kind.LOG),
    ("state/pull/*.jsonl", Kind.LOG),
    ("decisions/*.jsonl", Kind.LOG),
    ("decisions/corrections.csv", Kind.REPLACED),
    ("landing/receipts/*.jsonl", Kind.FIXED),
    ("landing/archives/*/*.json", Kind.REPLACED),
    ("state/in_force.json", Kind.REPLACED),
    ("state/stamps.json", Kind.REPLACED),
    ("state/remote.json", Kind.REPLACED),
    ("state/settings.json", Kind.REPLACED),
    ("state/source_counts.json", Kind.REPLACED),
    ("state/webhook", Kind.REPLACED),
    ("state/schedule.json", Kind.REPLACED),
    ("state/server.key", Kind.REPLACED),
    ("state/morning.md", Kind.REPLACED),
    ("state/failures/*", Kind.REPLACED),
    ("quality/*", Kind.REPLACED),
    ("register/*", Kind.REPLACED),
    ("policy.toml", Kind.OWNED),
)


@dataclass(slots=True)
class Inventory:
    """`files` maps a path to (size, SHA-256); `batches` and `states` are the folders of staged
    batches and published states.
    """

    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    batches: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """Returns the inventory as plain data."""
        return {
            "files": {path: list(entry) for path, entry in sorted(self.files.items())},
            "batches": sorted(self.batches),
            "states": sorted(self.states),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A file or folder that is not as the inventory says, and in what way."""

    path: Path
    kind: Kind
    problem: str


def read(home: Path) -> Inventory | None:
    """Returns the inventory of a data folder; None where there is none or it is not as it was
    written.
    """
    content = files.read_checked_json(home / NAME)
    try:
        return Inventory(
            {path: (size, sha256) for path, (size, sha256) in content["files"].items()},
            set(content["batches"]),
            set(content["states"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _small_files(home: Path) -> Iterator[tuple[str, Kind]]:
    """Yields the files that the inventory is about."""
    for pattern, kind in _KINDS:
        for path in home.glob(pattern):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(home).as_posix(), kind


def _folders(home: Path, pattern: str) -> set[str]:
    return {
        path.relative_to(home).as_posix()
        for path in home.glob(pattern)
        if path.is_dir() and not path.name.startswith(".")
    }


def looks(home: Path) -> dict[str, tuple[int, int, int]]:
    """Returns path -> size, time and inode of each small file: what changed since is seen by it."""
    found = {}
    for path, _ in _small_files(home):
        status = (home / path).stat()
        found[path] = (status.st_size, status.st_mtime_ns, status.st_ino)
    return found


def refresh(home: Path, before: dict[str, tuple[int, int, int]]) -> None:
    """Brings the inventory up to date with what changed since `looks` returned `before`. Writes
    nothing where nothing changed.
    """
    known = read(home)
    entries = dict(known.files) if known else {}
    after = looks(home)
    for path, look in after.items():
        if path not in entries or before.get(path) != look:
            with contextlib.suppress(OSError):  # one that nobody can read is named by verify
                entries[path] = _entry(home / path)
    for path in before.keys() - after.keys():
        entries.pop(path, None)
    current = Inventory(entries, _folders(home, "staging/*/*"), _folders(home, "snapshots/*"))
    if known != current:
        files.write_checked_json(home / NAME, current.as_json())


def forget_open_run(home: Path) -> None:
    """Drops files that a killed run may have replaced and that are not as noted: its work is taken
    up again.
    """
    known = read(home)
    if known is None:
        return
    replaced = [
        difference.path.relative_to(home).as_posix()
        for difference in differences(home, known)
        if difference.kind is Kind.REPLACED and difference.path.exists()
    ]
    if replaced:
        for path in replaced:
            del known.files[path]
        files.write_checked_json(home / NAME, known.as_json())


def _entry(path: Path) -> tuple[int, str]:
    content = files.read_file(path)
    return len(content), hashlib.sha256(content).hexdigest()


def differences(home: Path, known: Inventory) -> list[Difference]:
    """Returns the files and folders that are not as the inventory says. A log may have grown."""
    kinds = dict(_small_files(home))
    found = []
    for path, (size, sha256) in sorted(known.files.items()):
        kind = kinds.get(path)
        if kind is None:
            found.append(Difference(home / path, Kind.FIXED, "is missing"))
        elif problem := _problem(home / path, kind, size, sha256):
            found.append(Difference(home / path, kind, problem))
    for name in sorted(known.batches - _folders(home, "staging/*/*")):
        found.append(
            Difference(
                home / name,
                Kind.FIXED,
                "is missing: this staged batch is parsed again when it is needed",
            )
        )
    for name in sorted(known.states - _folders(home, "snapshots/*")):
        found.append(
            Difference(home / name, Kind.FIXED, "is missing: this published state was there")
        )
    return found


def _problem(path: Path, kind: Kind, size: int, sha256: str) -> str | None:
    """Returns what is wrong with a file of which size and digest were noted."""
    try:
        content = files.read_file(path)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if kind is Kind.LOG:
        if len(content) < size:
            return "is cut short"
        content = content[:size]
    if hashlib.sha256(content).hexdigest() != sha256:
        return "is not as it was written"
    return None


def unknown_entries(home: Path) -> list[Path]:
    """Returns the files that the inventory would speak of and does not: they were added since, or
    by a killed run.
    """
    known = read(home)
    if known is None:
        return []
    return [home / path for path, _ in _small_files(home) if path not in known.files]
