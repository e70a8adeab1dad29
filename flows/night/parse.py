"""Parsing: landed bytes that this version of the parser has not read become staged batches."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from expectations import judging, rules
from flows.night.land import Landed
from flows.night.run import Run, needs_rebuild
from flows.progress import Progress
from flows.settings import workers_of
from flows.workers import pool
from transforms import readers
from transforms.version import parser_version
from warehouse import database, landing, snapshots, staging
from warehouse.candidate import Candidate

# starting a second worker costs more time than parsing this many sources
WORTH_A_CREW = 60
_REPORT_EVERY = 20  # sources between two reports of progress


class Crew(Protocol):
    """Does the batches, in processes of this machine (`pool.work`) or on a cluster (`cluster.work`)."""

    def __call__(
        self,
        jobs: list[pool.Job],
        processes: int,
        seconds: float,
        on_begun: Callable[[int], None] = ...,
    ) -> Iterator[str]:
        """Yields the key of each staged batch as it ends; calls `on_begun` with the number of sources begun."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is staged, and the next state where its making could begin beside the parsing (else None)."""

    index: staging.Index
    begun: Candidate | None


def parse(
    run: Run,
    landed: Landed,
    crew: Crew,
    on_progress: Progress,
    warm_up: Callable[[bool], None],
) -> Parsed:
    """Parses in batches the landed bytes that this version of the parser has not read.

    Sources that waited for a program that is there now, or are to be tried again, are parsed too.
    `warm_up` is called if there is anything to parse, with whether the run is large.
    """
    index = staged(run)
    # in the order of their paths: sources of one folder mostly end in the same files of the lake
    digests = list(dict.fromkeys(s.sha256 for s in landed.seen if s.sha256 and not s.problem))
    fresh = [sha256 for sha256 in digests if sha256 not in index]
    fresh += sorted(_unstaged_published(run, index).difference(fresh))
    again = [sha256 for sha256 in digests if _is_due_again(run, index, sha256)]
    jobs = parse_jobs(run, fresh)
    jobs += parse_jobs(run, again, attempt=f"{run.run_id}-{run.attempt}")
    total = len(fresh) + len(again)
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


def staged(run: Run) -> staging.Index:
    """Returns the index of what this version of the parser has staged."""
    return staging.Index(run.folder, parser_version())


def is_large(published: snapshots.Snapshot | None, seen: int) -> bool:
    """Whether the next state is going to have many reports, by the published state and the sources seen."""
    reports = published.counts.get("rows", {}).get("reports", 0) if published else 0
    return max(seen, reports) >= judging.JUDGE_IN_SUBPROCESS_FROM


def _reads_partly(run: Run) -> bool:
    """Returns whether the policy wants reports loaded without pages that cannot be read."""
    return not run.policy.consequence(rules.BY_ID["pages_unread"]).startswith("hold")


def parse_jobs(run: Run, digests: list[str], **options: Any) -> list[pool.Job]:
    """Returns the batches for these digests; few sources are divided among the workers evenly."""
    share = math.ceil(len(digests) / workers_of(run.settings))
    size = max(1, min(run.settings.batch_size, share))
    options["partly"] = _reads_partly(run)
    return [
        pool.Job("parse", str(run.folder), digests[i : i + size], options=options)
        for i in range(0, len(digests), size)
    ]


def _is_due_again(run: Run, index: staging.Index, sha256: str) -> bool:
    """Whether a source that was refused is to be parsed again."""
    refused = index.problem(sha256)
    if refused is None:
        return False
    if refused.reason_code == staging.DAMAGED_BYTES:
        return landing.is_sound(landing.object_path(run.folder, sha256))
    return run.settings.again is not None or readers.waits_for(refused, _reads_partly(run))


def _unstaged_published(run: Run, index: staging.Index) -> set[str]:
    """Returns the published digests that must be parsed because every report is made anew and they are not staged."""
    if run.published is None or not needs_rebuild(run):
        return set()
    rows = run.published.read("sources", ["source_sha256", "is_current"]).to_pylist()
    return {
        row["source_sha256"]
        for row in rows
        if row["is_current"]
        and row["source_sha256"] not in index
        and landing.holds(run.folder, row["source_sha256"])
    }
