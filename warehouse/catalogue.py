"""The candidate's Parquet -> `warehouse.duckdb`: one self-contained file that any DuckDB from 1.2 on opens, with comments on everything."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import tables
from warehouse.snapshots import Candidate, Snapshot

STORAGE_VERSION = "v1.2.0"
_TYPES = {
    "string": "varchar",
    "int32": "integer",
    "int64": "bigint",
    "float64": "double",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def build(candidate: Candidate, previous: Snapshot | None, changed: set[str], retrusted: set[str], total: int) -> Path:
    """Writes the candidate's DuckDB file. Where few of the `total` reports changed, the file before is copied and brought up to date; of the
    reports in `retrusted` the rows of metrics alone changed."""
    path = candidate.path / "warehouse.duckdb"
    old = previous.path / "warehouse.duckdb" if previous else None
    incremental = (
        old is not None
        and old.exists()
        and previous.schema_version == tables.SCHEMA_VERSION
        and len(changed | retrusted) <= total // 5
    )
    if incremental:
        shutil.copyfile(old, path)
        path.chmod(0o644)
    connection = duckdb.connect()
    try:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set memory_limit = '1GB'")
        connection.execute("set temp_directory = ?", [str(candidate.data_dir / "state" / "spill")])
        option = "" if incremental else f" (storage_version '{STORAGE_VERSION}')"
        connection.execute(f"attach {_quoted(path)} as made{option}")
        connection.execute("use made")
        for table in tables.TABLES:
            touched = changed | retrusted if table.name == "metrics" else changed
            _fill(connection, candidate, previous, table, touched, incremental)
            _compare(connection, candidate, table.name)
        for statement in _views():
            connection.execute(statement)
        connection.execute("checkpoint made")
        connection.execute("use memory")
        connection.execute("detach made")
    finally:
        connection.close()
    path.chmod(0o444)
    return path


def _fill(
    connection,
    candidate: Candidate,
    previous: Snapshot | None,
    table: tables.Table,
    changed: set[str],
    incremental: bool,
) -> None:
    files = candidate.parquet(table.name)
    order = ", ".join(f"{c} nulls first" for c in table.order or table.key)
    if incremental and table.partitioned:
        kept = set(candidate.listing[table.name]) & set(previous.files[table.name])
        gone = [f for f in previous.parquet(table.name) if f.rsplit("/", 1)[1] not in kept]
        fresh = [f for f in files if f.rsplit("/", 1)[1] not in kept]
        connection.register("changed", pa.table({"report_id": pa.array(sorted(changed), pa.string())}))
        if gone:  # a changed report whose rows of this table are the same lies in a file that is kept: its rows stay
            connection.execute(
                f"delete from {table.name} where report_id in (select report_id from read_parquet({gone!r}, hive_partitioning=false) semi join changed using (report_id))"
            )
        if fresh:
            connection.execute(
                f"insert into {table.name} select * from read_parquet({fresh!r}, hive_partitioning=false) semi join changed using (report_id) order by {order}"
            )
        connection.unregister("changed")
        return
    if incremental and set(candidate.listing[table.name]) == set(previous.files[table.name]):
        return
    connection.execute(f"drop table if exists {table.name}")
    columns = ", ".join(f"{c.name} {_TYPES[c.type]}{'' if c.nullable else ' not null'}" for c in table.columns)
    connection.execute(f"create table {table.name} ({columns})")
    connection.execute(
        f"insert into {table.name} select * from read_parquet({files!r}, hive_partitioning=false) order by {order}"
    )
    connection.execute(f"comment on table {table.name} is {_quoted(table.en + ' ' + table.zh)}")
    for c in table.columns:
        unit = f" [{c.unit}]" if c.unit else ""
        connection.execute(f"comment on column {table.name}.{c.name} is {_quoted(c.en + unit + ' ' + c.zh)}")


def _compare(connection, candidate: Candidate, table: str) -> None:
    """As many rows in the file as in Parquet: anything else is a bug of ours and must not be published."""
    ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
    wanted = sum(pq.read_metadata(p).num_rows for p in candidate.parquet(table))
    if rows != wanted:
        raise AssertionError(f"{table} has {rows:,} rows in warehouse.duckdb and {wanted:,} in Parquet")


def _views() -> list[str]:
    folder = resources.files("warehouse").joinpath("sql")
    names = sorted(e.name for e in folder.iterdir() if e.name.endswith(".sql"))
    return [folder.joinpath(name).read_text(encoding="utf-8") for name in names]


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
