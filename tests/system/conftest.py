"""The command in a process of its own."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.support.paths import FAZHI


@pytest.fixture
def fazhi_process():
    """`fazhi_process(*arguments)` runs the command in a process of its own."""

    def run_command(*arguments, cwd=None, timeout=300, **environment):
        return subprocess.run(
            [str(FAZHI), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=timeout,
            env={**os.environ, **environment},
        )

    return run_command
