"""A folder of the sources that is empty or has shrunk: a share that is not mounted looks so."""

from __future__ import annotations

import shutil

import pytest

from expectations import policy
from flows import outcome
from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask

HOLD = '[sources]\nempty = "hold_publication"\nshrunken = "hold_publication"\n'


@pytest.fixture
def published(night, tmp_path):
    """A data folder after one night over ten reports, and their folder."""
    data, folder = tmp_path / "data", tmp_path / "in"
    reports.write(folder, range(10))
    assert night(data, folder)["warnings"] == []
    return data, folder


def unmount(folder):
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.slow
def test_an_empty_folder_is_a_warning_each_night_and_deletes_nothing(night, published):
    data, folder = published
    unmount(folder)
    for _ in range(2):
        summary = night(data, folder)
        assert (summary["outcome"], len(summary["warnings"])) == ("unchanged", 1)
    (warning,) = summary["warnings"]
    assert warning == {
        "message": f"{folder} holds no file; the last night found 10 in it. Is it mounted? "
        "Nothing was deleted.",
        "message_zh": f"{folder}中没有文件；上一夜其中有10个。是否已挂载？未删除任何内容。",
    }
    assert f"  warning      {warning['message']}" in outcome.summary(summary).splitlines()
    report = (data / "state" / "morning.md").read_text(encoding="utf-8")
    assert "holds no file; the last night found 10 in it" in report
    assert ask(data, "select count(*) from reports") == [(10,)]


@pytest.mark.slow
def test_the_policy_holds_a_night_over_an_empty_folder_until_a_reason_is_given(night, published):
    data, folder = published
    (data / "policy.toml").write_text(HOLD, encoding="utf-8")
    unmount(folder)
    held = night(data, folder)
    assert held["outcome"] == "held"
    assert held["held_back_because"] == [
        f"{folder} holds no file; the last night found 10 in it. Is it mounted? Nothing was "
        "deleted. (if that is right: --accept-loss REASON)"
    ]
    assert night(data, folder, accept_loss="the share was closed")["outcome"] == "unchanged"
    after = night(data, folder)
    assert (after["outcome"], after["warnings"]) == ("unchanged", [])


def leave(folder, numbers):
    """Leaves only the reports with these numbers in the folder."""
    unmount(folder)
    reports.write(folder, numbers)


@pytest.mark.slow
def test_a_folder_has_shrunk_where_it_lost_more_than_half_of_its_files(night, published):
    data, folder = published
    leave(folder, range(5))
    assert night(data, folder)["warnings"] == []
    leave(folder, range(10))
    night(data, folder)
    leave(folder, range(4))
    (warning,) = night(data, folder)["warnings"]
    assert warning["message"].startswith(f"{folder} holds 4 files; the last night found 10 in it.")
    assert night(data, folder)["warnings"] == []  # the smaller number is the known one now
    leave(folder, range(1))
    assert night(data, folder)["warnings"] == []  # three may always go


@pytest.mark.slow
def test_each_folder_is_looked_at_by_itself(night, published, tmp_path):
    data, folder = published
    reports.write(tmp_path / "other", [10, 11])
    night(data, folder, tmp_path / "other")
    unmount(folder)
    (warning,) = night(data, folder, tmp_path / "other")["warnings"]
    assert warning["message"].startswith(f"{folder} holds no file")


@pytest.mark.slow
def test_a_run_that_reads_no_folder_warns_of_none(night, published):
    data, folder = published
    unmount(folder)
    assert night(data, again=[])["warnings"] == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('empty = "flag"', "[sources] empty = 'flag' is none of note, hold_publication"),
        ("files_lost = -1", "[sources] files_lost = -1 is no number from 0"),
        ('unmounted = "note"', "[sources] unmounted is not known"),
    ],
)
def test_a_line_on_sources_that_is_no_policy_is_refused(tmp_path, line, problem):
    path = tmp_path / "policy.toml"
    path.write_text(f"[sources]\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        policy.load(path)
    assert problem in str(refused.value)
