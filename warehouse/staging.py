"""Parsed batches, kept by version of the parser: what was parsed once is never parsed again,
whatever becomes of the run.

A batch is a folder named after the digests of its members: its parts as Parquet, and the members
that were rejected. It appears in one step, so it is complete or not there.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import Rejected
from warehouse import files
from warehouse.folder import DataFolder

PARTS = (
    "documents",
    "sections",
    "metrics",
    "numerals",
    "metric_links",
    "section_terms",
    "text_fingerprints",
)
# a rejection for this reason says nothing of the source: it is read again when its bytes are back
DAMAGED_BYTES = "damaged_landing"
_KEY_DIGITS = 24


class DamagedBatch(Exception):
    """A staged batch is not what was staged."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is not the batch that was staged: run again, it is parsed again"
        )
        self.folder = folder


def folder(data_dir: Path, parser_version: str) -> Path:
    """Returns where the batches of a version of the parser lie."""
    return DataFolder(data_dir).staging / parser_version


def batch_key(members: Iterable[str], attempt: str = "") -> str:
    """Returns the name of the batch with these digests; `attempt` tells a batch that is tried again
    from the one before.
    """
    parts = [*sorted(members), *([attempt] if attempt else [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_KEY_DIGITS]


def write(
    data_dir: Path,
    parser_version: str,
    members: Sequence[str],
    parts: Sequence[pa.Table],
    rejected: Mapping[str, tuple[str, ...]],
    attempt: str = "",
) -> str:
    """Stages one batch and returns its name.

    `parts` are in the order of PARTS; `rejected` maps digest -> what `Rejected.stored` gave.
    """
    key = batch_key(members, attempt)
    home = folder(data_dir, parser_version)
    home.mkdir(parents=True, exist_ok=True)
    temporary = home / f".{key}.{os.getpid()}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    digests = {}
    for name, table in zip(PARTS, parts):
        path = temporary / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd")
        digests[path.name] = _digest(path)
    batch: dict[str, Any] = {
        "members": sorted(members),
        "rejected": dict(rejected),
        "files": digests,
    }
    batch["check"] = _check(batch)
    content = json.dumps(batch, ensure_ascii=False, sort_keys=True)
    (temporary / "batch.json").write_text(content, encoding="utf-8")
    if (home / key).exists():
        if is_sound(home / key):
            shutil.rmtree(temporary)
            return key
        shutil.rmtree(home / key)
    os.rename(temporary, home / key)
    return key


def _digest(path: Path) -> str:
    """Returns the SHA-256 of a file. Raises OSError, for a pipe or device too."""
    if files.is_special(path):
        raise OSError(errno.EINVAL, "is no file", str(path))
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(batch: Mapping[str, Any]) -> str:
    content = {key: value for key, value in batch.items() if key != "check"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_list(batch_folder: Path) -> dict[str, Any] | None:
    """Returns the list of a batch; None where it is damaged."""
    try:
        batch = json.loads(files.read_file(batch_folder / "batch.json"))
        is_whole = batch["check"] == _check(batch) and batch["files"].keys() == {
            f"{part}.parquet" for part in PARTS
        }
        return batch if is_whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def is_sound(batch_folder: Path) -> bool:
    """Whether a batch is what was staged: its list, and the digest of every file."""
    batch = _read_list(batch_folder)
    if batch is None:
        return False
    try:
        return all(_digest(batch_folder / name) == sha for name, sha in batch["files"].items())
    except OSError:
        return False


def check_files(paths: Iterable[str]) -> None:
    """Compares files of batches with their digests. Raises DamagedBatch for one that is not what
    was staged.
    """
    for path in map(Path, paths):
        batch = _read_list(path.parent)
        try:
            is_same = batch is not None and _digest(path) == batch["files"][path.name]
        except (OSError, KeyError):
            is_same = False
        if not is_same:
            raise DamagedBatch(path.parent)


class Index:
    """Which digests are staged, in which batch, and which were rejected and why.

    A batch whose list is damaged is removed: its members are parsed again.
    """

    def __init__(self, data_dir: Path, parser_version: str) -> None:
        self.home = folder(data_dir, parser_version)
        self.batch: dict[str, str] = {}
        self.rejected: dict[str, tuple[str, ...]] = {}
        if not self.home.is_dir():
            return
        for entry in sorted(self.home.iterdir()):
            if entry.name.startswith("."):
                continue
            batch = _read_list(entry) if entry.is_dir() else None
            if batch is not None:
                self._take(entry.name, batch)
            elif entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)

    def add(self, key: str) -> None:
        """Takes up a batch that was just staged. Raises DamagedBatch."""
        batch = _read_list(self.home / key)
        if batch is None:
            raise DamagedBatch(self.home / key)
        self._take(key, batch)

    def _take(self, key: str, batch: Mapping[str, Any]) -> None:
        rejected = batch["rejected"]
        for sha256 in map(sys.intern, batch["members"]):
            if sha256 not in rejected:
                self.batch[sha256] = key
                self.rejected.pop(sha256, None)
            elif (
                sha256 not in self.batch or sha256 in self.rejected
            ):  # what was read once stays read
                self.batch[sha256] = key
                self.rejected[sha256] = tuple(rejected[sha256])

    def discard_damaged(self, digests: Iterable[str]) -> list[str]:
        """Removes the damaged ones among the batches with these digests. Returns all digests that
        are not staged any more.
        """
        keys = {self.batch[sha256] for sha256 in digests if sha256 in self.batch}
        damaged_keys = {key for key in keys if not is_sound(self.home / key)}
        for key in damaged_keys:
            shutil.rmtree(self.home / key, ignore_errors=True)
        lost = sorted(sha256 for sha256, key in self.batch.items() if key in damaged_keys)
        for sha256 in lost:
            del self.batch[sha256]
            self.rejected.pop(sha256, None)
        return lost

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self.batch

    def problem(self, sha256: str) -> Rejected | None:
        """Returns why the source with that digest was rejected; None where it was not."""
        if sha256 not in self.rejected:
            return None
        return Rejected(*self.rejected[sha256])

    def files(self, part: str, keys: Iterable[str]) -> list[str]:
        """Returns the Parquet files of one part of some batches."""
        return [str(self.home / key / f"{part}.parquet") for key in keys]


def batches(data_dir: Path) -> list[Path]:
    """Returns the folders of all staged batches, of every version of the parser."""
    found = DataFolder(data_dir).staging.glob("*/*")
    return sorted(path for path in found if not path.name.startswith("."))


def damaged(data_dir: Path) -> list[Path]:
    """Returns the staged batches that are not what was staged."""
    return [path for path in batches(data_dir) if not is_sound(path)]


def remove_leftovers(data_dir: Path) -> None:
    """Removes the half-written batches of killed runs."""
    for temporary in DataFolder(data_dir).staging.glob("*/.*.tmp"):
        shutil.rmtree(temporary, ignore_errors=True)
