"""Which files a run looks at, and their bytes: files, folders and globs -> one `Seen` a file, problems included."""

from __future__ import annotations

import errno
import glob
import hashlib
import json
import os
import pickle
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from schemas import reasons
from schemas.errors import Rejected, UsageError
from warehouse import landing, manifests
from warehouse.files import write_atomic

MAX_BYTES = 20_000_000
NOTHING = manifests.Note()


@dataclass(slots=True)
class Found:
    """A path that a run looks at; `problem` is (reason code, message) where it is no readable file; `note` is what a manifest says of it,
    `known` what is remembered of its bytes, where it looks as it did when they were read."""

    path: str
    problem: tuple[str, str] | None = None
    note: manifests.Note = NOTHING
    known: str | None = None


@dataclass(slots=True)
class Seen:
    """A source as met in a run. `sha256` is None where its bytes could not be read; `problem` then says why."""

    uri: str
    name: str
    sha256: str | None
    size: int
    problem: tuple[str, str] | None = None
    note: manifests.Note = NOTHING


class Packed:
    """Many sources in little memory: all of a night's are kept to its end and looked at three times."""

    _TOGETHER = 5_000

    def __init__(self, seen: Iterable[Seen] = ()) -> None:
        self._parts: list[bytes] = []
        self._last: list[tuple] = []
        self.extend(seen)

    def append(self, seen: Seen) -> None:
        """One more."""
        # as a tuple: pickled it takes a third of the time
        note = None if seen.note is NOTHING or seen.note == NOTHING else seen.note
        self._last.append((seen.uri, seen.name, seen.sha256, seen.size, seen.problem, note))
        if len(self._last) == self._TOGETHER:
            self._parts.append(zlib.compress(pickle.dumps(self._last), 1))
            self._last = []

    def extend(self, seen: Iterable[Seen]) -> None:
        """Some more."""
        for one in seen:
            self.append(one)

    def __len__(self) -> int:
        return len(self._parts) * self._TOGETHER + len(self._last)

    def __iter__(self) -> Iterator[Seen]:
        for part in self._parts:
            yield from map(_unpacked, pickle.loads(zlib.decompress(part)))
        yield from map(_unpacked, self._last)


def _unpacked(packed: tuple) -> Seen:
    *seen, note = packed
    return Seen(*seen, NOTHING if note is None else note)


def discover(arguments: list[str]) -> list[Found]:
    """The files behind files, folders (searched to the bottom; hidden names left out) and globs, each once, in order of their paths,
    with what the manifests in the folders and beside the files say of them.

    Raises UsageError for an argument that names nothing.
    """
    found: dict[str, Found] = {}
    notes: set[str] = set()
    for argument in arguments:
        if os.path.lexists(argument):
            matches = [argument]
        else:
            matches = sorted(glob.glob(argument, recursive=True))
            if not matches:
                raise UsageError(f"no such file, folder or pattern: {argument}")
        for match in matches:
            if os.path.isfile(match):
                beside = os.path.dirname(os.path.abspath(match))
                notes.update(
                    p for n in manifests.NAMES if os.path.isfile(p := os.path.join(beside, n))
                )
            for item in _below(os.path.abspath(match), ()):
                if os.path.basename(item.path) in manifests.NAMES and item.problem is None:
                    notes.add(item.path)
                else:
                    found.setdefault(item.path, item)
    for path in sorted(notes):
        _note(found, path, [os.path.abspath(a) for a in arguments if os.path.isdir(a)])
    return [found[p] for p in sorted(found)]


def _note(found: dict[str, Found], path: str, folders: list[str]) -> None:
    """Puts what one manifest says to the files it speaks of. What it names and is not there, and what is wrong with it, become problems."""
    notes, problems = manifests.read(path)
    for target, note in notes.items():
        if target in found:
            found[target].note = note
        elif not os.path.lexists(target) and any(target.startswith(f + os.sep) for f in folders):
            missing = reasons.problem("missing_file", manifest=os.path.basename(path))
            found[target] = Found(target, missing, note)
    if problems:
        said = "; ".join(problems[:5]) + (
            f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        )
        found[path] = Found(path, reasons.problem("bad_manifest", problems=said))


def _below(path: str, above: tuple[tuple[int, int], ...]) -> Iterator[Found]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        yield Found(path, reasons.problem("broken_link"))
        return
    except OSError as error:
        code = "folder_loop" if error.errno == errno.ELOOP else "unreadable_file"
        yield Found(path, reasons.problem(code, "unreachable", error=error.strerror))
        return
    if stat.S_ISDIR(status.st_mode):
        identity = (status.st_dev, status.st_ino)
        if identity in above:
            yield Found(path, reasons.problem("folder_loop"))
            return
        try:
            with os.scandir(path) as entries:
                # a plain file is known as one without another look at it
                inside = [
                    (e.path, e.is_file(follow_symlinks=False))
                    for e in entries
                    if not e.name.startswith(".")
                ]
        except OSError as error:
            yield Found(path, reasons.problem("unreadable_folder", error=error.strerror))
            return
        for below, plain in inside:
            if plain:
                yield Found(below)
            else:
                yield from _below(below, (*above, identity))
    elif stat.S_ISREG(status.st_mode):
        yield Found(path)
    else:
        yield Found(path, reasons.problem("not_a_file", "source"))


