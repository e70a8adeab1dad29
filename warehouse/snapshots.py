"""Published states: `snapshots/<id>/` each with its Parquet and its DuckDB file, and the link `current` to the one in force.

Moving the link is the only commit point: Parquet and `warehouse.duckdb` change together or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import UsageError
from warehouse import engine, files
from warehouse.folder import DataFolder
from warehouse.journal import Journal

KEEP = 7
DESCRIPTION = "snapshot.json"
# names that a description may hold: it may come from a storage that strangers can write to
IDENTIFIER = re.compile(r"r\d{6,12}-[0-9a-f]{12}")
_TABLE_NAME = re.compile(r"[a-z_]{1,60}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PIECE_BYTES = 64 << 20
_READ_BYTES = 1 << 18
_PIECES = "pieces:"
_SHORTEST_DIGEST = 6


@dataclass(slots=True)
class Snapshot:
    """One published state.

    `files` maps table -> file name -> SHA-256, and `digest` is over all of them but the table runs. `database` is the digest
    of its `warehouse.duckdb` (of pieces or, in older states, of the file) and `state_digest` that of its `state.parquet`;
    both are empty where none was noted. `counts` says what its tables hold, in the words of who counted it.
    """

    path: Path
    id: str
    run_id: str
    digest: str
    parser_version: str
    register: str
    schema_version: str
    judged_by: str
    database: str
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    state_digest: str = ""

    def parquet(self, table: str) -> list[str]:
        """Returns the paths of the files of a table."""
        return [str(self.path / "parquet" / table / name) for name in sorted(self.files[table])]

    def read(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """Returns a table, or some of its columns."""
        parts = [
            pq.read_table(path, columns=columns, partitioning=None) for path in self.parquet(table)
        ]
        return pa.concat_tables(parts)

    def state(self, columns: list[str] | None = None) -> pa.Table:
        """Returns one row a report with a current source: where it comes from, its body, its partition; or some columns."""
        return pq.read_table(self.path / "state.parquet", columns=columns, partitioning=None)


def current(data_dir: Path) -> Snapshot | None:
    """Returns the state in force, None before the first.

    Raises UsageError where the state in force or the link to it is lost or damaged: then `fazhi repair` helps, and nothing
    may begin anew.
    """
    folder = DataFolder(data_dir)
    if folder.current.is_dir():
        try:
            return load(folder.current.resolve())
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the state in force, {folder.current.resolve()}, cannot be read ({error}): fazhi repair"
            ) from None
    if folder.current.is_symlink() or was_published(data_dir):
        raise UsageError(
            f"{folder.current} does not lead to the state in force, which was published before: fazhi repair"
        )
    return None


def was_published(data_dir: Path) -> bool:
    """Whether a state was ever put in force in a data folder."""
    noted = in_force_before(data_dir)
    if noted is not None:
        return noted != ""
    # a folder of an earlier version; the journal alone may have come from another machine
    runs = Journal(data_dir).runs() if folders(data_dir) else []
    return any(run["outcome"] == "published" for run in runs)


def in_force_before(data_dir: Path) -> str | None:
    """Returns the identifier of the state that was put in force last; None where that was not noted.

    Empty after a repair that found no sound state: then everything is made anew.
    """
    note = files.read_checked_json(DataFolder(data_dir).in_force)
    return note["id"] if isinstance(note, dict) and isinstance(note.get("id"), str) else None


def load(path: Path) -> Snapshot:
    """Returns the published state in a folder. Raises OSError or ValueError where its description is lost or damaged."""
    return described(path, (path / DESCRIPTION).read_bytes())


def described(path: Path, content: bytes) -> Snapshot:
    """Returns the state that a description speaks of. Raises ValueError for one that is not as it was written."""
    try:
        values = json.loads(content)
        check = values.pop("check", None)
        if check is not None and check != check_of(values):
            raise ValueError("it is not as it was written")
        state = Snapshot(
            path=path,
            id=values["id"],
            run_id=values["run_id"],
            digest=values["digest"],
            parser_version=values["parser_version"],
            register=values["register"],
            schema_version=values["schema_version"],
            judged_by=values.get("judged_by", ""),
            database=values.get("database", ""),
            files=values["files"],
            counts=values.get("counts", {}),
            state_digest=values.get("state", ""),
        )
        _check_names(state)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no description of a state ({error!r})") from None
    return state


def _check_names(state: Snapshot) -> None:
    """Raises ValueError for names that could lead out of the folder of the state, and for what is no digest."""
    if not IDENTIFIER.fullmatch(state.id):
        raise ValueError(f"{state.id[:60]!r} is no identifier of a state")
    for table, listed in state.files.items():
        if not _TABLE_NAME.fullmatch(table):
            raise ValueError(f"{table[:60]!r} is no name of a table")
        for name, sha256 in listed.items():
            is_plain = name.endswith(".parquet") and not {"/", "\\", "\0"} & set(name)
            if not is_plain or name.startswith(".") or not _DIGEST.fullmatch(sha256):
                raise ValueError(f"{table}/{name[:60]!r} is no name of a file with its digest")


def check_of(values: Mapping[str, Any]) -> str:
    """Returns the check over a description."""
    content = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def write_description(path: Path, values: Mapping[str, Any]) -> None:
    """Writes the description of a state with its check."""
    files.write_json(path / DESCRIPTION, {**values, "check": check_of(values)})


def digest_of(listing: Mapping[str, Mapping[str, str]]) -> str:
    """Returns the digest over the content of all tables but runs: the same sources give the same digest."""
    lines = [
        f"{table}/{name} {sha256}"
        for table in sorted(listing)
        if table != "runs"
        for name, sha256 in sorted(listing[table].items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def put_in_force(data_dir: Path, identifier: str) -> None:
    """Moves the link `current` to a state that is complete: the one step that readers see."""
    folder = DataFolder(data_dir)
    files.point(folder.parquet, "current/parquet")
    files.point(folder.database, "current/warehouse.duckdb")
    if in_force_before(data_dir) != identifier:
        files.write_checked_json(folder.in_force, {"id": identifier})
    files.point(folder.current, f"snapshots/{identifier}")


def restore_link(data_dir: Path) -> str | None:
    """Puts the state that was in force back in force where the link to it is lost.

    Returns its identifier; None where nothing was to be done or no such state can be read.
    """
    folder = DataFolder(data_dir)
    if folder.current.is_dir() or not was_published(data_dir):
        return None
    noted = in_force_before(data_dir)
    candidates = [folder.snapshots / noted] if noted else folders(data_dir)[-1:]
    for path in candidates:
        if readable(path) is not None:
            put_in_force(data_dir, path.name)
            return path.name
    return None


def file_digest(path: Path) -> str:
    """Returns the SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def database_digest(path: Path) -> str:
    """Returns the SHA-256 of the SHA-256 of all pieces of a file: of a large file on two threads in half of the time."""

    def piece_digest(begin: int) -> bytes:
        digest = hashlib.sha256()
        buffer = memoryview(bytearray(_READ_BYTES))
        remaining = _PIECE_BYTES
        with open(path, "rb", buffering=0) as file:
            file.seek(begin)
            while remaining and (length := file.readinto(buffer[:remaining])):
                digest.update(buffer[:length])
                remaining -= length
        return digest.digest()

    with ThreadPoolExecutor(engine.threads()) as pool:
        pieces = pool.map(piece_digest, range(0, path.stat().st_size, _PIECE_BYTES))
        return _PIECES + hashlib.sha256(b"".join(pieces)).hexdigest()


