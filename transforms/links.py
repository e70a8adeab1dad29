"""Figures of one text -> links between them: a rate to its counts, a part after 其中 to its total,
a settled count to the received one, a change to the figure that changed.

Only what the text says is linked: both figures stand in one sentence, or in two that follow each
other in one section, and have one status. Which metrics belong together is told by the catalogue
(`numerator`, `denominator`, `out_of`).
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right

from schemas.metrics import measure_words, metrics
from transforms.changes import Link, changes
from transforms.figures import Figure
from transforms.numerals import fold_word

_OTHER_RATE = re.compile(
    r"满意|好评|受理率|答复率|响应|签收|评价|知晓"
)  # rates that these counts do not make


Found = dict[tuple[int, str], int]  # (figure, kind) -> the figure it is linked to
REACH = 60  # figures of a sentence before or after one to which it may be linked


@functools.cache
def _declared() -> dict[str, dict[str, str]]:
    keys = ("numerator", "denominator", "out_of")
    declared = {m.code: {k: getattr(m, k) for k in keys if getattr(m, k)} for m in metrics()}
    return {code: others for code, others in declared.items() if others}


def links(
    flat: str,
    figures: list[Figure],
    codes: list[str],
    statuses: list[str],
    sections: list[int],
    report_year: int | None,
) -> list[Link]:
    """Returns the links of a text in the order of its figures, at most one a figure and kind.

    `figures`, `codes`, `statuses` and `sections` (index of the section) have one entry a figure.
    """
    found: Found = {}
    sentence: list[int] = []
    before: list[int] = []
    for i, figure in enumerate(figures):
        if sentence and figures[sentence[0]].sentence_start != figure.sentence_start:
            before = sentence if _adjoin(flat, figures[sentence[0]], figure) else []
            sentence = []
        near = [*before[-REACH:], *sentence[-REACH:]]
        earlier = [j for j in near if sections[j] == sections[i] and statuses[j] == statuses[i]]
        sentence.append(i)
        declared = _declared().get(codes[i], {})
        if "out_of" in declared:
            whole = _last(earlier, codes, declared["out_of"], figures, figure)
            if whole is not None:
                found[i, "out_of"] = whole
        if "numerator" in declared and not _OTHER_RATE.search(_clause(flat, figure)):
            _made_of(found, i, earlier, codes, figures, declared)
    for group in _sentences(figures):
        _parts(found, flat, group, figures, codes, statuses)
    # settled out of all that was received, not out of the part named last
    for (i, kind), to in list(found.items()):
        if kind in ("out_of", "denominator") and (total := found.get((to, "part_of"), i)) != i:
            found[i, kind] = total
    counted = [Link(i, to, kind) for (i, kind), to in found.items()]
    return sorted(
        [*counted, *changes(flat, figures, codes, statuses, report_year)],
        key=lambda x: (x.figure, x.kind),
    )


def _adjoin(flat: str, one: Figure, other: Figure) -> bool:
    return not flat[one.sentence_end : other.sentence_start].strip()


def _clause(flat: str, figure: Figure) -> str:
    return re.split(
        r"[，；：、,;]", flat[max(figure.sentence_start, figure.start - 24) : figure.start]
    )[-1]


def _group(figure: Figure) -> str:
    unit = fold_word(figure.unit)
    return measure_words().get(unit, unit)


def _last(
    earlier: list[int], codes: list[str], code: str, figures: list[Figure], like: Figure | None
) -> int | None:
    """The nearest earlier figure with that code, counted in the same kind of measure word as
    `like`.
    """
    for j in reversed(earlier):
        if codes[j] == code and (like is None or _group(figures[j]) == _group(like)):
            return j
    return None


def _made_of(
    found: Found,
    i: int,
    earlier: list[int],
    codes: list[str],
    figures: list[Figure],
    declared: dict[str, str],
) -> None:
    """Links a rate to its counts: the last one that is its numerator, and the whole before that."""
    part = _last(earlier, codes, declared["numerator"], figures, None)
    if declared["numerator"] == declared["denominator"]:
        if part is None:
            return
        before = earlier[: earlier.index(part)]
        whole = _last(before, codes, declared["denominator"], figures, figures[part])
        if whole is None or figures[part].value > figures[whole].value:
            return
    else:
        whole = found.get((part, "out_of")) if part is not None else None
        if whole is None:
            like = figures[part] if part is not None else None
            whole = _last(earlier, codes, declared["denominator"], figures, like)
    if part is not None:
        found[i, "numerator"] = part
    if whole is not None:
        found[i, "denominator"] = whole


def _sentences(figures: list[Figure]) -> list[list[int]]:
    groups: list[list[int]] = []
    for i, figure in enumerate(figures):
        if groups and figures[groups[-1][0]].sentence_start == figure.sentence_start:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _parts(
    found: Found,
    flat: str,
    group: list[int],
    figures: list[Figure],
    codes: list[str],
    statuses: list[str],
) -> None:
    """What follows 其中, as long as it counts the same kind of thing, is part of the last such count
    before it.
    """
    if len(group) < 2:
        return
    first, starts = figures[group[0]], [figures[i].start for i in group]
    for m in re.finditer("其中", flat[first.sentence_start : first.sentence_end]):
        at = first.sentence_start + m.start()
        k = bisect_right(starts, at)
        after = group[k : k + REACH]
        if not after:
            continue
        kind = _group(figures[after[0]])
        total = next(
            (
                i
                for i in reversed(group[max(0, k - REACH) : k])
                if figures[i].end <= at
                and _group(figures[i]) == kind
                and statuses[i] == statuses[after[0]]
            ),
            None,
        )
        if total is None or not kind or kind == _group_of_share():
            continue
        for i in after:
            between = flat[(figures[i - 1].end if i > after[0] else at) : figures[i].start]
            if (
                _group(figures[i]) != kind
                or statuses[i] != statuses[total]
                or re.search("[；;]", between)
            ):
                break
            if found.get((i, "out_of")) == total or codes[i] not in (codes[total], codes[after[0]]):
                if i > after[0]:
                    break
                if found.get((i, "out_of")) == total:
                    continue
            found[i, "part_of"] = total


@functools.cache
def _group_of_share() -> str:
    return measure_words()["%"]
