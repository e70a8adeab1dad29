"""Every numeral of a text with what it is: a figure, a named non-figure, or unexplained."""

from __future__ import annotations

import re

from transforms import numerals
from transforms.figures.find import Figure
from transforms.figures.miswritten import WITH_LETTERS
from transforms.figures.non_figures import Mark

_CANDIDATE = re.compile(
    rf"[\d{numerals.CHINESE}](?:(?<=\d)\d*|(?<!\d)(?<![〇零○](?=[一二两三四五六七八九十]))[{numerals.CHINESE}]*)"
)
# numbers of lists and clocks where a count would stand: 化解纠纷⑫起; letters for digits: 1O起
_UNREAD = re.compile(
    r"(?<=[\u4e00-\u9fff])[①-⒛⓪-⓿❶-➓㉑-㉟㊱-㊿㈠-㈩㊀-㊉Ⅰ-ⅿ]+(?=[余多]?[起件次场份名人户](?!员))"
    f"|{WITH_LETTERS}+"
)


def account_numerals(flat: str, figures: list[Figure], marks: list[Mark]) -> list[Mark]:
    """Returns every numeral with what it is: `figure`, the kind of the mark it stands in, or
    `unexplained`.

    A Chinese numeral without a measure word and outside all marks is part of a word (统一) and no
    numeral. Encircled and Roman numbers are numerals only where a count would stand: what they
    count is not read, nor is a count with letters in place of digits.
    """
    covered = sorted(
        [
            *(Mark(f.start, f.number_end, "figure") for f in figures),
            # the 角 and 分 behind the 元 of a sum
            *(Mark(f.number_end, f.end, "sum") for f in figures if f.unit == "元"),
            *marks,
        ]
    )
    out: list[Mark] = []
    # the last mark that begins at or before a numeral, and how far the marks up to it reach
    last, reach = -1, 0
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
        if inside.kind == "sum":
            continue
        if inside.kind != "figure":
            out.append(Mark(start, m.end(), inside.kind))
        elif not (out and out[-1].start == inside.start and out[-1].kind == "figure"):
            out.append(inside)
    unread = [Mark(*m.span(), "unexplained") for m in _UNREAD.finditer(flat)]
    return sorted([*out, *unread]) if unread else out
