"""Finds the figures of a text: the numbers that count, each with its measure word and qualifier.

Numbers in dates, ordinals, slogans and the like are no figures. Offsets are in Unicode code points
of the text as given.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from dataclasses import dataclass

from transforms import numerals
from transforms.figures import table_units
from transforms.figures.counting import BARE, chinese_counts
from transforms.figures.flatten import end_as_written
from transforms.figures.miswritten import GAP, measure_word_pattern
from transforms.figures.non_figures import NUMBER, Mark
from transforms.figures.qualifiers import qualifier_of


@dataclass(slots=True)
class Figure:
    """One number that says how many, how much or what share.

    `number` is `text[start:number_end]`, as printed; `text[start:end]` is the number with its
    measure word. `value` is the number read, in `unit` (3万 is 30000; 5% is 5 with the unit %). Of
    a range it is the lower end, and `value_high` is the upper one; else `value_high` is None.
    `qualifier` is exact, over, about, under or range. `unit` is the measure word, "" where there
    is none. The sentence of the figure is [sentence_start, sentence_end).
    """

    start: int
    number_end: int
    end: int
    number: str
    value: float
    value_high: float | None
    qualifier: str
    unit: str
    sentence_start: int = 0
    sentence_end: int = 0


# measure words that are also parts of other words: a Chinese numeral of one character before one
# of them is no figure (see _loose_counts for exceptions)
_LOOSE = set("分点里面口头门样课讲班队组村单对席格字架首段款则类车具床桩升克把路")
_NEVER = set("分点里路")  # no figure before these, however long the numeral is: 八千里路
_FLAT = "旗墙镜鼓锣"  # the things that 面 counts; 四面 without one of them means "on all sides"


@functools.cache
def _token() -> re.Pattern[str]:
    """Returns the pattern of a number and its measure word.

    Its groups: `number`, a range included; `left`, the measure word inside a range (3名至5名);
    `more`, a 余, 多, 来 or + behind the number; `unit`, the measure word. All but `number` may be
    None.
    """
    unit = measure_word_pattern()
    scale = rf"(?: ?[余多]? ?[百千]?(?:万亿|[万亿])|[百千] ?[余多] ?[万亿]|[千百](?![克米瓦分])|{numerals.LETTERS})?"
    spaced = (
        rf"(?<![\d.,])\d{{1,3}}(?:[ \u00a0]\d{{3}}){{1,3}}(?!\d)(?:\.\d+)?(?= ?[余多]? "
        rf"?(?:[百千]?[万亿] ?)?(?:{unit}))"
    )
    arabic = rf"(?:{numerals.MIXED}|(?:{spaced}|{numerals.ARABIC}){scale})"
    chinese = (
        rf"(?:{numerals.CHINESE_START}[{numerals.CHINESE}]{{0,15}}(?:点[〇零一二三四五六七八九]{{1,4}}["
        r"万亿]?)?(?:[余多][万亿])?)"
    )
    return re.compile(
        rf"(?P<number>百分之 *{NUMBER}(?:点[〇零一二三四五六七八九]{{1,4}})?(?: *{numerals.RANGE_SIGN} "
        rf"*(?:百分之)? *{NUMBER}(?:点[〇零一二三四五六七八九]{{1,4}})?)?"
        rf"|{arabic}(?: *(?P<left>%|{unit})? *{numerals.RANGE_SIGN} *{arabic})?"
        rf"|{chinese}(?: *(?:至|到|-|—) *{chinese})?)"
        rf"(?P<more> *(?:[余多]|\+(?! *\d)|来(?!自|到|访|信|电|源))(?!元化))?(?: *(?P<unit>{unit}))?"
    )


_SIGN = re.compile(numerals.RANGE_SIGN)
_SENTENCE_END = re.compile(
    r"[。！？!?\n.](?:(?<!\.)[。！？!?\n]*|(?<=[\u4e00-\u9fff%）)”\"]\.)(?=\s|[\u4e00-\u9fff（(“]|$))"
)
_FIRST_NUMBER = re.compile(rf"{numerals.ARABIC}|[{numerals.CHINESE}]+")
# one Chinese character between a number and punctuation: a measure word that the list lacks
_UNLISTED = re.compile(
    r" ?([\u4e00-\u9fff])(?<![以上下年月日号时分秒点的了内外后前中等及和与或均为是有左右多余来到至省市县区"
    r"版期届])(?=[，。；、！？)）\n,;]|$)"
)
_NUMERAL = re.compile(rf"[\d{numerals.CHINESE}]")


def find_figures(text: str, flat: str, marks: list[Mark]) -> list[Figure]:
    """Returns the figures of `text`, in the order in which they stand.

    `flat` is `flatten_text(text)`, of the same length. `marks` are the spans of numbers that are no
    figures (dates and the like), in order and without overlap. A text without figures gives [].
    """
    starts = [mark.start for mark in marks]
    ends = [match.end() for match in _SENTENCE_END.finditer(flat)]
    figures: list[Figure] = []
    position = 0
    token = _token().match
    while numeral := _NUMERAL.search(flat, position):  # faster than a search for the token itself
        start = numeral.start()
        match = token(flat, start)
        if match is None:
            position = start + 1
            continue
        position = match.end("number")
        following = bisect_right(starts, start)  # index of the first mark behind the start
        if following and marks[following - 1].end > start:
            position = marks[following - 1].end
            continue
        # a range that runs into a date: 3至5月
        if following < len(marks) and marks[following].start < position:
            inner = _FIRST_NUMBER.match(match["number"])
            if inner and start + len(inner[0]) > marks[following].start:
                position = marks[following].end
                continue
            match = _token().match(flat, start, marks[following].start) or match
            position = match.end("number")
        if following and _is_rest_of_code(flat, start, marks[following - 1]):
            continue
        figure = _small_sum(text, flat, match) or _figure(text, flat, match)
        if figure is None or _is_glued_marker(flat, figure, figures):
            continue
        if _DAMAGED.search(flat, max(0, figure.start - 2), figure.number_end + 2):
            continue
        position = max(figure.end, position)
        sentence = bisect_right(ends, figure.start)
        figure.sentence_start = ends[sentence - 1] if sentence else 0
        figure.sentence_end = ends[sentence] if sentence < len(ends) else len(flat)
        figures.append(figure)
    return table_units.with_units(flat, figures)


def _figure(text: str, flat: str, match: re.Match[str]) -> Figure | None:
    """Returns the figure of one match of `_token`; None where the number counts nothing."""
    start, end = match.span("number")
    left = flat[max(0, start - 24) : start]
    number, unit, more = match["number"], match["unit"] or "", match["more"] or ""
    tail = match.end()
    if match["left"] or (not number.isdigit() and _SIGN.search(number)):
        if single := _split_range(flat, match, left):
            match = single
            start, end = match.span("number")
            number, unit, more = match["number"], match["unit"] or "", match["more"] or ""
            tail = match.end()
    bare = number.replace(match["left"] or "\0", "") if match["left"] not in (None, "%") else number
    read = numerals.read(bare)
    if read is None:
        return None
    if flat[end : end + 1] == "‰":  # per mille is read neither as a count nor as a percentage
        return None
    percent = number.startswith("百分之")
    if (
        not percent
        and not number[0].isdigit()
        and not chinese_counts(flat, left, number, read, unit, more, tail)
    ):
        return None
    if not number[0].isdigit() and unit in _LOOSE and not percent:
        if not _loose_counts(number, unit, more, left, flat[tail : tail + 4]):
            return None
    if not unit and number[0].isdigit() and (unlisted := _UNLISTED.match(flat, match.end())):
        return _with_unlisted(text, flat, match, read, unlisted)
    if not unit:
        tail = end + len(more.rstrip()) if more else end
        more_kept = bool(more)
    else:
        more_kept = bool(more.strip())
    if percent:
        unit, tail = "%", end
    end = end_as_written(text, flat, start, end)
    qualifier = qualifier_of(
        flat, left, read, more.strip() if more_kept else "", tail, set(number) <= BARE
    )
    if match["unit"] and not percent:
        unit = "".join(text[match.start("unit") : match.end("unit")].split())
        unit = "元" if unit == "圆" else unit
        behind, value = match.end("unit"), read.value
        small = _SMALL_MONEY.match(flat, behind) if unit in _MONEY and read.high is None else None
        if small and small.end() > behind:
            value = _with_small_money(value, small)
            behind, unit = small.end(), "元"
        return Figure(start, end, behind, text[start:end], value, read.high, qualifier, unit)
    return Figure(start, end, end, text[start:end], read.value, read.high, qualifier, unit)


# 123元1角1分 is one sum
_DIGIT = r"[\d零一二两三四五六七八九]"
_SMALL_MONEY = re.compile(
    rf" ?(?:(?P<jiao>{_DIGIT}) ?[角毛])?(?:零?(?P<fen>{_DIGIT}) ?分(?!之|别|[钟]))?"
)
_MONEY = ("元", "块")
# 5角5分, 5角 and 5毛钱 are sums without 元; 三角 and 二毛 alone are words
_BELOW_ONE = re.compile(
    rf"(?P<jiao>{_DIGIT}) ?(?:[角毛] ?零?(?P<fen>{_DIGIT}) ?分(?!之|别|[钟])|(?:(?<=\d)角|毛)钱"
    r"|(?<=\d) ?角(?=[，。；、！？)）\n,;]|$))"
)


def _small_sum(text: str, flat: str, match: re.Match[str]) -> Figure | None:
    """Returns the figure of a sum below one 元 that stands without it, None for any other number."""
    start, end = match.span("number")
    small = _BELOW_ONE.match(flat, start) if end - start == 1 else None
    if small is None:
        return None
    value = _with_small_money(0.0, small)
    left = flat[max(0, start - 24) : start]
    qualifier = qualifier_of(flat, left, numerals.Number(value), "", small.end(), False)
    return Figure(start, end, small.end(), text[start:end], value, None, qualifier, "元")


def _with_small_money(value: float, small: re.Match[str]) -> float:
    """Returns a sum in 元, to two decimals, with the 角 and 分 that stand behind it added."""
    jiao, fen = (numerals.read(small[part]) if small[part] else None for part in ("jiao", "fen"))
    hundredths = (10 * jiao.value if jiao else 0) + (fen.value if fen else 0)
    return round(value + hundredths / 100, 2)


# a number that a damaged character or a blank divides: neither part is what was written
_DAMAGED = re.compile(rf"[\d.][{GAP}^][\d.]")
_GLUED_MARKER = re.compile(r"[.．、](?=[\u4e00-\u9fff])")
_ENDS_ITEM = re.compile(r"[，,；;。：:]\s?$")


def _is_rest_of_code(flat: str, start: int, before: Mark) -> bool:
    """Whether a number is what stands behind the point of a code (B3.5): no number by itself."""
    return (
        before.kind == "document_number"
        and before.end == start - 1
        and flat[start - 1] in ".．"
        and flat[start - 2].isdigit()
    )


def _is_glued_marker(flat: str, figure: Figure, before: list[Figure]) -> bool:
    """Whether a number without a measure word is the marker of the next item, and no figure.

    It follows the figure before it at once (万元2.加强督查) or a sign (86起，2.加强督查).
    """
    if not before or figure.unit or len(figure.number) > 2:
        return False
    sign = _GLUED_MARKER.match(flat, figure.end)
    if sign is None:
        # 受理86起；（3）开展宣传
        is_bracketed = (
            flat[figure.start - 1] in "（(" and flat[figure.end : figure.end + 1] in "）)"
        )
        return is_bracketed and bool(
            _ENDS_ITEM.search(flat[max(0, figure.start - 3) : figure.start - 1])
        )
    behind_item = _ENDS_ITEM.search(flat[max(0, figure.start - 2) : figure.start])
    return before[-1].end == figure.start or (sign[0] != "、" and bool(behind_item))


def _with_unlisted(
    text: str, flat: str, match: re.Match[str], read: numerals.Number, unlisted: re.Match[str]
) -> Figure:
    """Returns the figure of a number with a measure word that no list knows (41票、).

    Such a word is one character before punctuation: `unlisted` is its match.
    """
    start, end = match.span("number")
    left, more = flat[max(0, start - 24) : start], (match["more"] or "").strip()
    qualifier = qualifier_of(flat, left, read, more, unlisted.end(), False)
    return Figure(
        start,
        end,
        unlisted.end(),
        text[start:end],
        read.value,
        read.high,
        qualifier,
        unlisted[1],
    )


def _loose_counts(number: str, unit: str, more: str, left: str, right: str) -> bool:
    """Whether a Chinese numeral before one of the measure words `_LOOSE` is a figure.

    `more` is a 余 or 多 behind it, `left` the text before it, `right` the four characters behind it.
    """
    if unit in _NEVER:
        return False
    if more.strip() or (len(number) > 1 and unit != "分"):
        return True
    before_or_behind = left.endswith(tuple(_FLAT)) or re.match(
        f"[^，。；、]{{0,3}}[{_FLAT}]", right
    )
    return unit == "面" and bool(before_or_behind)


def _split_range(flat: str, match: re.Match[str], left: str) -> re.Match[str] | None:
    """Returns the match of the first number alone, where what looks like a range is none.

    That is a change (从5到8) or two measures (3名至5个). None where it is a range indeed.
    """
    number, start = match["number"], match.start("number")
    changed = re.search(r"(?:从|由|自)[^，。；]{0,14}$", left) and re.search(r"[至到]", number)
    unlike = match["left"] and match["left"] != (match["unit"] or "")
    if changed or unlike or numerals.read(number.replace(match["left"] or "\0", "")) is None:
        sign = _SIGN.search(number)
        return _token().match(flat, match.start(), start + sign.start()) if sign else None
    return None
