"""Printed lines with their places on the page -> paragraphs: page furniture out, hard line ends
inside a sentence joined, page by page.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass

_PAGE_NUMBER = re.compile(
    r"[\s\-—–_·.]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d{1,4}|页\s*[，,]?\s*共\s*\d{1,4}\s*页)?[\s\-—–_·.]*"
)
_SET_OFF = 0.7  # times the height of a line: heads and feet stand so far from the text
_LARGE = 1.8  # times the usual height of lines
_CLOSED = re.compile(r"[。！？：；:;!?]$")
_BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)"
    r"|第[一二三四五六七八九十]{1,3}[，,])"
)


@dataclass(slots=True)
class Line:
    """One printed line: its text and its box in points, y growing downwards."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Printed:
    """The text of printed pages, the offset at which each page begins, and what was left out of
    it.
    """

    text: str
    starts: list[int]
    left_out: str


def paragraphs(pages: list[list[Line]], width: float) -> Printed:
    """Returns the text of printed pages, one paragraph a line.

    `width` is that of a page, in points. Page numbers, heads and feet that repeat, and watermarks
    are left out.
    """
    cleaned, left_out = _without_furniture(pages)
    every = [line for page in cleaned for line in page]
    if not every:
        return Printed("", [0] * len(pages), left_out)
    size = _median([line.bottom - line.top for line in every])
    left = _left_edge(cleaned, size, width)
    right = _right_edge(every, left, size, width)
    enough = 0.55 * (right - left)
    out: list[str] = []
    length, starts = 0, []
    before: Line | None = None
    for page in cleaned:
        begun = False
        for line in page:
            text = _tidy(line.text)
            if before is not None and not _goes_on(
                before, line, (left, right, enough), size, same_page=begun
            ):
                out.append("\n")
                length += 1
            elif (
                before is not None
                and out[-1][-1:].isascii()
                and text[:1].isascii()
                and out[-1][-1:].isalpha()
                and text[:1].isalpha()
            ):
                out.append(" ")
                length += 1
            if not begun:
                starts.append(length)
                begun = True
            out.append(text)
            length += len(text)
            before = line
        if not begun:
            starts.append(length)
    return Printed("".join(out), starts, left_out)


def _goes_on(
    before: Line, line: Line, edges: tuple[float, float, float], size: float, same_page: bool
) -> bool:
    """Whether a line continues the paragraph of the line before: that one was full, and this one is
    not indented.
    """
    left, right, enough = edges
    closed = _CLOSED.search(before.text.rstrip())
    # a number that did not fit leaves a wide gap behind it
    full = (
        before.right >= right - (2.2 if closed else 5.5) * size
        and before.right - before.left >= enough
    )
    indented = line.left > left + 1.2 * size
    apart = same_page and line.top - before.bottom > 1.6 * size
    return full and not indented and not apart and not (closed and _BEGINS.match(line.text))


def _without_furniture(pages: list[list[Line]]) -> tuple[list[list[Line]], str]:
    """Returns the lines of each page without page numbers, heads, feet and watermarks, and
    those.
    """
    watermarks = _watermarks(pages)
    left_out: list[str] = []
    ordered = []
    for page in pages:
        left_out += [line.text for line in page if _place(line) in watermarks]
        ordered.append(_in_rows([line for line in page if _place(line) not in watermarks]))
    edges = Counter(
        key for page in ordered for key in {_key(line) for line in (*page[:2], *page[-2:])}
    )
    repeated = {k for k, n in edges.items() if k and n >= 3 and n >= 0.6 * len(pages)}
    repeated |= _repeated_apart(ordered)
    cleaned = []
    for page in ordered:
        kept = list(page)
        for at in (0, -1):
            while kept and (_PAGE_NUMBER.fullmatch(kept[at].text) or _key(kept[at]) in repeated):
                left_out.append(kept.pop(at).text)
        cleaned.append(kept)
    return cleaned, "\n".join(left_out)


