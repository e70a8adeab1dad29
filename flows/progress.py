"""How far a run is, for whoever listens; and the place where it obeys a wish to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from flows import exit_codes

Listener = Callable[[str, int, int], None]

# while a state is put in force, which takes an instant, a stop waits
COMMIT = "commit"
# libraries say goodbye to one another before they end; nothing of ours needs that
PATIENCE_SECONDS = 2.5

NOTHING_PUBLISHED = "fazhi: stopped; nothing was published. The next run goes on from here."
_PUBLISHED = "fazhi: stopped; the new state is in force."
_SHOW_CURSOR = "\x1b[?25h"


class Stopped(KeyboardInterrupt):
    """Somebody stopped the run, and has been told what that means."""


class Progress:
    """Called by the steps of a night as `progress(stage, done, total)`, it passes this on to `listener`.

    With `obey_signals()` Ctrl-C and SIGTERM end the run: at once, or when a state that is being put
    in force is in force; then the run ends as it would have.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._stage = "start"
        self.is_stopping = False

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Reports how far a stage is. Raises Stopped if somebody asked for a stop."""
        if self.is_stopping and self._stage != COMMIT:
            raise Stopped
        self._stage = stage
        if self._listener:
            self._listener(stage, done, total)

    def obey_signals(self) -> None:
        """Takes the signals SIGINT and SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def keep_signals(self) -> None:
        """Takes the signals back from Prefect, which puts a handler of its own around a flow, if they were ours."""
        if signal.getsignal(signal.SIGINT) == self._stop:
            self.obey_signals()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        is_first, self.is_stopping = not self.is_stopping, True
        if is_first and self._stage == COMMIT:
            _tell("fazhi: stopping once the new state is in force ...")
            return
        if is_first or self._stage == COMMIT:
            _tell(_PUBLISHED if self._stage == COMMIT else NOTHING_PUBLISHED)
            leaving = threading.Timer(PATIENCE_SECONDS, _leave)
            leaving.daemon = True
            leaving.start()
        raise Stopped


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _leave() -> None:
    """Ends this process as it is; its workers and its server end with it. A kill is stood at any instant."""
    if sys.stderr.isatty():
        sys.stderr.write(_SHOW_CURSOR)
        sys.stderr.flush()
    os._exit(exit_codes.INTERRUPTED)
