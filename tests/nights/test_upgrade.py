"""Upgrades: a data folder that the version before made is said to be read again, is, and can be put back.

`tests/data_folders/schema-16.tar.xz` is such a folder: three reports whose sources are gone.
"""

from __future__ import annotations

import json
import tarfile

import pytest

from flows import status, upgrade
from schemas import language, tables
from tests.support import reports
from tests.support.nights import ask
from tests.support.paths import ROOT
from transforms.version import parser_version
from warehouse import snapshots, verify

BEFORE = "r000001-f99eac0c7fa7"


@pytest.fixture
def data(tmp_path):
    with tarfile.open(ROOT / "tests" / "data_folders" / "schema-16.tar.xz") as packed:
        packed.extractall(tmp_path, filter="tar")
    return tmp_path / "data"


def outlook(data):
    (line,) = upgrade.lines(data)
    return line


@pytest.mark.slow
def test_an_upgrade_is_said_before_it_happens_and_can_be_undone(night, data, tmp_path):
    reports.write(tmp_path / "in", range(3, 4))
    assert verify.verify(data) == []
    said = (
        f"this version reads differently (parser 4.1-763f1527, now {parser_version()}, tables 16, "
        f"now {tables.SCHEMA_VERSION}): 3 reports will be read again, about 5 s; {BEFORE} stays in "
        f"force until then and is kept: fazhi rollback {BEFORE}"
    )
    assert outlook(data) == said and said in status.as_text(data)
    assert json.loads(status.as_json(data))["upgrade"]["unread"] == 3

    # the sources of the three are gone: they are read from what was landed
    assert night(data, tmp_path / "in", keep=1)["outcome"] == "published"
    assert ask(data, "select count(*), count(distinct parser_version) from reports") == [(4, 1)]
    assert upgrade.lines(data) == []
    assert json.loads(status.as_json(data))["upgrade"] is None

    # the state of the version before is kept beyond --keep, also by later nights
    for number in (4, 5):
        reports.write(tmp_path / "in", [number])
        night(data, tmp_path / "in", keep=1)
    kept = [state.id for state in snapshots.history(data)]
    assert len(kept) == 2 and kept[0] == BEFORE

    snapshots.rollback(data, snapshots.find(data, BEFORE))
    assert ask(data, "select count(*) from reports") == [(3,)]
    assert "3 published reports are made anew (parser" in outlook(data)  # read already
    assert night(data, tmp_path / "in")["outcome"] == "published"
    assert ask(data, "select count(*) from reports") == [(6,)]
    assert verify.verify(data) == []


def test_an_upgrade_is_said_in_chinese(data, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert language.language() == "zh"
    assert "将重新读取 3 份报告" in outlook(data)


@pytest.mark.slow
def test_another_register_is_said_before_everything_is_made_anew(night, fazhi, tmp_path):
    data = tmp_path / "data"
    reports.write(tmp_path / "in", range(2))
    night(data, tmp_path / "in")
    assert upgrade.lines(data) == []
    register = tmp_path / "register-2023.csv"
    register.write_text(
        "code,name,county,prefecture,province\n330122101000,甲镇,乙县,丙市,浙江省\n", "utf-8"
    )
    fazhi("register", "import", register, "--data", data)
    state = snapshots.current(data).id
    assert outlook(data) == (
        f"2 published reports are made anew (another register), about 5 s; {state} stays in force "
        f"until then and is kept: fazhi rollback {state}"
    )
    night(data, tmp_path / "in")
    assert upgrade.lines(data) == []


def test_a_run_of_many_reports_tells_how_long_it_takes(data):
    first = json.loads((data / "state" / "runs.jsonl").read_text().splitlines()[-1])
    assert upgrade._seconds(data, 2_000, 2_000) == 45  # 20 ms each and 5 s
    assert upgrade._seconds(data, 2_000, 0) == 15
    assert first["loaded"] == 3


def test_a_folder_without_a_state_has_no_upgrade(tmp_path):
    assert upgrade.upgrade(tmp_path) is None and upgrade.lines(tmp_path) == []


@pytest.mark.slow
def test_fazhi_run_says_it_first(data, tmp_path, monkeypatch):
    from flows import launch
    from flows.progress import Progress
    from flows.settings import RunSettings

    reports.write(tmp_path / "in", range(1))
    printed = []

    def stop(*arguments):
        raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        settings = RunSettings([str(tmp_path / "in")], str(data))
        launch.run_now(settings, Progress(stop), True, printed.append)
    assert printed[1].startswith("this version reads differently (parser 4.1-")
