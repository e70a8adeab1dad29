"""Published states as people use them: list them, compare two, verify one, go back to one."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.terminal import table
from warehouse import repair, snapshots
from warehouse.difference import CHANGES, Difference
from warehouse.snapshots import Snapshot


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
                "select max(finished_at) from read_parquet(?, hive_partitioning=false) where run_id = ?",
                [s.parquet("runs"), s.run_id],
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
        "select count(*) from read_parquet(?, hive_partitioning=false)", [state.parquet(name)]
    ).fetchone()[0]


def difference_text(compared: Difference) -> str:
    """A difference of two states as text: counts a table, then the first rows."""
    rows = [(name, *(counts[kind] for kind in CHANGES)) for name, counts in compared.counts.items()]
    lines = [f"{compared.before} → {compared.after}", "", table(["table", *CHANGES], rows)]
    if compared.first_rows:
        head = ["table", "change", "row", "before", "after"]
        lines += ["", table(head, compared.first_rows, limit=44)]
    return "\n".join(lines)


def verify(data_dir: Path, name: str | None) -> tuple[list[str], str]:
    """Compares the data folder, or one published state of that name, with what was written.

    Returns what is not as it was written, a line each, and a line that sums up.
    """
    if name:
        state = snapshots.find(data_dir, name)
        problems = snapshots.verify(state)
        sound = f"{state.id} is as it was published (digest {state.digest})"
    else:
        problems = repair.look(data_dir).lines()
        kept = len(snapshots.history(data_dir))
        sound = (
            f"everything in {data_dir} is as it was written: landed bytes, staged batches, "
            f"{kept} published state{'' if kept == 1 else 's'}"
        )
    return problems, "fazhi repair makes good what can be made good" if problems else sound
