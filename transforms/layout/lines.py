"""The lines of a text and what is known of them: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Line(NamedTuple):
    """One line of the text: its offsets without the line break, and its kind.

    Kinds: blank, metadata, furniture, title, addressee, other, body, signature, date.
    """

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Layout:
    """What the lines of a text are.

    `titles` are those found, first one first; `metadata` holds the values of labels by field;
    `wraps` are spans of breaks inside a sentence; `breaks` are offsets of blanks that stand for
    line breaks.
    """

    lines: list[Line] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    wraps: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)


def line_spans(text: str) -> list[tuple[int, int]]:
    """Offsets [start, end) of each line of the text, without its line break."""
    spans, start = [], 0
    for part in text.split("\n"):
        spans.append((start, start + len(part)))
        start += len(part) + 1
    return spans
