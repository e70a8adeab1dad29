"""How many sources, reports and figures a run had, as it stands in the table runs."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from flows.night.run import Run, utc_now
from flows.night.sort import Sorted
from schemas import tables
from transforms.version import parser_version
from warehouse.journal import Journal


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a run; seen = loaded + unchanged + quarantined."""

    seen: int = 0
    loaded: int = 0
    unchanged: int = 0
    quarantined: int = 0
    superseded: int = 0
    figures: int = 0


def tally(divided: Sorted, superseded: int = 0, figures: int = 0) -> Tally:
    """Returns the numbers of a run from its divided sources."""
    return Tally(
        len(divided.seen),
        len(divided.loaded),
        divided.unchanged,
        divided.quarantined,
        superseded,
        figures,
    )


def run_row(run: Run, counts: Tally, outcome: str, failure: str | None = None) -> dict[str, Any]:
    """Returns this run as a row of the table runs; `failure` is the last line of what went
    wrong.
    """
    return {
        "run_id": run.run_id,
        "attempts": run.attempt,
        "started_at": run.started_at,
        "finished_at": max(utc_now(), run.started_at),
        "code_version": metadata.version("fazhi-warehouse"),
        "parser_version": parser_version(),
        "schema_version": tables.SCHEMA_VERSION,
        "register_vintage": run.register_vintage,
        **asdict(counts),
        "accepted_loss": run.settings.accept_loss,
        "outcome": outcome,
        "failure": failure,
    }


def earlier_runs(run: Run) -> list[dict[str, Any]]:
    """Returns the runs that ended before this one, as rows of the table runs."""
    ended = []
    for row in Journal(run.folder).runs():
        is_whole = all(row.get(c.name) is not None for c in tables.RUNS.columns if not c.nullable)
        if is_whole and row["run_id"] != run.run_id and row["outcome"] != "interrupted":
            times = {
                name: datetime.datetime.fromisoformat(row[name])
                for name in ("started_at", "finished_at")
            }
            ended.append({**row, **times})
    return ended
