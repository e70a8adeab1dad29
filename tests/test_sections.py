import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms import figures, numerals, sections


def tree(text, year=2023):
    layout = sections.layout(text, numerals.fold(text))
    return layout, sections.tree(text, figures.flatten(text, layout.wraps), layout, year)


def headings(text):
    return [(s.level, s.marker, s.heading) for s in tree(text)[1] if s.heading and s.kind != "item"]


TITLE = "某镇2023年法治政府建设工作报告\n\n2023年，全镇扎实工作，现报告如下：\n"

STYLES = [
    (
        "主要工作情况\n全年开展工作，成效明显。\n存在的问题\n普法形式单一，人手不足。\n下一步工作打算\n（一）抓学习。举办培训。",
        [(1, None, "主要工作情况"), (1, None, "存在的问题"), (1, None, "下一步工作打算"), (2, "（一）", "抓学习")],
    ),
    ("一、工作情况\n正文。\n二、存在问题\n正文。", [(1, "一、", "工作情况"), (1, "二、", "存在问题")]),
    ("一.学习教育方面\n正文。", [(1, "一.", "学习教育方面")]),
    (
        "一 工作开展情况\n一年来，扎实推进。\n二　存在的问题\n一 线力量薄弱，人手不足。",
        [(1, "一", "工作开展情况"), (1, "二", "存在的问题")],
    ),
    (
        "一、执法有力度。现有人员15人。\n二、调解有温度。排查纠纷6件。",
        [(1, "一、", "执法有力度"), (1, "二、", "调解有温度")],
    ),
    (
        "一、主要工作\n（一）抓学习。正文。\n(二)抓宣传,正文。",
        [(1, "一、", "主要工作"), (2, "（一）", "抓学习"), (2, "(二)", "抓宣传,正文")],
    ),
    ("一、主要工作\n( 一 ) 抓学习\n正文。", [(1, "一、", "主要工作"), (2, "( 一 )", "抓学习")]),
    ("一、主要工作\n一）抓学习\n正文。", [(1, "一、", "主要工作"), (2, "一）", "抓学习")]),
    (
        "一、主要工作\n（一）抓学习\n1.集中学法：正文\n（1）领导班子。正文",
        [(1, "一、", "主要工作"), (2, "（一）", "抓学习"), (3, "1.", "集中学法"), (4, "（1）", "领导班子")],
    ),
    (
        "一、主要工作\n1、抓领导干部。正文。\n２．抓村组干部。正文。",
        [(1, "一、", "主要工作"), (3, "1、", "抓领导干部"), (3, "２．", "抓村组干部")],
    ),
    (
        "一、主要工作\n（一）抓学习。学得好。（二）抓宣传。讲得好。（三）抓执法。管得好。",
        [(1, "一、", "主要工作"), (2, "（一）", "抓学习"), (2, "（二）", "抓宣传"), (2, "（三）", "抓执法")],
    ),
    ("一、主要工作\n面积\n1.5万亩，\n3.2公里。", [(1, "一、", "主要工作")]),
]


@pytest.mark.parametrize("body, expected", STYLES)
def test_heading_styles(body, expected):
    assert headings(TITLE + body) == expected


def test_items_nest_and_restart():
    text = (
        TITLE
        + "一、重点工作\n工作是“管两头”。一是抓干部。一是学法；二是培训；二是抓群众。一要宣传，二要服务。统一是关键。"
    )
    _, made = tree(text)
    items = [(text[s.start : s.start + 5], s.level) for s in made if s.kind == "item"]
    assert [i[0][:2] for i in items] == ["一是", "一是", "二是", "二是", "一要", "二要"]
    assert "统一是关键" in made[-1].marker + text[made[-1].body_start : made[-1].end]


@pytest.mark.parametrize(
    "heading, kind",
    [
        ("工作开展情况", "work"),
        ("存在的问题和不足", "problems"),
        ("差在哪些地方", "problems"),
        ("下一步工作打算", "plan"),
        ("2024年工作安排", "plan"),
        ("存在的问题及下一步打算", "problems_and_plan"),
        ("工作建议", "suggestions"),
        ("本镇基本情况", "other"),
        ("2023年工作情况", "work"),
        ("六、2023年存在的不足和原因", "problems"),
        ("来年怎么干", "plan"),
    ],
)
def test_kinds_of_sections(heading, kind):
    assert sections.section_kind(heading, 2023) == kind


def test_title_over_two_lines_twice_or_in_the_metadata():
    two = "某乡人民政府\n关于2023年度法治政府建设情况的报告\n\n县政府：\n　　2023年，……。\n一、工作\n"
    assert tree(two)[0].titles == ["某乡人民政府关于2023年度法治政府建设情况的报告"]
    assert tree(TITLE.split("\n")[0] + "\n\n" + TITLE)[0].titles == ["某镇2023年法治政府建设工作报告"] * 2
    table = "| 索引号 | 0001/2024-1 | 发布机构 | 某县某镇人民政府 |\n| 名　称 | 某镇2023年法治政府建设报告 |  |  |\n| 成文日期 | 2024-01-10 | 公开方式 | 主动公开 |\n\n2023年，某镇扎实工作。\n"
    assert tree(table)[0].metadata == {
        "other": "0001/2024-1",
        "issuer": "某县某镇人民政府",
        "title": "某镇2023年法治政府建设报告",
        "issued_on": "2024-01-10",
    }
    run_together = "索引号：0001 发布机构：某县某镇人民政府 成文日期：2024-01-10\n2023年，某镇扎实工作。\n"
    assert tree(run_together)[0].metadata["issuer"] == "某县某镇人民政府"
    bracketed = "【发布机构】某县某镇人民政府\n【成文日期】2024年1月10日\n2023年，某镇扎实工作。\n"
    assert tree(bracketed)[0].metadata == {"issuer": "某县某镇人民政府", "issued_on": "2024年1月10日"}


def test_signature_and_page_furniture_are_no_part_of_the_last_section():
    text = (
        TITLE
        + "一、工作情况\n完成任务。\n\n某县某镇人民政府\n2023年12月20日\n\n上一篇：某镇公告\n主办：某县人民政府 ICP备00000000号"
    )
    _, made = tree(text)
    assert [(s.kind, text[s.start : s.end].strip()) for s in made[-2:]] == [
        ("signature", "某县某镇人民政府\n2023年12月20日"),
        ("other", "上一篇：某镇公告\n主办：某县人民政府 ICP备00000000号"),
    ]


def test_a_last_sentence_that_speaks_of_pages_and_views_is_no_furniture():
    text = TITLE + "一、工作情况\n政府网站访问量3.4万次，登录平台学法74人。"
    assert tree(text)[1][-1].heading == "工作情况"


def test_hard_wraps_are_told_from_paragraphs():
    text = (
        TITLE
        + "    一、工作情况\n    全镇坚持把法治教育贯穿始终,开展巡查41次,办理案件\n13宗,罚款1800元。\n    全年平安。"
    )
    layout, _ = tree(text)
    assert [text[a - 2 : a] for a, _ in layout.wraps] == ["案件"]


@given(st.text(alphabet="一二三十、（）()1234.是要第，。：；\n \u3000工作报告法治政府年镇人民政府20", max_size=200))
@settings(max_examples=300, deadline=None)
def test_sections_partition_any_text(text):
    _, made = tree(text)
    assert "".join(text[s.start : s.end] for s in made) == text
    assert all(s.parent is None or s.parent < i for i, s in enumerate(made))
