"""The register of divisions that a user brings: imported once, used by every run after that."""

from __future__ import annotations

import datetime
import gzip
import json
import re
from pathlib import Path
from typing import Any

from flows.terminal import first_line, visible
from schemas.errors import UsageError
from transforms import identity
from transforms.identity import divisions
from warehouse import files

_GZIP = b"\x1f\x8b"
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
        raise UsageError(f"{path} is damaged: import the register again")
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
    """Reads the register in a CSV file. Raises UsageError that says what is wrong with it."""
    try:
        register = identity.read_register(_in_own_form(path))
    except OSError as error:
        raise UsageError(
            f"the register {path} cannot be read ({error.strerror or error})"
        ) from None
    except Exception as error:  # strangers wrote it; whatever is wrong is one line
        reason = visible(first_line(error))
        raise UsageError(f"the register {path} cannot be used: {reason}") from None
    if not register.by_name:
        raise UsageError(f"the register {path} cannot be used: it has no row")
    return register


def _in_own_form(path: Path) -> bytes:
    """Returns a register as CSV with names of counties.

    A list of streets names its counties by code: it is joined with the lists that lie beside it.
    Raises ValueError where one of them is missing.
    """
    if files.is_special(path):
        raise ValueError("it is no file")
    content = path.read_bytes()
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    if not divisions.is_street_list(content):
        return content
    lists = {}
    for key, name in divisions.BESIDE.items():
        if not (path.parent / name).is_file():
            wanted = ", ".join(divisions.BESIDE.values())
            raise ValueError(
                f"it names counties by code; put {wanted} beside it ({name} is missing)"
            )
        lists[key] = (path.parent / name).read_bytes()
    return divisions.joined(content, lists)


def keep(data_dir: Path, path: Path, vintage: str | None) -> dict[str, Any]:
    """Imports a register in place of the one before; returns its description (see `imported`).

    `vintage` is the date its divisions hold for; where it is None, the date in the file's name.
    Raises UsageError for a file that is no register or has no row.
    """
    register = read(path)
    if vintage is None and (date := _DATE_IN_NAME.search(path.name)):
        vintage = date[0]
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
    return description
