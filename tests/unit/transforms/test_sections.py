import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms
from transforms import figures, identity, numerals, sections
from transforms.layout import read_layout
from transforms.readers import Document


def tree(text, year=2023):
    layout = read_layout(text, numerals.fold(text))
    return layout, sections.build_tree(
        text, figures.flatten_text(text, layout.wraps, layout.breaks), layout, year
    )


def headings(text):
    return [(s.level, s.marker, s.heading) for s in tree(text)[1] if s.heading and s.kind != "item"]


TITLE = "某镇2023年法治政府建设工作报告\n\n2023年，全镇扎实工作，现报告如下：\n"

STYLES = [
    (
        "主要工作情况\n全年开展工作，成效明显。\n存在的问题\n普法形式单一，人手不足。\n下一步工作打算\n（一）抓学习。举办培训。",
        [
            (1, None, "主要工作情况"),
            (1, None, "存在的问题"),
            (1, None, "下一步工作打算"),
            (2, "（一）", "抓学习"),
        ],
    ),
    (
        "一、工作情况\n正文。\n二、存在问题\n正文。",
        [(1, "一、", "工作情况"), (1, "二、", "存在问题")],
    ),
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
        [
            (1, "一、", "主要工作"),
            (2, "（一）", "抓学习"),
            (3, "1.", "集中学法"),
            (4, "（1）", "领导班子"),
        ],
    ),
    (
        "一、主要工作\n1、抓领导干部。正文。\n２．抓村组干部。正文。",
        [(1, "一、", "主要工作"), (3, "1、", "抓领导干部"), (3, "２．", "抓村组干部")],
    ),
    (
        "一、主要工作\n（一）抓学习。学得好。（二）抓宣传。讲得好。（三）抓执法。管得好。",
        [
            (1, "一、", "主要工作"),
            (2, "（一）", "抓学习"),
            (2, "（二）", "抓宣传"),
            (2, "（三）", "抓执法"),
        ],
    ),
    ("一、主要工作\n面积\n1.5万亩，\n3.2公里。\n2.4 万人次。", [(1, "一、", "主要工作")]),
    (
        "一、主要工作\n1．12个村设了服务室，二维码36块。2．4名律师值班。3.2024年培训2次。\n1.法治宣传不够。\n2. 16人持证。\n"
        "2、3月份排查4次。投入\n2.5个百分点。",
        [
            *[
                (1, "一、", "主要工作"),
                (3, "1．", "12个村设了服务室，二维码36块"),
                (3, "2．", "4名律师值班"),
            ],
            *[(3, "3.", "2024年培训2次"), (3, "1.", "法治宣传不够"), (3, "2.", "16人持证")],
        ],
    ),
    (
        "工作开展情况：一是抓学习。集中学法12次。\n存在的问题：一是经费少；二是人手紧。\n下一步打算：开展培训4期。",
        [(1, None, "工作开展情况"), (1, None, "存在的问题"), (1, None, "下一步打算")],
    ),
    (
        "工作开展情况：集中学法12次。\n不足之处：人手紧。\n下一步工作：\n1.培训4期。\n2.宣传2场。",
        [
            (1, None, "工作开展情况"),
            (1, None, "不足之处"),
            (1, None, "下一步工作"),
            (3, "1.", "培训4期"),
            (3, "2.", "宣传2场"),
        ],
    ),
    ("一、工作情况\n主要做法：正文。\n存在问题：正文。", [(1, "一、", "工作情况")]),
    (
        "壹、工作情况\n正文。\n贰、存在问题\n正文。",
        [(1, "壹、", "工作情况"), (1, "贰、", "存在问题")],
    ),
    (
        "一、工作情况\n㈠抓学习\n①领导带头学；②干部跟着学。\n㈡抓宣传：讲得好。",
        [
            *[
                (1, "一、", "工作情况"),
                (2, "㈠", "抓学习"),
                (4, "①", "领导带头学"),
                (4, "②", "干部跟着学"),
            ],
            (2, "㈡", "抓宣传"),
        ],
    ),
    (
        "◆ 一、主要工作\n■ 组织保障：会议5次。\n● 普法宣传：活动45场。\n◆ 二、存在问题：1、意识不强；2、人员缺乏。\n",
        [
            *[
                (1, "一、", "主要工作"),
                (1, "二、", "存在问题"),
                (3, "1、", "意识不强"),
                (3, "2、", "人员缺乏"),
            ],
        ],
    ),
    (
        "1、2023年工作\n1.1 党建引领。开会2次。\n1.2 制度建设。审查32份。\n2、打算\n2.1 培训3次。\n",
        [
            *[(3, "1、", "2023年工作"), (4, "1.1", "党建引领"), (4, "1.2", "制度建设")],
            *[(3, "2、", "打算"), (4, "2.1", "培训3次")],
        ],
    ),
    (
        "一、主要工作\n（一）抓保障\n1.1 健全机构。下设3个小组。\n1.2 落实经费。投入5万元。\n（二）抓执法\n2.1 队伍建设\n正文。",
        [
            *[
                (1, "一、", "主要工作"),
                (2, "（一）", "抓保障"),
                (3, "1.1", "健全机构"),
                (3, "1.2", "落实经费"),
            ],
            *[(2, "（二）", "抓执法"), (3, "2.1", "队伍建设")],
        ],
    ),
    (
        "一、主要工作\n一)宣传方面. 开展宣传12次,受众1.2万人次.\n二)执法方面. 1)检查42次,整改率98.3%; 2)巡查50次.\n二、打算\n(1)普法15场.(2)培训5期.",
        [
            *[(1, "一、", "主要工作"), (2, "一)", "宣传方面"), (2, "二)", "执法方面")],
            *[(4, "1)", "检查42次,整改率98.3%"), (4, "2)", "巡查50次"), (1, "二、", "打算")],
            *[(4, "(1)", "普法15场"), (4, "(2)", "培训5期")],
        ],
    ),
    (
        "一、主要工作\n⒈抓执法。⑴队伍建设。现有执法人员14名；⑵执法办案。办案9件。\n⒉抓普法。讲课5场。",
        [
            *[
                (1, "一、", "主要工作"),
                (3, "⒈", "抓执法"),
                (4, "⑴", "队伍建设"),
                (4, "⑵", "执法办案"),
            ],
            (3, "⒉", "抓普法"),
        ],
    ),
    (
        "一．2023年工作情况（一）抓学法。学法4次。\n（二）抓决策1.合法性审查。审查12件。2.专家论证。论证3次。\n二．2024年安排（一）抓培训。",
        [
            *[(1, "一．", "2023年工作情况"), (2, "（一）", "抓学法"), (2, "（二）", "抓决策")],
            *[
                (3, "1.", "合法性审查"),
                (3, "2.", "专家论证"),
                (1, "二．", "2024年安排"),
                (2, "（一）", "抓培训"),
            ],
        ],
    ),
]


