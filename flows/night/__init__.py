"""The nightly job as nine plain steps, without Prefect: `run_night`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flows.night import land, morning, pull, scan, sort, summary
from flows.night.changes import Changes
from flows.night.folders import keep as keep_counts
from flows.night.folders import look_at, reasons_to_hold
from flows.night.run import Run, judged_by, needs_rebuild, open_run
from flows.night.summary import Results, Summary
from flows.night.tools import CallStep, Crew, Tools, call_directly
from flows.night.unread import find_unread
from flows.settings import RunSettings
from flows.workers import pool
from warehouse import remote
from warehouse.folder import DataFolder
from warehouse.journal import is_open

if TYPE_CHECKING:
    from expectations.suites import Validate

P = ParamSpec("P")
T = TypeVar("T")

__all__ = ["Results", "Tools", "call_directly", "run_night", "run_steps"]


def run_night(
    settings: RunSettings,
    crew: Crew = pool.work,
    suites: Validate | None = None,
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
        seconds = dict[str, float]()
        tools = replace(tools, call=_timed(tools.call, seconds))
        if tools.begin_work is None:
            return _run_to_end(run, tools, seconds, None)
        with _failure_reported(run, [Results()], seconds, tools):
            changes = find_changes(run, tools) if _looks_unchanged(run, tools) else None
            if changes and _is_nothing(run, changes):
                return _run_to_end(run, tools, seconds, changes)
            return tools.begin_work(lambda: _run_to_end(run, tools, seconds, changes))


def _run_to_end(
    run: Run, tools: Tools, seconds: dict[str, float], changes: Changes | None
) -> Summary:
    """Runs the steps of a night that was opened, closes it, reports it; returns its summary.

    `changes` are what was found of them before, else None.
    """
    settings, made = run.settings, [Results()]
    with _failure_reported(run, made, seconds, tools):
        changes = changes or find_changes(run, tools)
        made.extend(run_steps(run, tools, changes))
        results = made[-1]
        end = summary.close_run(run, results, summary.outcome_of(results), folders=changes.folders)
        end["seconds"] = {step: round(took, 1) for step, took in seconds.items()}
        if end["outcome"] != "held":
            keep_counts(run, changes.folders)
        if end["outcome"] in ("published", "unchanged"):
            run.paths.take_up.unlink(missing_ok=True)
    tools.show_report(end, morning.write_report(run, results, end, seconds))
    if results.state:
        from flows.night import publish

        publish.remove_oldest(run)
    if settings.remote and end["snapshot"] and not settings.prepare:
        tools.call(push_state, run.folder, settings.remote, settings.keep)
    return end


@contextlib.contextmanager
def _failure_reported(
    run: Run, made: list[Results], seconds: dict[str, float], tools: Tools
) -> Iterator[None]:
    """Reports what goes wrong within, and raises it; the last of `made` tells how far it came."""
    try:
        yield
    except Exception as error:
        if tools.report_progress.is_stopping:  # a library made another error of the stop
            raise tools.report_progress.stopped() from error
        if is_open(run.folder):
            _report_failure(run, made[-1], error, seconds, tools)
        raise


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


def _looks_unchanged(run: Run, tools: Tools) -> bool:
    """Whether nothing is known before the sources are read that calls for work.

    What is pulled over a network, or brought to a storage, is work.
    """
    settings = run.settings
    elsewhere = (settings.source_list, settings.remote, settings.again, settings.reprocess)
    return (
        all(value is None for value in elsewhere)
        and run.published is not None
        and tools.look is not None
        and not any(item.known is None and item.problem is None for item in tools.look.found)
        and not needs_rebuild(run)
        and run.published.judged_by == judged_by(run)
    )


def _is_nothing(run: Run, changes: Changes) -> bool:
    return changes.divided is not None and sort.is_unchanged(run, changes.divided)


def find_changes(run: Run, tools: Tools) -> Changes:
    """Pulls, scans and lands the sources of a night; what must be parsed is not divided yet."""
    call, progress = tools.call, tools.report_progress
    listed = pull.listed_sources(run)
    results = [call(pull.pull, run, source, progress) for source in listed]
    pulled = pull.pulled(run, listed, results)
    found = call(scan.scan, run, tools.look, pulled)
    folders = look_at(run, found.look, pulled.folders)
    landed = call(land.land, run, found, progress)
    unread = find_unread(run, landed)
    divided = None if len(unread) else call(sort.sort_out, run, landed, unread.index)
    return Changes(results, landed, unread, divided, folders)


def pull_state(folder: Path, url: str) -> str:
    """Puts the state in force at the remote storage in force here; returns what was done."""
    return remote.pull(folder, url)


def push_state(folder: Path, url: str, keep: int) -> str:
    """Brings the state in force here to the remote storage; returns what was done."""
    return remote.push(folder, url, keep)


def run_steps(run: Run, tools: Tools, changes: Changes | None = None) -> Iterator[Results]:
    """Runs the steps of a night in their order; yields what they made so far, which grows.

    `changes` are what was found of them before, else None.
    """
    changes = changes or find_changes(run, tools)
    if held := reasons_to_hold(run, changes.folders):
        yield Results(changes.divided, pulls=changes.pulls, held_because=held)
        return
    if changes.divided is not None:
        yield Results(changes.divided, pulls=changes.pulls)
    if not _is_nothing(run, changes):
        from flows.night import making  # a night without changes does without all of it

        yield from making.make_state(run, tools, changes)


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