def uri_of(path: str) -> str:
    """The `file://` address of an absolute path."""
    return "file://" + quoted(path)


def path_of(uri: str) -> str | None:
    """The path of a `file://` address; None for a member of an archive."""
    return (
        os.fsdecode(unquote_to_bytes(uri.removeprefix("file://")))
        if uri.startswith("file://") and "!/" not in uri
        else None
    )


def quoted(name: str) -> str:
    """A path or name for an address: Chinese names readable; percent signs, control characters and bytes that are no UTF-8 percent-encoded."""
    if name.isprintable() and "%" not in name:
        return name
    return "".join(
        c
        if c.isprintable() and c != "%"
        else quote(
            c.encode("utf-8", "surrogateescape" if "\udc80" <= c <= "\udcff" else "surrogatepass")
        )
        for c in name
    )


def printable(name: str) -> str:
    """A name as text that can be stored and printed."""
    return name if name.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in name)


def shown_name(path: str) -> str:
    """The last part of a path as text that can be stored and printed."""
    name = os.path.basename(path)
    return name if name.isprintable() else printable(os.fsencode(name).decode("utf-8", "replace"))


def read_bytes(path: str, limit_of: Callable[[bytes], int] = lambda head: MAX_BYTES) -> bytes:
    """The bytes of a file; `limit_of` tells from its first bytes how large it may be. Raises Rejected: unreadable_file, not_a_file,
    too_large or changed_while_read."""
    try:
        # a pipe put in the place of a file must not be waited for
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as f:
            before = os.fstat(f.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise Rejected("not_a_file", case="source")
            if not before.st_mode & 0o444:
                raise Rejected("unreadable_file", case="no_permission")
            head = f.read(512)
            limit = limit_of(head)
            if before.st_size > limit:
                raise Rejected("too_large", case="file", size=before.st_size, limit=limit)
            data = head + f.read(limit + 1)
            after = os.fstat(f.fileno())
    except OSError as error:
        raise Rejected("unreadable_file", case="reading", error=error.strerror) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        data
    ) != after.st_size:
        raise Rejected("changed_while_read")
    return data


def stamps_of(data_dir: Path) -> Path:
    """Where the stamps of a data folder are kept."""
    return data_dir / "state" / "stamps.json"


class Stamps:
    """What the files looked like when they were last read: size, times and inode -> digest. Only a shortcut: it may be lost at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[
            str, str
        ] = {}  # a text a file: lists of numbers would take five times the memory
        self.changed = False
        try:
            self.known = json.loads(path.read_bytes())
        except (OSError, ValueError):
            self.known = {}

    @staticmethod
    def of(path: str) -> str | None:
        """The stamp of a file now."""
        try:
            s = os.stat(path)
        except OSError:
            return None
        return f"{s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino} {s.st_mode & 0o444}"

    def remembered(self, path: str) -> str | None:
        """What is remembered of the bytes of the file, if it looks as it did when they were read."""
        entry, stamp = self.known.get(path), self.of(path)
        if (
            stamp is None
            or not isinstance(entry, str)
            or not entry.startswith(f"{stamp} ")
            or entry.count(" ") != 6
        ):
            return None
        return entry

    @staticmethod
    def told(entry: str) -> tuple[str, int, bool]:
        """Digest and size of the bytes that an entry is about, and whether they are an archive."""
        *stamp, sha256, kind = entry.split(" ")
        return sys.intern(sha256), int(stamp[0]), kind == "archive"

    def remember(self, path: str, stamp: str | None, sha256: str, archive: bool) -> None:
        """Notes what a file looked like before it was read as `sha256`, and whether it is an archive."""
        entry = f"{stamp} {sha256} {'archive' if archive else 'file'}"
        if stamp is not None and self.known.get(path) != entry:
            self.known[path] = entry
            self.changed = True

    def save(self) -> None:
        """Writes the stamps, if they changed."""
        if self.changed:
            write_atomic(self.path, json.dumps(self.known, ensure_ascii=True).encode())
            self.changed = False


@dataclass(slots=True)
class Look:
    """The files that a run looks at, and what is remembered of files."""

    found: list[Found]
    stamps: Stamps

    def new(self) -> int:
        """How many of them are new or look changed."""
        return sum(item.known is None for item in self.found)


LOOKED: dict[
    str, Look
] = {}  # by data folder: what was found before its night began, until that takes it


def look(arguments: list[str], data_dir: Path) -> Look:
    """Finds the files behind arguments and tells which of them look as they did when bytes of theirs were landed that are still there. Raises
    UsageError as `discover` does."""
    made = Look(discover(arguments), Stamps(stamps_of(data_dir)))
    for item in made.found:
        if not item.problem and (entry := made.stamps.remembered(item.path)):
            item.known = entry if landing.holds(data_dir, Stamps.told(entry)[0]) else None
    return made


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return sys.intern(hashlib.sha256(data).hexdigest())
