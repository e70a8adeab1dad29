"""Texts of which only a part is there: cut off in the middle, or emptied to their title."""

from __future__ import annotations

import re

from transforms.layout import Layout
from transforms.markers import level_of, ordinal_of
from transforms.sections import Section

EMPTIED_BELOW = 80  # characters of the body: fewer are no report, whatever the title says
_COMPLETE = re.compile(r"[。！？!?；;.…：:”\"’』」》）)|]$")
_SHORTEST_CUT = 12  # characters of a last line that can be said to be cut off


def doubts_of_text(flat: str, layout: Layout, tree: list[Section]) -> list[str]:
    """The codes of what is missing from a text as a whole: cut_off, emptied; [] where nothing is.

    A text is cut off where it begins behind the first of its headings without a title or opening,
    or ends in the middle of a sentence without a signature.
    """
    body = [flat[line.start : line.end].strip() for line in layout.lines if line.kind == "body"]
    if sum(len(line) for line in body) < EMPTIED_BELOW:
        return ["emptied"]
    return ["cut_off"] if _begins_late(body, layout) or _ends_early(body, layout) else []


def _begins_late(body: list[str], layout: Layout) -> bool:
    """Whether a text without a title begins with a heading that is not the first."""
    first = level_of(body[0])
    return not layout.titles and first is not None and ordinal_of(first[1]) > 1


def _ends_early(body: list[str], layout: Layout) -> bool:
    """Whether the last line of a text without a signature ends in the middle of a sentence."""
    if any(line.kind in ("signature", "date") for line in layout.lines):
        return False
    last = body[-1]
    if level_of(last) and not re.search(r"[。；]", last):
        # a heading without a paragraph below it, or the last entry of a list: 3.培训2次
        return len(last) < _SHORTEST_CUT and not re.search(r"\d", last[2:])
    return len(last) >= _SHORTEST_CUT and not _COMPLETE.search(last)