def is_same(path: Path, digest: str) -> bool:
    """Whether a file has that digest, of either kind."""
    digest_of_file = database_digest if digest.startswith(_PIECES) else file_digest
    return digest_of_file(path) == digest


def listed_files(state: Snapshot) -> Iterator[tuple[Path, str]]:
    """Yields every file of a state with its digest."""
    for table, listed in state.files.items():
        for name, sha256 in listed.items():
            yield state.path / "parquet" / table / name, sha256
    if state.database:
        yield state.path / "warehouse.duckdb", state.database
    if state.state_digest:
        yield state.path / "state.parquet", state.state_digest


def verify(state: Snapshot) -> list[str]:
    """Returns what of a state is not as it was published: missing, changed and added files. Empty where all is well."""
    return [f"{path} {problem}" for path, problem in problems_of(state)]


def problems_of(state: Snapshot) -> list[tuple[Path, str]]:
    """Returns each file of a state that is not as it was published, and what is wrong with it."""
    problems = []
    known = {state.path / DESCRIPTION}
    listed = dict(listed_files(state))
    for name in ("warehouse.duckdb", "state.parquet"):
        listed.setdefault(state.path / name, "")
    for path, digest in listed.items():
        known.add(path)
        if not path.is_file():
            problems.append((path, "is missing"))
        elif digest and not is_same(path, digest):
            problems.append((path, "has other bytes than were published"))
    description = state.path / DESCRIPTION
    if digest_of(state.files) != state.digest:
        problems.append((description, "lists other files than its digest says"))
    if state.id != state.path.name:
        problems.append((description, f"is of the state {state.id}"))
    for path in sorted(state.path.rglob("*")):
        if (path.is_symlink() or not path.is_dir()) and path not in known:
            problems.append((path, "was not published with this state"))
    return problems