@pytest.mark.parametrize("body, expected", STYLES)
def test_heading_styles(body, expected):
    assert headings(TITLE + body) == expected


@pytest.mark.parametrize("blank", [" ", "\u3000\u3000"])
def test_a_report_whose_lines_were_joined_into_one(blank):
    lines = [
        "索引号：0001/2024-1",
        "发布机构：某县石桥镇人民政府",
        "石桥镇2023年法治政府建设工作报告",
        "县委依法治县办：",
        "2023年，全镇扎实工作，现报告如下：",
        "一、主要做法，主要成效",
        "（一）带头学法，带头用法",
        "学法 4 次，培训2期。",
        "（二）带头决策。审查合同12份。",
        "二、存在不足",
        "执法人员仅6名。",
        "石桥镇人民政府",
        "2024年1月8日",
    ]
    text = blank.join(lines)
    found = transforms.parse(Document(text, "text/plain", "utf-8", "text/1"))
    claims = found.claims
    assert [(s.level, s.marker, s.heading) for s in found.sections if s.heading] == [
        (1, "一、", "主要做法，主要成效"),
        (2, "（一）", "带头学法，带头用法"),
        (2, "（二）", "带头决策"),
        (1, "二、", "存在不足"),
    ]
    assert (claims.title, claims.issuer, claims.issued_on) == (
        lines[2],
        "石桥镇人民政府",
        "2024-01-08",
    )
    assert [
        (text[r.figure.start : r.figure.number_end], r.figure.unit) for r in found.readings
    ] == [
        ("4", "次"),
        ("2", "期"),
        ("12", "份"),
        ("6", "名"),
    ]


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
    two = (
        "某乡人民政府\n关于2023年度法治政府建设情况的报告\n\n县政府：\n　　2023年，……。\n一、工作\n"
    )
    assert tree(two)[0].titles == ["某乡人民政府关于2023年度法治政府建设情况的报告"]
    assert (
        tree(TITLE.split("\n")[0] + "\n\n" + TITLE)[0].titles
        == ["某镇2023年法治政府建设工作报告"] * 2
    )
    table = "| 索引号 | 0001/2024-1 | 发布机构 | 某县某镇人民政府 |\n| 名　称 | 某镇2023年法治政府建设报告 |  |  |\n| 成文日期 | 2024-01-10 | 公开方式 | 主动公开 |\n\n2023年，某镇扎实工作。\n"
    assert tree(table)[0].metadata == {
        "index_number": "0001/2024-1",
        "other": "主动公开",
        "issuer": "某县某镇人民政府",
        "title": "某镇2023年法治政府建设报告",
        "issued_on": "2024-01-10",
    }
    run_together = (
        "索引号：0001 发布机构：某县某镇人民政府 成文日期：2024-01-10\n2023年，某镇扎实工作。\n"
    )
    assert tree(run_together)[0].metadata["issuer"] == "某县某镇人民政府"
    behind = "政务公开 标题: 某镇2023年法治政府建设年度报告 发布时间: 2024-01-20 来源: 某镇\n某镇2023年法治政府建设年度报告\n2023年，某镇扎实工作。\n"
    layout = tree(behind)[0]
    assert (layout.titles, layout.metadata["published_on"]) == (
        ["某镇2023年法治政府建设年度报告"],
        "2024-01-20",
    )
    numbered = "文号：某政发〔2024〕3号\n某镇2023年法治政府建设报告\n2023年，某镇扎实工作。\n"
    assert [x.kind for x in tree(numbered)[0].lines[:2]] == ["metadata", "title"]
    plans = "某镇法治政府建设2023年工作总结和2024年工作思路\n2023年，某镇扎实工作。\n"
    assert tree(plans)[0].titles == ["某镇法治政府建设2023年工作总结和2024年工作思路"]
    bracketed = "【发布机构】某县某镇人民政府\n【成文日期】2024年1月10日\n2023年，某镇扎实工作。\n"
    assert tree(bracketed)[0].metadata == {
        "issuer": "某县某镇人民政府",
        "issued_on": "2024年1月10日",
    }


