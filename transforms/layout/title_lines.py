"""The titles in the head of a page: once, twice, over several lines, below the name of a body."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.labels import words
from transforms.layout.shape import is_body, is_prose, is_site_name, names_township
from transforms.layout.titles import completes_title, is_full, is_title, title_in
from transforms.numerals import without_markup

_SPREAD = re.compile(r"(?:[\u4e00-\u9fff][ \u3000]{1,4}){2,}[\u4e00-\u9fff]")
_OPENS = re.compile(r"关于|(?:19|20)\d\d\s*年")
_LINES = 4  # that a title takes at most
_BULLET = re.compile(r"[•·●○◆■□▪►*|>＞»]|[-–]\s")


class FoundTitle(NamedTuple):
    """The words of a title as printed, the indices of its lines, and whether it is a full one."""

    text: str
    lines: tuple[int, ...]
    full: bool


def find_titles(
    printed: list[str], head: list[str], named: list[str], kinds: list[str | None]
) -> list[FoundTitle]:
    """The titles among the lines of the head, in their order.

    Columns of the site (法治政府建设年度报告) count only where no title names a year or a body.
    `head` are the lines in plain characters, `named` their kinds, `kinds` the same with None for
    those that fit no kind.
    """
    found: list[FoundTitle] = []
    index = 0
    while index < len(head):
        title = _title_from(printed, head, named, kinds, index)
        if title:
            found.append(title)
            index = title.lines[-1]
        index += 1
    full = [title for title in found if title.full and not re.search(r"(?:…|\.\.\.)$", title.text)]
    # a column may bear a year (2023年法治政府建设年度报告); a title that names a body is none
    bodied = [title for title in full if names_township("".join(title.text.split()))]
    if bodied and full[0] not in bodied:
        full = bodied + [title for title in full if title not in bodied]
    return full or found[-1:] or _headline(printed, head, kinds)


def _title_from(
    printed: list[str],
    head: list[str],
    named: list[str],
    kinds: list[str | None],
    index: int,
) -> FoundTitle | None:
    """The title whose own words begin on the line `index`, with the bodies above it."""
    group = _group(head, named, kinds, index)
    if not group:
        return None
    joined = "".join("".join(_words(head[line]).split()) for line in group)
    above: list[int] = []
    if not names_township(joined):
        above = _bodies_above(head, named, index, any_body=joined.startswith("关于"))
    lines = (*above, *group)
    parts = []
    for line in lines:
        title = title_in(head[line]) if len(group) == 1 and line in group else None
        shown = printed[line][title.start : title.end] if title else printed[line]
        parts.append(without_markup(shown))
    text = parts[0]
    for part in parts[1:]:
        text += part
    text = _without_spread(text)
    return FoundTitle(text, lines, is_full("".join(text.split())))


def _without_spread(title: str) -> str:
    """A title whose characters are spread out, put together: 石 桥 镇 2023 年."""
    pieces = title.split()
    if len(pieces) > 5 and sum(len(piece) == 1 for piece in pieces) > 0.6 * len(pieces):
        return "".join(pieces)
    return _SPREAD.sub(lambda match: "".join(match[0].split()), title)


def _words(line: str) -> str:
    title = title_in(line)
    return line[title.start : title.end] if title else line


def _group(
    head: list[str], named: list[str], kinds: list[str | None], index: int
) -> tuple[int, ...]:
    """The lines from `index` on that make one title; empty where none begins there."""
    line = head[index]
    lower = _next_lines(head, index)
    if named[index] == "title":
        if lower and completes_title("".join(head[lower[0]].split())):
            return (index, lower[0])
        return (index,)
    if not line or not _opens_title(line, named[index], kinds[index]):
        return ()
    joined, group = "".join(line.split()), [index]
    for below in lower[: _LINES - 1]:
        squeezed = "".join(head[below].split())
        whole = title_in(head[below])
        joins = squeezed.startswith(("暨", "及"))  # 履行职责情况 / 暨2023年度…报告
        if (whole and whole.full and not joins) or named[below] in ("metadata", "addressee"):
            return ()
        if kinds[below] == "furniture" and not completes_title(squeezed):
            return ()
        joined += squeezed
        group.append(below)
        if is_title(joined) and is_full(joined) and _says_topic(group, head):
            following = _next_lines(head, below)
            if following and completes_title("".join(head[following[0]].split())):
                group.append(following[0])
            return tuple(group)
    return ()


def _says_topic(group: list[int], head: list[str]) -> bool:
    """Whether the first line of a title has a part in it: a body alone stands above one."""
    first = head[group[0]]
    return not is_body(first) or not is_title("".join("".join(head[i].split()) for i in group[1:]))


def _opens_title(line: str, name: str, kind: str | None) -> bool:
    """Whether a line can be the first part of a title over several lines."""
    if kind is not None and name != "other":
        return False
    if _BULLET.match(line) or is_prose(line) or is_site_name(line) or re.search(r"[：:>|]", line):
        return False
    topic = any(word in line for word in words("title", "words"))
    return len(line) >= 3 and (topic or bool(_OPENS.search(line)) or names_township(line))


def _next_lines(head: list[str], index: int) -> list[int]:
    """The lines with words below `index`, up to a gap of two blank lines."""
    found: list[int] = []
    gap = 0
    for below in range(index + 1, len(head)):
        gap = 0 if head[below] else gap + 1
        if gap > 1 or len(found) >= _LINES:
            break
        if head[below]:
            found.append(below)
    return found


def _bodies_above(head: list[str], named: list[str], index: int, any_body: bool) -> list[int]:
    """The lines right above a title that name the bodies that report."""
    found: list[int] = []
    gap = 0
    for above in range(index - 1, -1, -1):
        line = head[above]
        gap = 0 if line else gap + 1
        if gap > 1 or len(found) >= 3:
            break
        if not line:
            continue
        if named[above] != "other" or _BULLET.match(line) or not is_body(line):
            break
        if not (any_body or names_township(line)):
            break
        found.insert(0, above)
    return found


def _headline(printed: list[str], head: list[str], kinds: list[str | None]) -> list[FoundTitle]:
    """A line that speaks of the rule of law in a township, where there is no other title."""
    for index in range(len(head) - 1, -1, -1):
        if kinds[index] is not None:
            continue
        squeezed = "".join(head[index].split())
        topic = any(word in squeezed for word in words("title", "words"))
        if topic and names_township(squeezed) and 8 <= len(squeezed) <= 60:
            return [FoundTitle(without_markup(printed[index]).strip(), (index,), True)]
    return []
