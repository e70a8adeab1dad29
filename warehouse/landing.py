"""Raw bytes as received, by digest, with a receipt for each. Landing never thinks: everything later can be rebuilt from here."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from warehouse.files import write_atomic


def object_path(data_dir: Path, sha256: str) -> Path:
    """Where the bytes with that digest lie."""
    return Path(_at(data_dir, sha256))


def holds(data_dir: Path, sha256: str) -> bool:
    """Whether the bytes with that digest are there."""
    return os.path.exists(_at(data_dir, sha256))  # to make a Path would take longer than the look


def _at(data_dir: Path, sha256: str) -> str:
    return f"{data_dir}/landing/{sha256[:2]}/{sha256}"


def scratch(data_dir: Path) -> Path:
    """Where bytes lie while they are being written."""
    return data_dir / "landing" / "incoming"


def store(data_dir: Path, sha256: str, data: bytes) -> None:
    """Keeps `data` under its digest, once."""
    path = object_path(data_dir, sha256)
    if not path.exists() or path.stat().st_size != len(data):
        write_atomic(path, data, 0o444, scratch(data_dir))


def load(data_dir: Path, sha256: str) -> bytes:
    """The bytes with that digest."""
    return object_path(data_dir, sha256).read_bytes()


def write_receipts(data_dir: Path, run_id: str, part: int, receipts: list[dict]) -> None:
    """One line a source that was received: address, name, digest, size, time."""
    if receipts:
        lines = "".join(json.dumps(r, ensure_ascii=False, sort_keys=True) + "\n" for r in receipts)
        name = f"{run_id}-{part:05d}.jsonl"
        write_atomic(
            data_dir / "landing" / "receipts" / name, lines.encode(), scratch=scratch(data_dir)
        )


def receipts(data_dir: Path) -> list[dict]:
    """All receipts, in the order they were written; a line that is no JSON is left out."""
    rows = []
    for path in sorted((data_dir / "landing" / "receipts").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
    return rows


def damaged(data_dir: Path) -> list[Path]:
    """The landed bytes that are not what their name says."""
    return [
        path
        for path in sorted((data_dir / "landing").glob("[0-9a-f][0-9a-f]/*"))
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name
    ]


def listing_path(data_dir: Path, version: str, sha256: str) -> Path:
    """Where the list of the members of an archive lies; `version` is that of the program that opened it."""
    return data_dir / "landing" / "archives" / version / f"{sha256}.json"


def write_listing(data_dir: Path, version: str, sha256: str, listing: dict) -> None:
    """Keeps what an archive holds: members by name, digest and size, or the problem of each, or that of the archive."""
    write_atomic(
        listing_path(data_dir, version, sha256),
        json.dumps(listing, ensure_ascii=False).encode(),
        scratch=scratch(data_dir),
    )


def listing(data_dir: Path, version: str, sha256: str) -> dict | None:
    """What an archive holds, if it was opened before by that version."""
    try:
        return json.loads(listing_path(data_dir, version, sha256).read_bytes())
    except (OSError, ValueError):
        return None
