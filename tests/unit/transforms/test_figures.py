import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms
from schemas import vocabulary
from tests.support.paths import GOLD
from transforms import figures
from transforms.figures.non_figures import _beginning, expand, kinds_of_non_figures
from transforms.readers import Document


def found(text):
    flat = figures.flatten_text(text)
    return [
        (f.number, f.value, f.value_high, f.qualifier, f.unit)
        for f in figures.find_figures(text, flat, figures.find_non_figures(flat))
    ]


COUNTED = [
    (
        "收缴刀具二十三把，群众送锦旗两面。",
        [("二十三", 23, None, "exact", "把"), ("两", 2, None, "exact", "面")],
    ),
    ("拨付叁万贰仟元整，队伍元旦不休。", [("叁万贰仟", 32000, None, "exact", "元")]),
    (
        "召开领导小组会议二次、专题会议三次。",
        [("二", 2, None, "exact", "次"), ("三", 3, None, "exact", "次")],
    ),
    (
        "司法所二名干部，处罚二人。",
        [("二", 2, None, "exact", "名"), ("二", 2, None, "exact", "人")],
    ),
    ("收到三面锦旗。", [("三", 3, None, "exact", "面")]),
    ("发放资料1万5千份。", [("1万5千", 15000, None, "exact", "份")]),
    ("总投资1亿2000余万元。", [("1亿2000余万", 120_000_000, None, "over", "元")]),
    ("投入3万5000元。", [("3万5000", 35000, None, "exact", "元")]),
    (
        "受众过万人次，投入破百万元。",
        [("万", 10000, None, "over", "人次"), ("百万", 1_000_000, None, "over", "元")],
    ),
    (
        "积案清零三件，隐患清零十二处。",
        [("三", 3, None, "exact", "件"), ("十二", 12, None, "exact", "处")],
    ),
    ("培训人数十二人次，学员数百人。", [("十二", 12, None, "exact", "人次")]),
    ("发放征求意见表300份，详见表2。", [("300", 300, None, "exact", "份")]),
    (
        "解决三个突出问题，规范两个服务合同。",
        [("三", 3, None, "exact", "个"), ("两", 2, None, "exact", "个")],
    ),
    (
        "新聘人员安排3名，法律服务周三百场。",
        [("3", 3, None, "exact", "名"), ("三百", 300, None, "exact", "场")],
    ),
    ("检查KTV3家。", [("3", 3, None, "exact", "家")]),
    (
        "新增两处长椅，贴三张贴纸。",
        [("两", 2, None, "exact", "处"), ("三", 3, None, "exact", "张")],
    ),
    (
        "12场地毯式排查、8宗地界纠纷。",
        [("12", 12, None, "exact", "场"), ("8", 8, None, "exact", "宗")],
    ),
    ("开展宣传26场\n次", [("26", 26, None, "exact", "场次")]),
    (
        "受理事项2 356件，办结12 345余件",
        [("2 356", 2356, None, "exact", "件"), ("12 345", 12345, None, "over", "件")],
    ),
    (
        "涉及金额1 460万元，标的2 865.4万元。",
        [
            ("1 460万", 14_600_000, None, "exact", "元"),
            ("2 865.4万", 28_654_000, None, "exact", "元"),
        ],
    ),
    ("驻村值班228天次，历时3天。", [("228", 228, None, "exact", "天次")]),
    ("暂扣电动三轮18辆。", [("18", 18, None, "exact", "辆")]),
    ("发放宣传册 2600 余份。", [("2600", 2600, None, "over", "份")]),
    ("覆盖群众两万余人次。", [("两万", 20000, None, "over", "人次")]),
    ("走访百余户农家。", [("百", 100, None, "over", "户")]),
    ("化解率达100%。", [("100", 100, None, "exact", "%")]),
    ("合格率１００％。", [("１００", 100, None, "exact", "％")]),
    ("投入11.5万元。", [("11.5万", 115000, None, "exact", "元")]),
    ("挽回损失120余万元。", [("120余万", 1_200_000, None, "over", "元")]),
    ("被复议0件。", [("0", 0, None, "exact", "件")]),
    ("每季度开展1次联合检查。", [("1", 1, None, "exact", "次")]),
    ("每月集中排查一次。", [("一", 1, None, "exact", "次")]),
    ("每季度召开一次法治专题会议，每年给予一次性补助。", [("一", 1, None, "exact", "次")]),
    ("每次调解都是一堂法治课，检查3次。", [("3", 3, None, "exact", "次")]),
    ("化解率≥98%，投诉率＜1%。", [("98", 98, None, "over", "%"), ("1", 1, None, "under", "%")]),
    ("接受警示教育一次，人人写体会。", [("一", 1, None, "exact", "次")]),
    ("开展培训3-5次。", [("3-5", 3, 5, "range", "次")]),
    ("举办讲座三到五场。", [("三到五", 3, 5, "range", "场")]),
    ("配备1至2名。", [("1至2", 1, 2, "range", "名")]),
    ("补助3万至8万元。", [("3万至8万", 30000, 80000, "range", "元")]),
    ("不少于4次。", [("4", 4, None, "over", "次")]),
    ("至少召开 2 次会议。", [("2", 2, None, "over", "次")]),
    ("优秀率超过90%。", [("90", 90, None, "over", "%")]),
    ("约860平方米。", [("860", 860, None, "about", "平方米")]),
    ("完善居民公约9部。", [("9", 9, None, "exact", "部")]),
    ("近200人参加。", [("200", 200, None, "about", "人")]),
    ("附近200人参加。", [("200", 200, None, "exact", "人")]),
    ("40名左右。", [("40", 40, None, "about", "名")]),
    ("控制在15件以内。", [("15", 15, None, "under", "件")]),
    ("不足3件。", [("3", 3, None, "under", "件")]),
    ("参训公职人员47，无一缺席。", [("47", 47, None, "exact", "")]),
    ("总面积1,302.4平方公里。", [("1,302.4", 1302.4, None, "exact", "平方公里")]),
    ("同比提高3.1个百分点。", [("3.1", 3.1, None, "exact", "个百分点")]),
    ("百分之九十八的村。", [("百分之九十八", 98, None, "exact", "%")]),
    ("从5人壮大到13人。", [("5", 5, None, "exact", "人"), ("13", 13, None, "exact", "人")]),
    ("由88%升至94%。", [("88", 88, None, "exact", "%"), ("94", 94, None, "exact", "%")]),
    ("办理12345热线工单58个。", [("58", 58, None, "exact", "个")]),
    ("七八百人次。", [("七八百", 700, 800, "range", "人次")]),
    ("办结案件\n14宗。", [("14", 14, None, "exact", "宗")]),
    (
        "常住1.12万户4.3万人。",
        [("1.12万", 11200, None, "exact", "户"), ("4.3万", 43000, None, "exact", "人")],
    ),
    ("走访两万户。", [("两万", 20000, None, "exact", "户")]),
    ("惠及120余万户。", [("120余万", 1_200_000, None, "over", "户")]),
    ("联系三百家企业。", [("三百", 300, None, "exact", "家")]),
    ("受众1000+人次。", [("1000", 1000, None, "over", "人次")]),
    ("发放3500份余。", [("3500", 3500, None, "over", "份")]),
    ("不足百件。", [("百", 100, None, "under", "件")]),
    ("二十七八名。", [("二十七八", 27, 28, "range", "名")]),
    ("撰写稿件两万余字。", [("两万", 20000, None, "over", "字")]),
]