def _repeated_apart(ordered: list[list[Line]]) -> set[str]:
    """Returns the first and last lines that stand at one height of two pages or more, set off from
    the rest.

    So heads are found that two pages have, or only those on the left or on the right.
    """
    places: Counter[tuple[str, int]] = Counter()
    for page in ordered:
        for edge, inner in ((page[:1], page[1:2]), (page[-1:], page[-2:-1])):
            if edge and inner:
                gap = max(inner[0].top - edge[0].bottom, edge[0].top - inner[0].bottom)
                if gap > _SET_OFF * (inner[0].bottom - inner[0].top):
                    places[_key(edge[0]), round(edge[0].top / 4)] += 1
    enough = max(2, 0.3 * len(ordered))
    return {key for (key, _), count in places.items() if key and count >= enough}


def _watermarks(pages: list[list[Line]]) -> set[tuple[str, int, int]]:
    """Returns the lines that stand at one place of most pages; large ones of two pages suffice."""
    places = Counter(place for page in pages for place in {_place(line) for line in page})
    heights = [line.bottom - line.top for page in pages for line in page]
    usual = _median(heights) if heights else 0.0
    large = {
        _place(line) for page in pages for line in page if line.bottom - line.top > _LARGE * usual
    }
    return {
        place
        for place, n in places.items()
        if n >= (2 if place in large else 3) and n >= 0.6 * len(pages)
    }


def _place(line: Line) -> tuple[str, int, int]:
    return line.text, round(line.left / 4), round(line.top / 4)


def _in_rows(page: list[Line]) -> list[Line]:
    """Pieces of one printed row joined, from left to right; rows from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(
        (x for x in page if x.text.strip()), key=lambda x: ((x.top + x.bottom) / 2, x.left)
    ):
        middle = (line.top + line.bottom) / 2
        if (
            rows
            and rows[-1][0].top < middle < rows[-1][0].bottom
            and line.top < (rows[-1][0].top + rows[-1][0].bottom) / 2 < line.bottom
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    out = []
    for row in rows:
        row.sort(key=lambda x: x.left)
        text = row[0].text
        for a, b in itertools.pairwise(row):
            text += ("  " if b.left - a.right > 1.5 * (a.bottom - a.top) else "") + b.text
        out.append(
            Line(
                text,
                row[0].left,
                row[-1].right,
                min(x.top for x in row),
                max(x.bottom for x in row),
            )
        )
    return out


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", "".join(line.text.split()))


def _tidy(text: str) -> str:
    """Without the blanks that printers put between Chinese characters."""
    text = " ".join(text.split())
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _left_edge(pages: list[list[Line]], size: float, width: float) -> float:
    """Returns where lines begin that are not indented.

    On a short page hardly a line may be there: one is enough where the line before it is full.
    """
    shared = _edge([line.left for page in pages for line in page], size)
    further = [
        (before.right, line.left)
        for page in pages
        for before, line in itertools.pairwise(page)
        if line.left < shared - 1.2 * size
    ]
    begins = min((left for _, left in further), default=shared)
    is_full = all(right >= width - begins - 2.2 * size for right, _ in further)
    return begins if is_full else shared


def _right_edge(lines: list[Line], left: float, size: float, width: float) -> float:
    """Returns where full lines end.

    Margins are alike on both sides, and nothing but a stray line goes beyond. Where the longest
    line ends a sentence and none is as long, nothing shows that lines are wrapped there.
    """
    longest = max(lines, key=lambda line: line.right)
    alike = sum(line.right > longest.right - 1.5 * size for line in lines)
    if alike == 1 and _CLOSED.search(longest.text.rstrip()):
        return max(longest.right, width - left)
    return min(longest.right, width - left + 1.5 * size)


def _edge(values: list[float], size: float) -> float:
    """Where lines begin: the leftmost place that at least a tenth of the lines share."""
    counts = Counter(round(v / size) for v in values)
    need = max(2, len(values) // 10)
    shared = [
        k for k, n in counts.items() if n + counts.get(k + 1, 0) + counts.get(k - 1, 0) >= need
    ] or list(counts)
    return min(v for v in values if abs(v / size - min(shared)) <= 1)
