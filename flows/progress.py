"""What a run tells while it runs, to whoever listens; and the place where it heeds a wish to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

Listener = Callable[[str, int, int], None]
_listener: Listener = lambda stage, done, total: None
_stage = "start"
_stopping = False


def listen(listener: Listener) -> None:
    """From now on `listener(stage, done, total)` hears of every step."""
    global _listener
    _listener = listener


def tell(stage: str, done: int = 0, total: int = 0) -> None:
    """Says how far a stage is. Raises KeyboardInterrupt if a stop was asked for and nothing is being put in force yet."""
    global _stage
    _stage = stage
    if _stopping and stage != "publish":
        raise KeyboardInterrupt
    _listener(stage, done, total)


def _stop(number, frame) -> None:
    global _stopping
    if _stopping or _stage == "start":
        _stopping = True
        raise KeyboardInterrupt
    _stopping = True
    print(
        "fazhi: stopping after this step (once more to stop at once) ...",
        file=sys.stderr,
        flush=True,
    )


def heed_signals() -> None:
    """Ctrl-C and SIGTERM end the run at the next step, after the batch in hand; a second one ends it at once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def keep_heeding() -> None:
    """Takes the signals back from Prefect, which puts its own handler of SIGTERM around a flow, if they were ours before."""
    if signal.getsignal(signal.SIGINT) is _stop:
        heed_signals()
