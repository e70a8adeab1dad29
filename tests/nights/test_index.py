"""fazhi index on a published state: the table, the file of Excel, and the view that is pasted."""

import re
import zipfile

import pytest

from tests.support import nights, reports

WEIGHTS = """\
name = "普法指数"
year = 2023
compare = "county"
coverage = 0.6

[[component]]
metric = "publicity_events"
weight = 3
better = "high"

[[component]]
name = "化解率"
metric = "disputes_resolved"
per = "disputes_received"
better = "high"
scale = [0, 1]

[[component]]
metric = "mediators"
better = "high"
"""


@pytest.mark.slow
def test_the_command_prints_writes_and_gives_a_view(fazhi, tmp_path):
    reports.write(tmp_path / "in", [0, 4, 8])
    data, weights = tmp_path / "data", tmp_path / "weights.toml"
    weights.write_text(WEIGHTS, encoding="utf-8")
    nights.night(data, tmp_path / "in")
    shown = fazhi("index", weights, "--data", data)
    state = data.joinpath("current").resolve().name
    assert (shown.returncode, shown.stderr) == (0, f"(3 rows) {state}\n")
    parts, rows = (part.splitlines() for part in shown.stdout.split("\n\n"))
    assert [line.split()[:8] for line in parts[2:]] == [
        ["publicity_events", "3.0", "high", "min_max", "2023", "3", "3", "0"],
        ["化解率", "1.0", "high", "0", "to", "1", "2023", "3"],
        ["mediators", "1.0", "high", "min_max", "2023", "0", "3", "3"],
    ]
    # publicity_events 1, 5, 2 and 化解率 99/100, 103/104, 107/108; no mediators anywhere
    scores = {line.split()[1]: line.split()[3:5] for line in rows[2:]}
    assert scores == {
        reports.township(0): ["24.75", "0.8"],
        reports.township(4): ["99.76", "0.8"],
        reports.township(8): ["43.52", "0.8"],
    }
    assert all(line.endswith("mediators: not_reported") for line in rows[2:])

    saved = fazhi("index", weights, "--data", data, "--to", tmp_path / "a.xlsx")
    assert saved.stdout == f"3 rows: {tmp_path / 'a.xlsx'}\n"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        first = book.read("xl/worksheets/sheet1.xml").decode()
    assert names == ["普法指数", "构成", "来源"] and "<v>24.75</v>" in first

    view = fazhi("index", weights, "--data", data, "--sql").stdout
    query = f'{view}\nselect township_name, score, "metric_id_化解率" from "普法指数" order by score limit 1'
    asked = fazhi("sql", query, "--data", data, "--format", "csv")
    name, score, metric_id = asked.stdout.splitlines()[1].split(",")
    assert (name, score) == (reports.township(0), "24.75")
    assert "「99起」" in fazhi("explain", metric_id, "--data", data).stdout

    (tmp_path / "in" / "浙江省" / "00004-2023.txt").write_text(
        reports.text(4).replace("活动5场", "活动9场"), encoding="utf-8"
    )
    nights.night(data, tmp_path / "in")
    earlier = fazhi("index", weights, "--data", data, "--state", state)
    assert (earlier.stdout, earlier.stderr) == (shown.stdout, shown.stderr)
    assert fazhi("index", weights, "--data", data).stdout != shown.stdout

    weights.write_text(WEIGHTS.replace("mediators", "mediator"), encoding="utf-8")
    wrong = fazhi("index", weights, "--data", data)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == "fazhi: no such metric: mediator; see fazhi sql \"from find_metric('…')\"\n"
