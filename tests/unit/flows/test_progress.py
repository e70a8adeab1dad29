"""A wish to stop is heard while the main thread waits in a library, and in each stage of a run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

WAITING = """
import hashlib, sys, threading
from flows.progress import Progress, Stopped
progress = Progress()
progress.obey_signals()
progress("{stage}")
threading.Timer(0.5, print, ["ready"], {{"flush": True}}).start()
try:
    {wait}
except Stopped as stopped:
    sys.exit(stopped.code)
"""
# a digest of a thousand million rounds: minutes in C, in which Python calls no handler
NATIVE = 'hashlib.pbkdf2_hmac("sha256", b"", b"", 1_000_000_000)'
PYTHON = "while True: progress('commit')"
NOTHING = "fazhi: stopped; nothing was published. The next run goes on from here.\n"
IN_COMMIT = """fazhi: stopping once the new state is in force ...
fazhi: stopped while a new state was put in force; fazhi status says which one is.
"""


def waiting(stage, wait=NATIVE):
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(stage=stage, wait=wait)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_that_waits_in_native_code(number, code):
    process = waiting("judge")
    begin = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", NOTHING)
    assert time.monotonic() - begin < 5


def test_while_a_state_is_put_in_force_the_second_signal_ends_the_run():
    process = waiting("commit", PYTHON)
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, IN_COMMIT)
