"""The Prefect flow `nightly`: land, read and parse, stage, check, publish."""

from __future__ import annotations

import time
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows import progress, steps
from flows.settings import RunSettings, workers_of
from schemas.errors import UsageError
from warehouse import files, remote, sources


def _run_name() -> str:
    settings = flow_run.parameters["settings"]
    return f"nightly: {', '.join(Path(s).name for s in settings['sources'][:3])} into {Path(settings['data_dir']).name}"


@task(retries=2, retry_delay_seconds=[5, 60], cache_policy=NO_CACHE)
def land(run_id: str) -> None:
    """Bytes of new and changed sources into landing. Tried again, because what disturbs it (a share that is away) can pass."""
    progress.tell("land")
    night = steps.WORKS[run_id].night
    night.seen = sources.Packed()
    steps.land(night)
    get_run_logger().info("land: %d sources seen", len(night.seen))


@task(cache_policy=NO_CACHE)
def parse(run_id: str) -> None:
    """New bytes, in batches of hundreds, into staging."""
    progress.tell("parse")
    work = steps.WORKS[run_id]
    if work.night.settings.dask:
        from flows.workers import cluster

        work.staged = steps.parse(work.night, cluster.work)
    else:
        work.staged = steps.parse(work.night)
    steps.sort_out(work.night, work.staged)
    get_run_logger().info(
        "parse: %d to load, %d unchanged, %d quarantined",
        len(work.night.loaded),
        work.night.unchanged,
        work.night.quarantined,
    )


@task(cache_policy=NO_CACHE)
def stage(run_id: str) -> None:
    """The Parquet of the next state, beside the state in force."""
    progress.tell("stage")
    work = steps.WORKS[run_id]
    work.candidate, work.planned = steps.build(work.night, work.staged)
    work.staged = None  # hundreds of bytes a report, which are hardly needed again
    get_run_logger().info("stage: %d reports, %d figures", len(work.planned), work.night.figures)


@task(cache_policy=NO_CACHE)
def check(run_id: str) -> list[str]:
    """What rules and expectations say of the candidate: the reasons to hold it back, none if it may be published. Reports that the policy
    holds back are taken out first; each time others may become far from their peers, so it is judged again."""
    progress.tell("check")
    work = steps.WORKS[run_id]
    while (reasons := steps.judge(work.night, work.candidate, work.planned)) is None:
        get_run_logger().info("check: %d reports held back", len(work.night.held))
        work.candidate.discard()
        work.candidate, work.planned = steps.build(work.night, steps.staged(work.night))
    get_run_logger().info(
        "check: %d findings, %d reasons to hold back",
        len(work.night.judgement.findings),
        len(reasons),
    )
    return reasons


@task(cache_policy=NO_CACHE)
def publish(run_id: str) -> str:
    """The warehouse file, and the one step that puts everything in force. Returns the identifier of the state."""
    progress.tell("publish")
    work = steps.WORKS[run_id]
    work.night.changes = steps.compare(work.night, work.candidate, work.planned)
    steps.publish(work.night, work.candidate, work.planned)
    get_run_logger().info("publish: %s", work.night.snapshot.id)
    return work.night.snapshot.id


@task(
    retries=2,
    retry_delay_seconds=[5, 60],
    retry_condition_fn=lambda task, run, state: _may_pass(state),
    cache_policy=NO_CACHE,
)
def fetch(data_dir: str, url: str) -> None:
    """The state in force at the remote storage, put in force here."""
    get_run_logger().info("fetch: %s", remote.pull(Path(data_dir), url))


@task(
    retries=2,
    retry_delay_seconds=[5, 60],
    retry_condition_fn=lambda task, run, state: _may_pass(state),
    cache_policy=NO_CACHE,
)
def bring(data_dir: str, url: str, keep: int) -> None:
    """The state in force here, brought to the remote storage. What is there already is not sent again."""
    get_run_logger().info("bring: %s", remote.push(Path(data_dir), url, keep))


def _may_pass(state) -> bool:
    """Whether what went wrong can be another thing in a minute: not a misuse, and not another machine that was first."""
    try:
        state.result()
    except UsageError:
        return False
    except Exception:
        return True
    return False


@flow(name="nightly", flow_run_name=_run_name, persist_result=False, validate_parameters=False)
def nightly(settings: dict) -> dict:
    """One night: `settings` as of RunSettings. Returns the summary. Raises UsageError when another run holds the data folder."""
    progress.keep_heeding()
    run = RunSettings(**settings)
    with files.locked(Path(run.data_dir) / "state" / "lock") as alone:
        if not alone:
            raise UsageError(f"another run is under way in {run.data_dir}: wait until it has ended")
        if run.remote:
            fetch(run.data_dir, run.remote)
        night = steps.begin(run)
        steps.WORKS[night.run_id] = steps.Work(night)
        try:
            summary = _go(night)
        except Exception:
            _tell(night, steps.finish(night, "failed"))
            raise
        finally:
            if night.begun:
                night.begun.discard()
            del steps.WORKS[night.run_id]
        _tell(night, summary)
        if run.remote and summary["snapshot"] and not run.prepare:
            bring(run.data_dir, run.remote, run.keep)
        return summary


def run_nightly(settings: RunSettings) -> dict:
    """The flow, its batches on a Dask cluster where the settings name one."""
    if not settings.dask:
        return nightly(settings.as_parameters())
    from flows.workers import cluster

    there = cluster.runner(settings.dask, workers_of(settings))
    return nightly.with_options(task_runner=there)(settings.as_parameters())


def _tell(night: steps.Night, summary: dict) -> None:
    """The morning report, in the data folder and on Prefect's page. What goes wrong in telling is no failure of the run."""
    text = steps.tell(night, summary)
    try:
        create_markdown_artifact(
            text, key="morning-report", description=f"{summary['run_id']}: {summary['outcome']}"
        )
    except Exception as error:
        get_run_logger().warning("the morning report could not be shown: %s", error)


def _timed(night: steps.Night, step, name: str):
    begin = time.monotonic()
    try:
        return step(night.run_id)
    finally:
        night.seconds[name] = time.monotonic() - begin


def _go(night: steps.Night) -> dict:
    _timed(night, land, "land")
    _timed(night, parse, "parse")
    if steps.nothing_to_do(night):
        return steps.finish(night, "unchanged")
    _timed(night, stage, "stage")
    if _timed(night, check, "check"):
        steps.WORKS[night.run_id].candidate.discard()
        return steps.finish(night, "held")
    if night.settings.prepare:
        work = steps.WORKS[night.run_id]
        night.changes = steps.compare(night, work.candidate, work.planned)
        work.candidate.discard()
        return steps.finish(night, "prepared")
    _timed(night, publish, "publish")
    return steps.finish(night, "published")
