"""Which files a run looks at, and their bytes: files, folders and globs become one entry per file,
problems included.
"""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import pickle
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas import reasons
from schemas.errors import Rejected, UsageError
from schemas.language import say
from warehouse import landing, manifests
from warehouse.folder import DataFolder, is_data_folder, is_written_by_job
from warehouse.stamps import Stamps, landed_bytes

MAX_BYTES = 20_000_000
NO_NOTE = manifests.Note()
Problem = tuple[str, str]  # reason code, message
_HEAD_BYTES = 512
_SHOWN_PROBLEMS = 5


@dataclass(slots=True)
class Found:
    """A path that a run looks at.

    `problem` says why it is no readable file, `note` what a manifest says of it. `known` is the
    entry of the stamps where the file looks as it did when it was last read.
    """

    path: str
    problem: Problem | None = None
    note: manifests.Note = NO_NOTE
    known: str | None = None


@dataclass(slots=True)
class Seen:
    """A source as a run met it. `sha256` is None where its bytes could not be read; `problem` then
    says why.
    """

    uri: str
    name: str
    sha256: str | None
    size: int
    problem: Problem | None = None
    note: manifests.Note = NO_NOTE


class Packed:
    """Many sources in little memory: all sources of a night are kept to its end and looked at three
    times.
    """

    _PART_LENGTH = 5_000

    def __init__(self, seen: Iterable[Seen] = ()) -> None:
        self._parts: list[bytes] = []
        self._last: list[tuple[Any, ...]] = []
        self.extend(seen)

    def append(self, seen: Seen) -> None:
        """Adds one source."""
        # as a tuple: pickled it takes a third of the time
        note = None if seen.note is NO_NOTE or seen.note == NO_NOTE else seen.note
        self._last.append((seen.uri, seen.name, seen.sha256, seen.size, seen.problem, note))
        if len(self._last) == self._PART_LENGTH:
            self._parts.append(zlib.compress(pickle.dumps(self._last), 1))
            self._last = []

    def extend(self, seen: Iterable[Seen]) -> None:
        """Adds several sources."""
        for source in seen:
            self.append(source)

    def __len__(self) -> int:
        return len(self._parts) * self._PART_LENGTH + len(self._last)

    def __iter__(self) -> Iterator[Seen]:
        for part in self._parts:
            yield from map(_unpacked, pickle.loads(zlib.decompress(part)))
        yield from map(_unpacked, self._last)


def _unpacked(packed: tuple[Any, ...]) -> Seen:
    uri, name, sha256, size, problem, note = packed
    return Seen(uri, name, sha256, size, problem, NO_NOTE if note is None else note)


# paths of manifests -> (path, notes by path of the file, what is wrong with it)
ReadManifests = Callable[[list[str]], Iterable[tuple[str, dict[str, manifests.Note], list[str]]]]


def read_manifests_here(
    paths: list[str],
) -> Iterator[tuple[str, dict[str, manifests.Note], list[str]]]:
    """Yields path, notes and problems of each manifest, read in this process."""
    for path in paths:
        yield (path, *manifests.read(path))


def discover(
    arguments: list[str],
    left_out: Path | None = None,
    read_manifests: ReadManifests = read_manifests_here,
) -> list[Found]:
    """Returns the files behind files, folders and globs, each once, in the order of their paths.

    Folders are searched to the bottom; hidden names, the data folder `left_out` and other data
    folders are left out. Each file has what the manifests in the folders and beside the files say
    of it. Raises UsageError for an argument that names nothing, or what the job itself wrote.
    """
    own = () if left_out is None else _identity(left_out)
    found: dict[str, Found] = {}
    manifest_paths: set[str] = set()
    for argument in arguments:
        for match in _without_own(argument, _matches(argument), left_out):
            if os.path.isfile(match):
                manifest_paths.update(_manifests_beside(match))
            for item in _below(os.path.abspath(match), (), own):
                if os.path.basename(item.path) in manifests.NAMES and item.problem is None:
                    manifest_paths.add(item.path)
                else:
                    found.setdefault(item.path, item)
    folders = [os.path.abspath(argument) for argument in arguments if os.path.isdir(argument)]
    read = sorted(read_manifests(sorted(manifest_paths)), key=lambda manifest: manifest[0])
    for path, notes, problems in read:
        _apply_manifest(found, path, notes, problems, folders)
    return [found[path] for path in sorted(found)]


def _matches(argument: str) -> list[str]:
    """Returns the paths that an argument names. Raises UsageError where there is none."""
    try:
        if os.path.lexists(argument):
            return [argument]
        matches = sorted(glob.glob(argument, recursive=True))
    except (ValueError, OSError):  # a zero byte, a name that is too long
        matches = []
    if not matches:
        raise UsageError(say("no such file, folder or pattern: {argument}", argument=argument))
    return matches


def _without_own(argument: str, matches: list[str], left_out: Path | None) -> list[str]:
    """Returns the paths that are not of the data folder `left_out` or another one: a pattern can
    match these too.

    Raises UsageError where the argument itself is such a path.
    """
    if left_out is None:
        return matches
    folder = DataFolder(left_out)
    kept = [path for path in matches if not folder.owns(Path(path))]
    if matches == [argument] and not kept:
        raise UsageError(
            say(
                "{source} is the data folder or lies in it: name the folder of the reports",
                source=argument,
            )
        )
    if matches != [argument]:
        kept = [path for path in kept if not is_written_by_job(Path(path))]
    return kept


