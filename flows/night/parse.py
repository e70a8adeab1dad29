"""Parses the landed bytes that this version of the parser has not read yet, into staged batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from expectations import judging
from flows.night.land import Landed
from flows.night.run import Run
from flows.night.tools import Crew
from flows.night.unread import Unread, reads_partly
from flows.progress import Progress
from flows.settings import workers_of
from flows.workers import pool
from warehouse import database, snapshots, staging
from warehouse.candidate import Candidate

# up to so many sources are parsed by one worker: starting a second one would take longer
WORTH_A_CREW = 60
_REPORT_EVERY = 20  # sources between two reports of progress


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is staged after the parsing, and the next state as far as it was begun beside it.

    `begun` is None where there was nothing new to parse, or the run only prepares: then nothing is
    begun.
    """

    index: staging.Index
    begun: Candidate | None


def parse(
    run: Run,
    landed: Landed,
    unread: Unread,
    crew: Crew,
    on_progress: Progress,
    warm_up: Callable[[bool], None],
) -> Parsed:
    """Parses what is unread; returns what is staged.

    `on_progress(stage, done, total)` counts sources. `warm_up(is_large)` is called once before the
    parsing, only if there is anything to parse. If it fails, the candidate that was begun is
    removed and the error raised.
    """
    index, fresh, total = unread.index, unread.fresh, len(unread)
    jobs = parse_jobs(run, fresh)
    jobs += parse_jobs(run, unread.again, attempt=f"{run.run_id}-{run.attempt}")
    if total:
        warm_up(is_large(run.published, len(landed.seen)))
    candidate = None
    if fresh and not run.settings.prepare:
        candidate = Candidate(run.folder, run.published)
    try:
        if candidate:
            database.start_copy(candidate, run.published, len(fresh), len(landed.seen))
        _work(run, jobs, total, crew, index, on_progress)
    except BaseException:
        if candidate:
            candidate.discard()
        raise
    return Parsed(index, candidate)


def _work(
    run: Run,
    jobs: list[pool.Job],
    total: int,
    crew: Crew,
    index: staging.Index,
    on_progress: Progress,
) -> None:
    """Runs the jobs and adds each staged batch to `index`; they have `total` sources."""
    begun = 0

    def count(sources: int) -> None:
        nonlocal begun
        begun += sources
        if begun % _REPORT_EVERY == 0 or sources != 1:
            on_progress("parse", min(begun, total), total)

    on_progress("parse", 0, total)
    processes = workers_of(run.settings) if total > WORTH_A_CREW else 1
    for key in crew(jobs, processes, run.settings.seconds, count):
        index.add(key)
        on_progress("parse", min(begun, total), total)


def is_large(published: snapshots.Snapshot | None, seen: int) -> bool:
    """Returns whether the next state will have so many reports that a process judges it.

    It is estimated from the reports of the published state (None: none) and the number of sources
    `seen` by this run.
    """
    reports = published.counts.get("rows", {}).get("reports", 0) if published else 0
    return max(seen, reports) >= judging.JUDGE_IN_SUBPROCESS_FROM


def parse_jobs(run: Run, digests: list[str], **options: Any) -> list[pool.Job]:
    """Returns jobs that parse the sources with these digests (SHA-256), batch by batch.

    A batch has at most `settings.batch_size` sources; few sources are divided among the workers
    evenly. `options` are passed on to the function that parses.
    """
    share = math.ceil(len(digests) / workers_of(run.settings))
    size = max(1, min(run.settings.batch_size, share))
    options["partly"] = reads_partly(run)
    return [
        pool.Job("parse", str(run.folder), digests[i : i + size], options=options)
        for i in range(0, len(digests), size)
    ]
