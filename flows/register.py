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


def home(data_dir: Path) -> Path:
    """Where an imported register is kept."""
    return data_dir / "register"


def imported(data_dir: Path) -> dict[str, Any] | None:
    """What is known of the imported register: file, rows, vintage, where it came from and when. None where there is none."""
    try:
        known: dict[str, Any] = json.loads(
            (home(data_dir) / "register.json").read_text(encoding="utf-8")
        )
    except FileNotFoundError:
        return None
    except ValueError:
        raise UsageError(
            f"{home(data_dir)}/register.json is damaged: import the register again"
        ) from None
    if not isinstance(known, dict) or not isinstance(known.get("file"), str):
        raise UsageError(f"{home(data_dir)}/register.json is damaged: import the register again")
    return known


def load(data_dir: Path, told: str | None) -> tuple[identity.Register, str | None]:
    """The register of a run (the one it was told, else the imported one, else none) and its vintage. Raises UsageError."""
    if told:
        return read(Path(told)), None
    known = imported(data_dir)
    return (
        (read(home(data_dir) / Path(known["file"]).name), known.get("vintage"))
        if known
        else (identity.EMPTY, None)
    )


def read(path: Path) -> identity.Register:
    """The register in a CSV file. Raises UsageError saying what is wrong with it."""
    try:
        return identity.read_register(_normal(path))
    except OSError as error:
        raise UsageError(
            f"the register {path} cannot be read ({error.strerror or error})"
        ) from None
    except Exception as error:  # strangers wrote it; whatever is wrong is one line
        reason = visible(first_line(error))
        raise UsageError(f"the register {path} cannot be used: {reason}") from None


def _normal(path: Path) -> bytes:
    """The bytes of a register in its own form; a list of streets is joined with the lists beside it."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if not divisions.is_street_list(data):
        return data
    lists = {}
    for key, name in divisions.BESIDE.items():
        if not (path.parent / name).is_file():
            raise ValueError(
                f"it names counties by code; put {', '.join(divisions.BESIDE.values())} beside it ({name} is missing)"
            )
        lists[key] = (path.parent / name).read_bytes()
    return divisions.joined(data, lists)


def keep(data_dir: Path, path: Path, vintage: str | None) -> dict[str, Any]:
    """Imports a register; returns what is known of it. `vintage` is the date its divisions hold for; else the year in its file name."""
    register = read(path)
    if not register.by_name:
        raise UsageError(f"the register {path} cannot be used: it has no row")
    if vintage is None and (
        m := re.search(r"(?<!\d)(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?!\d)", path.name)
    ):
        vintage = m[0]
    places = [p for those in register.by_name.values() for p in those]
    name = f"{register.digest[:12]}.csv.gz"
    home(data_dir).mkdir(parents=True, exist_ok=True)
    files.write_atomic(home(data_dir) / name, gzip.compress(_normal(path), mtime=0))
    known = {
        "file": name,
        "source": path.name,
        "vintage": vintage,
        "divisions": len(places),
        "counties": len(register.counties),
        "provinces": len({p.province for p in places}),
        "shared_names": sum(len(those) for those in register.by_name.values() if len(those) > 1),
        "with_years": sum(p.from_year is not None or p.to_year is not None for p in places),
        "imported_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    files.write_json(home(data_dir) / "register.json", known)
    for old in home(data_dir).glob("*.csv.gz"):
        if old.name != name:
            old.unlink()
    return known
