"""What a candidate has lost against the state in force: rows, filled cells, reports of a year. Losing is fatal sooner than gaining."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

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
    told, files = [], _Files()
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


class _Files:
    """What Parquet files tell in their ends, each read once: a file that both states hold has one name."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._filled: dict[str, dict[str, int]] = {}
        self._owners: dict[str, pa.Table] = {}

    def _read(self, path: str) -> str:
        name = path.rsplit("/parquet/", 1)[-1]
        if name not in self._rows:
            meta, filled = pq.read_metadata(path), {}
            for group in (meta.row_group(i) for i in range(meta.num_row_groups)):
                for column in (group.column(j) for j in range(group.num_columns)):
                    if column.statistics is not None and column.statistics.has_null_count:
                        cells = group.num_rows - column.statistics.null_count
                        filled[column.path_in_schema] = filled.get(column.path_in_schema, 0) + cells
            self._rows[name], self._filled[name] = meta.num_rows, filled
        return name

    def _reports(self, path: str) -> pa.Table:
        name = path.rsplit("/parquet/", 1)[-1]
        if name not in self._owners:
            self._owners[name] = pq.ParquetFile(path).read(columns=["report_id", "report_year"])
        return self._owners[name]

    def rows(self, paths: list[str], held: frozenset[str] = frozenset()) -> int:
        """How many rows, without those of reports in `held`."""
        many = sum(self._rows[self._read(p)] for p in paths)
        if not held:
            return many
        owners = pa.concat_tables([pq.ParquetFile(p).read(columns=["report_id"]) for p in paths])["report_id"]
        return many - pc.sum(pc.is_in(owners, pa.array(sorted(held)))).as_py()

    def filled(self, paths: list[str]) -> dict[str, tuple[int, int]]:
        """Column -> (filled cells, rows), from the statistics that each file carries."""
        found: dict[str, list[int]] = {}
        for name in map(self._read, paths):
            for column, cells in self._filled[name].items():
                cell = found.setdefault(column, [0, 0])
                cell[0] += cells
                cell[1] += self._rows[name]
        return {k: (a, n) for k, (a, n) in found.items()}

    def years(self, paths: list[str], held: frozenset[str] = frozenset()) -> dict[int, int]:
        """Year -> how many reports, without those in `held`."""
        rows = pa.concat_tables([self._reports(p) for p in paths])
        if held:
            rows = rows.filter(pc.invert(pc.is_in(rows["report_id"], pa.array(sorted(held)))))
        counted = rows["report_year"].value_counts().to_pylist()
        return {v["values"]: v["counts"] for v in counted if v["values"] is not None}
