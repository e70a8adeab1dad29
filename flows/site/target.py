"""The folder of a site: checked before anything is written, and put in place in one step."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say
from warehouse import files

LIST = "site.json"  # what the files of a site are, in its own folder
_EXCHANGE = 2  # renameat2(2): RENAME_EXCHANGE
_HERE = -100  # openat(2): AT_FDCWD


@contextlib.contextmanager
def placed(target: Path, data_dir: Path, state_id: str) -> Iterator[Path]:
    """Yields an empty folder; what is in it when the block ends is put in the place of `target`.

    Whoever looks at `target` sees what was there before or all of the new site. Raises UsageError
    where `target` holds anything but an earlier site, lies in the data folder, or cannot be
    written; then, and where the block fails, it stays as it is.
    """
    place = Path(os.path.realpath(target))
    _check(place, target, data_dir)
    try:
        folder = Path(
            tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".partial", dir=place.parent)
        )
    except OSError as error:
        raise UsageError(
            say("{target} cannot be written ({reason})", target=target, reason=error.strerror)
        ) from None
    try:
        yield folder
        _write_list(folder, state_id)
        folder.chmod(0o755)
        _check(place, target, data_dir)  # something else may have come meanwhile
        _put(folder, place)
    except OSError as error:
        raise UsageError(
            say("{target} cannot be written ({reason})", target=target, reason=error.strerror)
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(place: Path, target: Path, data_dir: Path) -> None:
    """Raises UsageError where a site may not be put in this place."""
    if place.is_relative_to(os.path.realpath(data_dir)):
        raise UsageError(
            say("{target} lies in the data folder: give a folder outside it", target=target)
        )
    if not place.parent.is_dir():
        raise UsageError(
            say(
                "{target} cannot be written: there is no folder {parent}",
                target=target,
                parent=place.parent,
            )
        )
    if not os.path.lexists(place):
        return
    if not place.is_dir():
        raise UsageError(
            say("{target} is there already and is no folder: give another name", target=target)
        )
    foreign = _foreign(place)
    if foreign is not None:
        raise UsageError(
            say(
                "{target} holds other things ({foreign}): give a folder that is new, empty or "
                "holds an earlier site",
                target=target,
                foreign=foreign,
            )
        )


def _foreign(place: Path) -> str | None:
    """Returns a file or folder that is not of an earlier site; None where there is none."""
    own = _listed(place)
    for folder, folders, names in os.walk(place):
        inside = Path(folder).relative_to(place)
        for name in names:
            if (inside / name).as_posix() not in own:
                return (inside / name).as_posix()
        for name in folders:
            path = Path(folder, name)
            # a link, or a folder without files, is of somebody else
            if path.is_symlink() or not any(path.iterdir()):
                return (inside / name).as_posix()
    return None


def _listed(place: Path) -> set[str]:
    """Returns the paths that an earlier site lists as its own, the list itself too."""
    try:
        found = json.loads(files.read_file(place / LIST))["files"]
        return {LIST, *(name for name in found if isinstance(name, str))}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _write_list(folder: Path, state_id: str) -> None:
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = sorted(path.relative_to(folder).as_posix() for path in paths)
    files.write_json(folder / LIST, {"made_by": "fazhi site", "state": state_id, "files": names})


def _put(folder: Path, place: Path) -> None:
    """Puts a folder in a place; when it returns, `folder` is gone or is what was there before."""
    if not place.exists():
        os.rename(folder, place)
    elif not any(place.iterdir()):
        os.rename(folder, place)  # an empty folder is replaced in the same step
    elif not _exchanged(folder, place):
        old = folder.with_name(f"{folder.name}.old")
        os.rename(place, old)
        os.rename(folder, place)
        os.rename(old, folder)
    files.sync_entry(place.parent)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchanges two folders in one step; False where the system cannot."""
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(exchange(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