# a measure word is one even where a word that begins with it could stand: 起 and 起重, 次 and 次日
@pytest.mark.parametrize(
    "counted, unit",
    [
        ("5起重大纠纷", "起"),
        ("三起重点信访", "起"),
        ("8起草原违法案件", "起"),
        ("6起因土地引起的纠纷", "起"),
        ("12个人民调解委员会", "个"),
        ("10名优秀调解员", "名"),
        ("12名义务巡逻员", "名"),
        ("5位居民", "位"),
        ("30户外出务工家庭", "户"),
        ("8家家庭农场", "家"),
        ("5家长期停产企业", "家"),
        ("4家教育机构", "家"),
        ("12次日常巡查", "次"),
        ("五次生产检查", "次"),
        ("3次年度考核", "次"),
        ("6场面向村民的宣讲", "场"),
        ("4场合同法讲座", "场"),
        ("5条线索", "条"),
        ("200本人民调解法读本", "本"),
        ("30套路灯", "套"),
        ("12处分散的隐患", "处"),
        ("2轮训练", "轮"),
        ("30批办结的信访", "批"),
        ("5例行政案件", "例"),
    ],
)
def test_a_measure_word_before_a_word_that_it_could_begin(counted, unit):
    assert [f[4] for f in found(f"全年共有{counted}。")] == [unit]


@pytest.mark.parametrize(
    "counted",
    ["12项目", "30家长", "8家庭", "120场所", "5部门", "7案件", "30人员", "6单位", "3台账", "4条件"],
)
def test_a_word_behind_a_number_without_a_measure_word(counted):
    assert [f[4] for f in found(f"全年涉及{counted}。")] == [""]


