"""Writes the Parquet files of the next state. A changed report rewrites its own partition and no
other.

A partition holds the reports of one year and province. One with too many reports is split by the
first hexadecimal digits of the identifiers of their bodies. So the partitions depend on the set of
reports alone, not on the order in which they arrived, and a report that replaces another of its
body lies in the same partition as that one.

Used below: a report is `new` (it arrives) where its rows come from staging; else it is kept, and
its rows come from the published file of the partition that it was in. The table `placed`, made by
plan/placed.sql, has this of every current report: report_id, source_sha256, partition, was_in (its
published partition, null for none) and is_new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import tables
from warehouse import arriving_rows, engine
from warehouse.candidate import Candidate
from warehouse.plan import Plan
from warehouse.snapshots import Snapshot

# up to so many new reports, their rows are also gathered in one file, for the steps that look at
# them later
MAX_GATHERED_REPORTS = 2_000
# how many reports have their rows sorted at once: for these tables, and for all others
SORT_BATCH_REPORTS = {"reports": 6_000, "section_terms": 2_500}
_SORT_BATCH_REPORTS = 6_000
# rows that are read at a time: of staged rows, and of rows that are sorted
_READ_ROWS = 65_536
_SORTED_READ_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class _Work:
    """How each partition is made, the same for every table.

    The files of `reuse` are taken over. Those of `rewrite` are sorted anew from all their reports,
    those of `merge` from the published file and the new reports. The number beside a partition is
    how many reports are read for it from staging or published files: all, or in `merge` the new
    ones.
    """

    reuse: list[str]
    rewrite: list[tuple[str, int]]
    merge: list[tuple[str, int]]

    def written(self) -> list[str]:
        """Returns the partitions that are not reused."""
        return [partition for partition, _ in [*self.rewrite, *self.merge]]


def partition_of(path: str) -> str:
    """Returns the partition that a file of a partitioned table holds, from its path.

    The name of the file is `<partition>-<digest>.parquet`; it is `empty` for a table without rows.
    """
    return path.rsplit("/", 1)[1].rsplit("-", 1)[0]


def year_of(partition: str) -> str:
    """Returns the year of the reports in a partition as text, or `unknown`."""
    return partition.split("-", 1)[0]


def write_partitions(candidate: Candidate, previous: Snapshot | None, planned: Plan) -> None:
    """Writes the changed partitions of all tables into the candidate; takes the others over.

    `previous` is the state in force, None before the first. Raises DamagedBatch where a staged file
    is not what was staged.
    """
    connection = planned.connection
    connection.execute(engine.script("plan/placed.sql"))
    # (partition, all its reports, its new reports, method)
    rows = connection.execute(engine.script("plan/partitions.sql")).fetchall()
    work = _Work(
        reuse=[partition for partition, _, _, method in rows if method == "reuse"],
        rewrite=[(partition, total) for partition, total, _, method in rows if method == "rewrite"],
        # the published file of a merged partition is read as it is; only new rows are looked up
        merge=[(partition, new) for partition, _, new, method in rows if method == "merge"],
    )
    arriving = sum(new for _, _, new, _ in rows)
    is_small = previous is not None and arriving <= MAX_GATHERED_REPORTS
    replaced_reports = _reports_replaced([partition for partition, _ in work.merge], connection)
    if is_small:
        _show_arriving("gathered", work.written(), connection)
    for table in arriving_rows.STAGED_PART:
        published: dict[str, str] = {}
        if previous:
            names = previous.files.get(table, {})
            published = {name.rsplit("-", 1)[0]: name for name in names}
        for partition in work.reuse:
            if partition in published:
                candidate.reuse(table, published[partition])
        if is_small:
            _write_small(candidate, table, work, replaced_reports, published, planned)
        else:
            _write_large(candidate, table, work, replaced_reports, published, planned)
        if not candidate.listing[table]:
            candidate.write(table, "empty", _schema(table).empty_table())


def _schema(table: str) -> pa.Schema:
    return tables.arrow_schema(tables.BY_NAME[table])


def _write_small(
    candidate: Candidate,
    table: str,
    work: _Work,
    replaced_reports: dict[str, list[str]],
    published: dict[str, str],
    planned: Plan,
) -> None:
    """Writes the partitions of a table where few reports are new: their rows are gathered first.

    `replaced_reports` maps a partition to the reports whose published rows are left out,
    `published` a partition to the name of its published file.
    """
    arriving = _gather(candidate, table, planned)
    partitions = [partition for partition, _ in work.merge]
    _merge(candidate, table, partitions, arriving, replaced_reports, published)
    batches = list(_batches(work.rewrite, table))
    with arriving_rows.staged_files(candidate.path / "divided", table, batches, planned) as staged:
        for batch, paths in zip(batches, staged):
            _rewrite(candidate, table, batch, paths, published, planned.connection)


def _write_large(
    candidate: Candidate,
    table: str,
    work: _Work,
    replaced_reports: dict[str, list[str]],
    published: dict[str, str],
    planned: Plan,
) -> None:
    """Writes the partitions of a table, batch by batch, so that memory stays bounded.

    Arguments as in `_write_small`.
    """
    rewrite, merge = list(_batches(work.rewrite, table)), list(_batches(work.merge, table))
    connection = planned.connection
    with arriving_rows.staged_files(
        candidate.path / "divided", table, [*rewrite, *merge], planned
    ) as staged:
        for batch, paths in zip(rewrite, staged):
            _rewrite(candidate, table, batch, paths, published, connection)
        for batch, paths in zip(merge, staged[len(rewrite) :]):
            _show_arriving("arriving", batch, connection)
            arriving = dict(_by_partition(table, paths, "arriving", connection))
            _merge(candidate, table, batch, arriving, replaced_reports, published)


def _batches(partitions: list[tuple[str, int]], table: str) -> Iterator[list[str]]:
    """Divides (partition, reports that are read for it) into batches that can be sorted at once."""
    limit = SORT_BATCH_REPORTS.get(table, _SORT_BATCH_REPORTS)
    batch: list[str] = []
    reports = 0
    for partition, read in partitions:
        batch.append(partition)
        reports += read
        if reports >= limit:
            yield batch
            batch, reports = [], 0
    if batch:
        yield batch


def _show_arriving(name: str, partitions: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `name`: the rows of `state` of the new reports in these partitions."""
    engine.create_values(connection, "chosen_partitions", "partition", partitions)
    connection.execute(
        f"create or replace temp table {name} as select s.* from state s semi join "
        "(from placed semi join chosen_partitions using (partition) where is_new) using (report_id)"
    )


