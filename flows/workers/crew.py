"""Which workers parse the batches of a night: processes of this machine, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.night.tools import Crew
from flows.settings import RunSettings
from flows.workers import pool


def crew_of(settings: RunSettings) -> Crew:
    """Returns what runs the batches of a night with these settings."""
    return _on_cluster if settings.dask else pool.work


def _on_cluster(
    jobs: list[pool.Job],
    processes: int,
    seconds: float,
    on_begun: Callable[[int], None] = lambda sources: None,
) -> Iterator[str]:
    from flows.workers import cluster  # Prefect reads its settings when it is imported

    return cluster.work(jobs, processes, seconds, on_begun)
