"""The next state while it is being made. Publishing it is one step."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas import descriptors, tables
from warehouse import digests, files, snapshots
from warehouse.folder import DataFolder
from warehouse.snapshots import Snapshot

_ROW_GROUP_ROWS = 65_536
_NO_PROVINCE = "unknown"  # in the name of a partition


class Candidate:
    """The files of the next state. Those that the state in force has too are linked, not written.

    `listing` maps table -> file name -> SHA-256. `gathered` maps table -> a file with what is new
    in it, where that is little: rows of reports that came or changed, and findings; these files are
    not published.
    """

    def __init__(self, data_dir: Path, previous: Snapshot | None) -> None:
        self.data_dir = data_dir
        self.previous = previous
        self.path = DataFolder(data_dir).candidate
        self.listing: dict[str, dict[str, str]] = {table.name: {} for table in tables.TABLES}
        self.gathered: dict[str, str] = {}
        self._background: Future[Any] | None = None
        shutil.rmtree(self.path, ignore_errors=True)
        for table in tables.TABLES:
            (self.path / "parquet" / table.name).mkdir(parents=True)

    def reuse(self, table: str, name: str) -> None:
        """Takes a file over from the state in force; where the file system has no hard links, as a
        copy.
        """
        if self.previous is None:
            raise ValueError("there is no state in force to take a file from")
        # strings, because there are thousands of files
        source = f"{self.previous.path}/parquet/{table}/{name}"
        target = f"{self.path}/parquet/{table}/{name}"
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        self.listing[table][name] = self.previous.files[table][name]

    def write(self, table: str, stem: str, rows: pa.Table) -> None:
        """Writes one file of a table, named after `stem` and its content, unless the state in force
        has the very same.
        """
        schema = tables.arrow_schema(tables.BY_NAME[table])
        _check_nulls(table, rows)
        sink = pa.BufferOutputStream()
        pq.write_table(
            rows.select(schema.names).cast(schema).combine_chunks(),
            sink,
            compression="zstd",
            row_group_size=_ROW_GROUP_ROWS,
            store_schema=True,
        )
        data = sink.getvalue()
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{stem}-{sha256[:8]}.parquet"
        if self.previous and self.previous.files.get(table, {}).get(name) == sha256:
            self.reuse(table, name)
            return
        target = self.path / "parquet" / table / name
        target.write_bytes(data)
        target.chmod(0o444)
        self.listing[table][name] = sha256

    def replace(self, table: str, name: str, rows: pa.Table) -> None:
        """Writes other rows in place of a file that was written or taken over."""
        del self.listing[table][name]
        (self.path / "parquet" / table / name).unlink()
        self.write(table, name.rsplit("-", 1)[0], rows)

    def parquet(self, table: str) -> list[str]:
        """Returns the paths of the files of a table."""
        return [str(self.path / "parquet" / table / name) for name in sorted(self.listing[table])]

    def previous_files(self, table: str, names: Iterable[str]) -> list[str]:
        """Returns the paths of files of the state in force."""
        if self.previous is None:
            return []
        return [str(self.previous.path / "parquet" / table / name) for name in names]

    def gathered_file(self, table: str) -> str:
        """Returns where what is new in a table is to be written, and notes it in `gathered`."""
        (self.path / "gathered").mkdir(exist_ok=True)
        self.gathered[table] = str(self.path / "gathered" / f"{table}.parquet")
        return self.gathered[table]

    def write_state(self, parts: Iterable[pa.Table]) -> None:
        """Writes what `Snapshot.state` will give, from one part or more."""
        remaining = iter(parts)
        first = next(remaining)
        path = self.path / "state.parquet"
        with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
            for part in itertools.chain([first], remaining):
                writer.write_table(part)

    def publish(
        self,
        run_id: str,
        parser_version: str,
        register: str,
        judged_by: str,
        counts: dict[str, Any],
        publisher: descriptors.Publisher,
    ) -> Snapshot:
        """Makes the candidate the state in force, in one step. `counts` is kept with it; what
        describes it to others names the `publisher`.
        """
        shutil.rmtree(self.path / "gathered", ignore_errors=True)
        digest = snapshots.digest_of(self.listing)
        identifier = f"{run_id}-{digest[:12]}"
        facts = descriptors.StateFacts(
            identifier,
            digest,
            parser_version,
            tables.SCHEMA_VERSION,
            reports=counts["rows"]["reports"],
            figures=counts["rows"]["metrics"],
            years=tuple(sorted(counts["years"])),
            provinces=self._provinces(),
            publisher=publisher,
        )
        description = {
            "id": identifier,
            "run_id": run_id,
            "digest": digest,
            "parser_version": parser_version,
            "register": register,
            "schema_version": tables.SCHEMA_VERSION,
            "judged_by": judged_by,
            "database": digests.database_digest(self.path / "warehouse.duckdb"),
            "state": digests.file_digest(self.path / "state.parquet"),
            "files": self.listing,
            "counts": counts,
            "descriptors": self._write_descriptors(facts),
        }
        snapshots.write_description(self.path, description)
        home = DataFolder(self.data_dir).snapshots / identifier
        shutil.rmtree(home, ignore_errors=True)
        os.rename(self.path, home)
        files.sync_all(home.parent)
        snapshots.put_in_force(self.data_dir, identifier)
        return snapshots.load(home)

    def _write_descriptors(self, facts: descriptors.StateFacts) -> dict[str, str]:
        """Writes what describes the state to others; returns name -> SHA-256."""
        written = {}
        for name, content in descriptors.contents(facts).items():
            (self.path / name).write_bytes(content)
            written[name] = hashlib.sha256(content).hexdigest()
        return written

    def _provinces(self) -> tuple[str, ...]:
        """Returns the provinces of the reports, from the names of their partitions."""
        stems = {name.split("-")[1] for name in self.listing["reports"] if name.count("-") > 1}
        return tuple(sorted(stems - {_NO_PROVINCE}))

    def start_background(self, work: Callable[..., object], *arguments: object) -> None:
        """Begins a piece of work on the candidate's files in a thread; one at most."""
        pool = ThreadPoolExecutor(1)
        self._background = pool.submit(work, *arguments)
        pool.shutdown(wait=False)

    def has_background(self) -> bool:
        """Whether a piece of work was begun in a thread."""
        return self._background is not None

    def finish_background(self) -> bool:
        """Waits for the work in the thread and raises what it raised. Returns whether there was
        any.
        """
        if self._background is None:
            return False
        self._background.result()
        return True

    def discard(self) -> None:
        """Removes the candidate."""
        if self._background is not None:
            self._background.exception()  # waits
        shutil.rmtree(self.path, ignore_errors=True)


def _check_nulls(table: str, rows: pa.Table) -> None:
    """Raises AssertionError for a null in a column declared without: Arrow does not enforce it, and
    it is a bug of ours.
    """
    for column in tables.BY_NAME[table].columns:
        nulls = rows[column.name].null_count
        if not column.nullable and nulls:
            raise AssertionError(f"{table}.{column.name} is declared without nulls and has {nulls}")