def _gather(candidate: Candidate, table: str, planned: Plan) -> dict[str, pa.Table]:
    """Returns partition -> the rows of its new reports, of which there are few.

    They are written into one file, too: later steps need not open their partitions. Raises
    DamagedBatch.
    """
    connection = planned.connection
    rows = connection.execute(
        "select distinct file from staged_at semi join gathered using (source_sha256) order by file"
    ).fetchall()
    paths = arriving_rows.part_files(table, [file for (file,) in rows])
    arriving = dict(_by_partition(table, paths, "gathered", connection))
    with pq.ParquetWriter(candidate.gathered_file(table), _schema(table)) as writer:
        for part in arriving.values():
            writer.write_table(part)
    return arriving


def _by_partition(
    table: str, paths: list[str], reports: str, connection: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, pa.Table]]:
    """Yields (partition, the staged rows in it of the reports in the table named `reports`)."""
    if not paths:
        return
    schema = _schema(table)
    query = f"select * from ({arriving_rows.staged_rows(table, paths, reports)}) order by partition"
    reader = connection.sql(query, params={"staged": paths}).to_arrow_reader(_READ_ROWS)
    for partition, rows in _runs_of(reader):
        yield partition, rows.select(schema.names).cast(schema)


def _rewrite(
    candidate: Candidate,
    table: str,
    partitions: list[str],
    paths: list[str],
    published: dict[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Writes partitions anew from the rows of all their reports, sorted.

    The rows of new reports come from the staged files `paths`, those of the others from published
    files (`published`: partition -> file name), where they may have lain in another partition.
    """
    declared = tables.BY_NAME[table]
    _show_arriving("arriving", partitions, connection)
    connection.execute(
        "create or replace temp table kept as select report_id, partition, was_in "
        "from placed semi join chosen_partitions using (partition) where not is_new"
    )
    selects: list[str] = []
    parameters: dict[str, Any] = {}
    if paths:
        selects.append(arriving_rows.staged_rows(table, paths, "arriving"))
        parameters["staged"] = paths
    rows = connection.execute("select distinct was_in from kept order by was_in").fetchall()
    if names := [published[partition] for (partition,) in rows if partition in published]:
        columns = ", ".join(f"o.{column.name}" for column in declared.columns)
        selects.append(
            f"select {columns}, k.partition from read_parquet($published, hive_partitioning = "
            "false) o "
            "join kept k on o.report_id = k.report_id"
        )
        parameters["published"] = candidate.previous_files(table, names)
    if not selects:
        return
    order = ", ".join(f"{column} nulls first" for column in ("partition", *declared.order))
    query = f"select * from ({' union all by name '.join(selects)}) order by {order}"
    reader = connection.sql(query, params=parameters).to_arrow_reader(_SORTED_READ_ROWS)
    for partition, part in _runs_of(reader):
        candidate.write(table, partition, part)
    written = {name.rsplit("-", 1)[0] for name in candidate.listing[table]}
    for partition in partitions:
        if partition not in written:
            candidate.write(table, partition, _schema(table).empty_table())


def _reports_replaced(
    partitions: list[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, list[str]]:
    """Returns partition -> the reports whose rows in its published file must be left out.

    They are in the file and now replaced by new rows, in another partition, or gone.
    """
    engine.create_values(connection, "chosen_partitions", "partition", partitions)
    return dict(connection.execute(engine.script("plan/replaced_rows.sql")).fetchall())


def _merge(
    candidate: Candidate,
    table: str,
    partitions: list[str],
    arriving: dict[str, pa.Table],
    replaced_reports: dict[str, list[str]],
    published: dict[str, str],
) -> None:
    """Writes partitions of which half or more stays, one file each.

    The rows of the published file, without those of the reports `replaced_reports`, and the
    `arriving` rows are put together and sorted.
    """
    schema = _schema(table)
    order = [(column, "ascending", "at_start") for column in tables.BY_NAME[table].order]

    def write(partition: str) -> None:
        parts = [arriving.get(partition, schema.empty_table())]
        if partition in published:
            (path,) = candidate.previous_files(table, [published[partition]])
            existing = (
                pq.ParquetFile(path).read(use_threads=False).select(schema.names).cast(schema)
            )
            replaced = pa.array(replaced_reports.get(partition, []), pa.string())
            parts.append(existing.filter(pc.invert(pc.is_in(existing["report_id"], replaced))))
        merged = pa.concat_tables(parts).combine_chunks()
        candidate.write(table, partition, merged.take(pc.sort_indices(merged, order)))

    with ThreadPoolExecutor(engine.threads()) as pool:
        for _ in pool.map(write, partitions):
            pass


def _runs_of(reader: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, pa.Table]]:
    """Yields (partition, all its rows) from batches ordered by their column `partition`.

    The rows are without that column.
    """
    current: str | None = None
    parts: list[pa.Table] = []
    for batch in reader:
        runs = pc.run_end_encode(batch.column("partition"))
        rows = pa.Table.from_batches([batch.drop_columns(["partition"])])
        start = 0
        for partition, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist()):
            if current is not None and partition != current:
                yield current, pa.concat_tables(parts)
                parts = []
            current = partition
            parts.append(rows.slice(start, end - start))
            start = end
    if current is not None and parts:
        yield current, pa.concat_tables(parts)
