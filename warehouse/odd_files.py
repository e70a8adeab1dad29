"""What lies where a file, folder or link of the data folder belongs and is none: it is set aside,
and the job goes on.

A folder, a pipe or a link that leads nowhere in the place of a log would end every night, and to
read a pipe may never end. Nothing is removed. A file or folder that its own owner may not read or
write (copied from a disk that cannot be written, say) is given that right.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say
from warehouse import files

SET_ASIDE = "set_aside"
_LINKS = ("current", "parquet", "warehouse.duckdb")
_FOLDERS = (
    "state",
    "state/failures",
    "state/pull",
    "state/spill",
    "decisions",
    "landing",
    "landing/receipts",
    "landing/archives",
    "landing/incoming",
    "staging",
    "snapshots",
    "quality",
    "register",
)
# folders inside of them, which no disk is mounted in
_INNER_FOLDERS = (
    "snapshots/.candidate",
    "staging/*",
    "staging/*/*",
    "landing/??",
    "landing/archives/*",
)
_FILES = (
    "state/*.json",
    "state/*.jsonl",
    "state/lock",
    "state/decisions.lock",
    "state/morning.md",
    "state/server.key",
    "state/take_up",
    "state/webhook",
    "decisions/*.jsonl",
    "decisions/*.csv",
    "landing/receipts/*.jsonl",
    "state/pull/*.jsonl",
    "quality/*.json",
    "quality/*.html",
)
# what is published: written once, and read by every night after that
_PUBLISHED = (
    "snapshots/*",
    "snapshots/*/state.parquet",
    "snapshots/*/snapshot.json",
    "snapshots/*/warehouse.duckdb",
    "current/parquet/*",
    "current/parquet/*/*.parquet",
)
# what a person gives the job: without it a night would judge by other rules or other names
_OWNED = ("policy.toml", "register")


def set_aside(home: Path) -> list[tuple[Path, Path]]:
    """Moves what is of another kind than belongs there to `set_aside`; returns (from, to) of each.

    Raises UsageError for a folder that is a link to nowhere (a disk that is not there), and for a
    policy or register that is no file or folder: a person must decide about these.
    """
    for name in (*_FOLDERS, "policy.toml"):
        _check_given(home / name, is_folder=name != "policy.toml")
    moved = [(path, move(home, path)) for path in _odd(home)]
    for pattern in _PUBLISHED:
        for path in _matching(home, pattern):
            _make_accessible(path, stat.S_IRUSR)
    return moved


def _make_accessible(path: Path, needed: int = stat.S_IRUSR | stat.S_IWUSR) -> None:
    """Gives the owner of a file or folder the right to read and write it, where that lacks."""
    with contextlib.suppress(OSError):
        mode = os.lstat(path).st_mode
        if stat.S_ISDIR(mode):
            needed |= stat.S_IXUSR
        elif not stat.S_ISREG(mode):
            return
        if not os.access(path, needed >> 6):
            os.chmod(path, stat.S_IMODE(mode) | needed)


def move(home: Path, path: Path) -> Path:
    """Moves a file or folder to `set_aside`, beside what lies there; returns where it lies then."""
    name = path.relative_to(home)
    target = home / SET_ASIDE / name
    number = 1
    while os.path.lexists(target):
        number += 1
        target = home / SET_ASIDE / f"{name}~{number}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):  # another process moved it at the same time
        os.rename(path, target)
    files.sync_entry(target.parent)
    return target


def kept(home: Path) -> list[tuple[Path, Path]]:
    """Returns (where it lay, where it lies) of what was set aside for its kind and is there
    still.
    """
    aside = home / SET_ASIDE
    odd = {
        path
        for patterns, is_good in _KINDS
        for pattern in patterns
        for path in (*_matching(aside, pattern), *_matching(aside, f"{pattern}~*"))
        if not is_good(path)
    }
    return sorted(
        (home / path.relative_to(aside).with_name(path.name.split("~")[0]), path) for path in odd
    )


def _check_given(path: Path, is_folder: bool) -> None:
    if not os.path.lexists(path):
        return
    is_link_to_nowhere = path.is_symlink() and not path.exists()
    if is_link_to_nowhere and is_folder:
        raise UsageError(
            say(
                "{path} leads to {target}, which is not there: is a disk not mounted? Mount it, "
                "or remove the link: rm '{path}'",
                path=path,
                target=os.readlink(path),
            )
        )
    is_good = path.is_dir() if is_folder else _is_file(path)
    if not is_good and path.name in _OWNED:
        what = "folder" if is_folder else "file"
        raise UsageError(
            say(
                "{path} is no {what}: put it back, or move it away: mv '{path}' ELSEWHERE",
                path=path,
                what=what,
            )
        )


def _odd(home: Path) -> Iterator[Path]:
    for patterns, is_good in _KINDS:
        for pattern in patterns:
            for path in _matching(home, pattern):
                _make_accessible(path)
                if not is_good(path):
                    yield path
    for name in _LINKS:
        path = home / name
        if os.path.lexists(path) and not path.is_symlink():
            yield path


def _matching(home: Path, pattern: str) -> list[Path]:
    # Path.glob leaves a link to nowhere out where the pattern has no wildcard
    folder, _, name = pattern.rpartition("/")
    found = []
    for where in sorted(home.glob(folder)) if "*" in folder else [home / folder]:
        names = os.listdir(where) if where.is_dir() else []
        found += [where / one for one in sorted(fnmatch.filter(names, name))]
    return found


def _is_file(path: Path) -> bool:
    """Whether a path is a file that can be read to its end, or a link to one."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and os.access(path, os.R_OK)
    except OSError:
        return False


# what belongs to a pattern, and how it is known; folders first, for files lie in them
_KINDS: tuple[tuple[tuple[str, ...], Callable[[Path], bool]], ...] = (
    ((*_FOLDERS, *_INNER_FOLDERS), os.path.isdir),
    (_FILES, _is_file),
)
