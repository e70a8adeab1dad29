"""Pages printed in two columns -> one column, in the order in which they are read."""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.readers.lines import Line

_FEWEST_LINES = 5  # in each column
_FULL = 0.75  # of the width of a column: lines of running text mostly fill it
_SHARE_OF_FULL = 0.5
_WORDS_A_LINE = 5  # Chinese characters
_HAN = re.compile("[\u3400-\u9fff]")


def in_one_column(page: list[Line]) -> list[Line]:
    """Returns the lines of a page with its right column below its left one.

    A line that crosses both parts the page into bands, which are read one after the other. A page
    without two columns of running text is returned as it is; tables are no such columns.
    """
    gutter = _gutter(page)
    if gutter is None:
        return page
    left = [line for line in page if line.right <= gutter]
    right = [line for line in page if line.left >= gutter]
    start, shift = min(x.left for x in left), min(x.left for x in right)
    width = max(line.right for line in left) - start
    ordered: list[Line] = []
    depth = 0.0
    for band in _bands(page, gutter):
        for column, moved in (
            ([x for x in band if x.right <= gutter], 0.0),
            ([x for x in band if x.left >= gutter], shift - start),
            ([x for x in band if x.left < gutter < x.right], None),
        ):
            if not column:
                continue
            column = in_one_column(column)  # a column may be two itself
            top = min(line.top for line in column)
            for line in column:
                height = line.bottom - line.top
                at = depth + line.top - top
                if moved is None:  # wider than a column, and no full line of one
                    line = replace(line, left=start + width / 4, right=start + width / 2)
                else:
                    line = replace(line, left=line.left - moved, right=line.right - moved)
                ordered.append(replace(line, top=at, bottom=at + height))
            depth = max(line.bottom for line in ordered) + 0.6 * (column[0].bottom - column[0].top)
    return ordered


def _gutter(page: list[Line]) -> float | None:
    """Returns where the white space between two columns of running text stands, None without
    one.
    """
    if len(page) < 2 * _FEWEST_LINES:
        return None
    leftmost, rightmost = min(x.left for x in page), max(x.right for x in page)
    for line in page:
        # a column begins where several lines begin, near the middle of the page
        at = line.left - 1
        if (
            not leftmost + 0.3 * (rightmost - leftmost)
            < at
            < leftmost + 0.7 * (rightmost - leftmost)
        ):
            continue
        left = [x for x in page if x.right <= at]
        right = [x for x in page if x.left >= at]
        crossing = len(page) - len(left) - len(right)
        if min(len(left), len(right)) < _FEWEST_LINES or crossing > 0.3 * len(page):
            continue
        running = _is_running_text(left), _is_running_text(right)
        if any(running) and all(run or _has_words(x) for run, x in zip(running, (left, right))):
            return at
    return None


def _is_running_text(lines: list[Line]) -> bool:
    width = max(x.right for x in lines) - min(x.left for x in lines)
    full = sum(line.right - line.left >= _FULL * width for line in lines)
    return full >= _SHARE_OF_FULL * len(lines) and max(len(x.text) for x in lines) >= 10


def _has_words(lines: list[Line]) -> bool:
    """Returns whether the lines are words, not the numbers of a table."""
    return sum(len(_HAN.findall(line.text)) for line in lines) >= _WORDS_A_LINE * len(lines)


def _bands(page: list[Line], gutter: float) -> list[list[Line]]:
    """Returns the lines from top to bottom, parted behind each that crosses the gutter."""
    bands: list[list[Line]] = [[]]
    for line in sorted(page, key=lambda x: x.top):
        crosses = line.left < gutter < line.right
        if crosses and bands[-1]:
            bands.append([])
        bands[-1].append(line)
        if crosses:
            bands.append([])
    return [band for band in bands if band]
