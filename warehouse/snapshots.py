"""Published states: `snapshots/<id>/` each with its Parquet and its DuckDB file, and the link `current` that names the one in force.

Moving the link is the only commit point: Parquet and `warehouse.duckdb` change together or not at all.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import UsageError
from warehouse import engine, files

KEEP = 7


@dataclass(slots=True)
class Snapshot:
    """One published state. `files` maps table -> file name -> SHA-256; `digest` is over all of them but the table runs."""

    path: Path
    id: str
    run_id: str
    digest: str
    parser_version: str
    register: str
    schema_version: str
    judged_by: str
    database: str  # digest of its warehouse.duckdb, of pieces or (in older states) SHA-256 of the file; empty where none was noted
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    counts: dict = field(
        default_factory=dict
    )  # what its tables hold, in the words of who counted it; empty where that was not noted

    def parquet(self, table: str) -> list[str]:
        """Paths of the files of a table."""
        return [str(self.path / "parquet" / table / name) for name in sorted(self.files[table])]

    def read(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some of its columns."""
        return pa.concat_tables(
            [pq.read_table(p, columns=columns, partitioning=None) for p in self.parquet(table)]
        )

    def state(self, columns: list[str] | None = None) -> pa.Table:
        """One row a report with a current source: where it comes from, whose it is, and in which partition it lies; or some columns of it."""
        return pq.read_table(self.path / "state.parquet", columns=columns)


def current(data_dir: Path) -> Snapshot | None:
    """The state in force, or None before the first."""
    link = data_dir / "current"
    if not link.exists():
        return None
    return load(link.resolve())


def load(path: Path) -> Snapshot:
    """The published state in a folder."""
    said = json.loads((path / "snapshot.json").read_text(encoding="utf-8"))
    return Snapshot(
        path,
        said["id"],
        said["run_id"],
        said["digest"],
        said["parser_version"],
        said["register"],
        said["schema_version"],
        said.get("judged_by", ""),
        said.get("database", ""),
        said["files"],
        said.get("counts", {}),
    )


def digest_of(listing: dict[str, dict[str, str]]) -> str:
    """Digest over the content of all tables but runs: the same sources give the same digest."""
    lines = [
        f"{table}/{name} {sha}"
        for table in sorted(listing)
        if table != "runs"
        for name, sha in sorted(listing[table].items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def put_in_force(data_dir: Path, identifier: str) -> None:
    """Moves the link `current` to a state that is complete: the one step that readers see."""
    files.point(data_dir / "parquet", "current/parquet")
    files.point(data_dir / "warehouse.duckdb", "current/warehouse.duckdb")
    files.point(data_dir / "current", f"snapshots/{identifier}")


def _file_digest(path: Path) -> str:
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


PIECE = 64 << 20
_PIECES = "pieces:"


def database_digest(path: Path) -> str:
    """SHA-256 of the SHA-256 of all pieces of `PIECE` bytes: of a large file on two threads in half of the time."""

    def piece(begin: int) -> bytes:
        made, part, left = hashlib.sha256(), memoryview(bytearray(1 << 18)), PIECE
        with open(path, "rb", buffering=0) as f:
            f.seek(begin)
            while left and (n := f.readinto(part[:left])):
                made.update(part[:n])
                left -= n
        return made.digest()

    with ThreadPoolExecutor(engine.threads()) as pool:
        each = pool.map(piece, range(0, path.stat().st_size, PIECE))
        return _PIECES + hashlib.sha256(b"".join(each)).hexdigest()


def verify(state: Snapshot) -> list[str]:
    """What of a state is not as it was published: missing files, other bytes, another digest. Empty where all is well."""
    wrong = []
    listed = [
        (state.path / "parquet" / t / n, sha)
        for t, names in state.files.items()
        for n, sha in names.items()
    ]
    if state.database:
        listed.append((state.path / "warehouse.duckdb", state.database))
    for path, sha256 in listed:
        if not path.is_file():
            wrong.append(f"{path} is missing")
        elif (database_digest if sha256.startswith(_PIECES) else _file_digest)(path) != sha256:
            wrong.append(f"{path} has other bytes than were published")
    if digest_of(state.files) != state.digest:
        wrong.append(f"{state.path / 'snapshot.json'} lists other files than its digest says")
    return wrong


def prune(data_dir: Path, keep: int = KEEP) -> None:
    """Removes the oldest published states beyond `keep`; the one in force always stays."""
    home = data_dir / "snapshots"
    in_force = (data_dir / "current").resolve()
    states = sorted(
        (p for p in home.iterdir() if not p.name.startswith(".") and p.is_dir()),
        key=lambda p: p.name,
    )
    for path in states[:-keep] if keep else states:
        if path.resolve() != in_force:
            shutil.rmtree(path, ignore_errors=True)


def history(data_dir: Path) -> list[Snapshot]:
    """The published states that are still there, oldest first."""
    return [state for path in _folders(data_dir) if (state := _readable(path))]


def unreadable(data_dir: Path) -> list[Path]:
    """The folders of states whose own description is missing or damaged."""
    return [path for path in _folders(data_dir) if _readable(path) is None]


def _folders(data_dir: Path) -> list[Path]:
    home = data_dir / "snapshots"
    return (
        sorted(p for p in home.iterdir() if not p.name.startswith(".") and p.is_dir())
        if home.is_dir()
        else []
    )


def _readable(path: Path) -> Snapshot | None:
    try:
        return load(path)
    except (OSError, ValueError, KeyError):
        return None


def find(data_dir: Path, name: str) -> Snapshot:
    """The state with that identifier, or whose identifier or digest begins so (six characters or more of a digest).

    Raises UsageError where no state or several are called so.
    """
    states = history(data_dir)
    matches = [
        state
        for state in states
        if state.id.startswith(name) or (len(name) >= 6 and state.digest.startswith(name))
    ]
    if len(matches) != 1:
        known = ", ".join(state.id for state in states) or "none"
        number = "several states are" if matches else "no state is"
        raise UsageError(f"{number} called {name}; there are: {known}")
    return matches[0]


def rollback(data_dir: Path, state: Snapshot) -> None:
    """Puts an earlier state in force again, in one step. Raises UsageError where it is damaged or a run is under way."""
    wrong = verify(state)
    if wrong:
        raise UsageError(f"{state.id} cannot be put in force: {wrong[0]}")
    with files.locked(data_dir / "state" / "lock") as alone:
        if not alone:
            raise UsageError(f"another run is under way in {data_dir}: wait until it has ended")
        files.point(data_dir / "current", f"snapshots/{state.id}")


def reports_where(state: Snapshot, condition: str) -> dict[str, str]:
    """The reports for which an SQL condition on `reports` holds: report_id -> version of the parser that read it.

    Raises UsageError where the condition is no SQL.
    """
    query = f"select report_id, parser_version from reports where ({condition})"
    with duckdb.connect(str(state.path / "warehouse.duckdb"), read_only=True) as connection:
        try:
            return dict(connection.execute(query).fetchall())
        except duckdb.Error as error:
            raise UsageError(f"--where {condition!r}: {str(error).splitlines()[0]}") from None
