"""Runs that start at once where Prefect's database is not there yet, and the databases that they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from flows.serving.prefect_database import database_for
from tests.support import reports
from tests.support.paths import FAZHI


def fresh_home(folder):
    """The environment of a user who has never started a run."""
    removed = ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_API_AUTH_STRING")
    kept = {name: value for name, value in os.environ.items() if name not in removed}
    return {**kept, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}


def start(sources, data, environment):
    return subprocess.Popen(
        [str(FAZHI), "run", str(sources), "--data", str(data), "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def own_databases(folder):
    return list((folder / "cache" / "fazhi" / "prefect" / "runs").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("runs", [10])
def test_first_runs_at_once_in_a_fresh_home_all_succeed(tmp_path, runs):
    sources, environment = tmp_path / "in", fresh_home(tmp_path)
    reports.write(sources, range(2))
    started = [start(sources, tmp_path / f"data{i}", environment) for i in range(runs)]
    ended = [(*process.communicate(timeout=900), process.returncode) for process in started]
    assert [(code, err) for _, err, code in ended] == [(0, "")] * runs
    assert [json.loads(out)["outcome"] for out, _, _ in ended] == ["published"] * runs
    assert own_databases(tmp_path) == []


def test_the_database_of_a_run_that_was_killed_is_removed_by_the_next(tmp_path):
    killed = subprocess.run([FAZHI.with_name("python"), "-c", _KILLED, str(tmp_path)], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert len(list((tmp_path / "runs").iterdir())) == 1
    mine = database_for(tmp_path, stays=False)
    mine.let_others_begin()
    other = subprocess.run([FAZHI.with_name("python"), "-c", _BESIDE, str(tmp_path)], timeout=60)
    assert other.returncode == 0
    assert list((tmp_path / "runs").iterdir()) == [mine.path.parent]
    mine.remove()
    assert list((tmp_path / "runs").iterdir()) == []


_KILLED = """
import os, pathlib, sys
from flows.serving.prefect_database import database_for
database = database_for(pathlib.Path(sys.argv[1]), stays=False)
os.kill(os.getpid(), 9)
"""
_BESIDE = """
import pathlib, sys
from flows.serving.prefect_database import database_for
database_for(pathlib.Path(sys.argv[1]), stays=False).remove()
"""
