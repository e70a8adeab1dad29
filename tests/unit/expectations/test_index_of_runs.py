"""The list of all runs in quality/index.html: a record that is none is left out, whatever lies there."""

import json
import os

import pytest

from expectations import pages
from schemas import tables

RUN = {
    "run_id": "r000001",
    "judged_at": "2026-01-02T03:04:05",
    "held_back_because": [],
    "reports": 12,
    "figures": 151,
    "findings": dict.fromkeys(tables.SEVERITIES, 3),
    "expectations": [{"success": True}, {"success": False}],
}
WRONG = {
    "empty": "",
    "torn": json.dumps(RUN)[:60],
    "list": "[]",
    "deep": "[" * 100_000,
    "nul": "\0" * 5000,
    "other types": json.dumps({**RUN, "reports": "many"}),
    "other findings": json.dumps({**RUN, "findings": {"critical": []}}),
    "other expectations": json.dumps({**RUN, "expectations": [7]}),
    "huge number": json.dumps(RUN).replace("151", "1e999"),
}


def listed(folder):
    page = pages._index_page(folder)
    return [number for number in ("r000001", "r000002") if number in page]


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_record_that_is_none_is_left_out(tmp_path, content):
    (tmp_path / "r000001.json").write_text(json.dumps(RUN), encoding="utf-8")
    (tmp_path / "r000002.json").write_text(content.replace("r000001", "r000002"), encoding="utf-8")
    assert listed(tmp_path) == ["r000001"]
    assert "1 / 2" in pages._index_page(tmp_path)


def test_a_folder_a_pipe_and_a_loop_are_left_out(tmp_path):
    (tmp_path / "r000001.json").write_text(json.dumps(RUN), encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    assert listed(tmp_path) == ["r000001"]
