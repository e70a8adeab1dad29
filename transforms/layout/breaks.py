"""Line breaks: those that only wrap a sentence, and blanks that stand for lost ones."""

from __future__ import annotations

import itertools
import re

from transforms.labels import labels_with_sign
from transforms.layout.lines import Line
from transforms.markers import BEFORE_MARKER, BEHIND_HEADING, ROLLED_UP, level_of

TERMINAL = "。！？!?；;：:"
_BREAK = re.compile(
    r"(?<=[。！？：:；;])[ \u3000]"
    r"|(?<=\d日)[ \u3000](?=[ \u3000]*[\u4e00-\u9fff（(])"
    rf"|{BEFORE_MARKER}"
)
_BREAK_ABOVE = re.compile(
    r"(?<=[\u4e00-\u9fff][\u4e00-\u9fff）)》])[ \u3000](?=[ "
    r"\u3000]*[\u4e00-\u9fff（(《][\u4e00-\u9fff〇])"
    r"|(?<=报告|总结|汇报|情况|计划)[ \u3000](?=[ \u3000]*\d)"
)
_ROLLED_UP_FROM = 100  # characters: a shorter line is no whole report


def joined_line_breaks(flat: str) -> list[int]:
    """Offsets of the blanks that stand for breaks, in a text whose lines were joined into one."""
    lines = [line for line in flat.split("\n") if line.strip()]
    if len(lines) > 3 or not lines or len(max(lines, key=len)) < _ROLLED_UP_FROM:
        return []
    first = ROLLED_UP.search(flat)
    if not first or not ROLLED_UP.search(flat, first.end()):
        return []
    above = [match.start() for match in _BREAK_ABOVE.finditer(flat, 0, first.start())]
    above += [
        label.start - 1
        for label in labels_with_sign(flat, first.start())
        if label.start and flat[label.start - 1] in " \u3000"
    ]
    behind = [match.start(1) for match in BEHIND_HEADING.finditer(flat)]
    return [*above, *behind, *(match.start() for match in _BREAK.finditer(flat))]


def wrapped_breaks(flat: str, lines: list[Line]) -> list[tuple[int, int]]:
    """Breaks, with the blanks around them, that stand inside a sentence.

    The line before ends in the middle of a clause and the line after goes on.
    """
    body = [line for line in lines if line.kind == "body"]
    width = _page_width([len(flat[line.start : line.end].rstrip()) for line in body])
    wraps = []
    for upper, lower in itertools.pairwise(body):
        above = flat[upper.start : upper.end].rstrip()
        below = flat[lower.start : lower.end].lstrip()
        span = (upper.start + len(above), lower.end - len(below))
        if _sentence_ends(above, below) or flat[slice(*span)].count("\n") > 4 or below[0] == "|":
            continue
        if _goes_on(above, below, width, _indented(flat, lower)):
            wraps.append(span)
    return wraps


def _sentence_ends(above: str, below: str) -> bool:
    """Whether the upper line ends with a sentence, or the lower one begins with a heading."""
    quoted_end = above[-1] in '”"』」）)》' and above[-2:-1] in tuple(TERMINAL)
    return above[-1] in TERMINAL or quoted_end or level_of(below) is not None


def _goes_on(above: str, below: str, width: int, indented: bool) -> bool:
    """Whether the sentence of the upper line goes on in the lower one."""
    prose = re.search(r"[，,。；、]", above)
    marked = level_of(above)
    heading = marked and not prose and len(below) >= width - 2
    if width - 2 <= len(above) <= width + 3 and not heading and not indented:
        return True
    if marked and not (prose and len(above) >= 30 and re.search(r"[。：:]|[，,]$", above)):
        return False
    return not ((len(above.strip()) < 20 and not prose) or (not prose and len(above) < 30))


def _page_width(lengths: list[int]) -> int:
    """Characters a line of a hard-wrapped text holds; 0 where the lines are paragraphs."""
    longest = sorted(lengths)[-max(1, len(lengths) // 20) :][0] if lengths else 0
    alike = sum(longest - 2 <= length <= longest + 3 for length in lengths)
    return longest if 20 <= longest <= 60 and alike >= 6 and alike >= len(lengths) // 3 else 0


def _indented(flat: str, line: Line) -> bool:
    return flat[line.start : line.start + 2].isspace()
