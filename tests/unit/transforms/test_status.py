"""When a figure holds, by the part of the report it stands in and what is said of time around it."""

import pytest

import transforms
from transforms import readers

REPORT = """清河县白沙镇人民政府2023年度法治政府建设工作总结及2024年工作计划
{opening}
一、2023年工作开展情况
{work}
二、存在的问题
{problems}
三、下一步工作打算
{plan}
四、意见建议
{suggestions}
白沙镇人民政府
2024年1月10日
"""


def statuses(**parts):
    """The figures of a report and their statuses, in order."""
    said = {
        p: parts.get(p, "情况如下。")
        for p in ("opening", "work", "problems", "plan", "suggestions")
    }
    report = transforms.parse(readers.read(REPORT.format(**said).encode()))
    return [(r.figure.number, r.status) for r in report.readings]


@pytest.mark.parametrize(
    "opening",
    [
        "2023年，我镇办理案件12件，发放资料3500余份。",
        "2023年，我镇贯彻《法治政府建设实施纲要（2021—2025年）》，办理案件12件，发放资料3500余份。",
        "一年来，全镇办理案件12件，发放资料3500余份，现将情况报告如下。",
    ],
)
def test_what_the_opening_states_is_done(opening):
    assert statuses(opening=opening) == [("12", "actual"), ("3500", "actual")]


def test_the_year_before_is_background_also_in_the_opening():
    assert statuses(opening="2022年调解纠纷46件，2023年调解51件。") == [
        ("46", "background"),
        ("51", "actual"),
    ]


def test_a_plan_that_is_drawn_up_is_no_plan_of_what_follows():
    assert statuses(work="年初制定普法计划1份，张贴海报150张，推送信息210条。") == [
        ("1", "actual"),
        ("150", "actual"),
        ("210", "actual"),
    ]


@pytest.mark.parametrize("part", ["work", "plan"])
def test_what_comes_next_is_planned_in_every_part(part):
    assert statuses(**{part: "下一步，将培训调解员30人次，建成阵地2处。"}) == [
        ("30", "planned"),
        ("2", "planned"),
    ]


def test_what_was_reached_stays_so_in_a_plan():
    assert statuses(plan="2022年办理案件12件，2023年办理15件，2024年力争不超过10件。") == [
        ("12", "background"),
        ("15", "actual"),
        ("10", "planned"),
    ]


def test_shortcomings_are_how_it_is_and_suggestions_are_wishes():
    assert statuses(
        problems="执法人员仅6人，调解补助每件仅50—200元。",
        suggestions="建议增加编制2名，每村补助500元。",
    ) == [("6", "actual"), ("50—200", "actual"), ("2", "planned"), ("500", "planned")]
