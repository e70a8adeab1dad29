"""Sources whose names hold bytes that are no text, line breaks and quotes, from the night to the questions."""

from __future__ import annotations

import os

import pytest

from tests.support import reports
from tests.support.nights import ask, night
from warehouse import verify

NAMES = [
    "桃花镇.txt".encode("gb18030"),  # as a Chinese Windows leaves them: no UTF-8
    "两行\n名.txt".encode(),
    "引'号\"和`$(x)`.txt".encode(),
    b"back\\slash;drop.txt",
    "\x1b[31m红.txt".encode(),
]


@pytest.fixture
def named(tmp_path):
    """A folder whose name is no text, with a report under each of the names; the data folder beside it."""
    home = os.fsencode(tmp_path) + b"/" + "报告\n'x'".encode("gb18030")
    os.makedirs(home)
    for number, name in enumerate(NAMES):
        with open(home + b"/" + name, "wb") as file:
            file.write(reports.text(number).encode())
    return os.fsdecode(home), tmp_path / "data"


def test_reports_under_odd_names_are_published_and_verified(named):
    sources, data = named
    summary = night(data, sources)
    assert (summary["outcome"], summary["loaded"], summary["quarantined"]) == ("published", 5, 0)
    assert ask(data, "select count(*), count(distinct source_name) from reports") == [(5, 5)]
    assert verify.verify(data) == []
    assert night(data, sources)["outcome"] == "unchanged"


@pytest.mark.slow
def test_commands_show_odd_names_escaped(named, fazhi, prefect_server):
    sources, data = named
    run = fazhi("run", sources, "--data", data)
    assert run.returncode == 0, run.stderr
    table = fazhi("sql", "select source_name from reports order by source_name", "--data", data)
    assert table.returncode == 0
    assert "\x1b" not in table.stdout
    names = [row[0] for row in ask(data, "select source_name from reports")]
    for name in names:
        shown = fazhi("explain", name, "--data", data)
        assert shown.returncode == 0, (name, shown.stderr)
        assert "\x1b" not in shown.stdout
    checked = fazhi("verify", "--data", data)
    assert checked.returncode == 0, checked.stderr
    repaired = fazhi("repair", "--data", data)
    assert (repaired.returncode, repaired.stderr) == (0, "")


def test_a_data_folder_whose_path_is_no_text_is_refused_in_one_line(fazhi, tmp_path):
    data = os.fsdecode(os.fsencode(tmp_path) + b"/" + "数据".encode("gb18030"))
    reports.write(tmp_path / "in", [1])
    run = fazhi("run", tmp_path / "in", "--data", data)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert "holds bytes that are no UTF-8: " in run.stderr
    assert not os.path.exists(data)
