"""A night whose batches are parsed by the workers of a Dask cluster: the very bytes of a night on one machine, even where a worker dies."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.support import reports
from tests.support.paths import FAZHI
from tests.support.ports import free_port
from tests.tools import faults


@pytest.fixture
def cluster(tmp_path):
    """Address of a scheduler, and its two workers, each a process of its own."""
    address = f"tcp://127.0.0.1:{free_port()}"
    kinds = [["scheduler", "--host", "127.0.0.1", "--port", address.rsplit(":", 1)[1]]]
    kinds += [
        [
            "worker",
            address,
            "--no-nanny",
            "--nthreads",
            "1",
            "--local-directory",
            str(tmp_path / f"w{i}"),
        ]
        for i in (0, 1)
    ]
    started = []
    for kind in kinds:
        with open(tmp_path / f"{len(started)}.log", "w") as log:
            command = [
                sys.executable,
                "-m",
                "distributed.cli.dask_" + kind[0],
                *kind[1:],
                "--no-dashboard",
            ]
            started.append(subprocess.Popen(command, stdout=log, stderr=log))
    yield address, started[1:]
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_the_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    night, prefect_server, cluster, tmp_path
):
    address, workers = cluster
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(48))
    command = [
        str(FAZHI),
        "run",
        str(sources),
        "--data",
        str(data),
        "--batch-size",
        "6",
        "--dask",
        address,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 90
    while (
        not any((data / "staging").glob("*/*/batch.json"))
        and process.poll() is None
        and time.monotonic() < end
    ):
        time.sleep(0.02)
    workers[0].send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, (out, err)
    assert faults.look(data) == 48
    night(tmp_path / "here", sources)
    assert faults.published(data) == faults.published(tmp_path / "here")


@pytest.mark.slow
def test_without_a_scheduler_or_workers_one_line_says_so(fazhi, prefect_server, tmp_path):
    reports.write(tmp_path / "in", range(2))
    said = fazhi("run", tmp_path / "in", "--data", tmp_path / "data", "--dask", "tcp://127.0.0.1:9")
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1)
    assert "no scheduler answers there" in said.stderr
