"""The nightly job as nine plain steps, without Prefect: `run_night`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from expectations import judging
from expectations.suites import Validate, validated
from flows.night import (
    assemble,
    judge,
    land,
    morning,
    parse,
    plan,
    publish,
    pull,
    scan,
    sort,
    summary,
)
from flows.night.assemble import Assembled
from flows.night.judge import Judged
from flows.night.parse import Crew, Parsed
from flows.night.run import Run, open_run
from flows.night.sort import Sorted
from flows.night.summary import Results, Summary
from flows.progress import Progress
from flows.settings import RunSettings
from flows.workers import pool
from warehouse import remote, sources
from warehouse.folder import DataFolder

P = ParamSpec("P")
T = TypeVar("T")


class CallStep(Protocol):
    """Calls one step with its arguments and returns what it made: directly, or as a Prefect
    task.
    """

    def __call__(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls the step."""


def call_directly(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a step as a plain function."""
    return step(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Tools:
    """How a night does its work.

    `crew` parses the batches; `suites` judges tables (`suites.validated` with Great Expectations);
    `call` calls each step; `report_progress` hears how far it is; `look` is a scan of the sources
    that was made before, else None; `show_report` gets the summary and the morning report.
    """

    crew: Crew = pool.work
    suites: Validate = validated
    call: CallStep = call_directly
    report_progress: Progress = field(default_factory=Progress)
    look: sources.Look | None = None
    show_report: Callable[[Summary, str], None] = lambda summary, text: None


def run_night(
    settings: RunSettings,
    crew: Crew = pool.work,
    suites: Validate = validated,
    tools: Tools | None = None,
) -> Summary:
    """Runs one night: reads the sources, checks the next state and puts it in force.

    `tools` takes the place of `crew` and `suites` and says the rest, see `Tools`. Returns the
    summary. Raises UsageError when another run holds the data folder. What else goes wrong is kept
    in the data folder, told in the morning report and raised.
    """
    tools = tools or Tools(crew, suites)
    folder = Path(settings.data_dir)
    with DataFolder(folder).alone():
        if settings.remote:
            tools.call(pull_state, folder, settings.remote)
        run = open_run(settings)
        results, seconds = Results(), dict[str, float]()
        timed = replace(tools, call=_timed(tools.call, seconds))
        try:
            for made in run_steps(run, timed):
                results = made
            end = summary.close_run(run, results, summary.outcome_of(results))
            if end["outcome"] in ("published", "unchanged"):
                run.paths.take_up.unlink(missing_ok=True)
        except Exception as error:
            if tools.report_progress.is_stopping:  # a library made another error of the stop
                raise tools.report_progress.stopped() from error
            _report_failure(run, results, error, seconds, tools)
            raise
        tools.show_report(end, morning.write_report(run, results, end, seconds))
        if results.state:
            publish.remove_oldest(run)
        if settings.remote and end["snapshot"] and not settings.prepare:
            tools.call(push_state, folder, settings.remote, settings.keep)
        return end


def _report_failure(
    run: Run, results: Results, error: Exception, seconds: dict[str, float], tools: Tools
) -> None:
    """Keeps why a night failed, in the data folder and in the morning report."""
    try:
        failure = summary.keep_failure(run, error)
        end = summary.close_run(run, results, "failed", failure)
        tools.show_report(end, morning.write_report(run, results, end, seconds))
    except Exception as second:  # on a full disk nothing can be kept; the first error counts
        error.add_note(f"this could not be kept in the data folder: {second}")


def run_steps(run: Run, tools: Tools) -> Iterator[Results]:
    """Runs the steps of a night in their order; yields what they made so far, which grows."""
    call, progress = tools.call, tools.report_progress
    listed = pull.listed_sources(run)
    results = [call(pull.pull, run, source, progress) for source in listed]
    pulled = pull.pulled(run, listed, results)
    found = call(scan.scan, run, tools.look, pulled)
    landed = call(land.land, run, found, progress)
    # Great Expectations takes seconds to load: it begins beside the parsing
    warm_up = judging.load_beside if tools.suites is validated else _load_nothing
    parsed = call(parse.parse, run, landed, tools.crew, progress, warm_up)
    divided = call(sort.sort_out, run, landed, parsed.index)
    yield Results(divided, pulls=results)
    if sort.is_unchanged(run, divided):
        if parsed.begun:
            parsed.begun.discard()
        return
    assembled, judged = _assemble_and_judge(run, divided, parsed, tools)
    judgement = judged.judgement
    made = Results(judged.divided, assembled, judgement, pulls=results)
    yield made
    if judgement is None or judgement.reasons:
        assembled.candidate.discard()
        return
    progress("publish")
    made = replace(made, difference=publish.compare(run, assembled))
    if run.settings.prepare:
        assembled.candidate.discard()
        yield made
        return
    yield replace(made, state=call(publish.publish, run, assembled, judged, progress))


def _load_nothing(is_large: bool) -> None:
    """Suites that need no loading."""


def _assemble_and_judge(
    run: Run, divided: Sorted, parsed: Parsed, tools: Tools
) -> tuple[Assembled, Judged]:
    """Makes the next state and judges it, again without the reports that the policy holds back.

    Each time other reports may become far from their peers, so it is judged until none is held.
    """
    index, begun = parsed.index, parsed.begun
    while True:
        tools.report_progress("plan")
        planned = tools.call(plan.plan, run, divided, index, begun, tools.crew)
        tools.report_progress("assemble")
        assembled = tools.call(assemble.assemble, run, planned)
        tools.report_progress("judge")
        judged = tools.call(judge.judge, run, assembled, tools.suites)
        if judged.judgement is not None:
            return assembled, judged
        divided, index, begun = judged.divided, parse.staged(run), None


def pull_state(folder: Path, url: str) -> str:
    """Puts the state in force at the remote storage in force here; returns what was done."""
    return remote.pull(folder, url)


def push_state(folder: Path, url: str, keep: int) -> str:
    """Brings the state in force here to the remote storage; returns what was done."""
    return remote.push(folder, url, keep)


def _timed(call: CallStep, seconds: dict[str, float]) -> CallStep:
    """Returns `call` such that it notes in `seconds` how long each step took."""

    def timed(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        begin = time.monotonic()
        try:
            return call(step, *args, **kwargs)
        finally:
            name = step.__name__
            seconds[name] = seconds.get(name, 0.0) + time.monotonic() - begin

    return timed
