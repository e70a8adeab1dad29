"""Publishing: the warehouse file is built, and one step puts the candidate in force."""

from __future__ import annotations

import dataclasses

from flows.night.assemble import Assembled
from flows.night.judge import Judged
from flows.night.run import Run, judged_by
from flows.progress import COMMIT, Progress
from transforms.version import parser_version
from warehouse import database, kept_states, snapshots
from warehouse.difference import Difference, difference
from warehouse.journal import Journal


def compare(run: Run, assembled: Assembled) -> Difference | None:
    """Returns what differs between the published state and the candidate; None before the first
    state.
    """
    if run.published is None:
        return None
    candidate = assembled.candidate
    next_state = dataclasses.replace(
        run.published, path=candidate.path, id="the next state", files=candidate.listing
    )
    return difference(run.published, next_state, assembled.outline.touched())


def publish(
    run: Run, assembled: Assembled, judged: Judged, on_progress: Progress
) -> snapshots.Snapshot:
    """Builds `warehouse.duckdb` and puts the candidate in force.

    Raises ValueError where there is no judgement.
    """
    if judged.judgement is None:
        raise ValueError("a candidate without a judgement is not published")
    candidate, outline = assembled.candidate, assembled.outline
    version = parser_version()
    try:
        database.build(
            candidate,
            run.published,
            outline.partitions(outline.touched()),
            outline.partitions(set(judged.retrusted)),
            max(1, len(outline)),
            version,
        )
    except BaseException:
        candidate.discard()
        raise
    counts = dataclasses.asdict(judged.judgement.counts)
    on_progress(COMMIT)
    state = candidate.publish(
        run.run_id, version, run.register.digest, judged_by(run), counts, run.publisher
    )
    return state


def remove_oldest(run: Run) -> None:
    """Removes the oldest published states, but for as many as the settings keep."""
    of_decisions = Journal(run.folder).runs_of_decisions()
    kept_states.prune(run.folder, run.settings.keep, of_decisions)
