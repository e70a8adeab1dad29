"""What the files of the sources looked like when they were last read: a shortcut that may be lost
at any time.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

from warehouse import files

_ENTRY = re.compile(r"(\d+) \d+ \d+ \d+ \d+ ([0-9a-f]{64}) (archive|file)")


class LandedBytes(NamedTuple):
    """The bytes that a file had when it was last read."""

    sha256: str
    size: int
    is_archive: bool


def stamp_of(path: str) -> str | None:
    """Returns what a file looks like now: size, times, inode and permissions. None where it cannot
    be reached.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    parts = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return " ".join(map(str, (*parts, status.st_mode & 0o444)))


def landed_bytes(entry: str) -> LandedBytes:
    """Returns what an entry of the stamps says. Raises ValueError for text that is no entry."""
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(f"no entry of the stamps: {entry[:60]!r}")
    size, sha256, kind = match.groups()
    return LandedBytes(sys.intern(sha256), int(size), kind == "archive")


class Stamps:
    """Path -> entry: what the file looked like, and digest and kind of the bytes that were read
    then.

    An entry is one text: lists of numbers would take five times the memory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, str] = {}
        self.changed = False
        entries = files.read_checked_json(path)
        if isinstance(entries, dict):
            self.entries = {
                name: entry for name, entry in entries.items() if isinstance(entry, str)
            }

    def remembered(self, path: str) -> str | None:
        """Returns the entry of a file that looks as it did when it was read; else None."""
        entry = self.entries.get(path)
        stamp = stamp_of(path)
        if entry is None or stamp is None or not entry.startswith(f"{stamp} "):
            return None
        return entry if _ENTRY.fullmatch(entry) else None

    def remember(self, path: str, stamp: str | None, sha256: str, is_archive: bool) -> None:
        """Notes the bytes of a file, with the stamp that it had before it was read. None: nothing
        is noted.
        """
        entry = f"{stamp} {sha256} {'archive' if is_archive else 'file'}"
        if stamp is not None and self.entries.get(path) != entry:
            self.entries[path] = entry
            self.changed = True

    def save(self) -> None:
        """Writes the stamps, if they changed. What they speak of must be on the disk before."""
        if self.changed:
            files.write_checked_json(self.path, self.entries)
            self.changed = False
