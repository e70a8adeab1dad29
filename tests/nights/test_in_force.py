"""Which report is in force: within body, year and kind, a later date or another folder alone displaces nothing."""

from __future__ import annotations

import pytest

from tests.support.nights import ask, night
from warehouse import decisions

TEXT = """临川县东东镇人民政府2023年法治政府建设工作报告{title}

2023年，东东镇认真推进法治政府建设，现将工作情况报告如下：
一、工作开展情况
（一）化解矛盾纠纷。全年受理矛盾纠纷{disputes}起，化解{resolved}起。
（二）开展普法宣传。举办法治宣传活动{events}场，发放宣传资料1000份。
二、存在的问题
普法形式单一。
三、下一步打算
聘请法律顾问2名。

临川县东东镇人民政府
{signed}
"""


def write(path, disputes, signed="2023年12月5日", events=3, title=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    content = TEXT.format(
        disputes=disputes, resolved=disputes - 1, signed=signed, events=events, title=title
    )
    path.write_text(content, encoding="utf-8")


def disputes_in_force(data):
    rows = ask(data, "select value from figures where metric_code = 'disputes_received'")
    return [value for (value,) in rows]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "signed", "title"),
    [
        ("浙江省/later.txt", "2099年1月1日", ""),
        ("浙江省/later.txt", "2024年3月1日", ""),
        ("elsewhere/浙江省/later.txt", "2024年3月1日", ""),
        ("elsewhere/浙江省/revised.txt", "2024年3月1日", "（修订版）"),
        ("浙江省/revised.txt", "2099年1月1日", "（修订版）"),
        ("elsewhere/浙江省/same-day.txt", "2023年12月5日", ""),
    ],
)
def test_a_report_in_force_stays(tmp_path, path, signed, title):
    sources, data = tmp_path / "in", tmp_path / "data"
    write(sources / "浙江省" / "first.txt", 100)
    night(data, sources)
    write(sources / path, 555, signed, title=title)
    night(data, sources)
    assert disputes_in_force(data) == [100.0]
    ((message, evidence),) = ask(
        data,
        "select message, evidence from quality_findings where rule_id = 'one_report_per_body_and_year'",
    )
    assert "first.txt, signed 2023-12-05" in message and "it was in force before" in message
    assert evidence == path.rsplit("/", 1)[1]
    # nothing changes in the nights that follow
    assert night(data, sources)["outcome"] == "unchanged"


@pytest.mark.slow
def test_a_revised_version_beside_the_report_in_force_takes_its_place(tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    write(sources / "浙江省" / "first.txt", 100)
    night(data, sources)
    write(sources / "浙江省" / "second.txt", 120, "2024年1月8日", title="（修订版）")
    night(data, sources)
    assert disputes_in_force(data) == [120.0]
    assert ask(data, "select chosen_because from report_history") == [("revised_version",)]


@pytest.mark.slow
def test_what_a_person_accepts_takes_the_place_of_the_report_in_force(tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    write(sources / "浙江省" / "first.txt", 100)
    night(data, sources)
    write(sources / "elsewhere" / "浙江省" / "second.txt", 120, "2024年1月8日")
    night(data, sources)
    ((uri, sha256),) = ask(data, "select source_uri, source_sha256 from report_history")
    row = {"source_uri": uri, "source_sha256": sha256}
    decisions.accept(data, row, "the county said so", "me")
    night(data, sources)
    assert disputes_in_force(data) == [120.0]
    assert ask(data, "select chosen_because from report_history") == [("chosen_by_person",)]


def test_of_two_reports_of_one_night_an_impossible_date_does_not_count(tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    write(sources / "浙江省" / "a.txt", 100, "2099年1月1日")
    write(sources / "浙江省" / "b.txt", 120, "2024年1月8日")
    night(data, sources)
    assert disputes_in_force(data) == [120.0]


EMPTY_PAGE = """临川县东东镇人民政府2023年法治政府建设工作报告

2023年，东东镇认真推进法治政府建设，现将工作情况报告如下：
一、工作开展情况
页面正在维护，请稍后访问。
二、存在的问题
依法行政水平有待提高。

临川县东东镇人民政府
2023年12月5日
"""


def test_a_report_cannot_be_emptied(tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    path = sources / "浙江省" / "first.txt"
    write(path, 100)
    night(data, sources)
    path.write_text(EMPTY_PAGE, encoding="utf-8")
    summary = night(data, sources)
    assert (summary["loaded"], summary["quarantined"]) == (0, 1)
    assert disputes_in_force(data) == [100.0]
    ((code, message),) = ask(data, "select reason_code, message from quarantine")
    assert code == "far_emptier"
    assert "0 figures" in message and "fazhi quarantine accept" in message
    assert night(data, sources)["outcome"] == "unchanged"
    # the right file again
    write(path, 101)
    assert night(data, sources)["loaded"] == 1
    assert disputes_in_force(data) == [101.0]
    assert ask(data, "select count(*) from quarantine") == [(0,)]


@pytest.mark.slow
def test_an_emptied_report_can_be_accepted(tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    path = sources / "浙江省" / "first.txt"
    write(path, 100)
    night(data, sources)
    path.write_text(EMPTY_PAGE, encoding="utf-8")
    night(data, sources)
    (row,) = ask(data, "select source_uri, source_sha256 from quarantine")
    decisions.accept(data, dict(zip(("source_uri", "source_sha256"), row)), "it is so", "me")
    night(data, sources)
    assert disputes_in_force(data) == []
    assert ask(data, "select count(*) from quarantine") == [(0,)]


@pytest.mark.slow
def test_a_report_that_the_policy_holds_back_can_be_accepted(tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    write(sources / "浙江省" / "first.txt", 100)
    page = sources / "浙江省" / "second.txt"
    page.write_text(EMPTY_PAGE.replace("2023", "2022"), encoding="utf-8")
    night(data, sources)
    ((reason, *source),) = ask(
        data, "select reason_code, source_uri, source_sha256 from quarantine"
    )
    assert reason == "held_by_rule"
    decisions.accept(data, dict(zip(("source_uri", "source_sha256"), source)), "so it is", "me")
    night(data, sources)
    assert ask(data, "select count(*) from quarantine") == [(0,)]
    assert ask(data, "select count(*) from reports") == [(2,)]
