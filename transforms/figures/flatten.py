"""The text of a report -> the same text in plain characters, offset by offset."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms import numerals
from transforms.figures.miswritten import mark_miswritten

# these, too, begin with one class of characters, so that a search skips to them
_DIGIT_RUN = re.compile(
    rf"[\d{numerals.CHINESE}](?:(?<=\d)\d{{30,}}|(?<!\d)[{numerals.CHINESE}]{{30,}})"
)
_BLANK_RUN = re.compile(r"\s\s{60,}")


def flatten_text(
    text: str,
    wraps: Sequence[tuple[int, int]] = (),
    breaks: Sequence[int] = (),
    folded: str | None = None,
) -> str:
    """Returns `text` in half-width characters, of the same length, so that offsets stay valid.

    `wraps` are (start, end) of line breaks inside a sentence: they become spaces, and digits that
    such a break separates are joined, with the spaces behind them. `breaks` are offsets of blanks
    that become line breaks. `folded` is `numerals.fold(text)`, where that is known. Runs of over 30
    digits or 60 blanks are replaced by control characters: they are no prose, and without them
    every pattern takes linear time. Counts in quotes, with letters for digits, or in pieces are
    marked as `mark_miswritten` says.
    """
    folded = numerals.fold(text) if folded is None else folded
    flat = _join_digits(text, numerals.with_breaks(folded, breaks, wraps), wraps)
    flat = mark_miswritten(_DIGIT_RUN.sub(lambda m: "\x01" * len(m[0]), flat))
    return _BLANK_RUN.sub(lambda m: "\n" + "\x01" * (len(m[0]) - 2) + "\n", flat)


_BLANKS, _JOINED = re.compile(r"\s*"), re.compile(r"[\d,.]*")
_REST_OF_NUMBER = re.compile(r"(?!(?:19|20)\d\d *年)\d+(?:[,.]\d+)*")


def _join_digits(text: str, flat: str, wraps: Sequence[tuple[int, int]]) -> str:
    """Joins digits that a line break separates: `1 | 2次` becomes `12 | 次`."""
    separated = [
        (start, end, rest[0])
        for start, end in wraps
        if flat[end : end + 1].isdigit()
        and text[start:end].isspace()  # no page number stands between
        and re.search(r"\d[,.]?$", flat[max(0, start - 2) : start])
        and (rest := _REST_OF_NUMBER.match(flat, end))
    ]
    if not separated:
        return flat
    characters = list(flat)
    for start, end, digits in separated:
        characters[start : end + len(digits)] = digits + " " * (end - start)
    return "".join(characters)


def end_as_written(text: str, flat: str, start: int, end: int) -> int:
    """Returns where the number at `start` to `end` of `flat` ends in `text`, where a line break may
    stand between its digits."""
    if "\n" not in text[start:end]:
        return end
    gap = next((i for i in range(start, end) if text[i].isspace() and not flat[i].isspace()), None)
    if gap is None:
        return end
    digits, blanks = _JOINED.match(flat, gap), _BLANKS.match(text, gap)
    if digits is None or blanks is None or end > digits.end():  # the blanks end it: 5.6 万
        return end
    return end + len(blanks[0])
