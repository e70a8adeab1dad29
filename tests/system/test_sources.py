"""The command `sources`, the table of sources in a run, and the tasks that Prefect shows of them."""

from __future__ import annotations

import os

import pytest

from tests.support import portal, reports
from warehouse import source_list
from warehouse.pulled import Answer, PullLog
from warehouse.source_list import PullSource

FIRST, SECOND = "2026-01-01T02:00:00+00:00", "2026-01-02T02:00:00+00:00"


@pytest.fixture
def server():
    with portal.serve() as running:
        yield running


def test_without_an_action_it_says_when_each_source_answered_what_it_brought_and_what_failed(
    fazhi, tmp_path
):
    listed = tmp_path / "sources.toml"
    source_list.add(listed, PullSource("tonglu", "web", "http://a.cn/"))
    source_list.add(listed, PullSource("away", "web", "http://b.cn/"))
    source_list.add(listed, PullSource("lost", "folder", str(tmp_path / "none")))
    log = PullLog(tmp_path / "data", "tonglu")
    log.begin(FIRST)
    log.add(Answer("http://a.cn/1", "page", FIRST, 200, "1" * 64, 3))
    log.add(Answer("http://a.cn/2", "page", FIRST, 403, problem="forbidden", detail="it answers 403"))
    counts = {"new": 1, "changed": 0, "unchanged": 0, "failed": 1, "problems": {"forbidden": 1}}
    log.end({**counts, "at": FIRST})
    log.begin(SECOND)
    log.add(Answer("http://a.cn/1", "page", SECOND, problem="unreachable"))
    log.end({**counts, "at": SECOND, "new": 0, "error": "unreachable: no route", "retries": {"x": 3}})
    out = fazhi("sources", cwd=tmp_path)
    assert out.returncode == 0
    rows = [line.split(maxsplit=8) for line in out.stdout.splitlines()[2:]]
    assert rows == [
        ["tonglu", "web", FIRST, SECOND, "0", "0", "0", "1", "unreachable: no route; tried again 3×: x"],
        ["away", "web", "never", "never"],
        ["lost", "folder", "no", "such", "folder"],
    ]
    detail = fazhi("sources", "list", "tonglu", cwd=tmp_path).stdout
    assert "http://a.cn/2  forbidden    it answers 403" in detail
    assert "away" not in detail
    assert "has no source 'awai'" in fazhi("sources", "list", "awai", cwd=tmp_path).stderr


@pytest.mark.slow
def test_a_source_that_is_down_fails_alone_after_tries_that_prefect_shows_with_their_reason(
    fazhi, server, prefect_server, tmp_path
):
    reports.write(tmp_path / "in", range(2))
    listed = tmp_path / "sources.toml"
    down = PullSource("down", "web", "http://127.0.0.1:9/list.html", delay_seconds=0)
    source_list.add(listed, down)
    files = PullSource("files", "web", f"{server.base}/files/", delay_seconds=0)
    source_list.add(listed, files)
    out = fazhi(
        "run", tmp_path / "in", "--sources", listed, "--data", tmp_path / "data", "--strict"
    )
    assert out.returncode == 3, out.stderr
    assert "files: 3 new, 0 changed, 0 unchanged, 0 failed" in out.stdout
    assert "down: 0 new, 0 changed, 0 unchanged, 1 failed; unreachable:" in out.stdout
    assert "tried again 2×: unreachable" in out.stdout
    tasks = task_runs()
    assert tasks["pull files"] == (1, ["COMPLETED: 3 new, 0 changed, 0 unchanged"])
    times, states = tasks["pull down"]
    assert times == 3
    assert states[0].startswith("FAILED: ") and "Connection refused" in states[0]
    morning = (tmp_path / "data" / "state" / "morning.md").read_text(encoding="utf-8")
    assert "| files | 3 | 0 | 0 | 0 |" in morning and "| down | 0 | 0 | 0 | 1 |" in morning


def task_runs() -> dict[str, tuple[int, list[str]]]:
    """Name of a task of a pull -> how often it ran, and its last state with its message."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        runs = client._client.post("/task_runs/filter", json={}).json()
    assert os.environ["PREFECT_API_URL"]
    return {
        run["name"].rsplit("-", 1)[0]: (
            run["run_count"],
            [f"{run['state']['type']}: {run['state']['message']}"],
        )
        for run in runs
        if run["name"].startswith("pull ")
    }
