"""`fazhi serve` after an outage: what was missed runs once, however many times it was missed."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.support import reports
from tests.support.paths import FAZHI
from tests.support.ports import free_port
from warehouse.files import read_checked_json, write_checked_json
from warehouse.folder import DataFolder
from warehouse.journal import Journal

CRON = "0 2 * * *"
READY = "its page and API ask for the key"


class Served:
    """A `fazhi serve` in a process of its own, and the lines that it prints."""

    def __init__(self, sources, data, home):
        removed = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING")
        kept = {name: value for name, value in os.environ.items() if name not in removed}
        command = [FAZHI, "serve", sources, "--data", data, "--cron", CRON, "--port", free_port()]
        self.process = subprocess.Popen(
            list(map(str, command)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**kept, "PREFECT_HOME": str(home)},
            start_new_session=True,
        )
        self.lines = []

    def read_until(self, text):
        """Reads lines up to the one that holds the text."""
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return
        raise AssertionError("".join(self.lines))

    def stop(self):
        """Stops it as a service manager does; returns the exit code and everything it printed."""
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=120)
        return self.process.returncode, "".join(self.lines) + rest


@pytest.mark.slow
def test_what_was_missed_in_an_outage_runs_once(tmp_path):
    sources, data, home = tmp_path / "in", tmp_path / "data", tmp_path / "prefect"
    reports.write(sources, range(3))
    note = DataFolder(data).schedule
    was_served = {"cron": CRON, "timezone": "Asia/Shanghai", "since": "2025-03-10T12:00:00+00:00"}
    write_checked_json(note, was_served)
    served = Served(sources, data, home)
    served.read_until("a run was missed while nothing was served: it runs now")
    assert read_checked_json(note) == was_served  # a kill now, and it is missed still
    served.read_until("Your flow")
    code, output = served.stop()
    assert code == 0 and "stopped" in output, output
    assert [run["outcome"] for run in Journal(data).runs()] == ["published"]
    again = Served(sources, data, home)
    again.read_until(READY)
    again.read_until("Your flow")
    code, output = again.stop()
    assert code == 0 and "a run was missed" not in output, output
    assert len(Journal(data).runs()) == 1
