"""Planning: what the next state holds, and from which bytes each of its reports is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from flows.night.parse import Crew, parse_jobs
from flows.night.run import Run, needs_rebuild
from flows.night.sort import FAR_EMPTIER, Sorted, set_aside
from flows.settings import workers_of
from schemas import reasons
from transforms import identity, rows
from transforms.identity import Register
from warehouse import decisions, engine, reports, sources, staging
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
    place_of = resolver(run.register)
    rejected = set[str]()
    accepted = decisions.accepted(run.folder)
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
            place_of,
            run.run_id,
            needs_rebuild(run),
            divided.held.keys() | rejected,
            accepted,
        )
        missing, emptied = made.unstaged(), made.emptied()
        if not missing and not emptied:
            return made, divided
        made.drop()
        if emptied:
            rejected.update(entry.report_id for entry in emptied)
            divided = _hold_emptied(run, divided, emptied)
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


def _hold_emptied(
    run: Run, divided: Sorted, emptied: list[warehouse_plan.Emptied]
) -> Sorted:
    """Puts sources whose report is far emptier than the one in force into quarantine: the former version stays."""
    held = {(entry.source.uri, entry.source.sha256): entry for entry in emptied}
    loaded = [s for s in divided.loaded if (s.uri, s.sha256) not in held]
    problems = [
        (
            entry.source,
            reasons.problem(
                FAR_EMPTIER,
                figures=entry.figures,
                figures_before=entry.figures_before,
                characters=entry.characters,
                characters_before=entry.characters_before,
            ),
        )
        for entry in emptied
    ]
    moved = len(divided.loaded) - len(loaded)
    return set_aside(
        run,
        replace(
            divided,
            loaded=sources.Packed(loaded),
            quarantined=divided.quarantined + moved,
        ),
        problems,
    )


def resolver(register: Register) -> reports.Resolve:
    """Returns the function that decides the place of a staged document.

    It goes by what the document claims, its text, and its manifest, or else the folders it lay in.
    """

    def resolve(document: dict[str, Any], source: reports.Source) -> tuple[Any, Any]:
        claims = rows.claims_of(document)
        folders = source.source_uri.removeprefix("file://").rsplit("/", 1)[0]
        if source.stated_place:
            *above, township = source.stated_place.split("/")
            folders = "/".join(above)
            if township:
                claims = replace(claims, bodies=[*claims.bodies, township])
        text, publisher = document["text"], source.publisher or ""
        place = identity.resolve_body(claims, text, register, folders, publisher)
        return place, identity.other_place(text, place, register)

    return resolve
