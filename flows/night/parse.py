"""Parses the landed bytes that this version of the parser has not read yet, into staged batches."""

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

# up to so many sources are parsed by one worker: starting a second one would take longer
WORTH_A_CREW = 60
_REPORT_EVERY = 20  # sources between two reports of progress


class Crew(Protocol):
    """What runs the jobs: `pool.work` in processes of this machine, `cluster.work` on a cluster."""

    def __call__(
        self,
        jobs: list[pool.Job],
        processes: int,
        seconds: float,
        on_begun: Callable[[int], None] = ...,
    ) -> Iterator[str]:
        """Runs the jobs and yields the key of each batch as soon as it is staged, in any order.

        `processes` is how many workers run at once, `seconds` the longest time for one source.
        `on_begun` is called with how many sources were begun since it was called last.
        """


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
    crew: Crew,
    on_progress: Progress,
    warm_up: Callable[[bool], None],
) -> Parsed:
    """Parses the landed bytes that this version of the parser has not read; returns what is staged.

    Sources that were refused are parsed again where the program that they need is there now, their
    landed bytes are sound again, or the user asked for it. `on_progress(stage, done, total)` counts
    sources. `warm_up(is_large)` is called once before the parsing, only if there is anything to
    parse. If it fails, the candidate that was begun is removed and the error raised.
    """
    index = staged(run)
    # in the order of their paths: reports of one folder mostly come into the same Parquet files
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


def staged(run: Run) -> staging.Index:
    """Returns the index of all batches that this version of the parser has staged, in any run."""
    return staging.Index(run.folder, parser_version())


def is_large(published: snapshots.Snapshot | None, seen: int) -> bool:
    """Returns whether the next state will have so many reports that a process judges it.

    It is estimated from the reports of the published state (None: none) and the number of sources
    `seen` by this run.
    """
    reports = published.counts.get("rows", {}).get("reports", 0) if published else 0
    return max(seen, reports) >= judging.JUDGE_IN_SUBPROCESS_FROM


def _reads_partly(run: Run) -> bool:
    """Returns whether the policy wants reports loaded without pages that cannot be read."""
    return not run.policy.consequence(rules.BY_ID["pages_unread"]).startswith("hold")


def parse_jobs(run: Run, digests: list[str], **options: Any) -> list[pool.Job]:
    """Returns jobs that parse the sources with these digests (SHA-256), batch by batch.

    A batch has at most `settings.batch_size` sources; few sources are divided among the workers
    evenly. `options` are passed on to the function that parses.
    """
    share = math.ceil(len(digests) / workers_of(run.settings))
    size = max(1, min(run.settings.batch_size, share))
    options["partly"] = _reads_partly(run)
    return [
        pool.Job("parse", str(run.folder), digests[i : i + size], options=options)
        for i in range(0, len(digests), size)
    ]


def _is_due_again(run: Run, index: staging.Index, sha256: str) -> bool:
    """Whether a source was refused and is to be parsed again now."""
    refused = index.problem(sha256)
    if refused is None:
        return False
    if refused.reason_code == staging.DAMAGED_BYTES:
        return landing.is_sound(landing.object_path(run.folder, sha256))
    return run.settings.again is not None or readers.waits_for(refused, _reads_partly(run))


def _unstaged_published(run: Run, index: staging.Index) -> set[str]:
    """Returns the digests of published sources that must be parsed for a rebuild of every report.

    These are current, landed and not staged by this version of the parser. Empty without a rebuild.
    """
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
