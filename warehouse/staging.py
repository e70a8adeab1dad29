"""Parsed batches, kept by parser version: what was parsed once is never parsed again, whatever becomes of the run.

A batch is a folder named after its members' digests: its parts as Parquet, and the members that were rejected.
It appears in one step, so it is complete or not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import Rejected

PARTS = (
    "documents",
    "sections",
    "metrics",
    "numerals",
    "metric_links",
    "section_terms",
    "text_fingerprints",
)


def folder(data_dir: Path, parser_version: str) -> Path:
    """Where the batches of a parser version lie."""
    return data_dir / "staging" / parser_version


def batch_key(members: list[str], attempt: str = "") -> str:
    """Name of the batch with these digests; `attempt` tells a batch that is tried again from the one before."""
    return hashlib.sha256(
        "\n".join([*sorted(members), *([attempt] if attempt else [])]).encode()
    ).hexdigest()[:24]


def write(
    data_dir: Path,
    parser_version: str,
    members: list[str],
    parts: tuple[pa.Table, ...],
    rejected: dict[str, tuple[str, ...]],
    attempt: str = "",
) -> str:
    """Stages one batch and returns its name."""
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
        digests[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    said = {"members": sorted(members), "rejected": rejected, "files": digests}
    said["check"] = _check(said)
    (temporary / "batch.json").write_text(
        json.dumps(said, ensure_ascii=False, sort_keys=True), encoding="utf-8"
    )
    if (home / key).exists():
        shutil.rmtree(temporary)
    else:
        os.rename(temporary, home / key)
    return key


def _check(said: dict) -> str:
    told = json.dumps(
        {k: v for k, v in said.items() if k != "check"}, ensure_ascii=False, sort_keys=True
    )
    return hashlib.sha256(told.encode()).hexdigest()


def _list(folder: Path) -> dict | None:
    """The list of a batch; None where it is damaged."""
    try:
        said = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
        return said if said["check"] == _check(said) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Index:
    """Which digests are staged, in which batch, and which were rejected and why. A batch whose list is damaged is removed: it is parsed again."""

    def __init__(self, data_dir: Path, parser_version: str) -> None:
        self.home = folder(data_dir, parser_version)
        self.batch: dict[str, str] = {}
        self.rejected: dict[str, tuple[str, ...]] = {}
        if self.home.is_dir():
            for entry in sorted(self.home.iterdir()):
                if not entry.name.startswith("."):
                    if (said := _list(entry)) is not None:
                        self._take(entry.name, said)
                    else:
                        shutil.rmtree(entry, ignore_errors=True)

    def add(self, key: str) -> None:
        """Takes up a batch that was just staged."""
        self._take(key, json.loads((self.home / key / "batch.json").read_text(encoding="utf-8")))

    def _take(self, key: str, said: dict) -> None:
        for sha256 in map(sys.intern, said["members"]):
            if sha256 not in said["rejected"]:
                self.batch[sha256] = key
                self.rejected.pop(sha256, None)
            elif (
                sha256 not in self.batch or sha256 in self.rejected
            ):  # what was read once stays read
                self.batch[sha256] = key
                self.rejected[sha256] = tuple(said["rejected"][sha256])

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self.batch

    def problem(self, sha256: str) -> Rejected | None:
        """Why the source with that digest was rejected, if it was."""
        return Rejected(*self.rejected[sha256]) if sha256 in self.rejected else None

    def files(self, part: str, keys: list[str]) -> list[str]:
        """The Parquet files of one part of some batches."""
        return [str(self.home / key / f"{part}.parquet") for key in keys]


def damaged(data_dir: Path) -> list[Path]:
    """The staged batches that are not what was written."""
    wrong = []
    for folder in sorted(
        p for p in (data_dir / "staging").glob("*/*") if not p.name.startswith(".")
    ):
        said = _list(folder)
        try:
            whole = said is not None and all(
                hashlib.sha256((folder / n).read_bytes()).hexdigest() == sha
                for n, sha in said["files"].items()
            )
        except OSError:
            whole = False
        if not whole:
            wrong.append(folder)
    return wrong


def remove_leftovers(data_dir: Path) -> None:
    """Removes the half-written batches of killed runs."""
    for temporary in (data_dir / "staging").glob("*/.*.tmp"):
        shutil.rmtree(temporary, ignore_errors=True)
