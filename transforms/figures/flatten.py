"""The text of a report -> the same text in plain characters, offset by offset."""

from __future__ import annotations

import re

from transforms import numerals

# these, too, begin with one class of characters, so that a search skips to them
_DIGIT_RUN = re.compile(
    rf"[\d{numerals.CHINESE}](?:(?<=\d)\d{{30,}}|(?<!\d)[{numerals.CHINESE}]{{30,}})"
)


_BLANK_RUN = re.compile(r"\s\s{60,}")


def flatten_text(text: str, wraps: list[tuple[int, int]] = (), breaks: list[int] = ()) -> str:
    """`text` folded to half width, with the breaks in `wraps` (hard line wraps inside a sentence) as spaces, and the blanks at `breaks` as
    line breaks; same length as `text`. Digits that a wrap cut from one another stand together, with the blanks behind them.

    Runs of over 30 digits or 60 blanks are blotted out: they are no prose, and patterns stay linear without them.
    """
    flat = _rejoined(text, numerals.with_breaks(numerals.fold(text), breaks, wraps), wraps)
    flat = _DIGIT_RUN.sub(lambda m: "\x01" * len(m[0]), flat)
    return _BLANK_RUN.sub(lambda m: "\n" + "\x01" * (len(m[0]) - 2) + "\n", flat)


_BLANKS, _REJOINED = re.compile(r"\s*"), re.compile(r"[\d,.]*")


_REST_OF_NUMBER = re.compile(r"(?!(?:19|20)\d\d *年)\d+(?:[,.]\d+)*")


def _rejoined(text: str, flat: str, wraps: list[tuple[int, int]]) -> str:
    cut = [
        (start, end, rest[0])
        for start, end in wraps
        if flat[end : end + 1].isdigit()
        and text[start:end].isspace()  # no page number stands between
        and re.search(r"\d[,.]?$", flat[max(0, start - 2) : start])
        and (rest := _REST_OF_NUMBER.match(flat, end))
    ]
    if not cut:
        return flat
    characters = list(flat)
    for start, end, rest in cut:
        characters[start : end + len(rest)] = rest + " " * (end - start)
    return "".join(characters)


def end_as_written(text: str, flat: str, start: int, end: int) -> int:
    """Where a number whose digits `flat` may have rejoined ends in `text`."""
    if "\n" not in text[start:end]:
        return end
    cut = next((i for i in range(start, end) if text[i].isspace() and not flat[i].isspace()), None)
    if cut is None or end > _REJOINED.match(flat, cut).end():  # behind the blanks again: 5.6 万
        return end
    return end + len(_BLANKS.match(text, cut)[0])
