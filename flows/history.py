"""Published states as people use them: list them, compare two, verify one, go back to one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from flows.show import table
from schemas.errors import UsageError
from warehouse import files, snapshots
from warehouse.snapshots import Snapshot

# what makes a row of a table another row, and what of it can change
COMPARED = {
    "reports": (
        "report_id",
        ("township_id", "report_year", "title", "issuer", "issued_on", "text"),
    ),
    "sections": ("section_id", ("level", "marker", "heading", "kind", "char_start", "char_end")),
    "metrics": (
        "metric_id",
        ("metric_code", "value", "value_high", "qualifier", "unit", "status", "quote"),
    ),
}


def find(data_dir: Path, said: str) -> Snapshot:
    """The state that `said` names: its identifier, the beginning of it, or of its digest. Raises UsageError."""
    those = [
        s
        for s in snapshots.history(data_dir)
        if s.id.startswith(said) or (len(said) >= 6 and s.digest.startswith(said))
    ]
    if len(those) != 1:
        known = ", ".join(s.id for s in snapshots.history(data_dir)) or "none"
        raise UsageError(
            f"{'no state is' if not those else 'several states are'} called {said}; there are: {known}"
        )
    return those[0]


def listing(data_dir: Path) -> str:
    """The states that are kept, oldest first."""
    kept, now = snapshots.history(data_dir), snapshots.current(data_dir)
    if not kept:
        return "nothing is published yet"
    rows = []
    with duckdb.connect() as connection:
        for s in kept:
            reports, figures = (_count(connection, s, t) for t in ("reports", "metrics"))
            finished = connection.execute(
                f"select max(finished_at) from read_parquet({s.parquet('runs')!r}) where run_id = ?",
                [s.run_id],
            ).fetchone()[0]
            rows.append(
                (
                    s.id,
                    str(finished or ""),
                    reports,
                    figures,
                    s.digest[:16],
                    "in force" if now and s.id == now.id else "",
                )
            )
    return table(["state", "published_at", "reports", "figures", "digest", ""], rows)


def _count(connection: duckdb.DuckDBPyConnection, state: Snapshot, name: str) -> int:
    return connection.execute(
        f"select count(*) from read_parquet({state.parquet(name)!r})"
    ).fetchone()[0]


def changes(
    connection: duckdb.DuckDBPyConnection,
    before: Snapshot,
    after: Snapshot,
    those: set[str] | None = None,
) -> None:
    """Makes the relation `changes` in `connection`: one row per row that was added, removed or changed between two states.

    Only the files that the two states do not share are read, and of them the reports in `those`, where it is known that no others changed: the
    cost follows what changed.
    """
    where = "true" if those is None else "report_id in (from those)"
    if those is not None:
        connection.register("those", pa.table({"report_id": pa.array(sorted(those), pa.string())}))
    connection.execute(
        "create or replace temp table changes (table_name varchar, change varchar, row_id varchar, report_id varchar, before varchar, after varchar)"
    )
    for name, (key, columns) in COMPARED.items():
        old = [
            str(before.path / "parquet" / name / n)
            for n, d in before.files[name].items()
            if after.files[name].get(n) != d
        ]
        new = [
            str(after.path / "parquet" / name / n)
            for n, d in after.files[name].items()
            if before.files[name].get(n) != d
        ]
        shown = " || ' · ' || ".join(
            f"coalesce(cast({c} as varchar), '')" for c in columns if c != "text"
        )
        sides = []
        for paths in (old, new):
            source = (
                f"read_parquet({paths!r}, hive_partitioning=false)"
                if paths
                else f"(select * from read_parquet({(after.parquet(name) or before.parquet(name))!r}, hive_partitioning=false) limit 0)"
            )
            sides.append(
                f"(select {key} as row_id, report_id, {shown} as said, md5(concat_ws('|', {', '.join(f'{c}::varchar' for c in columns)})) as digest from {source} where {where})"
            )
        connection.execute(
            f"insert into changes select '{name}', case when b.row_id is null then 'added' when a.row_id is null then 'removed' else 'changed' end, "
            f"coalesce(a.row_id, b.row_id), coalesce(a.report_id, b.report_id), b.said, a.said from {sides[0]} b full join {sides[1]} a using (row_id) "
            "where b.row_id is null or a.row_id is null or a.digest <> b.digest order by 3"
        )


def difference(data_dir: Path, said: list[str], to: str | None) -> str:
    """What changed between two states, in counts, with the first rows; all rows into `to` (.csv or .parquet) where told."""
    before, after = (find(data_dir, s) for s in said)
    return compared(before, after, to)[0]


def compared(
    before: Snapshot, after: Snapshot, to: str | None = None, those: set[str] | None = None
) -> tuple[str, dict[str, dict[str, int]]]:
    """What changed between two states as a text, and the counts: table -> added, changed, removed -> rows. Given `those`, no other reports
    are looked at."""
    kinds = ("added", "changed", "removed")
    with duckdb.connect() as connection:
        changes(connection, before, after, those)
        grouped = connection.execute(
            "select table_name, change, count(*) from changes group by all"
        ).fetchall()
        counts = {name: dict.fromkeys(kinds, 0) for name in COMPARED}
        for name, kind, n in grouped:
            counts[name][kind] = n
        rows = [(name, *(counts[name][kind] for kind in kinds)) for name in COMPARED]
        lines = [f"{before.id} → {after.id}", "", table(["table", *kinds], rows)]
        few = connection.execute(
            "select table_name, change, row_id, coalesce(before, ''), coalesce(after, '') from changes order by table_name <> 'metrics', row_id limit 12"
        ).fetchall()
        if few:
            lines += ["", table(["table", "change", "row", "before", "after"], few, limit=44)]
        if to:
            form = {".csv": "(header)", ".parquet": "(format parquet, compression zstd)"}.get(
                Path(to).suffix
            )
            if form is None:
                raise UsageError(f"{to}: write the changes to a .csv or a .parquet")
            quoted = to.replace("'", "''")
            connection.execute(
                f"copy (from changes order by table_name, row_id) to '{quoted}' {form}"
            )
            lines += ["", f"all {sum(n for c in counts.values() for n in c.values()):,} rows: {to}"]
    return "\n".join(lines), counts


def rollback(data_dir: Path, state: Snapshot) -> None:
    """Puts an earlier state in force again, in one step. Raises UsageError where it is damaged or a run is under way."""
    wrong = snapshots.verify(state)
    if wrong:
        raise UsageError(f"{state.id} cannot be put in force: {wrong[0]}")
    with files.locked(data_dir / "state" / "lock") as alone:
        if not alone:
            raise UsageError(f"another run is under way in {data_dir}: wait until it has ended")
        files.point(data_dir / "current", f"snapshots/{state.id}")
