"""Planning: what the next state holds, and from which bytes each of its reports is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import duckdb

from flows.night.parse import WORTH_A_CREW, parse_jobs
from flows.night.run import Run, needs_rebuild
from flows.night.sort import FAR_EMPTIER, Problem, Sorted, set_aside
from flows.night.tools import Crew
from flows.settings import workers_of
from flows.workers import pool
from schemas import reasons
from warehouse import engine, reports, sources, staging
from warehouse import plan as warehouse_plan
from warehouse.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of the next state with the folder that it is written into.

    `divided` is what the sources of the run are now: planning can put some more into quarantine.
    """

    plan: warehouse_plan.Plan
    candidate: Candidate
    connection: duckdb.DuckDBPyConnection
    divided: Sorted


def plan(
    run: Run,
    divided: Sorted,
    index: staging.Index,
    begun: Candidate | None,
    crew: Crew,
) -> Planned:
    """Decides what the next state holds.

    Landed bytes that it needs and this parser has not read are parsed for it; a report with bytes
    that the parser refuses goes into quarantine. `begun` is the next state where its making began
    before.
    """
    candidate = begun or Candidate(run.folder, run.published)
    connection = engine.connect(run.folder)
    try:
        made, divided = _plan(run, divided, index, candidate, connection, crew)
    except BaseException:
        connection.close()
        candidate.discard()
        raise
    return Planned(made, candidate, connection, divided)


def _plan(
    run: Run,
    divided: Sorted,
    index: staging.Index,
    candidate: Candidate,
    connection: duckdb.DuckDBPyConnection,
    crew: Crew,
) -> tuple[warehouse_plan.Plan, Sorted]:
    resolve = _resolve_in_workers(run)
    rejected = set[str]()
    accepted = run.decisions.accepted()
    lost = index.discard_damaged(source.sha256 for source in divided.loaded if source.sha256)
    for key in crew(parse_jobs(run, lost), workers_of(run.settings), run.settings.seconds):
        index.add(key)
    while True:
        made = warehouse_plan.plan(
            connection,
            candidate.path,
            run.published,
            divided.loaded,
            index,
            resolve,
            run.run_id,
            needs_rebuild(run),
            divided.held.keys() | rejected,
            accepted,
            run.decisions.withdrawals(),
        )
        missing, emptied = made.unstaged(), made.emptied()
        if not missing and not emptied and not made.unresolved:
            return made, divided
        made.drop()
        if made.unresolved:
            rejected.update(source.report_id for source, _ in made.unresolved)
            divided = _quarantine_loaded(run, divided, _as_seen(made.unresolved))
            continue
        if emptied:
            rejected.update(entry.report_id for entry in emptied)
            divided = _quarantine_loaded(run, divided, map(_emptied_problem, emptied))
            continue
        unread = sorted({sha256 for _, sha256, _ in missing if sha256 not in index})
        jobs = parse_jobs(run, unread)
        for key in crew(jobs, workers_of(run.settings), run.settings.seconds):
            index.add(key)
        problems = []
        for report_id, sha256, source in missing:
            if refused := index.problem(sha256):
                rejected.add(report_id)
                problems.append((source, (refused.reason_code, refused.message)))
        divided = set_aside(run, divided, problems)


def _resolve_in_workers(run: Run) -> reports.ResolveFiles:
    """Returns the function that decides the places of reports: strangers wrote what it goes by."""

    def resolve(files: list[tuple[str, list[reports.Source]]]) -> Iterator[reports.Resolved]:
        total = sum(len(sources_of_file) for _, sources_of_file in files)
        jobs = [_places_job(run, file, of_file) for file, of_file in files]
        processes = workers_of(run.settings) if total > WORTH_A_CREW else 1
        return pool.work(jobs, processes, run.settings.seconds)

    return resolve


def _places_job(run: Run, file: str, of_file: list[reports.Source]) -> pool.Job:
    by_digest: dict[str, list[reports.Source]] = {}
    for source in of_file:
        by_digest.setdefault(source.source_sha256, []).append(source)
    options = {
        "file": file,
        "sources": by_digest,
        "register": run.settings.register,
        "register_digest": run.register.digest,
    }
    return pool.Job("places", str(run.folder), list(by_digest), options=options)


def _as_seen(
    unresolved: list[tuple[reports.Source, tuple[str, ...]]],
) -> Iterator[tuple[sources.Seen, Problem]]:
    for source, problem in unresolved:
        seen = sources.Seen(source.source_uri, source.source_name, source.source_sha256, 0)
        yield seen, (problem[0], problem[1])


def _emptied_problem(entry: warehouse_plan.Emptied) -> tuple[sources.Seen, Problem]:
    """Returns a source whose report is far emptier than the one in force, with what is wrong."""
    return entry.source, reasons.problem(
        FAR_EMPTIER,
        figures=entry.figures,
        figures_before=entry.figures_before,
        characters=entry.characters,
        characters_before=entry.characters_before,
    )


def _quarantine_loaded(
    run: Run, divided: Sorted, problems: Iterable[tuple[sources.Seen, Problem]]
) -> Sorted:
    """Puts sources into quarantine; those that were to be loaded are loaded no more."""
    problems = list(problems)
    keys = {(source.uri, source.sha256) for source, _ in problems}
    loaded = sources.Packed(s for s in divided.loaded if (s.uri, s.sha256) not in keys)
    moved = len(divided.loaded) - len(loaded)
    divided = replace(divided, loaded=loaded, quarantined=divided.quarantined + moved)
    return set_aside(run, divided, problems)
