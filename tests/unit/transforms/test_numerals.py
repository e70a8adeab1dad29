import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import numerals
from transforms.numerals import Number, chinese_integer, fold, read

FORMS = [
    ("3500", 3500, None),
    ("１００", 100, None),
    ("1,234", 1234, None),
    ("1，234", 1234, None),
    ("３,３０２．４", 3302.4, None),
    ("三", 3, None),
    ("两千三百", 2300, None),
    ("叁万贰仟", 32000, None),
    ("壹拾贰万", 120000, None),
    ("两千三", 2300, None),
    ("二千零三", 2003, None),
    ("一百三十八", 138, None),
    ("十八", 18, None),
    ("3千", 3000, None),
    ("1.2万", 12000, None),
    ("１．８万", 18000, None),
    ("1.6亿", 160_000_000, None),
    ("两万", 20000, None),
    ("百", 100, None),
    ("百万", 1_000_000, None),
    ("百分之九十八", 98, None),
    ("百分之九十五点五", 95.5, None),
    ("二〇二三", 2023, None),
    ("3-5", 3, 5),
    ("3—5", 3, 5),
    ("２－３", 2, 3),
    ("1~2", 1, 2),
    ("3至5", 3, 5),
    ("三到五", 3, 5),
    ("七八百", 700, 800),
    ("二三十", 20, 30),
    ("两三", 2, 3),
    ("一两", 1, 2),
    ("三五", 3, 5),
    ("十七八", 17, 18),
    ("3万至8万", 30000, 80000),
    ("3至8万", 30000, 80000),
    ("0.5万~1万", 5000, 10000),
    ("93-100", 93, 100),
    ("3 500", 3500, None),
]


@pytest.mark.parametrize("printed, value, high", FORMS)
def test_every_printed_form_reads_back(printed, value, high):
    got = read(printed)
    assert (got.value, got.high) == (value, high)


def test_more_than_is_part_of_the_numeral():
    assert read("120余万") == Number(1_200_000, None, True)
    assert read("30多万") == Number(300_000, None, True)
    assert read("十余万") == Number(100_000, None, True)


@pytest.mark.parametrize(
    "nonsense",
    ["", "万万万亿亿", "三三三百", "5-3", "abc", "余", "点", "1.2.3", "一" * 500, "9" * 400],
)
def test_what_is_no_number_is_none_and_nothing_raises(nonsense):
    got = read(nonsense)
    assert got is None or got.value >= 0


def in_chinese(n: int) -> str:
    """An independent writer of Chinese integers below 10^8, for the property tests."""
    if n == 0:
        return "零"
    if n >= 10000:
        rest = n % 10000
        return (
            in_chinese(n // 10000)
            + "万"
            + ("" if rest == 0 else ("零" if rest < 1000 else "") + in_chinese(rest))
        )
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            out += ("零" if gap and out else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return out


@given(st.integers(0, 99_999_999))
def test_any_integer_reads_back_in_every_form(n):
    wide = str.maketrans(string.digits, "０１２３４５６７８９")
    assert chinese_integer(in_chinese(n)) == n
    for printed in (str(n), str(n).translate(wide), f"{n:,}", f"{n:,}".replace(",", "，")):
        assert read(printed).value == n


@given(st.decimals(0, 9999, places=2))
def test_any_decimal_reads_back_with_its_multiplier(d):
    assert read(str(d)).value == float(d)
    assert read(f"{d}万").value == float(d * 10000)
    assert read(f"{d}万".replace(".", "．")).value == float(d * 10000)


@given(
    st.integers(0, 99998),
    st.integers(1, 9999),
    st.sampled_from(["-", "—", "~", "至", "到", "－", "～", "--"]),
)
def test_any_range_reads_back(low, more, sign):
    assert read(f"{low}{sign}{low + more}") == Number(low, low + more)
    if low:
        assert read(f"{in_chinese(low)}至{in_chinese(low + more)}") == Number(low, low + more)


@given(
    st.text(
        alphabet="〇零一二两三四五六七八九十百千万亿0123456789.,，-—~至到余多%百分之点 ",
        max_size=40,
    )
)
def test_no_input_raises(text):
    read(text)


@given(st.text(max_size=200))
def test_folding_keeps_the_length(text):
    assert len(fold(text)) == len(text)
    assert len(numerals.fold("，。：（）")) == 5 and fold("，。：（）") == "，。：（）"
