"""Reads, checks and switches published states: folders `snapshots/<id>/` and the link `current`.

Each folder has the Parquet and the DuckDB file of one state; the link leads to the one in force.
Moving the link is the only commit point: Parquet and `warehouse.duckdb` change together or not at
all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import UsageError
from schemas.language import say
from warehouse import digests, files
from warehouse.folder import DataFolder
from warehouse.journal import Journal
from warehouse.pins import refuse_where_pinned

KEEP = 7  # published states that are kept
DESCRIPTION = "snapshot.json"
# what names in a description may look like: strangers may have written to the storage it comes from
IDENTIFIER = re.compile(r"r\d{6,12}-[0-9a-f]{12}")
_TABLE_NAME = re.compile(r"[a-z_]{1,60}")
_DESCRIPTOR_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}(\.[a-z]{1,10}){1,2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHORTEST_DIGEST = 6  # digits of a digest by which a state can be found


@dataclass(slots=True)
class Snapshot:
    """The description of one published state, which lies in the folder `path`.

    `run_id` is the run that made it, `parser_version` the parser that read its reports, `register`
    the digest of the register, `schema_version` the version of the tables, `judged_by` the version
    of rules and policy ("" in older states).

    `files` maps table -> file name -> SHA-256; `digest` is the digest over all of them except
    those of the table runs. `database` is the digest of `warehouse.duckdb` (see `digests.is_same`),
    `state_digest` that of `state.parquet`; both are "" in older states. `counts` is the JSON of
    `floors.Counts`: how many rows, filled cells and reports of a year it holds. `descriptors` maps
    the names of the files that describe it to others -> SHA-256. Both are {} in older states.
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
    descriptors: dict[str, str] = field(default_factory=dict)

    def parquet(self, table: str) -> list[str]:
        """Returns the paths of the Parquet files of a table.

        Raises KeyError for a table that the state does not have.
        """
        return [str(self.path / "parquet" / table / name) for name in sorted(self.files[table])]

    def read(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """Returns all rows of a table; all its columns, or only `columns`."""
        return pa.concat_tables([_read_file(path, columns) for path in self.parquet(table)])

    def state(self, columns: list[str] | None = None) -> pa.Table:
        """Returns one row per report with a current source, in the columns of `plan.STATE`.

        That is where it comes from, its body, its partition and more; or only `columns`.
        """
        return _read_file(self.path / "state.parquet", columns)


def _read_file(path: str | Path, columns: list[str] | None) -> pa.Table:
    """Returns a Parquet file. `pq.read_table` would import pandas, which takes longer than that."""
    with pq.ParquetFile(path) as file:
        table = file.read(columns)
    return table if columns is None else table.select(columns)


def current(data_dir: Path) -> Snapshot | None:
    """Returns the state in force; None where none was ever published.

    Raises UsageError where the state in force or the link to it is lost or damaged. Then nothing
    may begin anew as if there was no state: `fazhi repair` helps.
    """
    folder = DataFolder(data_dir)
    if folder.current.is_dir():
        try:
            return load(folder.current.resolve())
        except (OSError, ValueError) as error:
            raise UsageError(
                say(
                    "the state in force, {state}, cannot be read ({error}): fazhi repair",
                    state=folder.current.resolve(),
                    error=error,
                )
            ) from None
    if folder.current.is_symlink() or was_published(data_dir):
        raise UsageError(
            say(
                "{current} does not lead to the state in force, which was published before: fazhi "
                "repair",
                current=folder.current,
            )
        )
    return None


def was_published(data_dir: Path) -> bool:
    """Returns whether a state was ever put in force in a data folder."""
    noted = last_put_in_force(data_dir)
    if noted is not None:
        return noted != ""
    # an earlier version noted nothing. The journal alone is no proof: it may come from elsewhere
    runs = Journal(data_dir).runs() if folders(data_dir) else []
    return any(run["outcome"] == "published" for run in runs)


def last_put_in_force(data_dir: Path) -> str | None:
    """Returns the identifier of the state that was put in force last, even if it is lost.

    None where that was not noted (no state yet, or an earlier version). "" after a repair that
    found no sound state: then everything is made anew.
    """
    note = files.read_checked_json(DataFolder(data_dir).in_force)
    return note["id"] if isinstance(note, dict) and isinstance(note.get("id"), str) else None


def load(path: Path) -> Snapshot:
    """Returns the published state in a folder.

    Only its description is read and checked, not its files. Raises OSError where the description
    is lost, ValueError where it is damaged.
    """
    return described(path, files.read_file(path / DESCRIPTION))


def described(path: Path, content: bytes) -> Snapshot:
    """Returns the state in the folder `path` from the bytes of its description (JSON).

    Raises ValueError where they are not as they were written, or no description.
    """
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
            descriptors=values.get("descriptors", {}),
        )
        _check_names(state)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no description of a state ({error!r})") from None
    return state