@pytest.mark.parametrize(
    "head, title, published",
    [
        (
            "某镇人民政府文件\n\n某政发〔2024〕3号          签发人：张某\n\n某镇人民政府\n关于呈报2023年度法治政府建设情况的报告\n\n县政府：\n",
            "某镇人民政府关于呈报2023年度法治政府建设情况的报告",
            None,
        ),
        (
            "某镇人民政府办公室\n关于印发《某镇2023年法治政府建设报告》的通知\n",
            "某镇人民政府办公室关于印发《某镇2023年法治政府建设报告》的通知",
            None,
        ),
        ("某镇2023年度法治政府建设\n工 作 报 告\n", "某镇2023年度法治政府建设工作报告", None),
        (
            "某镇2023年推进法治政府建设情况\n2024-01-30 09:12:33 来源：某镇 阅读：45\n",
            "某镇2023年推进法治政府建设情况",
            "2024-01-30",
        ),
        (
            "2024-01-30 09:12\n某镇2023年推进法治政府建设情况\n",
            "某镇2023年推进法治政府建设情况",
            "2024-01-30",
        ),
        (
            "某镇人民政府文件\n某政发〔2024〕3号\n────────────\n某镇人民政府\n关于报送2023年法治政府建设\n工作情况的报告\n\n县政府：\n现将2023年法治政府建设情况报告如下：\n",
            "某镇人民政府关于报送2023年法治政府建设工作情况的报告",
            None,
        ),
        (
            "某街道\n法治政府建设情况\n自查报告\n（2023年度）\n",
            "某街道法治政府建设情况自查报告",
            None,
        ),
        (
            "某镇2023年法治政府建设工作报告\n某镇人民政府　2024-01-22\n",
            "某镇2023年法治政府建设工作报告",
            "2024-01-22",
        ),
        (
            "2023年法治政府建设工作报告\n——某镇人民政府\n（2024年1月5日）\n",
            "2023年法治政府建设工作报告",
            "2024年1月5日",
        ),
        ("2023年度法治政府建设工作报告\n（某某镇）\n", "2023年度法治政府建设工作报告", None),
    ],
)
def test_titles_under_the_name_and_number_of_a_paper_and_dates_without_a_label(
    head, title, published
):
    text = head + "2023年，某镇扎实工作。\n一、工作情况\n正文。\n"
    layout, made = tree(text)
    assert (layout.titles, layout.metadata.get("published_on")) == ([title], published)
    (opening,) = [text[s.start : s.end] for s in made if s.kind == "preamble"]
    assert (
        opening.endswith("2023年，某镇扎实工作。\n") and "（" not in opening and "——" not in opening
    )


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