def prune(data_dir: Path, keep: int = KEEP) -> None:
    """Removes the oldest published states beyond `keep`; the one in force always stays."""
    in_force = DataFolder(data_dir).current.resolve()
    states = folders(data_dir)
    for path in states[:-keep] if keep else states:
        if path.resolve() != in_force:
            shutil.rmtree(path, ignore_errors=True)


def history(data_dir: Path) -> list[Snapshot]:
    """Returns the published states that are still there and can be read, oldest first."""
    return [state for path in folders(data_dir) if (state := readable(path))]


def folders(data_dir: Path) -> list[Path]:
    """Returns the folders of the published states, oldest first."""
    home = DataFolder(data_dir).snapshots
    if not home.is_dir():
        return []
    return sorted(path for path in home.iterdir() if path.is_dir() and not path.name.startswith("."))


def readable(path: Path) -> Snapshot | None:
    """Returns the state in a folder; None where its description is lost or damaged."""
    try:
        return load(path)
    except (OSError, ValueError):
        return None


def find(data_dir: Path, name: str) -> Snapshot:
    """Returns the state with that identifier, or whose identifier or digest begins so (six characters of a digest or more).

    Raises UsageError where no state or several are called so.
    """
    states = history(data_dir)
    matches = [
        state
        for state in states
        if state.id.startswith(name)
        or (len(name) >= _SHORTEST_DIGEST and state.digest.startswith(name))
    ]
    if len(matches) != 1:
        known = ", ".join(state.id for state in states) or "none"
        number = "several states are" if matches else "no state is"
        raise UsageError(f"{number} called {name}; there are: {known}")
    return matches[0]


def rollback(data_dir: Path, state: Snapshot) -> None:
    """Puts an earlier state in force again, in one step. Raises UsageError where it is damaged or a run is under way."""
    problems = verify(state)
    if problems:
        raise UsageError(f"{state.id} cannot be put in force: {problems[0]}")
    with DataFolder(data_dir).alone():
        put_in_force(data_dir, state.path.name)


def reports_where(state: Snapshot, condition: str) -> dict[str, str]:
    """Returns the reports for which an SQL condition on `reports` holds: report_id -> version of the parser that read it.

    Raises UsageError where the condition is no SQL.
    """
    database = str(state.path / "warehouse.duckdb")
    with duckdb.connect(
        database, read_only=True, config={"enable_external_access": False}
    ) as connection:
        try:
            # a relation takes one expression and nothing else, whatever the text closes or opens
            chosen = connection.table("reports").filter(condition)
            rows = chosen.project("report_id, parser_version").fetchall()
            return {report_id: version for report_id, version in rows}
        except duckdb.Error as error:
            raise UsageError(f"--where {condition!r}: {str(error).splitlines()[0]}") from None
