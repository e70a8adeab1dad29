"""What a person sees: the progress bar, tables of results, and text that a terminal can show."""

from __future__ import annotations

import contextlib
import io
import math
import os
import sys
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TextIO

from schemas.language import marked, say

STAGES = {
    "pull": marked("pulling from the sources"),
    "start": marked("starting Prefect"),
    "land": marked("looking at the sources"),
    "parse": marked("reading and parsing"),
    "plan": marked("planning the next state"),
    "assemble": marked("writing tables"),
    "judge": marked("checking"),
    "publish": marked("publishing"),
    "commit": marked("publishing"),
}


def first_line(error: Exception) -> str:
    """Returns the first line of an error's message; its kind where it has none."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def visible(text: str) -> str:
    """Returns the text with every character escaped that a terminal would obey or not show.

    Control characters, direction marks and broken surrogates become `\\x1b` and the like; line
    breaks too.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def unbroken(text: str) -> str:
    """Returns an argument of the command line as text, where its bytes were not of the locale.

    Terminals in GBK under another locale, and the locale C, give halves of surrogate pairs in place
    of Chinese. What is neither UTF-8 nor GB18030 stays as it is.
    """
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeError):
            return os.fsencode(text).decode(encoding)
    return text


def make_printable(*streams: TextIO) -> None:
    """Makes streams write what their encoding lacks as `?`, where they would raise an error.

    Terminals in GBK lack some characters, those of the locale C all Chinese ones.
    """
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
            if stream.errors == "strict" or is_ascii:
                stream.reconfigure(errors="replace")


def width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, to: int, right: bool = False) -> str:
    """`text` filled up with blanks to `to` columns."""
    fill = " " * max(0, to - width(text))
    return fill + text if right else text + fill


def clip(text: str, to: int | None) -> str:
    """Returns `text` cut to `to` columns (None: whole), with … where something is missing.

    Line breaks and control characters are made visible.
    """
    text = "".join("⏎" if c == "\n" else c if c.isprintable() else "·" for c in text)
    if to is None or width(text) <= to:
        return text
    used, out = 0, []
    for c in text:
        used += width(c)
        if used > to - 1:
            break
        out.append(c)
    return "".join(out) + "…"


def number(value: float) -> str:
    """Returns a value in digits, to twelve of them, never with an exponent: 1234567.8, 0.25,
    nan.
    """
    if not math.isfinite(value):
        return str(value)
    return format(Decimal(f"{value:.12g}"), "f")


def table(names: list[str], rows: Sequence[tuple[Any, ...]], limit: int | None = 60) -> str:
    """Returns a plain table that lines up with Chinese in it; numbers to the right.

    `limit` is the width in columns at which cells are cut; None for whole cells.
    """
    cells = [
        ["" if v is None else number(v) if isinstance(v, float) else str(v) for v in row]
        for row in rows
    ]
    cells = [[clip(c, limit) for c in row] for row in cells]
    numeric = [
        all(
            (isinstance(r[i], int | float) and not isinstance(r[i], bool)) or r[i] is None
            for r in rows
        )
        and bool(rows)
        for i in range(len(names))
    ]
    widths = [max([width(n), *(width(row[i]) for row in cells)]) for i, n in enumerate(names)]
    lines = [
        "  ".join(pad(n, widths[i], numeric[i]) for i, n in enumerate(names)).rstrip(),
        "  ".join("─" * w for w in widths),
    ]
    lines += [
        "  ".join(pad(c, widths[i], numeric[i]) for i, c in enumerate(row)).rstrip()
        for row in cells
    ]
    return "\n".join(lines)


class Bar:
    """A progress bar on standard error, for a terminal; elsewhere it is silent."""

    def __init__(self, wanted: bool) -> None:
        self.progress = None
        if wanted and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                SpinnerColumn,
                TextColumn,
                TimeElapsedColumn,
            )

            self.progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=32),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.task = self.progress.add_task(say(STAGES["start"]), total=None)

    def __enter__(self) -> Bar:
        if self.progress:
            self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.progress:
            self.progress.stop()

    def print_line(self, line: str) -> None:
        """Prints a line above the bar."""
        if self.progress:
            self.progress.console.print(line, highlight=False, markup=False)

    def show(self, stage: str, done: int, total: int) -> None:
        """Shows how far a stage is; a listener of `Progress`."""
        if self.progress:
            self.progress.update(
                self.task, description=_described(stage), completed=done, total=total or None
            )


def _described(stage: str) -> str:
    """What the bar says of a stage; of a pull, which source it asks."""
    name, _, source = stage.partition(" ")
    if name == "pull" and source:
        return say("pulling from {source}", source=source)
    return say(STAGES.get(stage, stage))