@pytest.mark.parametrize(
    "signature",
    [
        "某镇人民政府\n2024年1月5日\n附件：1.执法人员名单\n      2.决策事项目录\n\n扫一扫在手机打开当前页",
        "某镇人民政府\n二0二四年元月五日\n抄送：县司法局。\n某镇党政综合办公室 2024年1月6日印发",
        "报告单位：某镇人民政府\n报告时间：2024年1月5日",
        "（某镇人民政府）\n20240105",
        "二〇二四年一月五号\n某镇人民政府",
        "附件：1.2023年执法统计表\n　　　2.普法活动汇总表\n\n某镇人民政府\n2024年1月5日",
        "某镇人民政府\n2024年1月5日\n附件下载：\n执法统计表.docx",
    ],
)
def test_signatures_with_attachments_copies_labels_and_dates_of_many_forms(signature):
    text = TITLE + "一、工作情况\n完成任务。\n\n" + signature
    layout, made = tree(text)
    said = next(s for s in made if s.kind == "signature")
    assert text[said.start : said.end].strip() == re.split("\n\n扫|\n附件下载", signature)[0]
    claims = identity.read_claims(text, numerals.fold(text), layout)
    assert (claims.issuer, claims.issued_on) == ("某镇人民政府", "2024-01-05")
    assert not transforms.parse(Document(text, "text/plain", "utf-8", "text/1")).readings


def test_a_last_sentence_that_speaks_of_pages_and_views_is_no_furniture():
    text = TITLE + "一、工作情况\n政府网站访问量3.4万次，登录平台学法74人。"
    assert tree(text)[1][-1].heading == "工作情况"


def test_a_page_number_inside_a_sentence_cuts_no_section():
    text = (
        TITLE
        + "一、工作情况\n全年受理热线工单1086件，群众满意率97.35%，接待群众来访（\n\n- 1 -\n\n上年为50批次）44批次，办结率97.7%。\n二、存在问题\n人手不足。"
    )
    _, made = tree(text)
    assert [(s.kind, s.heading) for s in made][-2:] == [
        ("work", "工作情况"),
        ("problems", "存在问题"),
    ]
    report = transforms.parse(Document(text, "text/plain", "utf-8", "text/1"))
    assert [(r.figure.number, r.status) for r in report.readings] == [
        ("1086", "actual"),
        ("97.35", "actual"),
        ("50", "background"),
        ("44", "actual"),
        ("97.7", "actual"),
    ]
    assert [
        (m.kind, text[m.start : m.end]) for m in report.numerals if text[m.start : m.end] == "1"
    ] == [("page_furniture", "1")]


MARKDOWN = """# **某县白沙镇人民政府**
# **2023年法治政府建设工作报告**

2023年，白沙镇办理案件**12**件。

## 一、工作情况

### （一）抓宣传

**1. 进村入户。** 发放资料**3500**余份；

**（二）抓调解。**刘**、张**等2人的纠纷化解。

**白沙镇人民政府**

**2024年1月20日**
"""


def test_the_signs_of_markdown_are_no_text():
    report = transforms.parse(Document(MARKDOWN, "text/plain", "utf-8", "text/1"))
    claims = report.claims
    assert (claims.title, claims.issuer) == (
        "某县白沙镇人民政府2023年法治政府建设工作报告",
        "白沙镇人民政府",
    )
    assert claims.issued_on == "2024-01-20"
    assert [(s.level, s.heading) for s in report.sections if s.heading] == [
        (1, "工作情况"),
        (2, "抓宣传"),
        (3, "进村入户"),
        (2, "抓调解"),
    ]
    assert [(r.figure.number, r.figure.unit) for r in report.readings] == [
        ("12", "件"),
        ("3500", "份"),
        ("2", "人"),
    ]