def _check_names(state: Snapshot) -> None:
    """Raises ValueError for a name that could lead out of the folder, or for a bad digest."""
    if not IDENTIFIER.fullmatch(state.id):
        raise ValueError(f"{state.id[:60]!r} is no identifier of a state")
    for table, listed in state.files.items():
        if not _TABLE_NAME.fullmatch(table):
            raise ValueError(f"{table[:60]!r} is no name of a table")
        for name, sha256 in listed.items():
            is_plain = name.endswith(".parquet") and not {"/", "\\", "\0"} & set(name)
            if not is_plain or name.startswith(".") or not _DIGEST.fullmatch(sha256):
                raise ValueError(f"{table}/{name[:60]!r} is no name of a file with its digest")
    for name, sha256 in state.descriptors.items():
        is_own = name in (DESCRIPTION, "warehouse.duckdb", "state.parquet")
        if is_own or not _DESCRIPTOR_NAME.fullmatch(name) or not _DIGEST.fullmatch(sha256):
            raise ValueError(f"{name[:60]!r} is no name of a descriptor with its digest")


def check_of(values: Mapping[str, Any]) -> str:
    """Returns the check of a description: the SHA-256 of its JSON, without the key `check`."""
    content = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def write_description(path: Path, values: Mapping[str, Any]) -> None:
    """Writes the description of a state, with its check, into the folder `path`."""
    files.write_json(path / DESCRIPTION, {**values, "check": check_of(values)})


