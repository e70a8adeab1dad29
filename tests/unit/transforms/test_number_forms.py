"""Numbers in all forms that clerks write: what is written reads back, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import transforms
from transforms import numerals, readers

HEAD = "某镇2023年法治政府建设工作报告\n2023年，全镇坚持依法行政，现将有关情况报告如下：\n一、工作情况\n"
TAIL = "\n二、存在的问题\n人手不足。\n某镇人民政府\n2024年1月10日\n"


def figures(sentence):
    report = transforms.parse(readers.read((HEAD + sentence + TAIL).encode()))
    return [
        (r.figure.value, r.figure.value_high, r.figure.unit)
        for r in report.readings
        if r.figure.qualifier != "implied"
    ]


@pytest.mark.parametrize(
    "sentence, value, unit",
    [
        ("投入资金1·2万元。", 12_000, "元"),
        ("化解率98·5%。", 98.5, "%"),
        ("投入资金RMB3.5万元。", 35_000, "元"),
        ("受理纠纷捌拾陆起。", 86, "起"),
        ("受理纠纷8\u31646起。", 86, "起"),
        ("受理纠纷8\u17b46起。", 86, "起"),
        ("统筹资金一亿二千万元。", 120_000_000, "元"),
        ("统筹资金两亿零五百万元。", 205_000_000, "元"),
        ("统筹资金十二亿三千四百五十六万元。", 1_234_560_000, "元"),
        ("统筹资金一亿二千余万元。", 120_000_000, "元"),
        ("统筹资金3亿5千万元。", 350_000_000, "元"),
        ("统筹资金1亿2000万元。", 120_000_000, "元"),
        ("统筹资金1亿零500万元。", 105_000_000, "元"),
        ("涉及金额壹亿贰仟叁佰万元。", 123_000_000, "元"),
        ("涉案金额12万3千5百元。", 123_500, "元"),
        ("涉案金额12万3500元。", 123_500, "元"),
        ("涉案金额5万零300元。", 50_300, "元"),
        ("涉案金额3千5百元。", 3_500, "元"),
        ("罚款123元1角1分。", 123.11, "元"),
        ("罚款123元5角。", 123.5, "元"),
        ("罚款123元零5分。", 123.05, "元"),
        ("发放资料3.5w份。", 35_000, "份"),
        ("发放资料10W+份。", 100_000, "份"),
        ("发放资料5k份。", 5_000, "份"),
        ("发放资料2千份。", 2_000, "份"),
        ("培训群众3百人。", 300, "人"),
        ("本计划投入3541.07万元2.加强督查。", 35_410_700, "元"),
        ("投入资金36万元3、强化保障。", 360_000, "元"),
        ("统筹资金3亿五千万元。", 350_000_000, "元"),
        ("统筹资金三亿5000万元。", 350_000_000, "元"),
        ("统筹资金3亿5千余万元。", 350_000_000, "元"),
        ("统筹资金1亿2千3百万元。", 123_000_000, "元"),
        ("统筹资金1亿2千3百4十万元。", 123_400_000, "元"),
        ("统筹资金3亿零5万元。", 300_050_000, "元"),
        ("统筹资金1.1万亿元。", 1_100_000_000_000, "元"),
        ("统筹资金2千3百万元。", 23_000_000, "元"),
        ("统筹资金2千3百4十5万元。", 23_450_000, "元"),
        ("统筹资金3百5十万元。", 3_500_000, "元"),
        ("涉案金额12万3千5百6十元。", 123_560, "元"),
        ("涉案金额12万3千5百67元。", 123_567, "元"),
        ("涉案金额3万2元。", 32_000, "元"),
        ("罚款壹佰贰拾叁元伍角整。", 123.5, "元"),
        ("罚款壹万贰仟叁佰肆拾伍元陆角柒分。", 12_345.67, "元"),
        ("罚款12345.67元整。", 12_345.67, "元"),
        ("受理矛盾纠纷廿六起。", 26, "起"),
        ("受理矛盾纠纷卅起。", 30, "起"),
        ("受理矛盾纠纷86起，2.强化保障。", 86, "起"),
        ("投入资金36万元；2.强化保障。", 360_000, "元"),
    ],
)
def test_a_number_of_any_form_is_read_as_one(sentence, value, unit):
    assert figures(sentence) == [(value, None, unit)]


@pytest.mark.parametrize(
    "sentence",
    [
        "落实《某市优化营商环境28条措施》，服务企业15家。",
        "按《2024年工作要点20条》服务企业15家。",
        "学习《乡镇十项制度（2024年）》，服务企业15家。",
    ],
)
def test_a_number_in_the_name_of_a_document_is_no_figure(sentence):
    assert figures(sentence) == [(15, None, "家")]


@pytest.mark.parametrize("sentence", ["信访率控制在3‰以内。", "信访率为0.5‰。"])
def test_per_mille_is_no_count(sentence):
    assert figures(sentence) == []


@pytest.mark.parametrize(
    "sign",
    [
        "-",
        "－",
        "—",
        "–",
        "―",
        "‐",
        "‑",
        "‒",
        "−",
        "~",
        "～",
        "〜",
        "∼",
        "⁓",
        "至",
        "到",
        "——",
        "--",
        " - ",
        "﹣",
        "⁃",
        "﹘",
        "˗",
        "⸺",
        "ー",
        "━",
        "˜",
        "∽",
        "一",
    ],
)
def test_a_range_with_every_dash(sign):
    assert figures(f"排查矛盾纠纷80{sign}85起。") == [(80, 85, "起")]


@pytest.mark.parametrize(
    "rows, expected",
    [
        ("| 指标 | 单位 | 数量 |\n| 受理纠纷 | 起 | 86 |", [(86, None, "起")]),
        ("| 指标 | 数量 | 单位 |\n| 涉及金额 | 12.5 | 万元 |", [(125_000, None, "元")]),
        ("| 指标 | 金额（万元） |\n| 投入资金 | 1.1 |", [(11_000, None, "元")]),
        ("| 指标 | 金额/元 |\n| 投入资金 | 800 |", [(800, None, "元")]),
        (
            "| 受理纠纷（起） | 86 |\n| 发放资料（份） | 3500 |",
            [(86, None, "起"), (3500, None, "份")],
        ),
        ("单位：件\n| 指标 | 数量 |\n| 行政处罚 | 14 |", [(14, None, "件")]),
        ("| 指标 | 人数（百人） |\n| 培训 | 3 |", [(300, None, "人")]),
        ("| 指标 | 单位 | 数量 |\n| 受理纠纷 | 起 | 86件 |", [(86, None, "件")]),
    ],
)
def test_units_of_a_table(rows, expected):
    assert figures(f"统计如下：\n{rows}\n以上为统计。") == expected


def _chinese(number):
    """A number below a hundred million in Chinese numerals, as it is spoken."""
    digits, text = "零一二三四五六七八九", ""
    for part, unit in ((number // 10_000, "万"), (number % 10_000, "")):
        if not part:
            continue
        words, gap = "", bool(text) and part < 1000
        for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = part // power % 10
            if digit:
                words += ("零" if gap else "") + digits[digit] + name
                gap = False
            else:
                gap = gap or bool(words)
        text += words + unit
    return text


@given(st.integers(1, 99_999_999), st.integers(0, 9999))
def test_what_is_written_in_chinese_numerals_reads_back(below, hundred_millions):
    assert numerals.chinese_integer(_chinese(below)) == below
    if hundred_millions and below >= 10_000_000:
        text = f"{_chinese(hundred_millions)}亿{_chinese(below)}"
        assert numerals.chinese_integer(text) == hundred_millions * 100_000_000 + below


@given(st.integers(1, 99), st.integers(1, 9), st.integers(1, 9))
def test_what_is_written_in_parts_reads_back(ten_thousands, thousands, hundreds):
    total = ten_thousands * 10_000 + thousands * 1_000 + hundreds * 100
    assert numerals.read(f"{ten_thousands}万{thousands}千{hundreds}百").value == total
    assert numerals.read(f"{ten_thousands}万{thousands}千").value == total - hundreds * 100
    assert numerals.read(f"{thousands}千{hundreds}百").value == total - ten_thousands * 10_000


@given(st.integers(1, 9999), st.integers(0, 999))
def test_letters_for_ten_thousand_and_thousand_read_back(whole, thousandths):
    number = f"{whole}.{thousandths:03}"
    assert numerals.read(f"{number}w").value == whole * 10_000 + thousandths * 10
    assert numerals.read(f"{number}k").value == whole * 1_000 + thousandths


@given(st.text(alphabet="零〇一二两三四五六七八九十百千万亿", max_size=24))
def test_no_numeral_reads_as_more_than_its_largest_units_allow(numeral):
    value = numerals.chinese_integer(numeral)
    if value is not None and any(unit in numeral for unit in "十百千万亿"):
        assert value < 10 ** (5 + 4 * numeral.count("万") + 8 * numeral.count("亿") + 8)


@pytest.mark.parametrize(
    "sentence, value, unit",
    [
        ("罚款5角5分。", 0.55, "元"),
        ("罚款5角。", 0.5, "元"),
        ("罚款三角五分。", 0.35, "元"),
        ("罚款3块5毛。", 3.5, "元"),
        ("投入资金5百余万元。", 5_000_000, "元"),
        ("投入资金3千5元。", 3500, "元"),
        ("投入资金伍拾万圆整。", 500_000, "元"),
        ("发放资料3'500份。", 3500, "份"),
        ("投入经费（万元）：3.5。", 35_000, "元"),
        ("投入经费3.5（万元）。", 35_000, "元"),
        ("受理矛盾纠纷（起）：86。", 86, "起"),
    ],
)
def test_sums_below_one_yuan_and_units_in_brackets_are_read(sentence, value, unit):
    assert figures(sentence) == [(value, None, unit)]


@pytest.mark.parametrize(
    "sentence, values",
    [
        ("受理纠纷86起；（3）开展宣传12场。", [86, 12]),
        ("投入资金B3.5万元。", []),
        ("绘制三角形标识，注意角度和5分钟演练。", []),
        ("受理纠纷10^2起。", []),
    ],
)
def test_numbers_of_lists_and_codes_are_no_figures(sentence, values):
    assert [value for value, _, _ in figures(sentence)] == values


def test_digits_that_run_from_right_to_left_are_told():
    (defect,) = readers.read(f"{HEAD}受理纠纷\u202e68\u202c起。{TAIL}".encode()).defects
    assert (defect.kind, defect.amount, defect.place) == ("text_invented", 2, "68")


@pytest.mark.parametrize("numeral", ["⑫", "㉑", "Ⅻ", "❽"])
def test_numbers_of_lists_in_place_of_a_count_are_unexplained(numeral):
    text = f"{HEAD}①化解纠纷{numeral}起，②制定Ⅱ类清单。{TAIL}"
    report = transforms.parse(readers.read(text.encode()))
    named = [(text[n.start : n.end], n.kind) for n in report.numerals]
    assert (numeral, "unexplained") in named
    assert not [name for name, _ in named if name in "①②Ⅱ"]


def test_the_day_of_the_constitution_is_no_decimal():
    assert figures("开展12·4宪法宣传3次。") == [(3, None, "次")]
