"""Keeps the bytes of sources as they were received, by their SHA-256, and a receipt for each.

Nothing looks at what they mean here: everything that comes later can be rebuilt from them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas.errors import Rejected
from warehouse import files, lines, odd_files
from warehouse.folder import DataFolder

_OBJECTS = "[0-9a-f][0-9a-f]/*"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def object_path(data_dir: Path, sha256: str) -> Path:
    """Returns where the bytes with that SHA-256 lie, whether or not they are there."""
    return Path(_object_path(data_dir, sha256))


def _object_path(data_dir: Path, sha256: str) -> str:
    # no Path: making it would take longer than os.stat
    return f"{data_dir}/landing/{sha256[:2]}/{sha256}"


def holds(data_dir: Path, sha256: str, size: int | None = None) -> bool:
    """Returns whether a file for that SHA-256 is there, with `size` bytes (None: any size).

    Its content is not read; see `is_sound`.
    """
    try:
        status = os.stat(_object_path(data_dir, sha256))
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and (size is None or status.st_size == size)


def store(data_dir: Path, sha256: str, data: bytes) -> None:
    """Writes `data` under its SHA-256, unless the same bytes are there; damaged ones are replaced.

    They are surely on the disk only after `files.sync_all`; `write_receipts` calls it. Raises
    OSError.
    """
    path = object_path(data_dir, sha256)
    is_there = False
    with contextlib.suppress(OSError):
        is_there = holds(data_dir, sha256, len(data)) and path.read_bytes() == data
    if not is_there:
        if path.is_dir():  # which no file can replace
            odd_files.move(data_dir, path)
        files.write_atomic(path, data, 0o444, DataFolder(data_dir).incoming, durable=False)


def load(data_dir: Path, sha256: str) -> bytes:
    """Returns the bytes with that SHA-256.

    Raises Rejected (damaged_landing) where they cannot be read or are not those bytes.
    """
    path = object_path(data_dir, sha256)
    try:
        data = files.read_file(path)
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise Rejected("damaged_landing", path=path, problem=what) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Rejected("damaged_landing", path=path, problem="has other bytes than its name says")
    return data


def write_receipts(
    data_dir: Path, run_id: str, part: int, receipts: Sequence[Mapping[str, Any]]
) -> None:
    """Writes receipts as JSON lines into the file `<run_id>-<part>.jsonl`; nothing for no receipts.

    A receipt has the source's address, name, SHA-256, size in bytes and time. The landed bytes are
    brought to the disk before. Files with other parts, from an earlier attempt of the run, stay.
    """
    if not receipts:
        return
    folder = DataFolder(data_dir)
    files.sync_all(folder.landing)
    path = folder.receipts / f"{run_id}-{part:05d}.jsonl"
    files.write_atomic(path, lines.joined(receipts), scratch=folder.incoming)


def receipts(data_dir: Path) -> list[dict[str, Any]]:
    """Returns all receipts, oldest file first; lines that cannot be used are left out."""
    return [row for path in receipt_files(data_dir) for row in read_receipts(path).objects()]


def receipt_files(data_dir: Path) -> list[Path]:
    """Returns the files with receipts, oldest first."""
    return sorted(DataFolder(data_dir).receipts.glob("*.jsonl"))


def read_receipts(path: Path) -> lines.Lines:
    """Returns the receipts of one file (`rows`), and the lines that cannot be used (`broken`)."""
    return lines.usable(lines.read_checked(path, may_lack_check=True), _receipt_problem)


def _receipt_problem(row: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with a receipt; None for a good one."""
    texts = ("source_uri", "source_name", "received_at")
    size = row.get("size")
    is_good = (
        all(isinstance(row.get(column), str) for column in texts)
        and _SHA256.fullmatch(str(row.get("sha256")))
        and isinstance(size, int)
        and not isinstance(size, bool)
        and 0 <= size < 2**63
    )
    return None if is_good else "is no receipt"


def lost(data_dir: Path) -> lines.Lines:
    """Returns the landed bytes that are lost for good."""
    return lines.usable(
        lines.read_checked(DataFolder(data_dir).lost),
        lambda row: None if _SHA256.fullmatch(str(row.get("sha256"))) else "names no landed bytes",
    )


def objects(data_dir: Path) -> list[Path]:
    """Returns the paths of all landed files, in the order of their SHA-256."""
    return sorted(DataFolder(data_dir).landing.glob(_OBJECTS))


def damaged(data_dir: Path) -> list[Path]:
    """Returns the landed files that cannot be read, or whose SHA-256 is not their name.

    Reads all of them.
    """
    return [path for path in objects(data_dir) if not is_sound(path)]


def is_sound(path: Path) -> bool:
    """Returns whether a landed file can be read and its SHA-256 is its name."""
    if files.is_special(path):
        return False
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == path.name
    except OSError:
        return False


def listing_path(data_dir: Path, version: str, sha256: str) -> Path:
    """Returns where the list of the members of an archive lies, whether or not it is there.

    `version` is that of the program that opens archives, `sha256` that of the archive.
    """
    return DataFolder(data_dir).archive_listings / version / f"{sha256}.json"


def write_listing(data_dir: Path, version: str, sha256: str, listing: Mapping[str, Any]) -> None:
    """Writes what an archive holds, with a check.

    `listing["members"]` has name, sha256 and size in bytes of each member, or its name and
    problem; `listing["problem"]` is what is wrong with the archive itself, None for nothing.
    """
    content = json.dumps({**listing, lines.CHECK: lines.check_of(listing)})
    folder = DataFolder(data_dir)
    files.sync_all(folder.landing)
    path = listing_path(data_dir, version, sha256)
    files.write_atomic(path, content.encode(), scratch=folder.incoming)


def listing(data_dir: Path, version: str, sha256: str) -> dict[str, Any] | None:
    """Returns what `write_listing` kept of an archive.

    None where that version has not opened it, or a member is not landed any more: then it must be
    opened again.
    """
    found = read_listing(listing_path(data_dir, version, sha256))
    if found is None:
        return None
    for member in found["members"]:
        if "sha256" in member and not holds(data_dir, member["sha256"], member["size"]):
            return None
    return found


def read_listing(path: Path) -> dict[str, Any] | None:
    """Returns what `write_listing` wrote; None where it is not there or not as it was written."""
    try:
        found = json.loads(files.read_file(path))
        check = found.pop(lines.CHECK)
        return found if check == lines.check_of(found) else None
    except (OSError, ValueError, KeyError, AttributeError, RecursionError):
        return None
