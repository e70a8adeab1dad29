"""The staged rows of the reports that arrive, as files and as a query: read once for all
partitions.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import tables
from warehouse import engine, files, staging
from warehouse.plan import Plan

# bytes of staged Parquet that are divided at a time: DuckDB holds all of them in memory
DIVIDED_BYTES = 32_000_000
# what DuckDB holds while it divides rows: rows in memory per batch, and open files
_WRITER_ROWS = 4_000
_MAX_WRITERS = 10_000
# table -> the part of a staged batch (a file without .parquet) that its rows come from
STAGED_PART = {
    "reports": "documents",
    "sections": "sections",
    "metrics": "metrics",
    "numerals": "numerals",
    "metric_links": "metric_links",
    "section_terms": "section_terms",
    "text_fingerprints": "text_fingerprints",
}
# column that is neither staged nor in the plan -> the SQL of the value that it begins with
_FIRST_VALUE = {"trust": "'unquestioned'"}


def part_files(table: str, documents: list[str]) -> list[str]:
    """Returns the files with the staged rows of a table, beside the files `documents`.

    Raises DamagedBatch where one of them is not what was staged.
    """
    paths = [str(Path(file).with_name(f"{STAGED_PART[table]}.parquet")) for file in documents]
    staging.check_files(paths)
    return paths


@contextlib.contextmanager
def staged_files(
    scratch: Path, table: str, batches: list[list[str]], planned: Plan
) -> Iterator[list[list[str]]]:
    """Gives for each batch of partitions the paths of the files with its staged rows.

    Every staged file has reports of many partitions. So with more than one batch its rows are first
    divided among the batches, into files below `scratch`, which are removed in the end: each staged
    file is read once, however many batches there are. Raises DamagedBatch.
    """
    if not batches:
        yield []
        return
    connection = planned.connection
    batch_of = [(partition, i) for i, batch in enumerate(batches) for partition in batch]
    numbers = pa.table(
        {
            "partition": pa.array([partition for partition, _ in batch_of], pa.string()),
            "batch": pa.array([number for _, number in batch_of], pa.int32()),
        }
    )
    engine.run_with_rows(connection, "create or replace temp table batches as", numbers)
    connection.execute(
        "create or replace temp view owners as select source_sha256, report_id, batch "
        "from placed join batches using (partition) where is_new"
    )
    rows = connection.execute(
        "select distinct file from staged_at semi join owners using (source_sha256) order by file"
    ).fetchall()
    paths = part_files(table, [file for (file,) in rows])
    if len(batches) < 2 or not paths:
        yield [paths for _ in batches]
        return
    try:
        scratch.mkdir()
        _divide(scratch, paths, connection)
        yield [
            sorted(map(str, scratch.glob(f"*/batch={i}/*.parquet"))) for i in range(len(batches))
        ]
    finally:
        shutil.rmtree(scratch)


def _divide(scratch: Path, paths: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """Writes the rows of staged files into one folder for each batch.

    Its path is `<scratch>/<number>/batch=<batch>`. The relation `owners` says which batch a report
    is in.
    """
    connection.execute(f"set partitioned_write_flush_threshold = {_WRITER_ROWS}")
    connection.execute(f"set partitioned_write_max_open_files = {_MAX_WRITERS}")
    for number, group in enumerate(files.groups_by_size(paths, DIVIDED_BYTES)):
        connection.execute(
            "copy (select d.*, o.batch from read_parquet($paths, hive_partitioning = false) d "
            "join owners o using (source_sha256, report_id)) "
            "to $target (format parquet, compression lz4_raw, partition_by (batch))",
            {"paths": group, "target": str(scratch / str(number))},
        )


def staged_rows(table: str, paths: list[str], reports: str) -> str:
    """Returns the SQL query for the staged rows of the reports in the table named `reports`.

    Its columns are those of `table`, and `partition`. Its parameter `staged` takes `paths`.
    """
    staged = set(pq.read_schema(paths[0]).names)
    columns = []
    for column in tables.BY_NAME[table].columns:
        if column.staged and column.name in staged:
            columns.append(f"d.{column.name}")
        else:
            columns.append(_FIRST_VALUE.get(column.name, f"r.{column.name}") + f" as {column.name}")
    return (
        f"select {', '.join(columns)}, r.partition "
        f"from read_parquet($staged, hive_partitioning = false) d join {reports} r "
        "on d.source_sha256 = r.source_sha256 and d.report_id = r.report_id"
    )