def _manifests_beside(path: str) -> list[str]:
    """Returns the manifests in the folder of a file."""
    folder = os.path.dirname(os.path.abspath(path))
    paths = [os.path.join(folder, name) for name in manifests.NAMES]
    return [path for path in paths if os.path.isfile(path)]


def _apply_manifest(
    found: dict[str, Found],
    path: str,
    notes: dict[str, manifests.Note],
    problems: list[str],
    folders: list[str],
) -> None:
    """Gives each file what a manifest says of it.

    A file that it names and that is not there becomes a problem of its own, and so do its broken
    lines.
    """
    for target, note in notes.items():
        if target in found:
            found[target].note = note
        elif not os.path.lexists(target) and any(
            target.startswith(folder + os.sep) for folder in folders
        ):
            missing = reasons.problem("missing_file", manifest=os.path.basename(path))
            found[target] = Found(target, missing, note)
    if problems:
        shown = "; ".join(problems[:_SHOWN_PROBLEMS])
        if len(problems) > _SHOWN_PROBLEMS:
            shown += f"; and {len(problems) - _SHOWN_PROBLEMS} more"
        found[path] = Found(path, reasons.problem("bad_manifest", problems=shown))


def _identity(path: Path) -> tuple[tuple[int, int], ...]:
    """Returns (device, inode) of a folder; nothing where it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return ()
    return ((status.st_dev, status.st_ino),)


def _below(
    path: str, above: tuple[tuple[int, int], ...], left_out: tuple[tuple[int, int], ...]
) -> Iterator[Found]:
    """Yields the files at and below a path.

    `above` are the folders (device, inode) that it was reached through; what is in `left_out` is
    not searched.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        yield Found(path, reasons.problem("broken_link"))
        return
    except OSError as error:
        code = "folder_loop" if error.errno == errno.ELOOP else "unreadable_file"
        yield Found(path, reasons.problem(code, "unreachable", error=error.strerror))
        return
    if stat.S_ISREG(status.st_mode):
        yield Found(path)
    elif not stat.S_ISDIR(status.st_mode):
        yield Found(path, reasons.problem("not_a_file", "source"))
    elif (status.st_dev, status.st_ino) in above:
        yield Found(path, reasons.problem("folder_loop"))
    elif (status.st_dev, status.st_ino) not in left_out and not is_data_folder(Path(path)):
        yield from _inside(path, (*above, (status.st_dev, status.st_ino)), left_out)


def _inside(
    folder: str, above: tuple[tuple[int, int], ...], left_out: tuple[tuple[int, int], ...]
) -> Iterator[Found]:
    """Yields the files in and below a folder."""
    try:
        with os.scandir(folder) as entries:
            # a plain file is known as one without another look at it
            inside = [
                (entry.path, entry.is_file(follow_symlinks=False))
                for entry in entries
                if not entry.name.startswith(".")
            ]
    except OSError as error:
        yield Found(folder, reasons.problem("unreadable_folder", error=error.strerror))
        return
    for path, is_plain in inside:
        if is_plain:
            yield Found(path)
        else:
            yield from _below(path, above, left_out)


def read_bytes(path: str, limit_of: Callable[[bytes], int] = lambda head: MAX_BYTES) -> bytes:
    """Returns the bytes of a file; `limit_of` tells from its first bytes how large it may be.

    Raises Rejected: unreadable_file, not_a_file, too_large or changed_while_read.
    """
    try:
        # a pipe put in the place of a file must not be waited for
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise Rejected("not_a_file", case="source")
            if not before.st_mode & 0o444:
                raise Rejected("unreadable_file", case="no_permission")
            head = file.read(_HEAD_BYTES)
            limit = limit_of(head)
            if before.st_size > limit:
                raise Rejected("too_large", case="file", size=before.st_size, limit=limit)
            data = head + file.read(limit + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise Rejected("unreadable_file", case="reading", error=error.strerror) from None
    same_look = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not same_look or len(data) != after.st_size:
        raise Rejected("changed_while_read")
    return data


@dataclass(slots=True)
class Look:
    """The files that a run looks at, and what is remembered of files."""

    found: list[Found]
    stamps: Stamps

    def new(self) -> int:
        """Returns how many of them are new or look changed."""
        return sum(item.known is None for item in self.found)


def scan(
    arguments: list[str], data_dir: Path, read_manifests: ReadManifests = read_manifests_here
) -> Look:
    """Scans the sources and returns one entry per file, problems included.

    Files that look as they did when they were last read, and whose landed bytes are still there,
    are marked as known. A data folder below its own sources is left out. Raises UsageError as
    `discover` does.
    """
    found = discover(arguments, data_dir, read_manifests)
    look = Look(found, Stamps(DataFolder(data_dir).stamps))
    for item in look.found:
        entry = None if item.problem else look.stamps.remembered(item.path)
        if entry is not None:
            landed = landed_bytes(entry)
            if landing.holds(data_dir, landed.sha256, landed.size):
                item.known = entry
    return look


def sha256_of(data: bytes) -> str:
    """Returns the hexadecimal SHA-256."""
    return sys.intern(hashlib.sha256(data).hexdigest())
