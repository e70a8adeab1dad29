"""JSON lines: one object a line. Decisions, journal, receipts and manifests are all read and
written by this code.

A line ends at a line feed and nowhere else (a text may contain U+2028). What is wrong with one line
costs that line alone. Lines that the job writes carry a check over their content.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse import files

CHECK = "check"
_CHECK_DIGITS = 12
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that cannot be used: its number from 1, its bytes, and what is wrong with it."""

    number: int
    content: bytes
    problem: str


@dataclass(slots=True)
class Lines:
    """The objects of a file with their line numbers, and the lines that cannot be used."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)

    def objects(self) -> list[dict[str, Any]]:
        """Returns the objects without their numbers."""
        return [row for _, row in self.rows]


def parse(content: bytes) -> Lines:
    """Returns the objects of JSON lines. Empty lines are left out; a line that cannot be used is
    kept as broken.
    """
    lines = Lines()
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            lines.rows.append((number, _object(line)))
        except (ValueError, RecursionError) as error:
            what = "is nested too deeply" if isinstance(error, RecursionError) else str(error)
            lines.broken.append(BrokenLine(number, line, what))
    return lines


def read(path: Path) -> Lines:
    """Returns the objects of a file of JSON lines; none where there is no file.

    A folder or a pipe of that name, and a file that cannot be read, is a broken line.
    """
    if files.is_special(path):
        return Lines(broken=[BrokenLine(1, b"", "is in a pipe, where a file belongs")])
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        return Lines()
    except IsADirectoryError:
        return Lines(broken=[BrokenLine(1, b"", "is in a folder, where a file belongs")])
    except OSError as error:
        return Lines(broken=[BrokenLine(1, b"", f"is in a file that is shut ({error.strerror})")])


def read_checked(path: Path, may_lack_check: bool = False) -> Lines:
    """Returns the objects of a file that the job wrote, without their checks. Other bytes than were
    written are broken.

    With `may_lack_check` lines without a check count, too: they were written by an earlier version.
    """
    return _checked(read(path), may_lack_check)


def parse_checked(content: bytes, may_lack_check: bool = False) -> Lines:
    """Returns what `read_checked` returns for a file with this content."""
    return _checked(parse(content), may_lack_check)


def _checked(lines: Lines, may_lack_check: bool) -> Lines:
    sound = []
    for number, row in lines.rows:
        check = row.pop(CHECK, None)
        if check == check_of(row) or (check is None and may_lack_check):
            sound.append((number, row))
        else:
            content = encoded({**row, CHECK: check})
            lines.broken.append(BrokenLine(number, content, "is not as it was written"))
    lines.rows = sound
    lines.broken.sort(key=lambda line: line.number)
    return lines


def usable(lines: Lines, problem_of: Callable[[Mapping[str, Any]], str | None]) -> Lines:
    """Returns the lines with those among the broken ones of which `problem_of` says what is
    wrong.
    """
    usable = Lines([], list(lines.broken))
    for number, row in lines.rows:
        problem = problem_of(row)
        if problem is None:
            usable.rows.append((number, row))
        else:
            usable.broken.append(BrokenLine(number, encoded(row), problem))
    usable.broken.sort(key=lambda line: line.number)
    return usable


def _object(line: bytes) -> dict[str, Any]:
    """Returns the object in one line. Raises ValueError, with what is wrong in words, or
    RecursionError.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1})") from None
    try:
        row = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        shown = text.strip()[:_SHOWN_CHARACTERS]
        raise ValueError(
            f"is no JSON ({error.msg} at character {error.pos + 1}: {shown!r})"
        ) from None
    if not isinstance(row, dict):
        raise ValueError("is no JSON object")
    try:
        encoded(row)  # half of a surrogate pair can be read and never be written
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no character") from None
    return row


def _no_constant(name: str) -> Any:
    raise ValueError(f"holds {name}, which is no number")


def encoded(row: Mapping[str, Any]) -> bytes:
    """Returns an object as JSON in UTF-8, keys sorted, without a line feed."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True).encode()


def check_of(row: Mapping[str, Any]) -> str:
    """Returns the check over the content of an object."""
    content = json.dumps(row, ensure_ascii=False, sort_keys=True)
    # names of members of archives may hold bytes that are no text
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:_CHECK_DIGITS]


def checked(row: Mapping[str, Any]) -> bytes:
    """Returns an object as a line with its check and a line feed."""
    return encoded({**row, CHECK: check_of(row)}) + b"\n"


def joined(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Returns objects as lines with their checks."""
    return b"".join(checked(row) for row in rows)


def append(path: Path, *rows: Mapping[str, Any]) -> None:
    """Adds objects to a file of checked lines, on the disk when it returns.

    A last line that a killed process cut off is ended first: it stays in the file as a broken line,
    and the log goes on.
    """
    files.make_folder(path.parent)
    is_new = not path.exists()
    with open(path, "a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(joined(rows))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        files.sync_entry(path.parent)
