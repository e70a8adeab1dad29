"""Imported by the one process that workers are forked from.

What each worker would import, load and compile first is there already.
"""

import atexit
import gc
import signal
import sys
from types import TracebackType

# both signals are the run's business; a worker takes SIGTERM back
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _tell_error(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Prints an error of a worker, but not that a run ended while it was being started."""
    if not issubclass(kind, EOFError | BrokenPipeError | ConnectionResetError):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell_error

from flows.workers import functions  # noqa: E402, F401
from flows.workers.batch import warm_up  # noqa: E402

warm_up()
gc.freeze()  # the collector of a worker need not look at what all of them have
atexit.register(gc.unfreeze)  # or libraries would report it as leaked when this process ends
