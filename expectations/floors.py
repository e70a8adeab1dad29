"""What a candidate has lost against the state in force: rows, filled cells, reports of a year. Losing is fatal sooner than gaining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import pyarrow.parquet as pq

from schemas import tables

# the tables whose rows come from reports; findings, quarantine and the like may shrink
COUNTED = ("reports", "sections", "metrics", "numerals", "sources")
_FILLED = ("reports", "metrics")

Files = dict[str, list[str]]  # table -> paths of its Parquet files


@dataclass(slots=True)
class Counts:
    """How many rows tables have (those COUNTED), how many filled cells each column of reports and metrics, and how many reports each year."""

    rows: dict[str, int] = field(default_factory=dict)
    filled: dict[str, dict[str, int]] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: dict) -> Counts:
        """Returns the counts that a parsed JSON document holds, in which years are texts."""
        years = {int(year): count for year, count in document["years"].items()}
        return cls(document["rows"], document["filled"], years)

    def plus(self, other: Counts) -> Counts:
        """These and the others."""
        return self._with(other, lambda a, b: a + b)

    def less(self, other: Counts) -> Counts:
        """These without the others."""
        return self._with(other, lambda a, b: a - b)

    def _with(self, other: Counts, put: Callable[[int, int], int]) -> Counts:
        def each(a: dict, b: dict) -> dict:
            return {key: put(a.get(key, 0), b.get(key, 0)) for key in {**a, **b}}

        filled = {
            t: each(self.filled.get(t, {}), other.filled.get(t, {}))
            for t in {**self.filled, **other.filled}
        }
        return Counts(each(self.rows, other.rows), filled, each(self.years, other.years))


def counted(paths: Files) -> Counts:
    """What Parquet files hold, by what their ends tell; years by the reports themselves."""
    made = Counts()
    with duckdb.connect() as connection:
        for table in COUNTED:
            files = paths.get(table, [])
            made.rows[table] = _rows(connection, files)
            if table in _FILLED:
                made.filled[table] = (
                    dict(connection.execute(_CELLS, [files]).fetchall()) if files else {}
                )
        if paths.get("reports"):
            made.years = dict(
                connection.execute(f"{_YEARS} group by report_year", [paths["reports"]]).fetchall()
            )
    return made


def of_reports(paths: Files, reports: frozenset[str]) -> Counts:
    """What Parquet files hold of some reports; what comes from their sources is not counted."""
    made, report_ids = Counts(), sorted(reports)
    with duckdb.connect() as connection:
        for table in COUNTED:
            if not (files := paths.get(table)) or table == "sources":
                continue
            # files of an older version may lack columns that are declared today
            written = pq.read_schema(files[0]).names
            declared = [column.name for column in tables.BY_NAME[table].columns]
            columns = [n for n in declared if n in written] if table in _FILLED else []
            cells = "".join(f", count({c})" for c in columns)
            where = (
                "from read_parquet(?, hive_partitioning=false) where list_contains(?, report_id)"
            )
            ((made.rows[table], *filled),) = connection.execute(
                f"select count(*){cells} {where}", [files, report_ids]
            ).fetchall()
            if columns:
                made.filled[table] = dict(zip(columns, filled))
        if paths.get("reports"):
            of_those = f"{_YEARS} and list_contains(?, report_id) group by report_year"
            made.years = dict(
                connection.execute(of_those, [paths["reports"], report_ids]).fetchall()
            )
    return made


_CELLS = (
    "select path_in_schema, cast(sum(row_group_num_rows - stats_null_count) as bigint) from parquet_metadata(?) "
    "where stats_null_count is not null group by path_in_schema"
)
_YEARS = "select report_year, count(*) from read_parquet(?, hive_partitioning=false) where report_year is not null"


def _rows(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> int:
    """How many rows Parquet files have, as their ends tell."""
    if not paths:
        return 0
    rows = "select coalesce(sum(num_rows), 0)::bigint from parquet_file_metadata(?)"
    return connection.execute(rows, [paths]).fetchall()[0][0]


def rows_in(paths: list[str]) -> int:
    """How many rows Parquet files have, as their ends tell."""
    with duckdb.connect() as connection:
        return _rows(connection, paths)


def lost(before: Counts, now: Counts, floors: dict[str, float]) -> list[str]:
    """What fell below its floor, in sentences; `floors` are those of the policy."""
    losses = []
    for table in COUNTED:
        a, b = before.rows[table], now.rows[table]
        kind = "reports" if table in ("reports", "sources") else "rows"
        if a - b > floors[f"{kind}_free"] and a - b > floors[f"{kind}_lost"] * a:
            losses.append(f"{table}: {b:,} rows, {a - b:,} less than the {a:,} in force")
    many = before.rows["reports"] >= floors["rates_from_reports"]
    for table in _FILLED:
        free, n, m = (
            floors["reports_free" if table == "reports" else "rows_free"],
            before.rows[table],
            now.rows[table],
        )
        if not n or not m:
            continue
        for column in (c.name for c in tables.BY_NAME[table].columns if c.nullable):
            a, b = before.filled[table].get(column, 0), now.filled[table].get(column, 0)
            if a - min(b, round(b * n / m) if many else b) <= free:
                continue
            if a - b > floors["fill_lost"] * a or (many and a / n - b / m > floors["fill_lost"]):
                losses.append(
                    f"{table}.{column}: filled in {b:,} of {m:,} rows, {a:,} of {n:,} in force"
                )
    for year, a in sorted(before.years.items()):
        b = now.years.get(year, 0)
        if a - b > floors["reports_free"] and a - b > floors["year_lost"] * a:
            losses.append(f"reports of {year}: {b:,}, {a - b:,} less than the {a:,} in force")
    (a, b), (n, m) = ((before.rows[t], now.rows[t]) for t in ("metrics", "reports"))
    if many and m and b / m > floors["figures_per_report_gained"] * a / n:
        losses.append(f"metrics: {b / m:.1f} figures a report, {a / n:.1f} in force")
    return losses