@pytest.mark.parametrize("text, expected", COUNTED)
def test_numbers_that_count_something_are_figures(text, expected):
    flat = figures.flatten_text(
        text, [(text.index("\n"), text.index("\n") + 1)] if "\n" in text else []
    )
    got = [
        (f.number, f.value, f.value_high, f.qualifier, f.unit)
        for f in figures.find_figures(text, flat, figures.find_non_figures(flat))
    ]
    assert got == expected


@pytest.mark.parametrize(
    "text",
    [
        "2023年",
        "12月7日",
        "《纲要（2021—2025年）》",
        "“12·4”国家宪法日",
        "“4.15”国家安全教育日",
        "24小时值守",
        "30日内答复",
        "学习90课时",
        "第一责任人",
        "第17次会议",
        "排名前三位。",
        "党的二十大精神",
        "二十届三中全会",
        "省第十四次党代会",
        "建党104周年",
        "增强“四个意识”",
        "两个维护",
        "三会一课",
        "四议两公开",
        "一村一警",
        "“八五”普法",
        "三项制度",
        "一岗双责",
        "“1+6+N”",
        "三下乡",
        "九小场所",
        "村“两委”",
        "四职干部",
        "乡村两级",
        "12345热线",
        "进一步加强",
        "一系列举措",
        "一体化推进",
        "某政发〔2024〕9号",
        "电话0571-8888123",
        "《条例》第三十三条",
        "多次上门",
        "若干作品",
        "没有一件超期",
        "一个都不能少",
        "二次回访",
        "二次，",
        "第一、二名",
        "建成二期，二级网格",
        "唱二人转，夫妻二人和好",
        "统一配备",
        "G205线",
        "逢三、六、九赶集",
        "每人一本账",
        "占三成以上",
        "数十次",
        "千家万户",
        "早上6点半",
        "中央八项规定精神",
        "三个代表重要思想",
        "两个一百年奋斗目标",
        "运用四种形态",
        "镇四套班子",
        "五个一工程",
        "四个最严要求",
        "做到三个重点，抓好四个规范",
        "四处奔走，方式老一套",
        "四面环山，两面夹击",
        "一家一档",
        "推行N+3模式",
        "7*24小时服务",
        "排名第3名，排3名。",
        "十一个坚持",
        "解决两张皮问题",
        "守住三条红线",
        "四所一庭",
        "做到百户有人联、十里有人护",
        "推行十户联防",
        "六所联动机制",
        "两高一部文件",
        "三轮摩托车",
        "零部件企业",
        "80后干部",
        "平台3.0版",
        "316国道",
        "（2023）川01民初123号",
        "12.2全国交通安全日",
        "2023—2024学年",
        "7×24小时服务",
        "1123工作法",
        "119消防宣传",
    ],
)
def test_numbers_that_count_nothing_are_not(text):
    assert found(text) == []


def test_each_kind_of_non_figure_covers_its_examples():
    for kind in vocabulary.toml("non_figures.toml")["kind"]:
        for example in (*kind["examples"], *(entry["example"] for entry in kind["patterns"])):
            kinds = {m.kind for m in figures.find_non_figures(figures.flatten_text(example))}
            assert kind["name"] in kinds, f"{example}: {kinds or 'nothing'} covers it"


def naive_non_figures(flat, left_out=None):
    """The non-figures of a text, each pattern tried by itself at every place; one pattern may be left out."""
    taken = []
    for name, patterns in kinds_of_non_figures():
        spans, free = [], 0
        for begin in _beginning().finditer(flat):
            at = begin.start()
            hits = (re.compile(p).match(flat, at) for p, _ in patterns if p != left_out)
            if at >= free and (hit := next(filter(None, hits), None)):
                free = hit.end()
                spans.append((at, free, name))
        taken += [s for s in spans if not any(a < s[1] and s[0] < b for a, b, _ in taken)]
    return sorted(taken)


@pytest.mark.parametrize(
    "kind", vocabulary.toml("non_figures.toml")["kind"], ids=lambda k: k["name"]
)
def test_no_pattern_of_non_figures_is_dead(kind):
    assert len({entry["pattern"] for entry in kind["patterns"]}) == len(kind["patterns"])
    for entry in kind["patterns"]:
        flat, pattern = figures.flatten_text(entry["example"]), expand(entry["pattern"])
        marks = figures.find_non_figures(flat)
        assert marks == naive_non_figures(flat), entry
        begun = (m.start for m in marks if m.kind == kind["name"])
        assert any(re.compile(pattern).match(flat, at) for at in begun), entry
        assert marks != naive_non_figures(flat, left_out=pattern), f"not needed: {entry}"
        assert entry["why"].endswith("."), entry


