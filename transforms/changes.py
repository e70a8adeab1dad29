"""Stated changes and the figures that they change: 较2024年增长15%, 比去年多2次, 由49个减至33个."""

from __future__ import annotations

import re
from typing import NamedTuple

from schemas.metrics import measure_words
from transforms.figures import Figure
from transforms.numerals import fold_word

_UP = "增长|增加|增多|上升|提高|提升|上涨|攀升|多|增|升|涨"
_DOWN = "下降|减少|降低|回落|压缩|压减|缩减|下滑|少|减|降"
# a verb of change directly before the number
_VERB = re.compile(
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:了|办|开|幅|幅度)?[约近超逾达为]{{0,2}}\s*$"
)
# words that end in a character of these verbs and state no change
_NO_CHANGE = re.compile(r"(?:至少|不少|最多|至多|许多|更多|新增|很多|众多|减少跑动)\s*$")
_COMPARED = re.compile(
    r"同比|环比|比上|比去|较上|较去|较前|比前|上年|去年|前年|同期|[较比]20\d\d年|[较比与]"
)
# before the former level: 由去年的49个, 较上年的60件 (but not 较为, 比例)
_FROM = re.compile(
    r"(?:由|从)[^，。；]{0,26}$|[较比](?:上|去|前|20\d\d)[^，。；\d]{0,3}年?[^，。；\d]{0,6}的\s*$"
)
_TO = re.compile(
    rf"^[^，。；\d]{{0,4}}?(?:(?P<up>{_UP}|扩)|(?P<down>{_DOWN}|压缩|精简|整合|合并|缩))"
    r"[^，。；\d]{0,3}?[至到为成](?:了)?[^，。；\d]{0,4}$"
)
_TO_NEUTRAL = re.compile(r"^[^，。；\d]{0,4}?(?:到|至|变为|调整为|变成)[^，。；\d]{0,4}$")
_YEAR = re.compile(r"20\d\d(?=\s*年)")
# what stood at the start of a year stood at the end of the year before
YEARS_BACK = (
    *(("前年", 2), ("去年", 1), ("上年", 1), ("上一年", 1), ("同比", 1), ("同期", 1)),
    *(("年初", 1), ("两年前", 2), ("二年前", 2), ("三年前", 3), ("四年前", 4), ("五年前", 5)),
)
_YEARS_AGO = re.compile(r"(?<!\d)([1-9])\s*年前")
_YEAR_IN_BRACKETS = re.compile(r"^[（(](20\d\d年)[底末]?[)）]")


class Link(NamedTuple):
    """The figure at index `figure` stands in a relation of `kind` to the one at index `to`.

    numerator, denominator: it is a rate of that one; part_of: a part of it; out_of: settled out of
    it; change_of: a stated change of it, or its former level, with `direction` (up, down) and the
    year that it is compared with (None where the text does not say).
    """

    figure: int
    to: int
    kind: str
    direction: str | None = None
    base_year: int | None = None


def changes(
    flat: str,
    figures: list[Figure],
    codes: list[str],
    statuses: list[str],
    report_year: int | None,
) -> list[Link]:
    """Returns the links of kind change_of, in the order of the figures.

    `figures`, `codes` and `statuses` have one entry a figure. `report_year` is None where it is
    not known: then 上年 gives no base year.
    """
    out: list[Link] = []
    present: int | None = None  # the 33 of 由49个减至33个 is no difference
    for i in range(len(figures)):
        link = _former_level(flat, figures, i, report_year)
        if link is None and i != present:
            link = _stated_change(flat, figures, statuses, i, report_year)
        elif link is not None:
            present = link.to
        link = link or _level_of_other_year(flat, figures, codes, statuses, i, report_year)
        if link is not None:
            out.append(link)
    return out


def _lead(flat: str, figures: list[Figure], i: int) -> str:
    """Returns the text between the figure before in the sentence and this one."""
    begin = figures[i].sentence_start
    if i and figures[i - 1].sentence_start == begin:
        begin = figures[i - 1].end
    return flat[begin : figures[i].start]


