"""Text -> figures and named non-figures: every numeral of a text is one, the other, or reported as unexplained.

What counts is decided by vocabulary (`measure_words.tsv`, `non_figures.toml`) and by how a numeral stands in its clause.
Offsets are Unicode code points of the text as given.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from re import (
    _parser as regex_parser,
)  # the standard library's own; there is no public way to a parsed pattern
from typing import NamedTuple

from schemas import vocabulary
from transforms import numerals


class Mark(NamedTuple):
    """A stretch of text whose numerals are no figures, and the kind of thing it is."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Figure:
    """One number that says how many, how much or what share. `text[start:end] == quote`; `number_end` is where the number itself ends."""

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


# a Chinese numeral of one character with one of these behind it is too often part of another word
_LOOSE = set("分点里面口头门样课讲班队组村单对席格字架首段款则类车具床桩升克把路")
_NEVER = set("分点里路")  # nor is a large one a count: 八千里路
_FLAT = "旗墙镜鼓锣"  # what 面 counts, before the number or behind it; 四面 alone is on all sides
_C = f"(?:[{numerals.CHINESE}]{{1,12}})"
_N = rf"(?:\d+(?:[,，]\d{{3}})*(?:\.\d+)?|[{numerals.CHINESE}]{{1,12}})"
_BARE = set("百千万亿")


