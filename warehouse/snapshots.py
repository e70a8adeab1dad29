"""Published states: `snapshots/<id>/` each with its Parquet and its DuckDB file, and the link `current` that names the one in force.

Moving the link is the only commit point: Parquet and `warehouse.duckdb` change together or not at all.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import tables
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


class Candidate:
    """A state in the making, in `snapshots/.candidate`. Files that the state before has too are linked, not written."""

    def __init__(self, data_dir: Path, previous: Snapshot | None) -> None:
        self.data_dir, self.previous = data_dir, previous
        self.path = data_dir / "snapshots" / ".candidate"
        shutil.rmtree(self.path, ignore_errors=True)
        self.listing: dict[str, dict[str, str]] = {t.name: {} for t in tables.TABLES}
        # table -> file with what is new in it, where that is little: rows of reports that came or changed, and findings; none is published
        self.gathered: dict[str, str] = {}
        self._beside: Future | None = None
        for table in tables.TABLES:
            (self.path / "parquet" / table.name).mkdir(parents=True)

    def keep(self, table: str, name: str) -> None:
        """Takes a file over from the state before; where the file system has no hard links, as a copy."""
        source, target = (
            f"{home}/parquet/{table}/{name}" for home in (self.previous.path, self.path)
        )  # of thousands
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        self.listing[table][name] = self.previous.files[table][name]

    def write(self, table: str, stem: str, rows: pa.Table) -> None:
        """Writes one file of a table, named after its content, unless the state before has the very same."""
        schema = tables.arrow_schema(tables.BY_NAME[table])
        _check_nulls(table, rows)
        sink = pa.BufferOutputStream()
        pq.write_table(
            rows.select(schema.names).cast(schema).combine_chunks(),
            sink,
            compression="zstd",
            row_group_size=65_536,
            store_schema=True,
        )
        data = sink.getvalue()
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{stem}-{sha256[:8]}.parquet"
        if self.previous and self.previous.files.get(table, {}).get(name) == sha256:
            self.keep(table, name)
            return
        target = self.path / "parquet" / table / name
        with open(target, "wb") as f:
            f.write(data)
        target.chmod(0o444)
        self.listing[table][name] = sha256

    def parquet(self, table: str) -> list[str]:
        """Paths of the files of a table."""
        return [str(self.path / "parquet" / table / name) for name in sorted(self.listing[table])]

    def replace(self, table: str, name: str, rows: pa.Table) -> None:
        """Puts other rows in the place of a file that was written or taken over."""
        del self.listing[table][name]
        (self.path / "parquet" / table / name).unlink()
        self.write(table, name.rsplit("-", 1)[0], rows)

    def gathers(self, table: str) -> str:
        """Where what is new in a table is to be written."""
        (self.path / "gathered").mkdir(exist_ok=True)
        self.gathered[table] = str(self.path / "gathered" / f"{table}.parquet")
        return self.gathered[table]

    def keep_state(self, parts: Iterable[pa.Table]) -> None:
        """Writes what `Snapshot.state` will give, from one part or more."""
        left = iter(parts)
        first = next(left)
        with pq.ParquetWriter(
            self.path / "state.parquet", first.schema, compression="zstd"
        ) as writer:
            for part in itertools.chain([first], left):
                writer.write_table(part)

    def publish(
        self, run_id: str, parser_version: str, register: str, judged_by: str, counts: dict
    ) -> Snapshot:
        """Makes the candidate the state in force, in one step; `counts` is kept with it."""
        shutil.rmtree(self.path / "gathered", ignore_errors=True)
        digest = digest_of(self.listing)
        identifier = f"{run_id}-{digest[:12]}"
        files.write_json(
            self.path / "snapshot.json",
            {
                "id": identifier,
                "run_id": run_id,
                "digest": digest,
                "parser_version": parser_version,
                "register": register,
                "schema_version": tables.SCHEMA_VERSION,
                "judged_by": judged_by,
                "database": _database_digest(self.path / "warehouse.duckdb"),
                "files": self.listing,
                "counts": counts,
            },
        )
        home = self.data_dir / "snapshots" / identifier
        shutil.rmtree(home, ignore_errors=True)
        os.rename(self.path, home)
        files.sync_folder(home.parent)
        put_in_force(self.data_dir, identifier)
        return load(home)

    def beside(self, work: Callable, *arguments: object) -> None:
        """Begins a piece of work on the candidate's files in a thread, one at most."""
        with_one = ThreadPoolExecutor(1)
        self._beside = with_one.submit(work, *arguments)
        with_one.shutdown(wait=False)

    def is_busy(self) -> bool:
        """Whether a piece of work was begun beside."""
        return self._beside is not None

    def settle(self) -> bool:
        """Waits for what was begun beside, if anything was, and raises what it raised."""
        if self._beside is None:
            return False
        self._beside.result()
        return True

    def discard(self) -> None:
        """Drops the candidate."""
        if self._beside is not None:
            self._beside.exception()  # waits
        shutil.rmtree(self.path, ignore_errors=True)


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


def _database_digest(path: Path) -> str:
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
        elif (_database_digest if sha256.startswith(_PIECES) else _file_digest)(path) != sha256:
            wrong.append(f"{path} has other bytes than were published")
    if digest_of(state.files) != state.digest:
        wrong.append(f"{state.path / 'snapshot.json'} lists other files than its digest says")
    return wrong


def _check_nulls(table: str, rows: pa.Table) -> None:
    """Arrow does not enforce `nullable=False`; this does, as a bug of ours and not as bad input."""
    for column in tables.BY_NAME[table].columns:
        if not column.nullable and rows[column.name].null_count:
            raise AssertionError(
                f"{table}.{column.name} is declared without nulls and has {rows[column.name].null_count}"
            )


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