def _stated_change(
    flat: str, figures: list[Figure], statuses: list[str], i: int, report_year: int | None
) -> Link | None:
    """A figure that is a difference or a share by which another one changed.

    The figure before may be the level that it is compared with: 较上年的60件减少11件.
    """
    before = _lead(flat, figures, i)
    verb = _VERB.search(before)
    if verb is None or _NO_CHANGE.search(before):
        return None
    compared = before
    if not _COMPARED.search(before):
        if not i or figures[i - 1].sentence_start != figures[i].sentence_start:
            return None
        if statuses[i - 1] != "background":
            return None
        compared = _lead(flat, figures, i - 1)
    to = _changed(figures, statuses, i)
    if to is None:
        return None
    direction = "up" if verb["up"] else "down"
    return Link(i, to, "change_of", direction, _base_year(compared, report_year))


def _changed(figures: list[Figure], statuses: list[str], i: int) -> int | None:
    """The nearest figure before in the sentence that can have changed so; a level of another
    year only where there is none else.

    A share (15%) can change any count, percentage points a rate, a count (2次) one of its group.
    """
    group, wanted = _group(figures[i]), figures[i].sentence_start
    former = None
    for j in range(i - 1, -1, -1):
        if figures[j].sentence_start != wanted:
            break
        other = _group(figures[j])
        share_of_count = group == "percent" and other not in ("percent", "points")
        if share_of_count or (group == "points" and other == "percent") or group == other:
            if statuses[j] != "background":
                return j
            former = j if former is None else former
    return former


def _former_level(flat: str, figures: list[Figure], i: int, report_year: int | None) -> Link | None:
    """In 由49个减至33个 the former level, linked to the present one."""
    if i + 1 >= len(figures) or figures[i + 1].sentence_start != figures[i].sentence_start:
        return None
    figure, after = figures[i], figures[i + 1]
    left = flat[max(figure.sentence_start, figure.start - 30) : figure.start]
    between = "".join(flat[figure.end : after.start].split())
    if year := _YEAR_IN_BRACKETS.match(between):
        left, between = left + year[1], between[year.end() :]
    to = _TO.search(between)
    if not _FROM.search(left) or not (to or _TO_NEUTRAL.search(between)):
        return None
    if _group(figure) not in (_group(after), "") and _group(after) != "":
        return None
    direction = _direction(figure, after)
    return Link(i, i + 1, "change_of", direction, _base_year(left, report_year))


def _level_of_other_year(
    flat: str,
    figures: list[Figure],
    codes: list[str],
    statuses: list[str],
    i: int,
    report_year: int | None,
) -> Link | None:
    """In 受理33件，上年为49件 the level of the year that is named, linked to this year's."""
    if statuses[i] != "background":
        return None
    base_year = _base_year(_lead(flat, figures, i), report_year)
    if base_year is None or base_year == report_year:
        return None
    for j in range(i - 1, -1, -1):
        if figures[j].sentence_start != figures[i].sentence_start:
            return None
        if statuses[j] != "background":
            if codes[j] != codes[i] or _group(figures[j]) != _group(figures[i]):
                return None
            return Link(i, j, "change_of", _direction(figures[i], figures[j]), base_year)
    return None


def _direction(former: Figure, present: Figure) -> str:
    if former.value == present.value:
        return "same"
    return "up" if present.value > former.value else "down"


def _base_year(text: str, report_year: int | None) -> int | None:
    """The year that a change is compared with, as the text before the number says."""
    years = _YEAR.findall(text)
    if years:
        return int(years[-1])
    if report_year is not None:
        if ago := _YEARS_AGO.search(text):
            return report_year - int(ago[1])
        for word, back in YEARS_BACK:
            if word in text:
                return report_year - back
    return None


def _group(figure: Figure) -> str:
    unit = fold_word(figure.unit)
    return measure_words().get(unit, unit)
