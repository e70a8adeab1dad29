"""Writing so that a kill or a power cut at any instant leaves the old file or the new one, never a
part.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

_COPY_BYTES = 1 << 30
_CHECK = "check"
_CONTENT = "content"
_KEY_CHECK_DIGITS = 8


def write_atomic(
    path: Path,
    data: bytes,
    mode: int = 0o644,
    scratch: Path | None = None,
    durable: bool = True,
) -> None:
    """Writes `data` to `path` in one step, by way of a temporary file in `scratch` (else in its own
    folder).

    When it returns, the file and its name are on the disk. Without `durable` they are not: then
    `sync_all` must be called before anything speaks of the file.
    """
    home = scratch or path.parent
    for folder in {path.parent, home}:
        make_folder(folder, durable)
    temporary = home / f".{path.name}.{os.getpid()}.tmp"
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        if durable:
            os.fsync(file.fileno())
    os.replace(temporary, path)
    if durable:
        sync_entry(path.parent)


def is_special(path: Path) -> bool:
    """Whether a path leads to a pipe, socket or device: reading it may never end."""
    return path.exists() and not path.is_file() and not path.is_dir()


def read_file(path: Path) -> bytes:
    """Returns the bytes of a file. Raises OSError, for a pipe or device too: to read it may never
    end.
    """
    if is_special(path):
        raise OSError(errno.EINVAL, "is no file", str(path))
    return path.read_bytes()


def make_folder(folder: Path, durable: bool = True) -> None:
    """Makes a folder and those above it; when it returns, the names of the new ones are on the disk
    (if `durable`).
    """
    new = []
    above = folder
    while not above.is_dir():
        new.append(above)
        above = above.parent
    folder.mkdir(parents=True, exist_ok=True)
    if durable:
        for made in reversed(new):
            sync_entry(made.parent)


def write_json(path: Path, value: object) -> None:
    """Writes `value` to `path` as JSON, keys sorted, in one step."""
    content = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    write_atomic(path, f"{content}\n".encode())


def write_checked_json(path: Path, value: object) -> None:
    """Writes `value` to `path` as JSON with a check over it, in one step."""
    content = json.dumps(value, sort_keys=True)
    check = hashlib.sha256(content.encode()).hexdigest()
    write_atomic(path, f'{{"{_CHECK}": "{check}", "{_CONTENT}": {content}}}\n'.encode())


def read_checked_json(path: Path) -> Any:
    """Returns what `write_checked_json` wrote; None where it is not there or is not as it was
    written.
    """
    try:
        document = json.loads(read_file(path))
        content = json.dumps(document[_CONTENT], sort_keys=True)
        is_sound = document[_CHECK] == hashlib.sha256(content.encode()).hexdigest()
        return document[_CONTENT] if is_sound else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def new_key() -> str:
    """Returns a key that nobody can guess, with a check over it in its last characters."""
    key = secrets.token_urlsafe(32)
    return key + _key_check(key)


def read_key(path: Path) -> str | None:
    """Returns the key in a file; None where it cannot be read or is not as `new_key` made it."""
    try:
        key = read_file(path).decode("ascii", "replace").removesuffix("\n")
    except OSError:
        return None
    head, check = key[:-_KEY_CHECK_DIGITS], key[-_KEY_CHECK_DIGITS:]
    return key if check == _key_check(head) else None


def _key_check(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_KEY_CHECK_DIGITS]


def groups_by_size(paths: list[str], size: int) -> Iterator[list[str]]:
    """Yields the files in groups of about so many bytes, in their order: what is sorted at once is
    bounded.
    """
    group: list[str] = []
    total = 0
    for path in paths:
        group.append(path)
        total += os.path.getsize(path)
        if total >= size:
            yield group
            group, total = [], 0
    if group:
        yield group


def copy(source: Path, target: Path) -> None:
    """Copies the bytes of a file to the disk.

    Where the file system can let files share them (XFS, Btrfs), nothing is written.
    """
    try:
        with open(source, "rb") as reader, open(target, "wb") as writer:
            while os.copy_file_range(reader.fileno(), writer.fileno(), _COPY_BYTES):
                pass
            os.fsync(writer.fileno())
    except (AttributeError, OSError):  # not everywhere; what else is wrong happens again
        shutil.copyfile(source, target)


def point(link: Path, target: str) -> None:
    """Makes `link` a symbolic link to the relative `target`, in one step. Does nothing where it is
    that already.
    """
    if link.is_symlink() and os.readlink(link) == target:
        return
    temporary = link.with_name(f".{link.name}.{os.getpid()}.tmp")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    os.symlink(target, temporary)
    os.replace(temporary, link)
    sync_entry(link.parent)


def sync_all(folder: Path) -> None:
    """Waits until everything written so far is on the disk, and the names in `folder`."""
    os.sync()
    if folder.is_dir():
        sync_entry(folder)


def sync_entry(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(*folders: Path) -> None:
    """Removes the temporary files of killed runs directly in these folders."""
    for folder in folders:
        for path in folder.glob(".*.tmp"):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


_HELD = "held by "


class Holding(Enum):
    """How a lock was got."""

    REFUSED = "another process holds it"
    CLEAN = "who held it before gave it back"
    AFTER_KILL = "who held it before was killed"


@contextlib.contextmanager
def locked(path: Path) -> Iterator[Holding]:
    """Holds an exclusive lock on `path` as long as the block runs; yields REFUSED at once where
    another process holds it.

    The file says who holds it until `note_given_back` empties it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield Holding.REFUSED
            return
        was_held = is_held(path)
        file.truncate(0)
        file.write(_holder())
        file.flush()
        yield Holding.AFTER_KILL if was_held else Holding.CLEAN


def note_given_back(path: Path) -> None:
    """Notes in the file of a lock that its holder has finished its work. Call it while the lock is
    held.
    """
    os.truncate(path, 0)


def is_held(path: Path) -> bool:
    """Whether another process holds this lock, or was killed while it held it."""
    try:
        holder = read_file(path)
    except OSError:
        return False
    return holder.startswith(_HELD.encode()) and holder != _holder()


def is_held_by_a_running_process(path: Path) -> bool:
    """Whether a process of this machine that still runs holds this lock. Takes no lock itself."""
    try:
        holder = path.read_bytes().removeprefix(_HELD.encode())
        os.kill(int(holder), 0)
    except PermissionError:  # it runs, as another user
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _holder() -> bytes:
    return f"{_HELD}{os.getpid()}\n".encode()


@contextlib.contextmanager
def briefly_locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on `path` as long as the block runs, once others have given it back:
    they hold it for instants.
    """
    make_folder(path.parent)
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
