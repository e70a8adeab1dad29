"""What differs between two states: rows of reports, sections, figures and decisions that were
added, removed or changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas import tables
from schemas.errors import UsageError
from schemas.language import say
from warehouse import engine
from warehouse.snapshots import Snapshot

# per table: what makes a row the same row, and what of it can change
COMPARED = {
    "reports": (
        "report_id",
        ("township_id", "report_year", "title", "issuer", "issued_on", "text"),
    ),
    "sections": ("section_id", ("level", "marker", "heading", "kind", "char_start", "char_end")),
    "metrics": (
        "metric_id",
        ("metric_code", "value", "value_high", "qualifier", "unit", "status", "quote", "trust"),
    ),
    "decisions": (
        "decision_id",
        (
            "quote",
            "source_uri",
            "action",
            "metric_code",
            "value",
            "status",
            "state",
            "reason",
            "decided_by",
        ),
    ),
}
CHANGES = ("added", "changed", "removed")
_FIRST_ROWS = 12
_EXPORT_FORMATS = {".csv": "(header)", ".parquet": "(format parquet, compression zstd)"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between the states `before` and `after` (their identifiers).

    `counts` maps table -> added, changed, removed -> number of rows. `first_rows` holds the first
    few changed rows as (table, change, row, shown before, shown after), figures first.
    """

    before: str
    after: str
    counts: dict[str, dict[str, int]]
    first_rows: list[tuple[str, str, str, str, str]]

    def total(self) -> int:
        """The number of rows that were added, changed or removed."""
        return sum(number for changes in self.counts.values() for number in changes.values())


def difference(
    before: Snapshot,
    after: Snapshot,
    report_ids: set[str] | None = None,
    export_to: str | None = None,
) -> Difference:
    """Compares two states row by row.

    Given `report_ids`, only rows of these reports are compared. With `export_to` (a .csv or
    .parquet file) all rows that differ are written there. Raises UsageError for a file of another
    kind.
    """
    with duckdb.connect() as connection:
        create_changes(connection, before, after, report_ids)
        counts = {table: dict.fromkeys(CHANGES, 0) for table in COMPARED}
        grouped = "select table_name, change, count(*) from changes group by all"
        for table, change, number in connection.execute(grouped).fetchall():
            counts[table][change] = number
        first_rows = connection.execute(
            "select table_name, change, row_id, coalesce(before, ''), coalesce(after, '') "
            "from changes order by table_name <> 'metrics', row_id limit ?",
            [_FIRST_ROWS],
        ).fetchall()
        if export_to:
            _export(connection, export_to)
    return Difference(before.id, after.id, counts, first_rows)


def create_changes(
    connection: duckdb.DuckDBPyConnection,
    before: Snapshot,
    after: Snapshot,
    report_ids: set[str] | None = None,
) -> None:
    """Creates the temporary table `changes`: one row per row that was added, removed or changed
    between two states.

    Only files that the two states do not share are read, so the cost follows the size of the
    change. Given `report_ids`, only rows of these reports are compared.
    """
    wanted = sorted(report_ids or ())
    connection.register("compared_reports", pa.table({"report_id": pa.array(wanted, pa.string())}))
    where = "true" if report_ids is None else "report_id in (from compared_reports)"
    connection.execute(
        "create or replace temp table changes (table_name varchar, change varchar, "
        "row_id varchar, report_id varchar, before varchar, after varchar)"
    )
    for table, (key, columns) in COMPARED.items():
        shown = " || ' · ' || ".join(
            f"coalesce(cast({column} as varchar), '')" for column in columns if column != "text"
        )
        content = ", ".join(f"{column}::varchar" for column in columns)
        row = (
            f"{key} as row_id, report_id, {shown} as shown, md5(concat_ws('|', {content})) as "
            "digest"
        )
        schema = tables.arrow_schema(tables.BY_NAME[table])
        for name, state, other in (("old_rows", before, after), ("new_rows", after, before)):
            # a state of an earlier version may lack a column
            paths = _files_not_in(state, other, table)
            engine.parquet_view(connection, "compared_rows", schema, paths)
            connection.execute(
                f"create or replace temp table {name} as "
                f"select {row} from compared_rows where {where}"
            )
        connection.execute(
            "insert into changes select ?, case when o.row_id is null then 'added' "
            "when n.row_id is null then 'removed' else 'changed' end, "
            "coalesce(o.row_id, n.row_id), coalesce(o.report_id, n.report_id), o.shown, n.shown "
            "from old_rows o full join new_rows n using (row_id) "
            "where o.row_id is null or n.row_id is null or o.digest <> n.digest order by 3",
            [table],
        )
    connection.unregister("compared_reports")


def _files_not_in(state: Snapshot, other: Snapshot, table: str) -> list[str]:
    """The files of a table that `other` does not have with the same content."""
    shared = other.files[table]
    return [
        str(state.path / "parquet" / table / name)
        for name, sha256 in state.files[table].items()
        if shared.get(name) != sha256
    ]


def _export(connection: duckdb.DuckDBPyConnection, target: str) -> None:
    options = _EXPORT_FORMATS.get(Path(target).suffix)
    if options is None:
        raise UsageError(say("{target}: write the changes to a .csv or a .parquet", target=target))
    try:
        connection.execute(
            f"copy (from changes order by table_name, row_id) to ? {options}", [target]
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            say("{file} cannot be written ({reason})", file=target, reason=reason)
        ) from None
