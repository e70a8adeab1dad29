"""Texts that no person writes are read within the limits of a worker, and what stands beside them is not lost."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from flows.workers.pool import MEMORY
from tests.support.paths import ROOT

SECONDS = 60  # of CPU, for all of them; a text that took time in the square of its length would take minutes

SCRIPT = """
import json, resource, sys
from transforms import parse, readers
head = "桃花镇2023年度法治政府建设情况报告\\n一、加强组织领导\\n全年召开法治会议12次。\\n"
tail = "\\n二、存在问题\\n受理矛盾纠纷120件。\\n桃花镇人民政府\\n2024年1月15日\\n"
texts = {
    "towns": "镇" * 40_000,
    "towns by name": "桃花镇" * 13_000,
    "letters": "a" * 40_000,
    "letters and digits": "a1" * 20_000,
    "digits": "1" * 40_000,
    "numerals": "一" * 40_000,
    "brackets": "（" * 40_000,
    "quotation marks": "“" * 40_000,
    "blanks": "召开" + " " * 40_000 + "会议",
    "figures": "办理" + "、".join(f"案件{i}件" for i in range(10_000)) + "。",
}
for name, text in texts.items():
    report = parse(readers.read((head + text + tail).encode()))
    read = [report.text[r.figure.start : r.figure.number_end] for r in report.readings]
    print(json.dumps([name, len(read), "12" in read, "120" in read]))
"""


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


@pytest.mark.slow
def test_long_runs_of_one_character_and_ten_thousand_figures_are_read():
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, preexec_fn=limit, cwd=ROOT
    )
    assert ended.returncode == 0, ended.stderr[-500:]
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [row for row in rows if not (row[2] and row[3])] == []
    assert {row[0]: row[1] for row in rows} == {
        "towns": 2,
        "towns by name": 2,
        "letters": 2,
        "letters and digits": 2,
        "digits": 2,
        "numerals": 2,
        "brackets": 2,
        "quotation marks": 2,
        "blanks": 2,
        "figures": 10_002,
    }