def digest_of(listing: Mapping[str, Mapping[str, str]]) -> str:
    """Returns the SHA-256 of a listing (table -> file name -> SHA-256), without the table runs.

    The same sources give the same digest.
    """
    lines = [
        f"{table}/{name} {sha256}"
        for table in sorted(listing)
        if table != "runs"
        for name, sha256 in sorted(listing[table].items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def put_in_force(data_dir: Path, identifier: str) -> None:
    """Moves the link `current` to the state with that identifier, which must be complete.

    This is the one step that readers see.
    """
    folder = DataFolder(data_dir)
    _point_through(folder)
    if last_put_in_force(data_dir) != identifier:
        files.write_checked_json(folder.in_force, {"id": identifier})
    files.point(folder.current, f"snapshots/{identifier}")


def restore_link(data_dir: Path) -> str | None:
    """Makes the link `current` again where it is lost, to the state that was in force.

    Returns the identifier of that state; None where nothing was to be done, or it cannot be read.
    """
    folder = DataFolder(data_dir)
    if folder.current.is_dir():
        _point_through(folder)
        return None
    if not was_published(data_dir):
        return None
    noted = last_put_in_force(data_dir)
    candidates = [folder.snapshots / noted] if noted else folders(data_dir)[-1:]
    for path in candidates:
        if readable(path) is not None:
            put_in_force(data_dir, path.name)
            return path.name
    return None


def _point_through(folder: DataFolder) -> None:
    """Makes the links of readers that lead by way of `current`."""
    files.point(folder.parquet, "current/parquet")
    files.point(folder.database, "current/warehouse.duckdb")


def listed_files(state: Snapshot) -> Iterator[tuple[Path, str]]:
    """Yields (path, digest) of every file of a state; a file without a noted digest is left out."""
    for table, listed in state.files.items():
        for name, sha256 in listed.items():
            yield state.path / "parquet" / table / name, sha256
    if state.database:
        yield state.path / "warehouse.duckdb", state.database
    if state.state_digest:
        yield state.path / "state.parquet", state.state_digest
    for name, sha256 in state.descriptors.items():
        yield state.path / name, sha256


def verify(state: Snapshot) -> list[str]:
    """Returns one sentence for each file of a state that is missing, changed or added.

    Empty where the state is as it was published. Reads all its bytes.
    """
    return [f"{path} {problem}" for path, problem in problems_of(state)]


def problems_of(state: Snapshot) -> list[tuple[Path, str]]:
    """Returns (path, what is wrong) for each file of a state that is not as it was published."""
    problems = []
    known = {state.path / DESCRIPTION}
    listed = dict(listed_files(state))
    for name in ("warehouse.duckdb", "state.parquet"):
        listed.setdefault(state.path / name, "")
    for path, digest in listed.items():
        known.add(path)
        if not path.is_file():
            problems.append((path, "is missing"))
        elif digest and not digests.is_same(path, digest):
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


def history(data_dir: Path) -> list[Snapshot]:
    """Returns the published states whose description can be read, oldest first."""
    return [state for path in folders(data_dir) if (state := readable(path))]


def folders(data_dir: Path) -> list[Path]:
    """Returns the folders of the published states, oldest first; [] where there are none."""
    home = DataFolder(data_dir).snapshots
    if not home.is_dir():
        return []
    return sorted(
        path for path in home.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def readable(path: Path) -> Snapshot | None:
    """Returns the state in a folder; None where its description is lost or damaged."""
    try:
        return load(path)
    except (OSError, ValueError):
        return None


def find(data_dir: Path, name: str) -> Snapshot:
    """Returns the one state whose identifier or digest begins with `name`.

    Of a digest at least six characters are needed. Raises UsageError where no state, or more than
    one, begins so.
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
        if matches:
            raise UsageError(
                say("several states are called {name}; there are: {known}", name=name, known=known)
            )
        raise UsageError(
            say("no state is called {name}; there are: {known}", name=name, known=known)
        )
    return matches[0]


def rollback(data_dir: Path, state: Snapshot) -> None:
    """Puts an earlier state in force again, in one step, after all its files were checked.

    Raises UsageError where one of them is damaged, a run is under way, or a state is pinned.
    """
    refuse_where_pinned(data_dir)
    problems = verify(state)
    if problems:
        raise UsageError(
            say("{id} cannot be put in force: {problems}", id=state.id, problems=problems[0])
        )
    with DataFolder(data_dir).alone():
        put_in_force(data_dir, state.path.name)


def reports_where(state: Snapshot, condition: str) -> dict[str, str]:
    """Returns the reports for which a condition holds: report_id -> version of their parser.

    `condition` is one SQL expression over the columns of the table reports. Raises UsageError where
    it is none.
    """
    database = str(state.path / "warehouse.duckdb")
    with duckdb.connect(
        database, read_only=True, config={"enable_external_access": False}
    ) as connection:
        try:
            # filter takes one expression: brackets or semicolons in the text cannot add a statement
            chosen = connection.table("reports").filter(condition)
            rows = chosen.project("report_id, parser_version").fetchall()
            return {report_id: version for report_id, version in rows}
        except duckdb.Error as error:
            raise UsageError(
                say(
                    "--where {condition}: {reason}",
                    condition=repr(condition),
                    reason=str(error).splitlines()[0],
                )
            ) from None
