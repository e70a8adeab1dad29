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
_FROM = re.compile(r"(?:由|从)[^，。；]{0,20}$")
_TO = re.compile(
    rf"^[^，。；\d]{{0,4}}?(?:(?P<up>{_UP}|扩)|(?P<down>{_DOWN}|压缩|精简|整合|合并|缩))"
    r"[^，。；\d]{0,3}?[至到为成](?:了)?[^，。；\d]{0,4}$"
)
_TO_NEUTRAL = re.compile(r"^[^，。；\d]{0,4}?(?:到|至|变为|调整为|变成)[^，。；\d]{0,4}$")
_YEAR = re.compile(r"20\d\d(?=\s*年)")
YEARS_BACK = (("前年", 2), ("去年", 1), ("上年", 1), ("上一年", 1), ("同比", 1), ("同期", 1))


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


def changes(flat: str, figures: list[Figure], report_year: int | None) -> list[Link]:
    """Returns the links of kind change_of, in the order of the figures."""
    out = []
    for i, figure in enumerate(figures):
        begin = figure.sentence_start
        if i and figures[i - 1].sentence_start == begin:
            begin = figures[i - 1].end
        before = flat[begin : figure.start]
        link = _former_level(flat, figures, i, report_year) or _stated_change(
            flat, figures, i, before, report_year
        )
        if link is not None:
            out.append(link)
    return out


def _stated_change(
    flat: str, figures: list[Figure], i: int, before: str, report_year: int | None
) -> Link | None:
    """A figure that is a difference or a share by which another one changed."""
    verb = _VERB.search(before)
    if verb is None or _NO_CHANGE.search(before) or not _COMPARED.search(before):
        return None
    to = _changed(figures, i)
    if to is None:
        return None
    direction = "up" if verb["up"] else "down"
    return Link(i, to, "change_of", direction, _base_year(before, report_year))


def _changed(figures: list[Figure], i: int) -> int | None:
    """The nearest figure before in the sentence that can have changed so.

    A share (15%) can change any count, percentage points a rate, a count (2次) one of its group.
    """
    group, wanted = _group(figures[i]), figures[i].sentence_start
    for j in range(i - 1, -1, -1):
        if figures[j].sentence_start != wanted:
            return None
        other = _group(figures[j])
        if group == "percent" and other not in ("percent", "points"):
            return j
        if (group == "points" and other == "percent") or group == other:
            return j
    return None


def _former_level(flat: str, figures: list[Figure], i: int, report_year: int | None) -> Link | None:
    """In 由49个减至33个 the former level, linked to the present one."""
    if i + 1 >= len(figures) or figures[i + 1].sentence_start != figures[i].sentence_start:
        return None
    figure, after = figures[i], figures[i + 1]
    left = flat[max(figure.sentence_start, figure.start - 30) : figure.start]
    between = "".join(flat[figure.end : after.start].split())
    to = _TO.search(between)
    if not _FROM.search(left) or not (to or _TO_NEUTRAL.search(between)):
        return None
    if _group(figure) not in (_group(after), "") and _group(after) != "":
        return None
    direction = "same"
    if figure.value != after.value:
        direction = "up" if after.value > figure.value else "down"
    return Link(i, i + 1, "change_of", direction, _base_year(left, report_year))


def _base_year(text: str, report_year: int | None) -> int | None:
    """The year that a change is compared with, as the text before the number says."""
    years = _YEAR.findall(text)
    if years:
        return int(years[-1])
    if report_year is not None:
        for word, back in YEARS_BACK:
            if word in text:
                return report_year - back
    return None


def _group(figure: Figure) -> str:
    unit = fold_word(figure.unit)
    return measure_words().get(unit, unit)
