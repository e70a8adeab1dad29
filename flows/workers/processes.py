"""What processes of ours have in common."""

from __future__ import annotations

import contextlib
import ctypes
import signal

_SET_PARENT_DEATH_SIGNAL = 1  # of prctl(2)


def end_with_parent(number: signal.Signals) -> None:
    """Has the kernel send this signal to this process when its parent ends, even by kill -9 (on
    Linux).
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, int(number))
