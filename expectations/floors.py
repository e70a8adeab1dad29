"""Compares a candidate with the state in force: has it lost rows, filled cells, reports of a year?

A small loss is reported, but only a large gain: a night that empties the warehouse must not pass
unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import duckdb
import pyarrow.parquet as pq

from schemas import tables
from schemas.language import marked, say

# tables whose rows are counted: all come from reports. Findings, quarantine and others may shrink
COUNTED = ("reports", "sections", "metrics", "numerals", "sources")
# tables of which the filled cells of each column are counted, too
_FILLED = ("reports", "metrics")

Files = dict[str, list[str]]  # table -> paths of its Parquet files


@dataclass(slots=True)
class Counts:
    """How much a state holds.

    `rows` maps table (of COUNTED) -> number of rows, `filled` maps table (reports, metrics) ->
    column -> number of cells that are not null, `years` maps year -> number of reports. A report
    without a year is not in `years`.
    """

    rows: dict[str, int] = field(default_factory=dict)
    filled: dict[str, dict[str, int]] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Counts:
        """Returns the counts that a parsed JSON document holds, in which years are texts.

        Raises KeyError where one of rows, filled and years is missing.
        """
        years = {int(year): count for year, count in document["years"].items()}
        return cls(document["rows"], document["filled"], years)

    def plus(self, other: Counts) -> Counts:
        """Returns new counts: the sum of both. What only one of them has counts 0 in the other."""
        return self._add(other, 1)

    def minus(self, other: Counts) -> Counts:
        """Returns new counts: these less `other`."""
        return self._add(other, -1)

    def _add(self, other: Counts, sign: int) -> Counts:
        filled = {
            table: _sum(self.filled.get(table, {}), other.filled.get(table, {}), sign)
            for table in {**self.filled, **other.filled}
        }
        rows = _sum(self.rows, other.rows, sign)
        return Counts(rows, filled, _sum(self.years, other.years, sign))


Key = TypeVar("Key")


def _sum(first: Mapping[Key, int], second: Mapping[Key, int], sign: int) -> dict[Key, int]:
    """Returns `first` plus `sign` (1 or -1) times `second`, for the keys of both."""
    return {key: first.get(key, 0) + sign * second.get(key, 0) for key in {**first, **second}}


_CELLS = (
    "select path_in_schema, cast(sum(row_group_num_rows - stats_null_count) as bigint) "
    "from parquet_metadata(?) where stats_null_count is not null group by path_in_schema"
)
_YEARS = (
    "select report_year, count(*) from read_parquet(?, hive_partitioning=false) "
    "where report_year is not null"
)


def counted(paths: Files) -> Counts:
    """Returns how much Parquet files hold.

    Rows and filled cells are taken from their metadata, years from the table reports. A table
    without files has 0 rows.
    """
    counts = Counts()
    with duckdb.connect() as connection:
        for table in COUNTED:
            files = paths.get(table, [])
            counts.rows[table] = _row_count(connection, files)
            if table in _FILLED:
                cells = connection.execute(_CELLS, [files]).fetchall() if files else []
                counts.filled[table] = dict(cells)
        if paths.get("reports"):
            query = f"{_YEARS} group by report_year"
            counts.years = dict(connection.execute(query, [paths["reports"]]).fetchall())
    return counts


def of_reports(paths: Files, reports: frozenset[str]) -> Counts:
    """Returns how much Parquet files hold of the reports with these report_ids.

    The table sources, and tables without files, are left out.
    """
    counts, report_ids = Counts(), sorted(reports)
    with duckdb.connect() as connection:
        for table in COUNTED:
            files = paths.get(table)
            if not files or table == "sources":
                continue
            columns = _written_columns(table, files[0]) if table in _FILLED else []
            cells = "".join(f", count({column})" for column in columns)
            query = (
                f"select count(*){cells} from read_parquet(?, hive_partitioning=false) "
                "where list_contains(?, report_id)"
            )
            ((rows, *filled),) = connection.execute(query, [files, report_ids]).fetchall()
            counts.rows[table] = rows
            if columns:
                counts.filled[table] = dict(zip(columns, filled))
        if paths.get("reports"):
            query = f"{_YEARS} and list_contains(?, report_id) group by report_year"
            years = connection.execute(query, [paths["reports"], report_ids]).fetchall()
            counts.years = dict(years)
    return counts


def _written_columns(table: str, path: str) -> list[str]:
    """Returns the declared columns of a table that a file has; an older file may lack some."""
    written = pq.read_schema(path).names
    return [column.name for column in tables.BY_NAME[table].columns if column.name in written]


def _row_count(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> int:
    """Returns how many rows Parquet files have together, by their metadata."""
    if not paths:
        return 0
    query = "select coalesce(sum(num_rows), 0)::bigint from parquet_file_metadata(?)"
    ((count,),) = connection.execute(query, [paths]).fetchall()
    return int(count)


def rows_in(paths: list[str]) -> int:
    """Returns how many rows Parquet files have together, by their metadata; 0 for no files."""
    with duckdb.connect() as connection:
        return _row_count(connection, paths)


def losses(before: Counts, after: Counts, floors: dict[str, float]) -> list[str]:
    """Returns one sentence for each loss or large gain that the policy does not allow; [] for none.

    `before` is what the state in force holds, `after` what the candidate holds. `floors` are those
    of the policy: the ones named `_free` and `_from_reports` are numbers of reports or rows, those
    named `_lost` are shares from 0 to 1, `figures_per_report_gained` is a factor.
    """
    return [
        *_lost_rows(before, after, floors),
        *_lost_cells(before, after, floors),
        *_lost_years(before, after, floors),
        *_gained_figures(before, after, floors),
    ]


def _lost_rows(before: Counts, after: Counts, floors: dict[str, float]) -> Iterator[str]:
    """Yields the tables with too few rows: the loss is beyond what is free and beyond its share."""
    for table in COUNTED:
        old, new = before.rows[table], after.rows[table]
        kind = "reports" if table in ("reports", "sources") else "rows"
        if old - new > floors[f"{kind}_free"] and old - new > floors[f"{kind}_lost"] * old:
            text = marked("{table}: {new:,} rows, {less:,} less than the {old:,} in force")
            yield say(text, table=table, new=new, less=old - new, old=old)


def _compares_rates(before: Counts, floors: dict[str, float]) -> bool:
    """Whether there are enough reports to compare rates: filled cells a row, figures a report."""
    return before.rows["reports"] >= floors["rates_from_reports"]


def _lost_cells(before: Counts, after: Counts, floors: dict[str, float]) -> Iterator[str]:
    """Yields the columns in which too many cells, or too great a share of them, are empty now."""
    by_rate = _compares_rates(before, floors)
    for table in _FILLED:
        old_rows, new_rows = before.rows[table], after.rows[table]
        if not old_rows or not new_rows:
            continue
        free = floors["reports_free" if table == "reports" else "rows_free"]
        for column in (c.name for c in tables.BY_NAME[table].columns if c.nullable):
            old = before.filled[table].get(column, 0)
            new = after.filled[table].get(column, 0)
            # filled cells as if the table had as many rows as before, where it has more now
            comparable = min(new, round(new * old_rows / new_rows)) if by_rate else new
            if old - comparable <= free:
                continue
            rate_lost = old / old_rows - new / new_rows
            if old - new > floors["fill_lost"] * old or (
                by_rate and rate_lost > floors["fill_lost"]
            ):
                yield say(
                    "{table}.{column}: filled in {new:,} of {new_rows:,} rows, {old:,} of "
                    "{old_rows:,} in force",
                    table=table,
                    column=column,
                    new=new,
                    new_rows=new_rows,
                    old=old,
                    old_rows=old_rows,
                )


def _lost_years(before: Counts, after: Counts, floors: dict[str, float]) -> Iterator[str]:
    """Yields the years that lost too many reports."""
    for year, old in sorted(before.years.items()):
        new = after.years.get(year, 0)
        if old - new > floors["reports_free"] and old - new > floors["year_lost"] * old:
            text = marked("reports of {year}: {new:,}, {less:,} less than the {old:,} in force")
            yield say(text, year=year, new=new, less=old - new, old=old)


def _gained_figures(before: Counts, after: Counts, floors: dict[str, float]) -> Iterator[str]:
    """Yields a sentence where there are far more figures per report than before."""
    old_reports, new_reports = before.rows["reports"], after.rows["reports"]
    if not _compares_rates(before, floors) or not old_reports or not new_reports:
        return
    old = before.rows["metrics"] / old_reports
    new = after.rows["metrics"] / new_reports
    if new > floors["figures_per_report_gained"] * old:
        text = marked("metrics: {new:.1f} figures a report, {old:.1f} in force")
        yield say(text, new=new, old=old)