def test_rows_of_a_table_are_no_wraps():
    rows = [f"| 某镇第{i}村人民调解委员会 | 调解纠纷1{i}起 | 化解1{i}起 |" for i in range(8)]
    assert tree(TITLE + "一、工作情况\n" + "\n".join(rows))[0].wraps == []


def test_hard_wraps_are_told_from_paragraphs():
    text = (
        TITLE
        + "    一、工作情况\n    全镇坚持把法治教育贯穿始终,开展巡查41次,办理案件\n13宗,罚款1800元。\n    全年平安。"
    )
    layout, _ = tree(text)
    assert [text[a - 2 : a] for a, _ in layout.wraps] == ["案件"]


def test_full_lines_of_a_hard_wrapped_text_go_on_whatever_they_begin_with():
    paragraphs = [
        "（一）化解矛盾纠纷，全年排查各类矛盾纠纷一百五十七件，成功调解一百五十二件，涉及金额八十余万元，调处率达标。",
        "（二）开展普法宣传。举办法治讲座、集中宣传等活动，发放宣传资料和法律读本三千二百余份，悬挂横幅，受教育群众众多。",
        "（三）规范行政执法。持证人员十四名，全年开展联合执法检查二百余次，发现并整改问题一百一十八处，立案查处案件九起。",
    ]
    lines = [x[i : i + 26] for x in paragraphs for i in range(0, len(x), 26)]
    text = TITLE + "一、工作情况\n" + "\n".join(lines) + "\n二、打算\n继续努力。"
    layout, _ = tree(text)
    assert [text[a - 1 : b + 1] for a, b in layout.wraps] == [
        x[i - 1] + "\n" + x[i] for x in paragraphs for i in range(26, len(x), 26)
    ]
    plain, wrapped = (
        [
            (r.figure.value, r.figure.unit)
            for r in transforms.parse(Document(t, "text/plain", "utf-8", "text/1")).readings
        ]
        for t in (TITLE + "一、工作情况\n" + "\n".join(paragraphs), text)
    )
    assert wrapped == plain and len(plain) == 8


@given(
    st.text(
        alphabet="一二三十、（）()1234.是要第，。：；\n \u3000工作报告法治政府年镇人民政府20",
        max_size=200,
    )
)
@settings(max_examples=300, deadline=None)
def test_sections_partition_any_text(text):
    _, made = tree(text)
    assert "".join(text[s.start : s.end] for s in made) == text
    assert all(s.parent is None or s.parent < i for i, s in enumerate(made))


@pytest.mark.parametrize(
    "marks", [("(1)", "(2)", "(3)"), ("1.", "2.", "3."), ("1、", "2、", "3、")]
)
def test_a_list_on_one_line_parted_by_semicolons_is_an_enumeration(marks):
    first, second, third = marks
    text = f"{TITLE}一、工作情况\n完成任务。\n二、打算\n{first}学法不少于4次;{second}普法9场;{third}执法培训2期。\n"
    _, made = tree(text)
    assert [(s.kind, s.marker, text[s.start : s.start + len(first)]) for s in made[-3:]] == [
        ("item", first, first),
        ("item", second, second),
        ("item", third, third),
    ]
    assert headings(text) == [(1, "一、", "工作情况"), (1, "二、", "打算")]


def test_short_first_sentences_of_all_paragraphs_below_a_heading_are_headings():
    text = (
        TITLE + "一、工作情况\n健全领导机制。全年召开法治专题会议4次，研究议题9项。\n"
        "深化学法用法。组织干部学法7次，旁听庭审2次，考试1次。\n二、执法情况\n"
        "行政执法方面。执法人员12名全部持证上岗，办理案件9件。\n三、存在问题\n人手不足。经费也不足，装备老旧。\n"
    )
    assert headings(text) == [
        (1, "一、", "工作情况"),
        (2, None, "健全领导机制"),
        (2, None, "深化学法用法"),
        (1, "二、", "执法情况"),
        (2, None, "行政执法方面"),
        (1, "三、", "存在问题"),
    ]


def test_a_first_marker_glued_to_a_heading_with_a_comma():
    text = (
        TITLE
        + "一、工作情况\n（一）聚焦重点任务，提升工作效能1.深化改革，梳理事项12项。2.规范执法，办案9件。\n"
    )
    assert [(level, marker) for level, marker, _ in headings(text)] == [
        (1, "一、"),
        (2, "（一）"),
        (3, "1."),
        (3, "2."),
    ]
