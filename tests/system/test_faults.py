"""One trial of each kind of fault: the short form of `make faults`."""

from __future__ import annotations

import random

import pytest

from tests.tools import faults, quiet_faults


@pytest.fixture(scope="module")
def trials(prefect_server, tmp_path_factory):
    """What of the plan can be tried here (a small disk needs root, a loaded library a compiler): what -> one trial."""
    home = tmp_path_factory.mktemp("faults")
    ground = faults.prepare(home)
    return {what: trial for what, _, trial in faults.plan(ground, 20, faults.shim(home))}


KINDS = {
    "killed": faults.killed,
    "worker killed": faults.worker_killed,
    "source gone": faults.source_gone,
    "disk full": faults.disk_full,
    "read only": faults.read_only,
    "clock back": faults.clock_back,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.needs_root) if kind == "disk full" else kind
        for kind in KINDS
    ],
)
def test_the_next_run_completes_and_readers_saw_only_whole_states(trials, kind):
    trial = trials.get(KINDS[kind].__doc__)
    if trial is None:
        pytest.skip("needs root" if kind == "disk full" else "needs a compiler")
    trial(random.Random(f"{kind} 5"), kind in ("killed", "disk full"))


@pytest.mark.slow
@pytest.mark.parametrize("place", ["the journal", "the list of a staged batch"])
def test_what_is_damaged_is_made_good(trials, place):
    trials[f"damage: {place}"](random.Random(7), False)


@pytest.mark.slow
def test_a_damaged_line_of_the_journal_costs_nothing_else(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    faults.reports.write(sources, range(3))
    night(data, sources)
    faults.reports.write(sources, range(3, 5))
    night(data, sources)
    lines = (data / "state" / "runs.jsonl").read_bytes().splitlines(keepends=True)
    (data / "state" / "runs.jsonl").write_bytes(
        lines[0] + lines[1].replace(b"r000001", b"r0\xff0001") + lines[2]
    )
    faults.reports.write(sources, range(5, 6))
    assert night(data, sources)["run_id"] == "r000003"
    with faults.duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as c:
        assert c.execute("select run_id, seen, outcome from runs order by run_id").fetchall() == [
            ("r000001", 3, "published"),
            ("r000002", 5, "published"),
            ("r000003", 6, "published"),
        ]


@pytest.fixture(scope="module")
def quiet_base(tmp_path_factory):
    """A data folder after one night."""
    home = tmp_path_factory.mktemp("quiet")
    faults.reports.write(home / "in", range(3))
    quiet_faults.night(home / "data", home / "in")
    return home / "data"


@pytest.mark.slow
@pytest.mark.parametrize(
    "holder, expected",
    [
        ("manifest", "published all the same"),
        ("reviews", "published all the same"),
        ("dismissals", "published all the same"),
        ("register", "refused in one line"),
    ],
)
def test_a_hostile_line_costs_itself_alone(quiet_base, tmp_path, holder, expected):
    assert quiet_faults.of_strangers(quiet_base, tmp_path, holder, random.Random(1)) == expected


@pytest.mark.slow
def test_a_signal_to_the_whole_process_group_ends_the_run(prefect_server, quiet_base, tmp_path):
    said = quiet_faults.group_signal(quiet_base, tmp_path, random.Random(3))
    assert said in ("stopped", "ended all the same")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["land", "assemble", "publish"])
def test_a_stop_in_a_step_of_the_night_leaves_the_folder_whole(
    prefect_server, quiet_base, tmp_path, step
):
    said = quiet_faults.group_signal(quiet_base, tmp_path, random.Random(step), step)
    assert said in ("stopped", "ended all the same")