def test_no_measure_word_is_doubled():
    words = [r["word"] for r in vocabulary.rows("measure_words.tsv")]
    assert len(words) == len(set(words))


@given(
    st.text(
        alphabet="全年开展宣传0123456789一二三十百万余多次场人%，。、“”（）-至年月日第 \n",
        max_size=120,
    )
)
@settings(max_examples=150, deadline=None)
def test_offsets_always_point_at_the_number(text):
    flat = figures.flatten_text(text)
    for f in figures.find_figures(text, flat, figures.find_non_figures(flat)):
        assert text[
            f.start : f.number_end
        ] == f.number and 0 <= f.sentence_start <= f.start < f.end <= f.sentence_end <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "9",
        "一",
        "1,",
        "3-",
        "（2023）",
        " ",
        "“",
        "每",
        "12345",
        "第一",
        "a1",
        "1+",
        "、5",
        "2023年",
        "壹",
        "**a",
        "**",
        "#",
        "二",
    ],
)
def test_time_grows_with_the_length_and_no_faster(piece):
    def seconds(n):
        text = piece * n
        start = time.process_time()
        flat = figures.flatten_text(text)
        figures.find_figures(text, flat, figures.find_non_figures(flat))
        return time.process_time() - start

    # 16 times the text: a square law would take 256 times
    allowed = 60 * min(seconds(1_500) for _ in range(3)) + 0.5
    assert any(seconds(24_000) < allowed for _ in range(3))


def test_every_digit_is_a_figure_a_named_non_figure_or_unexplained():
    random.seed(7)
    text = "。".join(
        random.choice(
            ["发放资料30份", "2023年12月7日", "第3次会议", "“1+6+N”", "12345热线", "代码：77号"]
        )
        for _ in range(60)
    )
    flat = figures.flatten_text(text)
    marks = figures.find_non_figures(flat)
    got = figures.find_figures(text, flat, marks)
    rest = [m for m in figures.account_numerals(flat, got, marks) if m.kind == "unexplained"]
    covered = [(f.start, f.number_end) for f in got] + [(m.start, m.end) for m in marks]
    assert all(any(a <= i < b for a, b in covered) for i, c in enumerate(flat) if c.isdigit())
    assert rest == []


@pytest.mark.slow
def test_every_pattern_of_non_figures_is_tried_where_it_matches():
    folder = GOLD
    texts = [
        p.read_text(encoding="utf-8")
        for p in (*folder.glob("reports/*.txt"), folder / "clauses.txt")
    ]
    kinds = vocabulary.toml("non_figures.toml")["kind"]
    texts += [entry["example"] for kind in kinds for entry in kind["patterns"]]
    tried = 0
    for name, patterns in kinds_of_non_figures():
        for pattern, characters in patterns:
            for text in map(figures.flatten_text, texts):
                for m in re.finditer(pattern, text):
                    tried += 1
                    assert re.match(f"[{characters}]", m[0]), (name, pattern, m[0])
    assert tried > 1000


def test_a_number_that_a_hard_wrap_cuts_is_one():
    prose = "持续抓好法治宣传和依法行政办好各类民生实事推动治理水平提升，"
    lines = []
    for before, after in (("发放1,", "200份，"), ("罚款5.", "6万元，"), ("执法人员1", "8名。")):
        lines += [
            prose[: 30 - len(before)] + before,
            after + prose[: 30 - len(after)],
            *[prose[:30]] * 2,
        ]
    text = "某镇2023年法治政府建设工作报告\n一、工作\n" + "\n".join(lines) + "。"
    report = transforms.parse(Document(text, "text/plain", "utf-8", "text/1"))
    assert [(f.number, f.value, f.unit) for f in (r.figure for r in report.readings)] == [
        ("1,\n200", 1200, "份"),
        ("5.\n6万", 56000, "元"),
        ("1\n8", 18, "名"),
    ]


def test_the_numbers_of_rows_are_no_figures():
    rows = found("情况如下\n| 1 | 学法 | 12次 |\n|2|普法|24场|\n")
    assert [(f[0], f[4]) for f in rows] == [("12", "次"), ("24", "场")]


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("2024以来，学法7次。", ["7"]),
        ("2024以來，學法7次。", ["7"]),
        ("自2024起，学法7次。", ["7"]),
        ("2022至2024，学法7次。", ["7"]),
        ("2022-2024规划期间讲课3场。", ["3"]),
        ("发放资料2024份，检查2023家。", ["2024", "2023"]),
        ("发放2024—2025件。", ["2024—2025"]),
    ],
)
def test_a_year_without_its_sign_is_no_figure(text, numbers):
    assert [figure[0] for figure in found(text)] == numbers
