"""How a night does its work: what the caller of `run_night` may choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from flows.night.summary import Summary
from flows.progress import Progress
from flows.workers import pool
from warehouse import sources

if TYPE_CHECKING:
    from expectations.suites import Validate

P = ParamSpec("P")
T = TypeVar("T")


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

    `crew` parses the batches; `suites` judges tables (None: the suites of Great Expectations);
    `call` calls each step; `report_progress` hears how far it is; `look` is a scan of the sources
    that was made before, else None; `show_report` gets the summary and the morning report.
    `begin_work` runs what is left of a night once there is something to do, and returns what that
    returned; None: the night is run as one.
    """

    crew: Crew = pool.work
    suites: Validate | None = None
    call: CallStep = call_directly
    report_progress: Progress = field(default_factory=Progress)
    look: sources.Look | None = None
    show_report: Callable[[Summary, str], None] = lambda summary, text: None
    begin_work: Callable[[Callable[[], Summary]], Summary] | None = None
