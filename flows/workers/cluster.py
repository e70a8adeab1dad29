"""Parsing on a Dask cluster: the batches of a night as Prefect tasks on Prefect's Dask task runner.

The data folder is storage that all machines share under one path. A batch is staged there in one
step, under a name that follows from its members, so a batch that two workers finish is one batch;
what comes back is its name. A worker that dies costs nothing but its batch, which Dask gives to
another. Everything else of a night stays where it was started.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed
from prefect.task_runners import TaskRunner

from flows.workers import pool
from schemas.errors import UsageError
from schemas.language import say
from transforms.version import parser_version

LOCAL = "local"


def runner(address: str, processes: int) -> TaskRunner[Any]:
    """Prefect's Dask task runner on the scheduler at `address` (tcp://host:port), or on a cluster
    of its own on this machine (`local`).

    Raises UsageError where the extra is not installed or no scheduler answers.
    """
    try:
        import dask
        import distributed
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise UsageError(
            say("--dask needs the extra: pip install 'fazhi-warehouse[dask]'")
        ) from None
    if address == LOCAL:
        # workers start processes of their own, which daemons may not
        dask.config.set({"distributed.worker.daemon": False})
        return DaskTaskRunner(
            cluster_kwargs={
                "n_workers": processes,
                "threads_per_worker": 1,
                "dashboard_address": None,
            }
        )
    try:
        client = distributed.Client(  # type: ignore[no-untyped-call]
            address, timeout=10, set_as_default=False
        )
        with contextlib.closing(client):
            if not client.scheduler_info()["workers"]:
                raise UsageError(
                    say(
                        "--dask {address}: the scheduler has no workers: start some with dask "
                        "worker {address}",
                        address=address,
                    )
                )
    except (OSError, ValueError) as error:
        raise UsageError(
            say(
                "--dask {address}: no scheduler answers there ({error})",
                address=address,
                error=error,
            )
        ) from None
    return DaskTaskRunner(address=address)


@task(name="batch", retries=2, retry_delay_seconds=5, cache_policy=NO_CACHE)
def batch(job: dict[str, Any], seconds: float, expected: str) -> tuple[str, int]:
    """One batch in a process of its own, with its limits on time and memory. Returns the name of
    what was staged and how many sources it had.
    """
    import multiprocessing

    if parser_version() != expected:
        raise RuntimeError(
            f"this worker has extraction {parser_version()}, the run {expected}: install the "
            "same version on both"
        )
    if not os.path.isdir(job["data_dir"]):
        raise RuntimeError(
            f"this worker does not see {job['data_dir']}: the data folder must be shared under "
            "one path"
        )
    if multiprocessing.current_process().daemon:
        raise RuntimeError(
            "this Dask worker may not start processes: start it with --no-nanny, or with "
            "DASK_DISTRIBUTED__WORKER__DAEMON=False"
        )
    (name,) = pool.work([pool.Job(**job)], 1, seconds)
    return name, len(job["members"])


def work(
    jobs: list[pool.Job],
    processes: int,
    seconds: float,
    on_begun: Callable[[int], None] = lambda sources: None,
) -> Iterator[str]:
    """As `pool.work`, on the cluster of the flow that runs."""
    version = parser_version()
    futures = [batch.submit(dataclasses.asdict(job), seconds, version) for job in jobs]
    for future in as_completed(futures):
        name, sources = future.result()
        on_begun(sources)
        yield name