@functools.cache
def _kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each kind of non-figure with its patterns, and for each pattern the characters it can begin with, as a class of a regular expression."""
    return [
        (
            kind["name"],
            [(expand(p), _beginnings(regex_parser.parse(expand(p)))[0]) for p in kind["patterns"]],
        )
        for kind in vocabulary.toml("non_figures.toml")["kind"]
    ]


def _beginnings(parsed) -> tuple[str, bool]:
    """The characters that a parsed pattern can begin with, and whether it can match nothing."""
    found = ""
    for code, what in parsed:
        match str(code):
            case "ASSERT" | "ASSERT_NOT" | "AT":
                continue
            case "LITERAL":
                characters, empty = re.escape(chr(what)), False
            case "IN":
                characters, empty = "".join(_class_item(*item) for item in what), False
            case "SUBPATTERN":
                characters, empty = _beginnings(what[-1])
            case "BRANCH":
                each = [_beginnings(branch) for branch in what[1]]
                characters, empty = "".join(c for c, _ in each), any(e for _, e in each)
            case "MAX_REPEAT" | "MIN_REPEAT":
                characters, empty = _beginnings(what[2])
                empty |= what[0] == 0
            case other:
                raise ValueError(
                    f"non_figures.toml: a pattern that begins with {other} is not provided for"
                )
        found += characters
        if not empty:
            return found, False
    return found, True


def _class_item(code, what) -> str:
    match str(code):
        case "LITERAL":
            return re.escape(chr(what))
        case "RANGE":
            return f"{re.escape(chr(what[0]))}-{re.escape(chr(what[1]))}"
        case "CATEGORY":
            return {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s"}[str(what)]
    raise ValueError(
        f"non_figures.toml: a pattern that begins with a class of {code} is not provided for"
    )


@functools.cache
def _beginning() -> re.Pattern:
    """What any pattern of non-figures can begin with, but not in the midst of a number: the 万户 of 2.9万户 is the end of one."""
    characters = "".join(characters for _, patterns in _kinds() for _, characters in patterns)
    chinese, numeral = f"[{numerals.CHINESE}]", f"[\\d{numerals.CHINESE}]"
    return re.compile(
        rf"[{characters}](?<!\d\d)(?<!{numeral}{chinese})(?<!{numeral}[余多]{chinese})"
    )


@functools.cache
def _beginning_with(character: str) -> tuple[Callable, list[tuple[int, Callable]]]:
    """How all patterns beginning with this character are matched at once; and for each kind that has some: its number, and how they are.
    Digits are one character here, and so are Chinese numerals: compiling takes a second otherwise."""
    alike = next(
        (group for group in ("0123456789", numerals.CHINESE) if character in group), character
    )
    kinds = []
    for i, (_, patterns) in enumerate(_kinds()):
        those = tuple(
            pattern for pattern, characters in patterns if re.search(f"[{characters}]", alike)
        )
        if those:
            kinds.append((i, those))
    return _any_of(tuple(p for _, those in kinds for p in those)).match, [
        (i, _any_of(t).match) for i, t in kinds
    ]


@functools.cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def expand(pattern: str) -> str:
    """A pattern of `non_figures.toml` with its placeholders for numerals filled in."""
    return pattern.replace("{N}", _N).replace("{C}", _C).replace("{D}", r"\d+(?:\.\d+)?")


@functools.cache
def measure_words() -> dict[str, str]:
    """Each measure word with the group of words it is comparable with."""
    return {r["word"]: r["group"] for r in vocabulary.rows("measure_words.tsv")}


@functools.cache
def _token() -> re.Pattern:
    words = sorted(vocabulary.rows("measure_words.tsv"), key=lambda r: -len(r["word"]))
    # a measure word may be cut by the break of a line, which is a blank here
    unit = "|".join(
        " ?".join(map(re.escape, r["word"])) + (f"(?!{r['not_before']})" if r["not_before"] else "")
        for r in words
    )
    scale = r"(?: ?[余多]? ?[百千]?[万亿]|[千百](?![克米瓦分]))?"
    spaced = rf"(?<![\d.,])\d{{1,3}}(?:[ \u00a0]\d{{3}}){{1,3}}(?!\d)(?:\.\d+)?(?= ?[余多]? ?(?:[百千]?[万亿] ?)?(?:{unit}))"
    arabic = rf"(?:{numerals.MIXED}|(?:{spaced}|{numerals.ARABIC}){scale})"
    chinese = rf"(?:{numerals.CHINESE_START}[{numerals.CHINESE}]{{0,15}}(?:点[〇零一二三四五六七八九]{{1,4}}[万亿]?)?(?:[余多][万亿])?)"
    return re.compile(
        rf"(?P<number>百分之 *{_N}(?:点[〇零一二三四五六七八九]{{1,4}})?(?: *{numerals.RANGE_SIGN} *(?:百分之)? *{_N}(?:点[〇零一二三四五六七八九]{{1,4}})?)?"
        rf"|{arabic}(?: *(?P<left>%|{unit})? *{numerals.RANGE_SIGN} *{arabic})?"
        rf"|{chinese}(?: *(?:至|到|-|—) *{chinese})?)"
        rf"(?P<more> *(?:[余多]|\+(?! *\d)|来(?!自|到|访|信|电|源))(?!元化))?(?: *(?P<unit>{unit}))?"
    )


_FREQUENCY = re.compile(
    r"每(?:个)?(?:年|月|周|日|天|晚|季度?|半年|半月|半个月|学期|旬|两周|两月|逢集|村|户|人|校|次|所|户|格|组)[^，。；！？：\d]{0,14}$"
)
# each of these begins with a character, not with a look behind one: then a search skips to where that character stands
_OVER = re.compile(
    r"(?:不(?:得|能|应)?(?:少于|低于|下于|下|小于|亚于)(?:了)?|超过了?|超出|超|逾|多于|高于|大于|突破了?|至少(?:有|达到?)?|最少|起码|[≥≧>])\s*$"
)
_PASSED = re.compile(r"[过破](?<![通超不经].)\s*$")  # 过万人; but 召开过3次
_AT_LEAST = re.compile(r"(?:至少|不少于|不低于|最少)[^，。；！？：、\d]{0,12}$")
_ABOUT = re.compile(
    r"(?:近(?<![附最临靠邻亲相].)|大约|约莫|大概|约(?<![民合条公契签预节制违集].)(?:为|有|占|计|合)?|差不多|估计)\s*$"
)
_UNDER = re.compile(
    r"(?:不足|不到|不超过?|未超过?|未达|少于(?<![不得]..)|低于(?<![不得]..)|小于(?<![不得]..)|最多|至多|不多于|不高于|不大于|[≤≦<])\s*$"
)
_AFTER = re.compile(
    r" *(?:(?P<over>以上|之上|有余|余(?=[，。；、）)]|$))|(?P<about>左右|上下|前后)|(?P<under>以内|以下|之内|之下))"
)
_SIGN = re.compile(numerals.RANGE_SIGN)
# these, too, begin with one class of characters, so that a search skips to them
_DIGIT_RUN = re.compile(
    rf"[\d{numerals.CHINESE}](?:(?<=\d)\d{{30,}}|(?<!\d)[{numerals.CHINESE}]{{30,}})"
)
_BLANK_RUN = re.compile(r"\s\s{60,}")
_SENTENCE_END = re.compile(
    r"[。！？!?\n.](?:(?<!\.)[。！？!?\n]*|(?<=[\u4e00-\u9fff%）)”\"]\.)(?=\s|[\u4e00-\u9fff（(“]|$))"
)
_CANDIDATE = re.compile(
    rf"[\d{numerals.CHINESE}](?:(?<=\d)\d*|(?<!\d)(?<![〇零○](?=[一二两三四五六七八九十]))[{numerals.CHINESE}]*)"
)
_NUMERAL = re.compile(rf"[\d{numerals.CHINESE}]")


def flatten(text: str, wraps: list[tuple[int, int]] = (), breaks: list[int] = ()) -> str:
    """`text` folded to half width, with the breaks in `wraps` (hard line wraps inside a sentence) as spaces, and the blanks at `breaks` as
    line breaks; same length as `text`. Digits that a wrap cut from one another stand together, with the blanks behind them.

    Runs of over 30 digits or 60 blanks are blotted out: they are no prose, and patterns stay linear without them.
    """
    flat = _rejoined(text, numerals.with_breaks(numerals.fold(text), breaks, wraps), wraps)
    flat = _DIGIT_RUN.sub(lambda m: "\x01" * len(m[0]), flat)
    return _BLANK_RUN.sub(lambda m: "\n" + "\x01" * (len(m[0]) - 2) + "\n", flat)


_BLANKS, _REJOINED = re.compile(r"\s*"), re.compile(r"[\d,.]*")
_REST_OF_NUMBER = re.compile(r"(?!(?:19|20)\d\d *年)\d+(?:[,.]\d+)*")


def _rejoined(text: str, flat: str, wraps: list[tuple[int, int]]) -> str:
    cut = [
        (start, end, rest[0])
        for start, end in wraps
        if flat[end : end + 1].isdigit()
        and text[start:end].isspace()  # no page number stands between
        and re.search(r"\d[,.]?$", flat[max(0, start - 2) : start])
        and (rest := _REST_OF_NUMBER.match(flat, end))
    ]
    if not cut:
        return flat
    characters = list(flat)
    for start, end, rest in cut:
        characters[start : end + len(rest)] = rest + " " * (end - start)
    return "".join(characters)


def _end_as_written(text: str, flat: str, start: int, end: int) -> int:
    """Where a number whose digits `flat` may have rejoined ends in `text`."""
    if "\n" not in text[start:end]:
        return end
    cut = next((i for i in range(start, end) if text[i].isspace() and not flat[i].isspace()), None)
    if cut is None or end > _REJOINED.match(flat, cut).end():  # behind the blanks again: 5.6 万
        return end
    return end + len(_BLANKS.match(text, cut)[0])


def non_figures(flat: str) -> list[Mark]:
    """Stretches whose numerals are dates, periods, ordinals, slogans, ...: in order, not overlapping; earlier kinds win."""
    kinds = _kinds()
    met: list[list[tuple[int, int]]] = [[] for _ in kinds]
    free, all_free = [0] * len(kinds), 0  # where the last match of each kind ended, and of any
    # trying each pattern only where its first character stands takes a third of the time of searching for all of them
    for m in _beginning().finditer(flat):
        at = m.start()
        any_of, each = _beginning_with(m[0])
        # inside a match the others would be tried at each character of it: quadratic where one pattern covers the text
        if at >= all_free and not any_of(flat, at):
            continue
        for i, match in each:
            if at >= free[i] and (hit := match(flat, at)):
                free[i] = hit.end()
                all_free = max(all_free, free[i])
                met[i].append((at, free[i]))
    taken: list[Mark] = []
    starts: list[int] = []
    for (kind, _), spans in zip(kinds, met):
        fresh = []
        for start, end in spans:
            i = bisect_right(starts, start)
            if (i and taken[i - 1].end > start) or (i < len(taken) and taken[i].start < end):
                continue
            fresh.append(Mark(start, end, kind))
        if fresh:
            taken = sorted(taken + fresh)
            starts = [m.start for m in taken]
    return taken


def find(text: str, flat: str, marks: list[Mark]) -> list[Figure]:
    """The figures of `text` outside `marks`, in order. `flat` is `flatten(text)`."""
    starts = [m.start for m in marks]
    ends = [m.end() for m in _SENTENCE_END.finditer(flat)]
    figures = []
    position = 0
    token = _token().match
    while at := _NUMERAL.search(flat, position):  # the token itself is slow to search for
        start = at.start()
        m = token(flat, start)
        if m is None:
            position = start + 1
            continue
        position = m.end("number")
        i = bisect_right(starts, start)
        if i and marks[i - 1].end > start:
            position = marks[i - 1].end
            continue
        if i < len(marks) and marks[i].start < position:  # a range that runs into a date: 3至5月
            inner = re.match(rf"{numerals.ARABIC}|[{numerals.CHINESE}]+", m["number"])
            if start + len(inner[0]) > marks[i].start:
                position = marks[i].end
                continue
            m = _token().match(flat, start, marks[i].start) or m
            position = m.end("number")
        figure = _figure(text, flat, m)
        if figure is None:
            continue
        position = max(figure.end, position)
        j = bisect_right(ends, figure.start)
        figure.sentence_start = ends[j - 1] if j else 0
        figure.sentence_end = ends[j] if j < len(ends) else len(flat)
        figures.append(figure)
    return figures


def _figure(text: str, flat: str, m: re.Match) -> Figure | None:
    start, end = m.span("number")
    left = flat[max(0, start - 24) : start]
    number, unit, more, tail = m["number"], m["unit"] or "", m["more"] or "", m.end()
    if m["left"] or (not number.isdigit() and _SIGN.search(number)):
        single = _split_range(flat, m, left)
        if single:
            m = single
            start, end = m.span("number")
            number, unit, more, tail = m["number"], m["unit"] or "", m["more"] or "", m.end()
    bare = number.replace(m["left"] or "\0", "") if m["left"] not in (None, "%") else number
    read = numerals.read(bare)
    if read is None:
        return None
    percent = number.startswith("百分之")
    if (
        not percent
        and not number[0].isdigit()
        and not _chinese_counts(flat, left, number, read, unit, more, tail)
    ):
        return None
    if not number[0].isdigit() and unit in _LOOSE and not percent:
        large = more.strip() or (len(number) > 1 and unit != "分")
        flags = unit == "面" and (
            left.endswith(tuple(_FLAT))
            or re.match(f"[^，。；、]{{0,3}}[{_FLAT}]", flat[tail : tail + 4])
        )
        if unit in _NEVER or not (large or flags):
            return None
    if not unit:
        tail = end + len(more.rstrip()) if more else end
        more_kept = bool(more)
    else:
        more_kept = bool(more.strip())
    if percent:
        unit, tail = "%", end
    end = _end_as_written(text, flat, start, end)
    qualifier = _qualifier(
        flat, left, read, more.strip() if more_kept else "", tail, set(number) <= _BARE
    )
    if m["unit"] and not percent:
        unit = "".join(text[m.start("unit") : m.end("unit")].split())
        return Figure(
            start, end, m.end("unit"), text[start:end], read.value, read.high, qualifier, unit
        )
    return Figure(start, end, end, text[start:end], read.value, read.high, qualifier, unit)


def _split_range(flat: str, m: re.Match, left: str) -> re.Match | None:
    """The first number alone, where what looks like a range is a change (从5到8), or two measures (3名至5个)."""
    changed = re.search(r"(?:从|由|自)[^，。；]{0,14}$", left) and re.search(r"[至到]", m["number"])
    unlike = m["left"] and m["left"] != (m["unit"] or "")
    if changed or unlike or numerals.read(m["number"].replace(m["left"] or "\0", "")) is None:
        sign = _SIGN.search(m["number"])
        return _token().match(flat, m.start(), m.start("number") + sign.start()) if sign else None
    return None


def _chinese_counts(
    flat: str, left: str, number: str, read: numerals.Number, unit: str, more: str, tail: int
) -> bool:
    """Whether a Chinese numeral counts something, or is part of a word, an article or a phrase."""
    if not unit:
        return False
    before = left[-1:]
    if before and (
        before in "第某"
        or (before in numerals.CHINESE and before not in "〇零○")
        or (number == "一" and before in "统进之唯任哪首同头另每这那其逐")
    ):
        return False
    if number == "二":
        return _two_counts(left, unit, flat[tail : tail + 1])
    if set(number) <= _BARE:
        return bool(more.strip()) or (
            bool(re.search(r"(?:近|约|逾|超过?|过|破|达到?|不足|不到)\s*$", left))
            and before not in "附最"
        )
    if number != "一":
        return True
    if more.strip() or unit in ("遍", "回", "趟"):
        return False
    after = flat[tail : tail + 1]
    group = measure_words()[unit]
    if (
        _FREQUENCY.search(left)
        and group in ("event", "lesson")
        and after != "性"
        and before not in _ARTICLE_BEHIND
    ):
        return True
    if after not in "，。；、！？)）\n,;" and after != "":
        return False
    clause = re.split(r"[，。；：、\n]", left)[-1]
    return len(clause) > 1 and not re.search(
        r"[无没未不毫]|任何|人手$|[多少某每这那另哪同上下头唯逐任]$|为$|是$|有$", clause
    )


_ARTICLE_BEHIND = "是为成像如作当"  # 每次调解都是一堂法治课

# what may stand with 二 in place of 两: before most others it numbers (二级, 二组, 二线, 二期工程)
_COUNTED_BY_TWO = {*"名个件起场份户处块幅项例宗条家", "人次", "场次", "件次", "户次"}


def _two_counts(left: str, unit: str, after: str) -> bool:
    """Whether 二 counts. 会议二次 are two meetings, 二次回访 is a second visit, and 一、二名 goes on with a list."""
    if re.search(rf"[{numerals.CHINESE}][、，和及]$", left):
        return False
    alone = after in "，。；、！？)）\n,;" and left[-1:] not in "，。；、：: \n"
    return unit in _COUNTED_BY_TWO or (unit in ("次", "人") and alone)


def _qualifier(
    flat: str, left: str, read: numerals.Number, more: str, tail: int, bare: bool
) -> str:
    if read.high is not None:
        return "range"
    after = _AFTER.match(flat, tail)
    if _UNDER.search(left) or (after and after["under"]):
        return "under"
    if (
        read.over
        or more in ("余", "多", "+")
        or _OVER.search(left)
        or _AT_LEAST.search(left)
        or (bare and _PASSED.search(left))
        or (after and after["over"])
    ):
        return "over"
    if more == "来" or _ABOUT.search(left) or (after and after["about"]):
        return "about"
    return "exact"


def account(flat: str, figures: list[Figure], marks: list[Mark]) -> list[Mark]:
    """Every numeral with what it is: `figure`, the kind of the mark it stands in, or `unexplained`.

    A Chinese numeral without a measure word and outside all marks is part of a word (统一) and no numeral.
    """
    covered = sorted([*(Mark(f.start, f.number_end, "figure") for f in figures), *marks])
    out: list[Mark] = []
    last, reach = (
        -1,
        0,
    )  # the last mark that begins at or before a numeral, and how far the marks up to it reach
    for m in _CANDIDATE.finditer(flat):
        start = m.start()
        while last + 1 < len(covered) and covered[last + 1].start <= start:
            last += 1
            reach = max(reach, covered[last].end)
        if reach <= start:
            if m[0][0].isdigit():
                out.append(Mark(start, m.end(), "unexplained"))
            continue
        inside = next(covered[i] for i in range(last, -1, -1) if covered[i].end > start)
        if inside.kind != "figure":
            out.append(Mark(start, m.end(), inside.kind))
        elif not (out and out[-1].start == inside.start and out[-1].kind == "figure"):
            out.append(inside)
    return out
