"""Publishing: the warehouse file is built, and one step puts the candidate in force."""

from __future__ import annotations

import dataclasses

from expectations import gate
from flows.night.assemble import Assembled
from flows.night.judge import Judged
from flows.night.run import Run, judged_by
from transforms.version import parser_version
from warehouse import database, snapshots
from warehouse.difference import Difference, difference


def compare(run: Run, assembled: Assembled) -> Difference | None:
    """Returns what differs between the published state and the candidate; None before the first state."""
    if run.published is None:
        return None
    candidate = assembled.candidate
    next_state = dataclasses.replace(
        run.published, path=candidate.path, id="the next state", files=candidate.listing
    )
    return difference(run.published, next_state, assembled.outline.touched())


def publish(
    run: Run, assembled: Assembled, judged: Judged, judgement: gate.Judgement
) -> snapshots.Snapshot:
    """Builds `warehouse.duckdb`, puts the candidate in force and removes the oldest states."""
    candidate, outline = assembled.candidate, assembled.outline
    version = parser_version()
    database.build(
        candidate,
        run.published,
        outline.partitions(outline.touched()),
        outline.partitions(set(judged.retrusted)),
        max(1, len(outline)),
        version,
    )
    counts = dataclasses.asdict(judgement.counts)
    state = candidate.publish(
        run.run_id, version, run.register.digest, judged_by(run), counts
    )
    snapshots.prune(run.folder, run.settings.keep)
    return state
