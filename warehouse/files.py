"""Writing so that a kill at any instant leaves the old file or the new one, never a part."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def write_atomic(path: Path, data: bytes, mode: int = 0o644, scratch: Path | None = None) -> None:
    """Puts `data` at `path` in one step, by way of a temporary file in `scratch` (else in its own folder)."""
    home = scratch or path.parent
    for folder in {path.parent, home}:
        folder.mkdir(parents=True, exist_ok=True)
    temporary = home / f".{path.name}.{os.getpid()}.tmp"
    with open(temporary, "wb") as f:
        f.write(data)
        f.flush()
        os.fchmod(f.fileno(), mode)
    os.replace(temporary, path)


def write_json(path: Path, value: object) -> None:
    """Puts `value` at `path` as JSON, keys sorted, in one step."""
    write_atomic(
        path, (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    )


def portions(paths: list[str], size: int) -> Iterator[list[str]]:
    """The files in portions of so many bytes, in their order: what is sorted at once is bounded."""
    some, many = [], 0
    for path in paths:
        some.append(path)
        many += os.path.getsize(path)
        if many >= size:
            yield some
            some, many = [], 0
    if some:
        yield some


def copy(source: Path, target: Path) -> None:
    """Copies the bytes of a file to the disk; where the file system can let files share them (XFS, Btrfs), nothing is written."""
    try:
        with open(source, "rb") as a, open(target, "wb") as b:
            while os.copy_file_range(a.fileno(), b.fileno(), 1 << 30):
                pass
            os.fsync(b.fileno())
    except (AttributeError, OSError):  # not everywhere; what else is wrong happens again
        shutil.copyfile(source, target)


def point(link: Path, target: str) -> None:
    """Makes `link` a symbolic link to the relative `target`, in one step. Does nothing where it is that already."""
    if link.is_symlink() and os.readlink(link) == target:
        return
    temporary = link.with_name(f".{link.name}.{os.getpid()}.tmp")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    os.symlink(target, temporary)
    os.replace(temporary, link)


def sync_folder(folder: Path) -> None:
    """Waits until everything written so far is on the disk."""
    os.sync()
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(*folders: Path) -> None:
    """Removes the temporary files of killed runs directly in these folders."""
    for path in (p for folder in folders for p in folder.glob(".*.tmp")):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Holds an exclusive lock on `path` as long as the block runs; yields False at once where another process holds it."""
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        f.seek(0)
        f.truncate()
        f.write(f"{os.getpid()}\n")
        f.flush()
        yield True
