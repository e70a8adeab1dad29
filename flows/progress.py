"""How far a run is, for whoever listens; and the place where it obeys a wish to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

Listener = Callable[[str, int, int], None]


class Progress:
    """Called by the steps of a night as `progress(stage, done, total)`, it passes this on to `listener`.

    With `obey_signals()` Ctrl-C and SIGTERM end the run at its next call, after the batch in hand
    and never while a state is being put in force; a second one ends it at once.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._stage = "start"
        self._stopping = False

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Reports how far a stage is. Raises KeyboardInterrupt if somebody asked for a stop."""
        self._stage = stage
        if self._stopping and stage != "publish":
            raise KeyboardInterrupt
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
        if self._stopping or self._stage == "start":
            self._stopping = True
            raise KeyboardInterrupt
        self._stopping = True
        print(
            "fazhi: stopping after this step (once more to stop at once) ...",
            file=sys.stderr,
            flush=True,
        )
