"""`kill -9` at every stage and at odd moments: no reader ever sees anything but a whole state, and the next run finishes the work."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.support import reports
from tests.support.paths import FAZHI, ROOT
from warehouse.folder import DataFolder

REPORTS = 240


def look(data: Path):
    """What a reader sees now: nothing, or (night, reports, figures) of a state whose tables agree with one another."""
    try:
        path = (data / "current").resolve(strict=True)
    except FileNotFoundError:
        return None
    with duckdb.connect(str(path / "warehouse.duckdb"), read_only=True) as c:
        seen = c.execute("""select (select max(run_id) from runs), (select count(*) from reports), (select count(*) from metrics), (select count(distinct report_id) from sections),
            (select count(*) from sources where is_current), (select figures from runs order by run_id desc limit 1)""").fetchone()
    with duckdb.connect() as c:
        files = c.execute(
            f"select (select count(*) from '{path}/parquet/reports/*.parquet'), (select count(*) from '{path}/parquet/metrics/*.parquet')"
        ).fetchone()
    run_id, n_reports, n_metrics, with_sections, n_sources, said = seen
    assert (
        (n_reports, n_metrics) == files
        and n_reports == with_sections == n_sources
        and n_metrics == said == n_reports * 5
    ), seen
    return run_id, n_reports


STAGES = {
    "landing": lambda d, before: len(list((d / "landing").glob("??/*"))) > before["landed"] + 3,
    "parsing": lambda d, before: (
        any((d / "staging").glob("*/.*.tmp"))
        or len(list((d / "staging").glob("*/*"))) > before["staged"]
    ),
    "parsed": lambda d, before: (
        len(list((d / "staging").glob("*/*/batch.json"))) > before["staged"] + 3
    ),
    "writing tables": lambda d, before: any(
        (d / "snapshots" / ".candidate" / "parquet").glob("metrics/*.parquet")
    ),
    "checking": lambda d, before: any(
        (d / "snapshots" / ".candidate" / "parquet").glob("runs/*.parquet")
    ),
    "building the warehouse": lambda d, before: (
        d / "snapshots" / ".candidate" / "warehouse.duckdb"
    ).exists(),
    "publishing": lambda d, before: (d / "snapshots" / ".candidate" / "snapshot.json").exists(),
    "published": lambda d, before: (
        before["link"] != (os.readlink(d / "current") if (d / "current").is_symlink() else None)
    ),
}


def start(data, sources):
    return subprocess.Popen(
        [
            str(FAZHI),
            "run",
            str(sources),
            "--data",
            str(data),
            "--json",
            "--batch-size",
            "20",
            "--workers",
            "2",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill_when(data, sources, reached) -> bool:
    """Runs the job and kills it (with its workers) as soon as `reached` says so; False if it ended first."""
    before = {
        "landed": len(list((data / "landing").glob("??/*"))),
        "staged": len(list((data / "staging").glob("*/*/batch.json"))),
        "link": os.readlink(data / "current") if (data / "current").is_symlink() else None,
    }
    process = start(data, sources)
    try:
        end = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < end:
            if reached(data, before):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return True
            time.sleep(0.005)
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def undisturbed(night, tmp_path_factory):
    """Sources, and the published bytes that an undisturbed first run gives (the table runs left out)."""
    folder = tmp_path_factory.mktemp("undisturbed")
    reports.write(folder / "in", range(REPORTS))
    night(folder / "data", folder / "in")
    return folder / "in", published(folder / "data")


def published(data):
    home = (Path(data) / "parquet").resolve()
    return {
        f"{p.parent.name}/{p.name}": p.read_bytes()
        for p in home.glob("*/*.parquet")
        if p.parent.name != "runs"
    }


@pytest.fixture(scope="module")
def ask_killer():
    """`ask_killer(data, sources, die_at)` runs a night that may die, in a process of its own: see tests/support/kills.py."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.kills"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )

    def ask(data, sources, die_at=None):
        request = {"data": str(data), "sources": [str(sources)], "die_at": die_at}
        print(json.dumps(request), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    process.stdout.close()
    assert process.wait() == 0


@dataclass(frozen=True)
class SecondNight:
    """A published first night, changed sources, and what an undisturbed second night makes of them."""

    first: Path
    sources: Path
    places: list[str]
    published: dict[str, bytes]


@pytest.fixture(scope="module")
def second_night(night, ask_killer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("second")
    first, sources, undisturbed = folder / "first", folder / "in", folder / "undisturbed"
    reports.write(sources, range(4))
    night(first, sources)
    next(sources.rglob("00002-*.txt")).write_text(reports.text(2, disputes=77), encoding="utf-8")
    reports.write(sources, [5])
    shutil.copytree(first, undisturbed, symlinks=True)
    answer = ask_killer(undisturbed, sources)
    return SecondNight(first, sources, answer["places"], published(undisturbed))


def die(ask_killer, second_night, data, die_at):
    """Kills the second night at a call: a whole state is in force all the same."""
    assert ask_killer(data, second_night.sources, die_at)["killed"], die_at
    assert look(data) in (("r000001", 4), ("r000002", 5)), die_at


def go_on(ask_killer, second_night, data, died_at):
    """The next night makes of what is left what an undisturbed one makes."""
    ask_killer(data, second_night.sources)
    assert look(data) == ("r000002", 5), died_at
    assert published(data) == second_night.published, died_at
    assert not list(data.rglob("*.tmp")) and not DataFolder(data).candidate.exists(), died_at


@pytest.mark.slow
def test_nights_killed_before_each_kind_of_file_is_put_in_its_place_leave_whole_states_and_the_next_goes_on(
    ask_killer, second_night, tmp_path
):
    # a file that is synced before it is put in its place, or after: what is on the disk is the same
    places = [p for p in dict.fromkeys(second_night.places) if "fsync" not in p or "append" in p]
    in_force = next(i for i, place in enumerate(places) if "os.replace in files.point" in place)
    assert in_force > 8 and in_force < len(places) - 1
    data = shutil.copytree(second_night.first, tmp_path / "data", symlinks=True)
    for place in places[: in_force + 1]:  # each night comes further than the one before
        die(ask_killer, second_night, data, place)
        assert look(data) == ("r000001", 4), place
    go_on(ask_killer, second_night, data, places[in_force])
    for place in places[in_force + 1 :]:
        data = shutil.copytree(second_night.first, tmp_path / place[-30:], symlinks=True)
        die(ask_killer, second_night, data, place)
        assert look(data) == ("r000002", 5), place
        go_on(ask_killer, second_night, data, place)


@pytest.mark.slow
def test_a_night_killed_at_a_later_call_of_a_place_leaves_a_whole_state_and_the_next_goes_on(
    ask_killer, second_night, tmp_path
):
    # the first call of each place is tried above; between the second and the last nothing new happens
    calls: dict[str, list[int]] = {}
    for number, place in enumerate(second_night.places, start=1):
        calls.setdefault(place, []).append(number)
    later = sorted({n for numbers in calls.values() for n in (*numbers[1:2], *numbers[2:][-1:])})
    assert len(later) > 5
    for number in later:
        data = shutil.copytree(second_night.first, tmp_path / str(number), symlinks=True)
        die(ask_killer, second_night, data, number)
        go_on(ask_killer, second_night, data, number)


@pytest.mark.slow
def test_killed_at_each_stage_the_next_run_finishes_and_readers_see_only_whole_states(
    night, undisturbed, tmp_path
):
    sources, expected = undisturbed
    data = tmp_path / "data"
    (data / "state").mkdir(parents=True)
    views, stop = set(), threading.Event()

    def watch():
        while not stop.is_set():
            views.add(look(data))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    reached = {}
    try:
        for stage, when in STAGES.items():
            reached[stage] = kill_when(data, sources, when)
            assert look(data) in (None, ("r000001", REPORTS))
        summary = night(data, sources)
    finally:
        stop.set()
        watcher.join()
    assert all(
        reached[s]
        for s in ("landing", "parsing", "writing tables", "checking", "building the warehouse")
    ), reached
    assert views <= {None, ("r000001", REPORTS)}
    assert summary["outcome"] in ("published", "unchanged") and look(data) == ("r000001", REPORTS)
    assert published(data) == expected
    assert not list(data.rglob("*.tmp")) and not (data / "snapshots" / ".candidate").exists()


def test_a_second_run_at_once_gets_one_clear_line(tmp_path, fazhi):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, [1])
    with DataFolder(data).alone():
        second = fazhi("run", sources, "--data", data)
    assert (second.returncode, second.stdout, second.stderr.count("\n")) == (1, "", 1)
    assert "another run is under way" in second.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "workers, number",
    [
        (2, signal.SIGTERM),
        (1, signal.SIGINT),
        (2, signal.SIGINT),
    ],
)
def test_ctrl_c_finishes_the_batch_says_so_and_the_next_run_goes_on(
    night, prefect_server, tmp_path, workers, number
):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(240))
    arguments = [
        "run",
        str(sources),
        "--data",
        str(data),
        "--batch-size",
        "10",
        "--workers",
        str(workers),
    ]
    process = subprocess.Popen(
        [str(FAZHI), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 60
    while not any((data / "staging").glob("*/*")) and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == ({signal.SIGINT: 130, signal.SIGTERM: 143}[number], "")
    assert "nothing was published" in err and "Traceback" not in err, err
    assert night(data, sources)["outcome"] == "published"
    assert look(data) == ("r000001", 240)
