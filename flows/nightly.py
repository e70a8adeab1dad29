"""The Prefect flow `nightly`: each step of a night as a task, with retries where waiting helps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from prefect import Task, flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import deployment, flow_run
from prefect.states import Completed
from prefect.task_runners import TaskRunner
from prefect.utilities.annotations import quote

from flows import night
from flows.night.land import land
from flows.night.pull import pull
from flows.night.run import Run
from flows.night.scan import scan
from flows.night.summary import Summary
from flows.progress import Progress
from flows.pull import PullResult
from flows.serving.record import artifact_key, run_name
from flows.serving.schedule import last_start
from flows.settings import WEBHOOK_VARIABLE, RunSettings, settings_from, workers_of
from flows.workers.crew import crew_of
from schemas.errors import UsageError
from warehouse.source_list import PullSource

P = ParamSpec("P")
T = TypeVar("T")
# a source that is down for a moment is asked again: seconds before the second and the third time
_PULL_DELAYS = [5.0, 30.0]


def _may_pass(step: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again can help: not after a misuse, and not where another machine was
    first.
    """
    try:
        state.result()
    except UsageError:
        return False
    except Exception:
        return True
    return False


def _task(step: Callable[P, T]) -> Task[P, T]:
    return task(cache_policy=NO_CACHE, persist_result=False)(step)


def _patient_task(step: Callable[P, T]) -> Task[P, T]:
    """A task that is tried again: what disturbs it (a share or a storage that is away) can pass."""
    return task(
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=2,
        retry_delay_seconds=[5, 60],
        retry_condition_fn=_may_pass,
    )(step)


_PATIENT = (scan, land, night.pull_state, night.push_state)


class SourceFailedError(Exception):
    """A source could not be pulled; says why. `result` is what its pull came to."""

    def __init__(self, result: PullResult) -> None:
        super().__init__(f"{result.source}: {result.why_not_all()}")
        self.result = result


def pull_as_task(run: Run, source: PullSource, on_progress: Progress) -> PullResult:
    """Pulls one source as a Prefect task of its own. A source that fails to the end fails alone.

    The message of the task's state says what came, what failed, and why it was tried again.
    """
    begun = time.monotonic()
    reasons: list[str] = []

    def pull_or_fail() -> Any:
        result = pull(run, source, on_progress)
        result.retries |= {why: reasons.count(why) for why in reasons}
        if result.error is not None and source.kind != "folder":
            reasons.append(result.error.split(":")[0])
            raise SourceFailedError(result)
        counts = ", ".join(f"{getattr(result, n):,} {n}" for n in ("new", "changed", "unchanged"))
        why = result.why_not_all()
        return Completed(message=f"{counts}{f'; {why}' if why else ''}", data=result)

    made = task(
        name=f"pull {source.name}",
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(_PULL_DELAYS),
        retry_delay_seconds=_PULL_DELAYS,
        retry_condition_fn=_may_pass,
    )(pull_or_fail)
    try:
        state: State[Any] = made(return_state=True)
        result: PullResult = state.result()
    except SourceFailedError as failed:
        result = failed.result
    result.seconds = round(time.monotonic() - begun, 1)
    return result


def call_as_task(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a step as a Prefect task. Prefect does not look into what it is handed: that is
    large.
    """
    make_task = _patient_task if step in _PATIENT else _task
    get_run_logger().info("%s", step.__name__)
    if step is pull:
        return cast(T, pull_as_task(*cast(Any, args)))
    quoted: Any = map(quote, args)
    return make_task(step)(*quoted, **kwargs)


def _run_name() -> str:
    settings: dict[str, Any] = next(iter(flow_run.parameters.values()))
    return run_name(settings)


@flow(name="nightly", flow_run_name=_run_name, persist_result=False, validate_parameters=False)
def nightly(settings: dict[str, Any]) -> Summary:
    """Runs one night with `settings` (see RunSettings) and returns its summary.

    Raises UsageError when another run holds the data folder.
    """
    run = settings_from({**settings, "webhook": os.environ.get(WEBHOOK_VARIABLE) or None})
    if _was_made_up(Path(run.data_dir)):
        return {"outcome": "skipped", "because": "a run has begun since this one was due"}
    return _night(run, Progress())


def _was_made_up(folder: Path) -> bool:
    """Whether a run of the schedule comes late and another that ended has begun since it was due.

    So a machine that slept for days makes up for one run and not for each.
    """
    due, last = flow_run.scheduled_start_time, last_start(folder)
    return deployment.id is not None and last is not None and last >= due


def run_nightly(settings: RunSettings) -> Summary:
    """Runs a night in the flow, from its first step to its end."""
    return run_in_flow(settings, lambda: _night(settings, Progress()))


def run_in_flow(settings: RunSettings, work: Callable[[], Summary]) -> Summary:
    """Calls `work` in the flow; its batches go to a Dask cluster where the settings name one."""

    def nightly(parameters: dict[str, Any]) -> Summary:
        # what Prefect stores of the settings lacks the webhook: `work` knows them themselves
        return work()

    task_runner: TaskRunner[Any] | None = None
    if settings.dask:
        from flows.workers import cluster

        task_runner = cluster.runner(settings.dask, workers_of(settings))
    this_night = flow(
        name="nightly",
        flow_run_name=_run_name,
        persist_result=False,
        validate_parameters=False,
        task_runner=task_runner,
    )(nightly)
    return this_night(settings.as_parameters())


def _night(settings: RunSettings, progress: Progress) -> Summary:
    progress.keep_signals()
    tools = night.Tools(
        crew=crew_of(settings),
        call=call_as_task,
        report_progress=progress,
        show_report=show_report,
    )
    return night.run_night(settings, tools=tools)


def show_report(summary: Summary, text: str) -> None:
    """Shows the morning report on Prefect's page; what goes wrong there is no failure of the
    run.
    """
    title = f"{summary['run_id']}: {summary['outcome']}"
    get_run_logger().info("%s, %s", title, summary["snapshot"])
    try:
        key = artifact_key(os.path.dirname(summary["warehouse"]))
        create_markdown_artifact(text, key=key, description=title)
    except Exception as error:
        get_run_logger().warning("the morning report could not be shown: %s", error)
