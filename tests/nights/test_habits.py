"""Nothing is lost by a habit: states, sources and folders that a careless command could harm."""

from __future__ import annotations

import os

import pytest

from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask
from warehouse import decisions, snapshots, sources


def reviewed(night, data, number):
    """Rejects a figure of report `number` and publishes that, as `fazhi review` does."""
    columns = "source_sha256, quote, char_start, metric_code, value, status, sentence"
    rows = ask(
        data,
        f"select {columns} from metrics join reports using (report_id) where quote = ?",
        [f"{100 + number}起"],
    )
    figure = dict(zip(columns.split(", "), rows[0]))
    decisions.review(data, figure, "reject", {}, "not in the ledger", "me")
    return night(data, again=[])


@pytest.mark.slow
def test_reviews_do_not_push_nights_out_of_the_states_that_are_kept(night, tmp_path):
    data, folder = tmp_path / "data", tmp_path / "in"
    for number in range(3):
        reports.write(folder, [number])
        night(data, folder, keep=3)
    for number in range(3):
        assert reviewed(night, data, number)["outcome"] == "published"
    kept = [state.run_id for state in snapshots.history(data)]
    assert kept == ["r000001", "r000002", "r000003", "r000006"]
    reports.write(folder, [3])
    night(data, folder, keep=3)
    kept = [state.run_id for state in snapshots.history(data)]
    assert kept == ["r000002", "r000003", "r000006", "r000007"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder of work: two reports, the data folder of a night over them, and another one."""
    reports.write(tmp_path / "in", [0, 1])
    for name in ("data", "data-of-2023"):
        for part in ("landing/ab", "state"):
            (tmp_path / name / part).mkdir(parents=True)
        (tmp_path / name / "landing/ab/abcdef").write_text(reports.text(0), encoding="utf-8")
        (tmp_path / name / "state/runs.jsonl").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("pattern", [".", "*", "**/*", "in", "./in/../**/0000*"])
def test_data_folders_among_the_sources_are_left_out(here, pattern):
    found = [os.path.basename(item.path) for item in sources.discover([pattern], here / "data")]
    assert found == ["00001-2023.txt", "00000-2023.txt"]


@pytest.mark.parametrize("source", ["data", "data/landing", "data/landing/ab/abcdef"])
def test_the_data_folder_is_no_source_of_itself(here, source):
    with pytest.raises(UsageError, match=f"{source} is the data folder or lies in it"):
        sources.discover([source], here / "data")


def test_a_folder_of_reports_inside_the_data_folder_is_read(here):
    reports.write(here / "data" / "incoming", [2])
    found = sources.discover(["data/incoming"], here / "data")
    assert [os.path.basename(item.path) for item in found] == ["00002-2023.txt"]


def test_changes_into_a_folder_that_is_not_there_are_refused_in_one_line(night, fazhi, tmp_path):
    reports.write(tmp_path / "in", [0])
    night(tmp_path / "data", tmp_path / "in")
    target = tmp_path / "nowhere" / "changes.csv"
    done = fazhi("diff", "r000001", "--to", target, "--data", tmp_path / "data")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"fazhi: {target} cannot be written (")
