"""What a candidate has lost against the state in force: rows, filled cells, reports of a year. Losing is fatal sooner than gaining."""

from __future__ import annotations

import duckdb

from schemas import tables

# the tables whose rows come from reports; findings, quarantine and the like may shrink
_COUNTED = ("reports", "sections", "metrics", "numerals", "sources")


def lost(
    before: dict[str, list[str]],
    after: dict[str, list[str]],
    floors: dict[str, float],
    held: frozenset[str] = frozenset(),
) -> list[str]:
    """What fell below its floor, in sentences. Both map a table to its Parquet files; `floors` are those of the policy; reports in `held`
    went because the policy says so and are not missed."""
    with duckdb.connect() as connection:
        return _lost(_Files(connection), before, after, floors, held)


def _lost(
    files: _Files,
    before: dict[str, list[str]],
    after: dict[str, list[str]],
    floors: dict[str, float],
    held: frozenset[str],
) -> list[str]:
    told = []
    rows = {
        t: (files.rows(before[t], held if t != "sources" else frozenset()), files.rows(after[t]))
        for t in _COUNTED
        if before.get(t)
    }
    for table, (a, b) in rows.items():
        kind = "reports" if table in ("reports", "sources") else "rows"
        if a - b > floors[f"{kind}_free"] and a - b > floors[f"{kind}_lost"] * a:
            told.append(f"{table}: {b:,} rows, {a - b:,} less than the {a:,} in force")
    many = rows["reports"][0] >= floors["rates_from_reports"]
    for table in ("reports", "metrics"):
        free = floors["reports_free" if table == "reports" else "rows_free"]
        was, now = files.filled(before[table]), files.filled(after[table])
        for column in (c.name for c in tables.BY_NAME[table].columns if c.nullable):
            (a, n), (b, m) = was.get(column, (0, 0)), now.get(column, (0, 0))
            if not n or not m or a - min(b, round(b * n / m) if many else b) <= free:
                continue
            if a - b > floors["fill_lost"] * a or (many and a / n - b / m > floors["fill_lost"]):
                told.append(f"{table}.{column}: filled in {b:,} of {m:,} rows, {a:,} of {n:,} in force")
    was, now = files.years(before["reports"], held), files.years(after["reports"])
    for year, a in sorted(was.items()):
        b = now.get(year, 0)
        if a - b > floors["reports_free"] and a - b > floors["year_lost"] * a:
            told.append(f"reports of {year}: {b:,}, {a - b:,} less than the {a:,} in force")
    (a, b), (n, m) = rows["metrics"], rows["reports"]
    if many and m and b / m > floors["figures_per_report_gained"] * a / n:
        told.append(f"metrics: {b / m:.1f} figures a report, {a / n:.1f} in force")
    return told


def rows_in(paths: list[str]) -> int:
    """How many rows Parquet files have, as their ends tell."""
    with duckdb.connect() as connection:
        return _Files(connection).rows(paths)


class _Files:
    """What the ends of Parquet files tell, each read once: a file that two states hold has one name in both."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: dict[str, int] = {}
        self._filled: dict[str, dict[str, int]] = {}

    def _told(self, query: str, known: dict, paths: list[str]) -> list[tuple]:
        """What a query says of the files that are not in `known` yet, the name of the file in front."""
        unread = [p for p in paths if _name(p) not in known]
        return [(_name(p), *row) for p, *row in self._connection.execute(query, [unread]).fetchall()] if unread else []

    def rows(self, paths: list[str], held: frozenset[str] = frozenset()) -> int:
        """How many rows, without those of reports in `held`."""
        self._rows |= dict(self._told("select file_name, num_rows from parquet_file_metadata(?)", self._rows, paths))
        many = sum(self._rows[_name(p)] for p in paths)
        if held:
            of_held = "select count(*) from read_parquet(?, hive_partitioning=false) where list_contains(?, report_id)"
            many -= self._connection.execute(of_held, [paths, sorted(held)]).fetchall()[0][0]
        return many

    def filled(self, paths: list[str]) -> dict[str, tuple[int, int]]:
        """Column -> (filled cells, rows), from the statistics that each file carries."""
        for name, column, cells in self._told(_FILLED, self._filled, paths):
            self._filled.setdefault(name, {})[column] = cells
        found: dict[str, list[int]] = {}
        for name in map(_name, paths):
            for column, cells in self._filled.get(name, {}).items():
                cell = found.setdefault(column, [0, 0])
                cell[0] += cells
                cell[1] += self._rows[name]
        return {k: (a, n) for k, (a, n) in found.items()}

    def years(self, paths: list[str], held: frozenset[str] = frozenset()) -> dict[int, int]:
        """Year -> how many reports, without those in `held`."""
        query = "select report_year, count(*) from read_parquet(?, hive_partitioning=false) where report_year is not null and not list_contains(?, report_id) group by report_year"
        return dict(self._connection.execute(query, [paths, sorted(held)]).fetchall())


_FILLED = (
    "select file_name, path_in_schema, cast(sum(row_group_num_rows - stats_null_count) as bigint) from parquet_metadata(?) "
    "where stats_null_count is not null group by file_name, path_in_schema"
)


def _name(path: str) -> str:
    return path.rsplit("/parquet/", 1)[-1]
