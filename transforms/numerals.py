"""Numbers as Chinese clerks write them: text -> value, high end, multiplier.

Digits of any width, Chinese numerals, mixtures with 万 and 亿, percentages in words, ranges. Every
function is total: what is no number gives None, nothing raises, and each pass over the text is
linear.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.folding import simplified

DIGITS = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
TENS = {"十": 10, "百": 100, "千": 1000}
TWENTIES = {"廿": 20, "卅": 30}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
# a year in Chinese numerals: its zero is also typed as a digit, a Latin, Greek or Cyrillic letter
YEAR_DIGITS = "〇零○0OoОоΟο一二三四五六七八九"
MONTH = r"(?:\d{1,2}|元|[一二三四五六七八九十]{1,3})"
DAY = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
CHINESE = "〇零○一二两俩三四五六七八九十百千万亿廿卅"
CHINESE_START = (
    f"(?![〇零○][一二两三四五六七八九十])[{CHINESE}]"  # no number begins 零三: 清零三件 has 三
)

# one character each way, so that offsets into the folded text are offsets into the original
_FOLD = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
for _keep in "，：；（）！？":
    _FOLD.pop(_keep, None)
_FOLD.update(
    {
        "﹪": "%",
        "︰": "：",
        "\u00a0": " ",
        "\u3000": " ",
        "\t": " ",
        "\u2003": " ",
        "\u2002": " ",
        "\ufeff": " ",
        "\u200b": " ",
        "－": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2212": "-",
        "\u02d7": "-",
        "\u2e3a": "—",
        "━": "—",
        "˜": "~",
        "∽": "~",
        "–": "—",
        "―": "—",
        "─": "—",
        "〜": "~",
        "∼": "~",
        "⁓": "~",
    }
)


_FOLDABLE = re.compile("[" + re.escape("".join(_FOLD)) + "]")
# as cheques write sums, so only before 元: 队伍, 大陆 and 拾金不昧 are words
FORMAL = "壹贰叁肆伍陆柒捌玖拾"
_FORMAL_SUM = re.compile(
    f"[{FORMAL}][零{FORMAL}佰仟万亿]{{1,24}}(?=[元圆])(?:[元圆]零?(?:[{FORMAL}]角)?(?:零?[{FORMAL}]分)?)?"
)
# between digits these are typed for a dash
_TYPED_DASH = re.compile(r"(?<=\d)[一ー](?=\d)")
# counted things too, where 拾, 佰 or 仟 shows that it is a number: 捌拾陆起
_FORMAL_COUNT = re.compile(
    f"(?=[{FORMAL}]{{1,9}}[拾佰仟])[{FORMAL}][零{FORMAL}佰仟万亿]{{1,24}}(?=[余多]?[起件次场份名人户个])"
)
_PLAIN = str.maketrans(f"{FORMAL}佰仟圆", "一二三四五六七八九十百千元")
# 3'500 and 3٬500: other signs that part thousands
_THOUSANDS_SIGN = re.compile(r"(?<=\d)['’٬](?=\d{3}(?!\d))")

# 1·2万元 and 98·5% have a point; 12·4 without such a unit is a day
_MIDDLE_POINT = re.compile(r"(?<=\d)[·・･•‧∙⋅](?=\d{1,4} ?(?:[余多]?[百千]?[万亿]|%|个百分点|元))")
# 3点5万元; 3点5分 is a time
_SPOKEN_POINT = re.compile(r"(?<=\d)点(?=\d{1,2} ?(?:[余多]?[百千]?[万亿]|%|个百分点))")
# 3.5万元 behind RMB; the letters would make it a number of a document
_CURRENCY = re.compile(r"(?<![A-Za-z])(?:RMB|CNY|rmb|cny)(?= ?\d)")

# what crawlers leave of headings, tables and bold type: # at the start of a line, | --- |, a pair
# of ** around words; 刘**、张** are names made unreadable
_MARKUP = re.compile(
    r"^[ \u3000]{0,3}#{1,6}(?=[ \u3000])|^[ \t]*\|(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*$"
    r"|\*\*(?=[^\s*、，。；：）)等][^*\n]*\*\*(?!\*))([^*\n]+)\*\*",
    re.M,
)

_BULLET = re.compile(r"^([ \u3000\t]*)([◆◇■□●★☆▲△▶►◎➢➤✓✔❖♦•▪]+)", re.M)


def _unmarked(m: re.Match[str], blank: str) -> str:
    return blank * len(m[0]) if m[1] is None else f"{blank * 2}{m[1]}{blank * 2}"


def fold(text: str) -> str:
    """Returns the text in the characters that the patterns know; it has the same length.

    Simplified characters stand for traditional ones, half-width digits, letters and signs for
    full-width ones, 三万二千元 for 叁万贰仟元, 1.2万元 for 1·2万元 and 1点2万元, and spaces for bullets
    and the signs of Markdown. Chinese punctuation stays.
    """
    text = simplified(text)
    # most texts have few of them; str.translate looks every character up
    text = _FOLDABLE.sub(lambda m: _FOLD[m[0]], text)
    text = _TYPED_DASH.sub("—", text)
    text = _THOUSANDS_SIGN.sub(",", text)
    text = _MIDDLE_POINT.sub(".", text)
    text = _SPOKEN_POINT.sub(".", text)
    text = _CURRENCY.sub("   ", text)
    text = (
        _MARKUP.sub(lambda m: _unmarked(m, " "), text)
        if "#" in text or "**" in text or "|" in text
        else text
    )
    text = _BULLET.sub(lambda m: m[1] + " " * len(m[2]), text)
    text = _FORMAL_SUM.sub(lambda m: m[0].translate(_PLAIN), text)
    return _FORMAL_COUNT.sub(lambda m: m[0].translate(_PLAIN), text)


@functools.lru_cache(maxsize=10_000)
def fold_word(word: str) -> str:
    """Returns a single word, such as a measure word, as `fold` does; these few are remembered."""
    return fold(word)


def without_markup(line: str) -> str:
    """A line without the signs of Markdown and the blanks around it."""
    return _MARKUP.sub(lambda m: _unmarked(m, ""), line).strip()


def with_breaks(flat: str, breaks: Sequence[int], wraps: Sequence[tuple[int, int]] = ()) -> str:
    """`flat` with line breaks at the offsets `breaks` and blanks in the spans `wraps`; same
    length.
    """
    if not breaks and not wraps:
        return flat
    characters = list(flat)
    for at in breaks:
        characters[at] = "\n"
    for start, end in wraps:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


class Number(NamedTuple):
    """`value` and, for a range, `high`; `over` when the numeral itself says more than that
    (120余万).
    """

    value: float
    high: float | None = None
    over: bool = False


def chinese_integer(numeral: str) -> int | None:
    """`numeral` of 〇 to 九, 十, 百, 千, 万, 亿 as an integer; digit by digit (二〇二三) where it has no 十 to
    亿; None if malformed.
    """
    if not numeral:
        return None
    if all(c in DIGITS for c in numeral):
        return int("".join(str(DIGITS[c]) for c in numeral))
    # 一亿二千万: the 亿 are counted, then what lies below them, which is up to 9999 万
    hundred_millions = total = section = digit = 0
    last_unit = 0
    for c in numeral:
        if c in DIGITS:
            if digit and DIGITS[c]:
                return None
            digit = DIGITS[c]
        elif c in TWENTIES:
            section += TWENTIES[c]
            last_unit = 10
        elif c in TENS:
            section += (digit or 1) * TENS[c]
            digit, last_unit = 0, TENS[c]
        elif c == "万":
            if total:
                return None
            total, section, digit = ((section + digit) or 1) * MYRIADS[c], 0, 0
            last_unit = MYRIADS[c]
        elif c == "亿":
            if hundred_millions:
                return None
            hundred_millions = ((total + section + digit) or 1) * MYRIADS[c]
            total = section = digit = 0
            last_unit = MYRIADS[c]
        else:
            return None
    # 两千三 is 2300, 一万二 is 12000; 二千零三 keeps its ones
    if digit and last_unit > 10 and numeral[-2] not in "零〇○":
        digit *= last_unit // 10
    return hundred_millions + total + section + digit


ARABIC = r"\d+(?:[,，]\d{3}(?!\d))*(?:\.\d+)?"
# a number of several parts: 1亿2000万, 3亿五千万, 三亿5000万, 2千3百4十万, 12万3千5百67, 5万零300
_ONE = "(?: ?零? ?[1-9一二两三四五六七八九] ?[余多]?"
_THOUSANDS = rf"{_ONE} ?千(?![克米瓦分]))"
_HUNDREDS = rf"{_ONE} ?百(?!分))"
_TENS = rf"{_ONE} ?十(?![余多几]))"
_ONES = r"(?: ?零 ?\d{1,4}|\d{4}|(?<=千)\d{2,3}|(?<=百)\d{2}|(?<=十)[1-9])(?![\d.,])"
_COLLOQUIAL = r"[1-9](?= ?(?:元|人|户|份)(?!次))"  # 3万2元 is 32,000
_BELOW = (
    rf"(?:{_THOUSANDS}{_HUNDREDS}?{_TENS}?(?:{_ONES})?|{_HUNDREDS}{_TENS}?(?:{_ONES})?"
    rf"|{_TENS}(?:{_ONES})?|{_ONES}|{_COLLOQUIAL})"
)
_SMALL = (
    rf"(?:{_THOUSANDS}{_HUNDREDS}?{_TENS}?[1-9]?|{_HUNDREDS}{_TENS}?[1-9]?|{_TENS}[1-9]?"
    r"| ?零? ?\d{1,4}(?: ?[百千])?|[零一二两三四五六七八九十百千]{1,8})"
)
MIXED = (
    rf"(?:\d+ ?[余多]?亿(?:{_SMALL} ?[余多]? ?万{_BELOW}?|{_ONES})"
    rf"|[一二两三四五六七八九十百千零]{{1,8}}亿 ?零?\d{{1,4}} ?[余多]? ?[百千]?万{_BELOW}?"
    rf"|\d+ ?万{_BELOW}"
    rf"|[1-9] ?千(?![克米瓦分])(?:{_HUNDREDS}{_TENS}?[1-9]?|{_TENS}[1-9]?) ?[余多]? ?[万亿]{_BELOW}?"
    rf"|[1-9] ?百{_TENS}[1-9]? ?[余多]? ?[万亿]{_BELOW}?"
    rf"|[1-9]\d{{0,2}} ?千(?![克米瓦分])(?:{_HUNDREDS}{_TENS}?(?:{_ONES})?|{_TENS}(?:{_ONES})?"
    rf"|{_ONES}|{_COLLOQUIAL})"
    rf"|[1-9] ?百{_TENS}(?:{_ONES})?)"
)
_MIXED = re.compile(MIXED)
_PART = re.compile(r"零?(\d+|[一二两三四五六七八九])?([余多]?)([十百千万亿])?")
# 3.5w and 5k as people type 万 and 千; not in kg, km, kW
LETTERS = r"[wWkK](?![A-Za-z²³\d])"
_LETTERS = {"w": "万", "W": "万", "k": "千", "K": "千"}
_ARABIC = re.compile(rf"({ARABIC})([余多来]?)([百千]?万?亿|[百千]?万|[百千]|[wWkK])?$")
_APPROXIMATE = re.compile(
    r"([二三四五六七八九]?十|)([一二两三四五六七八九])([二两三四五六七八九])([十百千]?[万亿]?)$"
)
RANGE_SIGN = r"(?:-{1,2}|—{1,2}|~{1,2}|至|到)"
_RANGE = re.compile(rf"(.+?)\s*{RANGE_SIGN}\s*(.+)$", re.S)


_INNER_MORE = re.compile(r"(?<=\d)([百千])([余多])(?=[万亿])")  # 5百余万 is 5余百万


def _multiplier(suffix: str) -> int:
    factor = 1
    for c in suffix:
        c = _LETTERS.get(c, c)
        factor *= TENS.get(c) or MYRIADS[c]
    return factor


def _single(numeral: str) -> tuple[float, int, bool] | None:
    """Value, multiplier written after it, and whether 余 or 多 stands inside."""
    if mixed := _mixed(numeral):
        return mixed
    numeral = _INNER_MORE.sub(r"\2\1", numeral)
    m = _ARABIC.match(numeral)
    if m:
        factor = _multiplier(m[3] or "")
        digits = m[1].replace(",", "").replace("，", "")
        if len(digits) > 300:
            return None
        return float(_scaled(digits, factor)), factor, bool(m[2])
    over = re.match(rf"([{CHINESE}]+)[余多]([万亿])$", numeral)
    if over:
        head = chinese_integer(over[1] + over[2])
        return None if head is None else (float(head), MYRIADS[over[2]], True)
    if len(numeral) > 60:
        return None
    decimal = re.match(rf"([{CHINESE}]+)点([〇零一二三四五六七八九]+)([百千]?[万亿])?$", numeral)
    if decimal:
        whole, factor = chinese_integer(decimal[1]), _multiplier(decimal[3] or "")
        if whole is None:
            return None
        return (
            float(_scaled(f"{whole}." + "".join(str(DIGITS[c]) for c in decimal[2]), factor)),
            factor,
            False,
        )
    value = chinese_integer(numeral)
    if value is None:
        return None
    return float(value), MYRIADS.get(numeral[-1], 1), False


def _mixed(numeral: str) -> tuple[float, int, bool] | None:
    """Returns what `_single` does of a number of several parts, None for any other."""
    # 3万2 is a number only before a unit, which was there
    match = _MIXED.match(f"{numeral}元")
    if match is None or match.end() != len(numeral):
        return None
    large = middle = small = 0  # what is counted in 亿, in 万, and below
    last, before = 1, ""
    for digits, _, scale in _PART.findall(numeral):
        number = DIGITS[digits] if digits in DIGITS else int(digits or "0")
        if scale in TENS:
            small += (number or 1) * TENS[scale]
        elif scale == "万":
            middle, small = (small + number) * MYRIADS[scale], 0
        elif scale == "亿":
            large, middle, small = (middle + small + number) * MYRIADS[scale], 0, 0
        elif digits:
            # 3万2 is 32,000, but 3千25 is 3,025
            is_short = number < 10 and before in ("千", "万") and "零" not in numeral[-2:]
            small += number * last // 10 if is_short else number
        last, before = _multiplier(scale) if scale else 1, scale
    over = "余" in numeral or "多" in numeral
    return float(large + middle + small), _multiplier(numeral[-1]) if before else 1, over


def _scaled(digits: str, factor: int) -> float:
    """`digits` times `factor` without binary noise: 1.1 times 10,000 is 11,000."""
    if factor == 1:
        return float(digits)
    whole, _, fraction = digits.partition(".")
    return int((whole + fraction) or "0") * factor / int(10 ** len(fraction))


@functools.lru_cache(maxsize=10_000)
def read(numeral: str) -> Number | None:
    """The number that `numeral` (as printed: 3500, １．２万, 两千三百, 3-5, 七八百, 百分之九十八) states, or
    None.
    """
    numeral = "".join(fold(numeral).split()).translate(_PLAIN)
    numeral = numeral.removeprefix("百分之").removesuffix("%")
    approximate = _APPROXIMATE.match(numeral)
    if approximate:
        head, low, high, tail = approximate.groups()
        between = _approximate(head, low, high, tail)
        if between:
            return between
    single = _single(numeral)
    if single:
        return Number(single[0], None, single[2])
    m = _RANGE.match(numeral)
    if not m:
        return None
    low, high = (
        _single(m[1].removesuffix("%").removeprefix("百分之")),
        _single(m[2].removeprefix("百分之")),
    )
    if low is None or high is None:
        return None
    # 3至8万 means 30,000 to 80,000
    scale = high[1] if low[1] == 1 and high[1] > 1 and low[0] < high[0] / high[1] else 1
    value = low[0] * scale
    return Number(value, high[0]) if value <= high[0] else None


def _approximate(head: str, low: str, high: str, tail: str) -> Number | None:
    """二三十, 七八百, 十七八, 二十七八, 三五: two neighbouring digits are a range."""
    a, b = DIGITS[low], DIGITS[high]
    if not (b == a + 1 or (a, b) == (3, 5)):
        return None
    base = (chinese_integer(head) or 0) if head else 0
    factor = _multiplier(tail)
    return Number(float((base + a) * factor), float((base + b) * factor))
