"""How far a run is, for whoever listens; and the place where it obeys a wish to stop."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from flows import exit_codes
from schemas.language import marked, say

Listener = Callable[[str, int, int], None]

# while a state is put in force, which takes an instant, a stop waits
COMMIT = "commit"
# libraries say goodbye to one another before they end; nothing of ours needs that
PATIENCE_SECONDS = 2.5

NOTHING_PUBLISHED = marked("fazhi: stopped; nothing was published. The next run goes on from here.")
_IN_COMMIT = marked(
    "fazhi: stopped while a new state was put in force; fazhi status says which one is."
)
_STOPPING = marked("fazhi: stopping once the new state is in force ...")
_STDERR = 2
_CLEAR_LINE = "\r\x1b[2K"
_SHOW_CURSOR = b"\x1b[?25h"
_EXIT_CODES = {
    signal.SIGINT: exit_codes.INTERRUPTED,
    signal.SIGTERM: exit_codes.TERMINATED,
}


class Stopped(KeyboardInterrupt):
    """Somebody stopped the run, and has been told what that means. `code` is how the command
    leaves.
    """

    def __init__(self, code: int = exit_codes.INTERRUPTED) -> None:
        super().__init__(code)
        self.code = code


class Progress:
    """Called by the steps of a night as `progress(stage, done, total)`, it passes this on to
    `listener`.

    With `obey_signals()` Ctrl-C and SIGTERM end the run: at once, or when a state that is being put
    in force is in force; then the run ends as it would have.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._stage = "start"
        self._wakeup: int | None = None
        self._heard: list[int] = []  # the signals that asked for a stop
        self._is_told = False

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Reports how far a stage is. Raises Stopped if somebody asked for a stop."""
        if self.is_stopping and self._stage != COMMIT:
            raise self.stopped()
        self._stage = stage
        if self._listener:
            self._listener(stage, done, total)

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked for a stop."""
        return bool(self._heard)

    def stopped(self) -> Stopped:
        """Returns what to raise once a stop was asked for."""
        return Stopped(_EXIT_CODES[signal.Signals(self._heard[0])])

    def obey_signals(self) -> None:
        """Takes the signals SIGINT and SIGTERM. Must be called in the main thread.

        Python calls a handler only between two steps of the main thread, which may wait for minutes
        in a library. So the numbers of the signals go into a pipe as well, where a thread hears
        them at once; it ends the process where the main thread does not.
        """
        for line in (NOTHING_PUBLISHED, _IN_COMMIT, _STOPPING):
            say(line)  # reads the catalogue now: a signal may come at any moment
        if self._wakeup is None:
            reader, self._wakeup = os.pipe()
            os.set_blocking(self._wakeup, False)
            threading.Thread(target=self._watch, args=(reader,), name="stop", daemon=True).start()
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
        for number in _EXIT_CODES:
            signal.signal(number, self._stop)

    def keep_signals(self) -> None:
        """Takes the signals back from Prefect, which puts a handler of its own around a flow, if
        they were ours.
        """
        if self._wakeup is not None:
            self.obey_signals()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        is_first = not self._heard
        self._heard.append(number)
        if is_first and self._stage == COMMIT:
            _tell(say(_STOPPING))
            return
        self._tell_once()
        raise self.stopped()

    def _tell_once(self) -> None:
        if not self._is_told:
            self._is_told = True
            _tell(say(_IN_COMMIT if self._stage == COMMIT else NOTHING_PUBLISHED))

    def _watch(self, reader: int) -> None:
        """Ends this process some time after a signal: after the second one, where a state is being
        put in force.
        """
        heard: list[int] = []
        until = 0.0
        while True:
            wait = max(0.0, until - time.monotonic()) if heard else None
            if select.select([reader], [], [], wait)[0]:
                heard += [number for number in os.read(reader, 64) if number in _EXIT_CODES]
                until = time.monotonic() + PATIENCE_SECONDS
            elif self._stage == COMMIT and len(heard) < 2:
                until = time.monotonic() + PATIENCE_SECONDS
            else:
                self._tell_once()
                _leave(_EXIT_CODES[signal.Signals(heard[0])])


def _tell(line: str) -> None:
    # past Python's buffers: a signal may have come in the middle of a write to them
    begin = _CLEAR_LINE if os.isatty(_STDERR) else ""
    with contextlib.suppress(OSError):  # nobody may be there any more to read it
        os.write(_STDERR, f"{begin}{line}\n".encode())


def _leave(code: int) -> None:
    """Ends this process as it is; its workers and its server end with it. A kill is stood at any
    instant.
    """
    with contextlib.suppress(OSError):
        if os.isatty(_STDERR):
            os.write(_STDERR, _SHOW_CURSOR)
    os._exit(code)
