"""The command in a process of its own, and an S3 server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.support.paths import FAZHI
from tests.support.ports import free_port


@pytest.fixture
def fazhi_process():
    """`fazhi_process(*arguments)` runs the command in a process of its own."""

    def run_command(*arguments, cwd=None, timeout=300, encoding=None, **environment):
        return subprocess.run(
            [str(FAZHI), *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding=encoding,
            cwd=cwd,
            timeout=timeout,
            env={**os.environ, **environment},
        )

    return run_command


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Address of a bucket of a server of its own."""
    port = free_port()
    with open(tmp_path / "s3.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=log, stderr=log
        )
    endpoint = f"http://127.0.0.1:{port}"
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
    for name, value in zip(names, (endpoint, "key", "secret", "us-east-1")):
        monkeypatch.setenv(name, value)
    end = time.monotonic() + 60
    while True:
        try:
            made = urllib.request.Request(f"{endpoint}/reports", method="PUT")
            urllib.request.urlopen(made, timeout=5).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < end, (
                tmp_path / "s3.log"
            ).read_text()
            time.sleep(0.1)
    yield "s3://reports/warehouse"
    process.kill()
    process.wait()
