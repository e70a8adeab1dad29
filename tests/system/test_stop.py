"""Stopping a run as a person does: Ctrl-C in a terminal goes to every process of the group."""

from __future__ import annotations

import os
import pty
import select
import signal
import time

import pytest

from tests.support import reports
from tests.support.paths import FAZHI


def in_a_terminal(arguments, stop_when, seconds=120, number=signal.SIGINT):
    """Runs the command in a terminal of its own and stops it once its output says so: by Ctrl-C, or by SIGTERM.

    Returns exit code, seconds from the stop to the end, and the output.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(str(FAZHI), [str(FAZHI), *map(str, arguments)])
    output, begin, pressed = b"", time.monotonic(), None
    while time.monotonic() - begin < seconds:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                read = os.read(terminal, 65536)
            except OSError:
                break
            if not read:
                break
            output += read
        if pressed is None and stop_when(output.decode(errors="replace")):
            if number == signal.SIGINT:
                os.write(terminal, b"\x03")
            else:
                os.kill(pid, number)
            pressed = time.monotonic()
    _, status = os.waitpid(pid, 0)
    took = time.monotonic() - (pressed or begin)
    return os.waitstatus_to_exitcode(status), took, output.decode(errors="replace")


def processes_of(folder):
    """The command lines of processes that have a path below this folder open or in their arguments."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "text, number, expected",
    [
        ("starting Prefect", signal.SIGINT, 130),
        ("reading and parsing", signal.SIGINT, 130),
        ("starting Prefect", signal.SIGTERM, 143),
    ],
)
def test_a_stop_ends_the_run_and_the_next_one_goes_on(
    tmp_path, fazhi_process, text, number, expected
):
    folder, data = tmp_path / "in", tmp_path / "data"
    reports.write(folder, range(150))
    arguments = ["run", folder, "--data", data]
    code, took, output = in_a_terminal(arguments, lambda output: text in output, number=number)
    assert code == expected, output
    assert "stopped; nothing was published" in output and "Traceback" not in output
    assert took < 10  # 5 on a machine that has nothing else to do
    assert processes_of(data) == []
    assert not (data / "current").exists()
    done = fazhi_process("run", folder, "--data", data)
    assert done.returncode == 0 and "loaded       150" in done.stdout, done.stderr
