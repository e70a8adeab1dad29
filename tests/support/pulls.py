"""Pulls in processes of their own, which a test can kill."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT
from warehouse.source_list import PullSource

LIMIT = 2_000_000  # bytes that a file may have
_CODE = (
    "import json, sys; from pathlib import Path; from flows.pull import pull_source; "
    "from warehouse.source_list import PullSource; "
    f"pull_source(PullSource(**json.loads(sys.argv[1])), Path(sys.argv[2]), {LIMIT})"
)


def start(pulled: PullSource, data: Path) -> subprocess.Popen:
    """Starts a pull in a process group of its own, with its spider."""
    fields = json.dumps(dataclasses.asdict(pulled))
    command = [sys.executable, "-c", _CODE, fields, str(data)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def kill(process: subprocess.Popen) -> None:
    """Kills a pull and its spider, by signal 9."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
