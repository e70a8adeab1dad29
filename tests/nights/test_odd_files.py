"""A folder, a pipe or a link to nowhere in the place of a file of the data folder costs itself alone."""

from __future__ import annotations

import os
import shutil

import pytest

from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask, night
from warehouse import odd_files, verify
from warehouse.folder import DataFolder

FILES = (
    "state/runs.jsonl",
    "state/stamps.json",
    "state/in_force.json",
    "state/settings.json",
    "state/lock",
    "state/decisions.lock",
    "decisions/reviews.jsonl",
    "decisions/corrections.csv",
    "landing/receipts/r000001-1-00000.jsonl",
)


def put(path, kind):
    """Puts a thing of another kind in the place of a file."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    if kind == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/nowhere/at/all")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    home = tmp_path_factory.mktemp("base")
    reports.write(home / "in", range(2))
    night(home / "data", home / "in")
    return home


@pytest.fixture
def data(base, tmp_path):
    return shutil.copytree(base / "data", tmp_path / "data", symlinks=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nowhere"])
def test_what_is_no_file_is_set_aside_whatever_file_it_stands_for(data, kind):
    for name in FILES:
        put(data / name, kind)
    verify.verify(data)  # ends, whatever stands there
    with DataFolder(data).alone():
        pass
    for name in FILES:
        assert not os.path.lexists(data / name) or (data / name).is_file(), name
        assert os.path.lexists(data / "set_aside" / name), name
    if kind == "folder":
        assert (data / "set_aside" / "state" / "runs.jsonl" / "mine.txt").read_text() == "mine"
    assert odd_files.kept(data) == sorted((data / n, data / "set_aside" / n) for n in FILES)


@pytest.mark.slow
def test_a_folder_in_place_of_the_journal_is_an_entry_until_it_is_removed(data, base):
    put(data / "state/runs.jsonl", "folder")
    assert night(data, base / "in")["outcome"] == "published"
    kept = data / "set_aside/state/runs.jsonl"
    rows = ask(data, "select source_name, reason_code, message from quarantine")
    assert [row[:2] for row in rows] == [("runs.jsonl", "set_aside")]
    assert str(kept) in rows[0][2]
    assert ask(data, "select count(*) from reports") == [(2,)]
    assert verify.verify(data) == []
    shutil.rmtree(kept)
    night(data, base / "in")
    assert ask(data, "select count(*) from quarantine") == [(0,)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["current", "parquet", "warehouse.duckdb"])
def test_a_folder_in_place_of_a_link_is_set_aside_and_the_link_is_back(data, base, name):
    target = os.readlink(data / name)
    put(data / name, "folder")
    assert night(data, base / "in")["outcome"] == "unchanged"
    assert os.readlink(data / name) == target
    assert (data / "set_aside" / name / "mine.txt").read_text() == "mine"


def test_a_person_decides_about_a_policy_that_is_no_file_and_a_folder_that_is_not_mounted(data):
    put(data / "policy.toml", "folder")
    with pytest.raises(UsageError, match=r"policy\.toml is no file: put it back, or move it away"):
        odd_files.set_aside(data)
    shutil.rmtree(data / "policy.toml")
    shutil.move(data / "landing", data / "elsewhere")
    (data / "landing").symlink_to("/nowhere/at/all")
    with pytest.raises(UsageError, match=r"landing leads to /nowhere/at/all, which is not there"):
        odd_files.set_aside(data)
    assert not (data / "set_aside").exists()
