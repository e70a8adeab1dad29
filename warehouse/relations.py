"""The relations that the rules read: the tables of a candidate, what changed in them, and the state
in force.

After `show_tables` each table stands in the schema `main`. After `show_change` there are two more
schemas: `changed` has all tables, but of those that come from reports only the rows of the changed
reports, and `published` has the tables reports and text_fingerprints as the state in force has
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas import tables
from warehouse.engine import create_values, quoted

# rows of so many changed reports are held in memory, where each rule reads them; those of more stay
# in their files
CHANGED_IN_MEMORY_UP_TO = 2_000
# the whole tables of so many reports are held in memory: reading them once for all rules is faster
# than once a rule
TABLES_IN_MEMORY_UP_TO = 2_000

Files = Mapping[str, list[str]]  # table -> paths of its Parquet files


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """Where the changed reports lie, and where the state in force lies.

    `changed` are the Parquet files of each partitioned table that have the rows of `reports`, maybe
    among others. `published` are the Parquet files of reports and text_fingerprints of the state in
    force, and `database` its DuckDB file, None where there is none: reading the other reports there
    is faster.
    """

    reports: frozenset[str]
    changed: Files
    published: Files
    database: Path | None = None


def show_parquet(connection: duckdb.DuckDBPyConnection, name: str, paths: list[str]) -> None:
    """Makes the rows of Parquet files visible as the view `name` of the present schema."""
    rows = connection.read_parquet(paths, hive_partitioning=False)
    rows.create_view(name, replace=True)


def show_tables(connection: duckdb.DuckDBPyConnection, paths: Files) -> None:
    """Makes each table that has Parquet files visible as a view of them."""
    for name, files in paths.items():
        if files:
            show_parquet(connection, name, files)


def hold_in_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Puts tables in the place of the views of declared tables, where the reports are few enough.

    What is shown of a table later must come after this.
    """
    count = connection.sql("select count(*) from reports").fetchall()[0][0]
    if count > TABLES_IN_MEMORY_UP_TO:
        return
    visible = connection.execute(
        "select table_name from information_schema.tables"
        " where table_schema = 'main' and table_catalog = current_database()"
    ).fetchall()
    existing = {name for (name,) in visible}
    for name in tables.BY_NAME:
        if name in existing:
            connection.execute(f"create table rows_of_{name} as from {name}")
            connection.execute(f"create or replace view {name} as from rows_of_{name}")


def show_change(connection: duckdb.DuckDBPyConnection, files: ChangedFiles) -> None:
    """Makes the schemas `changed` and `published`, beside the tables that `show_tables` made
    visible.

    Where the DuckDB file of the state in force can be read, the tables in `main` become its rows of
    the other reports and those of the changed ones. May be called again for the same connection,
    with other files.
    """
    for schema in ("changed", "published"):
        connection.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
    create_values(connection, "changed_reports", "report_id", sorted(files.reports))
    if files.database:
        path = quoted(files.database)
        connection.execute(f"attach if not exists {path} as in_force (read_only)")
    _show_published(connection, files)
    for table in tables.TABLES:
        if table.partitioned:
            _show_changed_rows(connection, table, files)
        elif table.name != "quality_findings":
            connection.execute(f"create view changed.{table.name} as from main.{table.name}")


def _show_published(connection: duckdb.DuckDBPyConnection, files: ChangedFiles) -> None:
    """Makes the tables of the state in force visible in the schema `published`."""
    for name, paths in files.published.items():
        if files.database:
            connection.execute(f"create view published.{name} as from in_force.{name}")
        else:
            show_parquet(connection, f"published_{name}", paths)
            connection.execute(f"create view published.{name} as from main.published_{name}")


def _show_changed_rows(
    connection: duckdb.DuckDBPyConnection, table: tables.Table, files: ChangedFiles
) -> None:
    """Makes the rows of the changed reports visible, and the whole table as those and the rows in
    force.
    """
    name = table.name
    kind = "table" if len(files.reports) <= CHANGED_IN_MEMORY_UP_TO else "view"
    show_parquet(connection, f"files_of_changed_{name}", files.changed[name])
    connection.execute(
        f"create {kind} changed.{name} as from main.files_of_changed_{name}"
        " where report_id in (from changed_reports)"
    )
    # section_terms is a view in the DuckDB file, and no rule compares it across reports
    if files.database is None or table is tables.SECTION_TERMS:
        return
    columns = ", ".join(column.name for column in table.columns)
    connection.execute(
        f"create or replace view {name} as"
        f" select {columns} from in_force.{name}"
        " where report_id not in (from changed_reports)"
        f" union all select {columns} from changed.{name}"
    )
