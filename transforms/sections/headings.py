"""Finds the headings of a text: where they stand, which level they have, where their words end."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from transforms.labels import words
from transforms.layout.breaks import TERMINAL
from transforms.layout.lines import Line
from transforms.markers import (
    COUNT,
    GLUED,
    INLINE,
    LEVELS,
    MARKER_REACH,
    STOP,
    level_of,
    listed_items,
    ordinal_of,
)

LONGEST_HEADING = 200  # characters; a longer one is a paragraph without punctuation
_NOTHING = re.compile("")
_RUN_IN = re.compile(
    r"[ \u3000]*(?=(?:(?:工作|当前|目前|工作中)?(?:主要)?(?:还)?存在的?(?:主要)?(?:问题|不足|短板|困难)"
    r"(?:[和与及](?:不足|短板|困难|原因))?"
    r"|(?:主要)?问题[和与及]不足|(?:主要)?不足之处"
    r"|(?:下一?步|下一?阶段)的?(?:主要)?(?:工作)?(?:打算|计划|安排|思路|措施|重点|方向)?"
    r"|(?:下一年|明年|今后)的?(?:主要)?(?:工作)?(?:打算|计划|安排|思路|措施|重点|方向)"
    r"|(?:主要)?(?:工作)?(?:做法|成效|举措|措施)(?:[和与及](?:做法|成效|举措))?"
    r"|工作(?:开展|完成|落实|推进)情况)[：:])"
)
_HEADING_END = re.compile(rf"[。：:\n！？；;]|{STOP.pattern}", re.M)
_OPENING_SENTENCE = re.compile(
    r"[ \u3000]*((?![一二三四五六七八九十]是|第[一二三四五六七八九十])[\u4e00-\u9fff“”]{4,18})。(?=[^\n]{12})"
)
_FEWEST_OPENING_SENTENCES = 3  # in a report: one alone is a short sentence
_GAP = re.compile(r"[ \u3000]{2,}")


class Heading(NamedTuple):
    """A heading: the offset of its marker, its level from 1 (top), and the match of the marker.

    The match is of the empty text where the heading has no marker: then `start` is where it begins.
    """

    start: int
    level: int
    match: re.Match[str]


def find_headings(flat: str, lines: list[Line]) -> list[Heading]:
    """Returns the headings in the order of the text; [] where there are none.

    `flat` is the flat text, `lines` are the lines of its layout. Headings stand at the start of a
    line of the body, and inside a paragraph where their number is the one that is due next.
    """
    body = [
        line
        for line in lines
        if line.kind == "body" and not listed_items(flat, line.start, line.end)
    ]
    starts: dict[int, Heading] = {}
    for line in body:
        marked = level_of(flat[line.start : line.end])
        if marked and _plausible(flat, line, *marked):
            heading = _marker_at(flat, line.start + marked[1].start(), marked[0])
            starts[heading.start] = heading
    unnumbered = _unnumbered(flat, body)
    if not unnumbered and not any(heading.level == 1 for heading in starts.values()):
        unnumbered = _run_in(flat, body)
    inline: list[Heading] = []
    for line in body:
        inline += _inline(flat, line, starts)
        if glued := _glued(flat, line, starts):
            starts[glued.start] = glued
    merged = _in_sequence(sorted([*starts.values(), *inline], key=lambda h: h.start), starts)
    numbered = sorted([*_below_their_number(merged), *unnumbered], key=lambda h: h.start)
    return sorted([*numbered, *_opening_sentences(flat, body, numbered)], key=lambda h: h.start)


def _marker_at(flat: str, start: int, level: int) -> Heading:
    """Returns the heading whose marker, of that level, stands at `start`."""
    match = LEVELS[level - 1][1].match(flat, start)
    assert match is not None
    return Heading(start, level, match)


def _inline(flat: str, line: Line, starts: dict[int, Heading]) -> list[Heading]:
    """Returns the markers inside a paragraph, behind the end of a sentence: possible headings."""
    found = []
    for match in INLINE.finditer(flat, line.start, line.end):
        if flat[match.start() - 1] == "." and not STOP.match(flat, match.start() - 1):
            continue
        begin = match.end() - len(match[0].lstrip())
        marked = level_of(flat[begin : min(line.end, begin + MARKER_REACH)])
        if marked and begin not in starts:
            found.append(_marker_at(flat, begin, marked[0]))
    return found


def _glued(flat: str, line: Line, starts: dict[int, Heading]) -> Heading | None:
    """Returns a second heading on the line of a first one (一、主要做法（一）学法); None without one."""
    match = GLUED.match(flat, line.start, line.end)
    if not match or line.start + len(match[0]) - len(match[0].lstrip()) not in starts:
        return None
    return _marker_at(flat, match.start(match.lastindex or 0), 2 if match[1] else 3)


def _in_sequence(candidates: list[Heading], starts: dict[int, Heading]) -> list[Heading]:
    """Returns the candidates in `starts` (line starts), and the others whose number is due.

    A number is due one behind the last of its level; 1 is, where a 2 follows inside a paragraph.
    """
    second = {
        heading.level: heading.start
        for heading in candidates
        if heading.start not in starts and ordinal_of(heading.match) == 2
    }
    merged = []
    expected: dict[int, int] = {}
    for heading in candidates:
        number = ordinal_of(heading.match)
        due = number > 1 and number == expected.get(heading.level, 0) + 1
        opens = number == 1 and heading.level > 1 and second.get(heading.level, 0) > heading.start
        if heading.start in starts or due or opens:
            merged.append(heading)
            expected[heading.level] = number
            for deeper in range(heading.level + 1, 5):
                expected.pop(deeper, None)
    return merged


def _below_their_number(headings: list[Heading]) -> list[Heading]:
    """Returns the headings; below a heading 1. (level 3) those with 1.1 and 1.2 get level 4."""
    placed, number = [], 0
    for heading in headings:
        level = heading.level
        chapter = re.match(r"\s*(\d{1,2})\.\d", heading.match[0]) if level == 3 else None
        if chapter and int(chapter[1]) == number:
            level = 4
        elif level <= 3:
            number = ordinal_of(heading.match) if level == 3 and not chapter else 0
        placed.append(heading._replace(level=level))
    return placed


def _unnumbered(flat: str, body: list[Line]) -> list[Heading]:
    """Returns the top-level headings without a number.

    Such a line is short and alone, has no punctuation, and uses the words of headings.
    """
    vocabulary = [
        word
        for kind in ("problems", "plan", "suggestions", "work", "other")
        for word in words("section", kind)
    ]
    found = []
    for upper, line, lower in zip(body, body[1:], body[2:]):
        text = flat[line.start : line.end].strip()
        if (
            len(text) > 24
            or re.search(r"[，。；：、,;:！？\d.]$|[，。；：]|[\u4e00-\u9fff][,;]", text)
            or level_of(text)
            or not any(word in text for word in vocabulary)
        ):
            continue
        above = flat[upper.start : upper.end].rstrip()
        below = flat[lower.start : lower.end].strip()
        if (above[-1] in TERMINAL or level_of(above)) and (
            len(below) > len(text) or below.endswith("。") or level_of(below)
        ):
            start = line.start + flat[line.start : line.end].index(text[0])
            found.append(_without_marker(flat, start))
    return found


def _run_in(flat: str, body: list[Line]) -> list[Heading]:
    """Returns the headings that open a paragraph and end with a colon: 存在的问题：一是….

    Used only in a text whose top-level headings bear no numbers.
    """
    return [
        _without_marker(flat, match.end())
        for line in body
        if (match := _RUN_IN.match(flat, line.start, line.end))
    ]


def _without_marker(flat: str, start: int, level: int = 1) -> Heading:
    """Returns the heading without a marker that begins at `start`."""
    match = _NOTHING.match(flat, start)
    assert match is not None
    return Heading(start, level, match)


def _opening_sentences(flat: str, body: list[Line], numbered: list[Heading]) -> list[Heading]:
    """Returns headings that are short first sentences of paragraphs: 健全领导机制。根据人事变化….

    They count where every paragraph below one of the `numbered` headings begins so, and where the
    report has three or more of them; else [] is returned.
    """
    found: list[Heading] = []
    starts = [line.start for line in body]
    for index, heading in enumerate(numbered):
        stop = numbered[index + 1].start if index + 1 < len(numbered) else len(flat)
        below = body[bisect_right(starts, heading.start) : bisect_left(starts, stop)]
        matches = [_OPENING_SENTENCE.match(flat, line.start, line.end) for line in below]
        if matches and all(matches) and not _runs_on(flat, heading):
            found += [
                _without_marker(flat, match.start(1), heading.level + 1)
                for match in matches
                if match
            ]
    return found if len(found) >= _FEWEST_OPENING_SENTENCES else []


def _runs_on(flat: str, heading: Heading) -> bool:
    """Whether the paragraph of a heading goes on behind it on the same line."""
    line_end = flat.find("\n", heading.start)
    return bool(re.search(r"[。；]\s*\S", flat[heading.start : line_end]))


def _plausible(flat: str, line: Line, level: int, match: re.Match[str]) -> bool:
    """Whether a marker at the start of a line opens a heading, rather than a number or a clause."""
    rest = flat[line.start + match.end() : line.end].lstrip()
    comma = match[0].rstrip().endswith(("，", ","))
    if level == 1 and comma and len(rest) > 40 and "。" not in rest[:40]:
        return False
    if level == 3 and re.match(r"\d|[万亿%]", rest):
        # 2. 16人持证: a blank stands between the marker and a number with its own measure word
        apart = flat[line.start + match.end()] in " \u3000" and re.match(
            r"\d{1,4} ?[\u4e00-\u9fff](?<![万亿千百余多])", rest
        )
        return bool(apart or re.match(COUNT, rest))
    return bool(rest) or level <= 2


def heading_text(flat: str, text: str, start: int, stop: int) -> tuple[str, int]:
    """Returns the words of the heading that begins at `start`, and the offset behind it.

    `start` is behind the marker, `stop` is where the section ends. The words are at most 200
    characters, as in `text`, without line breaks; "" where there are none. The body begins behind
    the sign that ends the heading, or at `stop`.
    """
    while start < stop and flat[start] in " \u3000":
        start += 1
    sentence_end = _HEADING_END.search(flat, start, stop)
    limit = sentence_end.start() if sentence_end else stop
    ending = _GAP.search(flat, min(start + 4, stop), limit) or sentence_end
    end, after = (ending.start(), ending.end()) if ending else (stop, stop)
    heading = text[start:end]
    if len(heading) > 60:
        comma = re.search(r"[，,；;]", heading)
        cut = min(comma.start() if comma else len(heading), LONGEST_HEADING)
        if cut < len(heading):
            heading, after = heading[:cut], start + cut
    if "\n" in heading:
        return " ".join(heading.split()).strip("，,、 "), after
    return heading.strip().strip("，,、"), after
