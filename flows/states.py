"""Published states as people use them: list them, compare two, verify one, go back to one."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.terminal import table
from schemas.language import say, say_count
from warehouse import pins, snapshots
from warehouse import verify as verification
from warehouse.difference import CHANGES, Difference
from warehouse.snapshots import Snapshot


def listing(data_dir: Path) -> str:
    """Returns the states that are kept as a table, oldest first."""
    kept, current = snapshots.history(data_dir), snapshots.current(data_dir)
    pinned = pins.read(data_dir)
    if not kept:
        return say("nothing is published yet")
    with duckdb.connect() as connection:
        rows = [
            (
                state.id,
                _published_at(connection, state),
                _count(connection, state, "reports"),
                _count(connection, state, "metrics"),
                state.digest[:16],
                "in force" if current and state.id == current.id else "",
            )
            for state in kept
        ]
    shown = table(["state", "published_at", "reports", "figures", "digest", ""], rows)
    return f"{shown}\n{pinned.line()}" if pinned else shown


def _published_at(connection: duckdb.DuckDBPyConnection, state: Snapshot) -> str:
    query = "select max(finished_at) from read_parquet(?, hive_partitioning=false) where run_id = ?"
    ((finished_at,),) = connection.execute(query, [state.parquet("runs"), state.run_id]).fetchall()
    return str(finished_at or "")


def _count(connection: duckdb.DuckDBPyConnection, state: Snapshot, name: str) -> int:
    query = "select count(*) from read_parquet(?, hive_partitioning=false)"
    ((count,),) = connection.execute(query, [state.parquet(name)]).fetchall()
    return int(count)


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
        sound = say(
            "{state} is as it was published (digest {digest})", state=state.id, digest=state.digest
        )
    else:
        problems = [damage.line() for damage in verification.verify(data_dir)]
        kept = len(snapshots.history(data_dir))
        sound = say_count(
            "everything in {folder} is as it was written: landed bytes, staged batches, "
            "{count} published state",
            "everything in {folder} is as it was written: landed bytes, staged batches, "
            "{count} published states",
            kept,
            folder=data_dir,
        )
        sound = "\n".join([sound, *verification.notes(data_dir)])
    return problems, say("fazhi repair makes good what can be made good") if problems else sound
