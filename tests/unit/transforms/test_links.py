import pytest

import transforms
from transforms.readers import Document

FRAME = "2023年度法治政府建设工作报告\n一、工作开展情况\n"


def links(sentence):
    """The links of a sentence as (number, kind, number of the other)."""
    report = transforms.parse(Document(FRAME + sentence, "text/plain", "utf-8", "text/1"))
    numbers = [r.figure.number for r in report.readings]
    return [(numbers[x.figure], x.kind, numbers[x.to]) for x in report.links]


@pytest.mark.parametrize(
    "sentence, expected",
    [
        (
            "全年受理矛盾纠纷46起，成功化解42起，化解率91.3%。",
            [("42", "out_of", "46"), ("91.3", "denominator", "46"), ("91.3", "numerator", "42")],
        ),
        ("受理信访事项12件。化解信访事项11件。", [("11", "out_of", "12")]),
        ("检查企业120家，发现隐患58处，整改隐患55处。", [("55", "out_of", "58")]),
        (
            "开展联合执法检查30次，其中夜间巡查8次、节前巡查5次。",
            [("8", "part_of", "30"), ("5", "part_of", "30")],
        ),
        ("开展培训5期，其中执法培训2期，参训干部150人次。", [("2", "part_of", "5")]),
        (
            "受理矛盾纠纷40起，其中婚姻家庭纠纷15起，成功化解36起，化解率90%。",
            [
                ("15", "part_of", "40"),
                ("36", "out_of", "40"),
                ("90", "denominator", "40"),
                ("90", "numerator", "36"),
            ],
        ),
        ("去年受理纠纷50起，今年化解纠纷42起。", []),
        ("受理信访事项12件，答复满意率98%。", []),
        ("举办法治讲座6场，发放宣传册800份。", []),
        ("受理矛盾纠纷20起。\n（二）信访。化解纠纷18起。", []),
    ],
)
def test_figures_are_linked_where_the_text_says_so(sentence, expected):
    assert links(sentence) == expected


def test_a_rate_knows_its_denominator_without_a_numerator():
    assert ("95", "denominator", "40") in links("排查矛盾纠纷40起，化解率95%。")


def changed(sentence):
    """The changes of a sentence: number, number of the other, direction, base year."""
    report = transforms.parse(Document(FRAME + sentence, "text/plain", "utf-8", "text/1"))
    numbers = [r.figure.number for r in report.readings]
    return [
        (numbers[x.figure], numbers[x.to], x.direction, x.base_year)
        for x in report.links
        if x.kind == "change_of"
    ]


@pytest.mark.parametrize(
    "sentence, expected",
    [
        ("受理信访33件，同比下降12%。", [("12", "33", "down", 2022)]),
        ("受理信访33件，较2021年增长15%。", [("15", "33", "up", 2021)]),
        ("召开专题会议6次，比去年多2次。", [("2", "6", "up", 2022)]),
        ("化解率98%，比上年提高3个百分点。", [("3", "98", "up", 2022)]),
        ("将办事环节由49个压减至33个。", [("49", "33", "down", None)]),
        ("法律明白人由去年的78名增加到130名。", [("78", "130", "up", 2022)]),
        ("法律明白人由年初的78名增加到130名。", [("78", "130", "up", 2022)]),
        ("法律明白人比去年的78名增加到130名。", [("78", "130", "up", 2022)]),
        ("纠纷由三年前的90起降至33起。", [("90", "33", "down", 2020)]),
        ("纠纷由2年前的90起降至33起。", [("90", "33", "down", 2021)]),
        ("受理信访由49件（2021年）降至33件。", [("49", "33", "down", 2021)]),
        ("受理信访较上年的49件减至33件。", [("49", "33", "down", 2022)]),
        ("规范性文件由去年底的12件减少为9件。", [("12", "9", "down", 2022)]),
        (
            "作出行政处罚49件，较上年的60件减少11件。",
            [("60", "49", "down", 2022), ("11", "49", "down", 2022)],
        ),
        (
            "受理信访33件，上年为49件，减少16件。",
            [("49", "33", "down", 2022), ("16", "33", "down", 2022)],
        ),
        (
            "受理信访33件，去年同期49件，同比下降32.7%。",
            [("49", "33", "down", 2022), ("32.7", "33", "down", 2022)],
        ),
        ("受理信访33件，去年同期举办讲座49场。", []),
        ("排查纠纷40起，化解38起，新增调解员2名。", []),
        ("全年开展检查至少4次。", []),
        ("开展培训5期，覆盖干部150人次。", []),
    ],
)
def test_a_stated_change_is_linked_to_what_changed(sentence, expected):
    assert changed(sentence) == expected
