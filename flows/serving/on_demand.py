"""A night that starts Prefect only once there is something to do.

What changed is decided by the steps of the night as plain functions. A night without changes ends
there; where a Prefect server is at hand, it is recorded on it all the same.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from flows import night
from flows.night.summary import Summary
from flows.progress import Progress
from flows.serving import record
from flows.serving.server import Server, serving, standing_server
from flows.settings import RunSettings
from flows.workers.crew import crew_of
from warehouse import sources

P = ParamSpec("P")
T = TypeVar("T")


class NightOnDemand:
    """One night with these settings, in a Prefect flow from where there is something to do.

    `look` is a scan of the sources that was made before; None where the night reads no folders.
    """

    def __init__(
        self, settings: RunSettings, progress: Progress, look: sources.Look | None, verbose: bool
    ) -> None:
        self._settings, self._progress, self._look = settings, progress, look
        self._verbose, self._is_in_flow = verbose, False
        self._folder = Path(settings.data_dir)

    def run(self) -> Summary:
        """Runs the night and returns its summary.

        Raises what `night.run_night` raises, and UsageError where no Prefect server can be used.
        """
        tools = night.Tools(
            crew=crew_of(self._settings),
            call=self._call,
            report_progress=self._progress,
            look=self._look,
            show_report=self._show_report,
            begin_work=self._begin_work,
        )
        return night.run_night(self._settings, tools=tools)

    def _call(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self._is_in_flow:
            return step(*args, **kwargs)
        from flows.nightly import call_as_task

        return call_as_task(step, *args, **kwargs)

    def _begin_work(self, work: Callable[[], Summary]) -> Summary:
        """Calls `work` in a flow that reports to a Prefect server, one of its own if none is
        there.
        """
        with serving(self._folder, self._verbose) as server:
            self._load_what_comes_next(server)
            from flows.nightly import run_in_flow

            # the modules stay: half of the collector's time would go into looking at them
            gc.freeze()
            try:
                server.wait()
                if os.environ.get("PREFECT_LOGGING_LEVEL") == "CRITICAL":
                    logging.disable(logging.ERROR)
                return run_in_flow(self._settings, lambda: self._in_flow(work))
            finally:
                gc.unfreeze()  # or libraries would report them as leaked at the end

    def _in_flow(self, work: Callable[[], Summary]) -> Summary:
        self._progress.keep_signals()
        self._is_in_flow = True
        try:
            return work()
        finally:
            self._is_in_flow = False

    def _show_report(self, summary: Summary, text: str) -> None:
        if self._is_in_flow:
            from flows.nightly import show_report

            show_report(summary, text)
        elif server := standing_server(self._folder):
            record.add_run(server, self._settings, summary, text)

    def _load_what_comes_next(self, server: Server) -> None:
        """Imports what the night needs while the server starts, beside it in other processes
        too.
        """
        # Prefect would import this one when the flow begins
        import fastapi.encoders  # noqa: F401

        import flows.nightly  # noqa: F401
        from expectations import judging
        from flows.night.parse import is_large
        from flows.workers import pool
        from warehouse import snapshots

        if server.starts and (self._look is None or self._look.new()):
            seen = len(self._look.found) if self._look else 0
            if not is_large(snapshots.current(self._folder), seen):
                judging.load_beside(False)
            pool.prepare()
