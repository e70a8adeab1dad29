"""The markers of headings and enumerators: 一、 （一） 1. （1） and 一是, 二要, 第一，.

Levels follow the printed numbering: 一、 is 1, （一） is 2, 1. is 3, （1） is 4. The same marker in
half width, with blanks or with one bracket lost has the same level.
"""

from __future__ import annotations

import re

from transforms.numerals import FORMAL, chinese_integer

_CN = "[一二三四五六七八九十]"
_BRACKETED = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"
_STOPPED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖"
_ENCLOSED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂"
_PLAIN = str.maketrans(
    dict(zip(FORMAL + _BRACKETED, 2 * "一二三四五六七八九十"))
    | {
        sign: str(number)
        for signs in (_CIRCLED, _STOPPED, _ENCLOSED)
        for number, sign in enumerate(signs, 1)
    }
)
# A number that opens a sentence right behind a marker. What it counts is never halved, so the
# point belongs to the marker: 1.12个村, 2．2024年.
COUNT = (
    r"(?:\d{1,4}(?:个(?!百|亿|小|月|多|半|工|学)|名|位|户|家|所|处|起|宗|场|期|份|本|张|条|项|篇|支"
    r"|村|社区)|20\d\d年)"
)
LEVELS: list[tuple[int, re.Pattern[str]]] = [
    (
        1,
        re.compile(
            rf"({_CN}{{1,3}}|[{FORMAL}]{{1,3}})\s*(?:[、，,．]|\.(?!\d)|\.(?=20\d\d年))"
            rf"|第({_CN}{{1,3}})(?:部分|章|篇)[、：:\s]?"
            rf"|({_CN}{{1,3}})[ \u3000]{{1,3}}"
            r"(?=[\u4e00-\u9fff“][^\n。；，：,;:]{3,28}(?:\n|$))"
        ),
    ),
    (
        2,
        re.compile(
            rf"[（(]\s*({_CN}{{1,3}})\s*[）)]\s*[、.．]?"
            rf"|({_CN}{{1,3}})\s*[）)]"
            rf"|[（(]\s*({_CN}{{1,3}})\s*、"
            rf"|([{_BRACKETED}])"
        ),
    ),
    (
        3,
        re.compile(
            rf"(\d{{1,2}})\s*(?:[.．](?!\d)|[.．](?={COUNT})|、)"
            r"|\d{1,2}\.(\d{1,2})(?=[ \u3000]{1,3}[\u4e00-\u9fff“\"])(?![ \u3000]*[万亿千百余多])"
            rf"|([{_STOPPED}])"
        ),
    ),
    (
        4,
        re.compile(
            rf"[（(]\s*(\d{{1,2}})\s*[）)]\s*、?|(\d{{1,2}})\s*[）)]|([{_CIRCLED}{_ENCLOSED}])"
        ),
    ),
]
MARKER_REACH = 80  # characters that a marker and what must follow it take at most
# An enumerator begins with one of a few characters, so that a search skips to them.
ITEM = re.compile(
    r"[一二三四五六七八九十第](?:(?<=[。；;：:，,！!？?\s）)”\"].)|(?<=^.))"
    rf"(?:(?<!第){_CN}?(?:是|要(?!素|点|闻|件|求|道))|(?<=第){_CN}{{1,2}}[，,、：是])"
)
_ITEM_NUMBER = re.compile(f"{_CN}+")
_LIST_LINE = re.compile(
    r"[ \u3000]*[（(]?1[）).、．](?!\d)[^。：:\n]{2,60}[；;]\s*[（(]?2[）).、．](?!\d)"
)
_LISTED = re.compile(r"(?:(?<=[；;])|^)[ \u3000]*([（(]?\d{1,2}[）).、．])(?!\d)", re.M)
# a full stop in half width ends a sentence where it stands behind a word: 情况如下. 一)
STOP = re.compile(
    r"(?<=[\u4e00-\u9fff%）)”\"])\.(?=[\s\u4e00-\u9fff（(“]|\d{1,2}[）)、.．]|[①-⒖㈠-㈩]|$)", re.M
)
# a marker inside a paragraph, behind the end of a sentence
INLINE = re.compile(
    rf"(?<=[。；;！？.：:])\s*(?:[（(]\s*{_CN}{{1,3}}\s*[）)]"
    rf"|{_CN}{{1,3}}、"
    rf"|\d{{1,2}}\s*[.．、](?=[^\d\s]|{COUNT})"
    r"|[（(]\s*\d{1,2}\s*[）)]"
    r"|\d{1,2}\s*[）)](?=[\u4e00-\u9fff“])"
    rf"|[{_CIRCLED}{_BRACKETED}{_STOPPED}{_ENCLOSED}])"
)
# the first heading below another one on the same line: 一、主要做法（一）学法
GLUED = re.compile(
    rf"[ \u3000]*(?:{_CN}{{1,3}}[、.．][^\s，。；：,;:（(]{{2,28}}([（(]一[）)])"
    rf"|[（(]{_CN}{{1,3}}[）)][^\s。；：;:（(\d]{{2,36}}(1[.、．])(?=[\u4e00-\u9fff“]))"
)
# markers as they stand in a text whose lines somebody joined into one
ROLLED_UP = re.compile(
    rf"[ \u3000](?:{_CN}{{1,3}}[、.．]|第{_CN}{{1,3}}部分|\d{{1,2}}[.、．][\u4e00-\u9fff])"
)
BEFORE_MARKER = (
    rf"(?<=[\u4e00-\u9fff）)》”])[ \u3000](?=[ \u3000]*(?:{_CN}{{1,3}}[、.．]|[（(]{_CN}{{1,3}}[）)]"
    rf"|\d{{1,2}}[.、．](?!\d)|第{_CN}{{1,3}}部分))"
)
BEHIND_HEADING = re.compile(
    rf"(?<=[ \u3000])(?:{_CN}{{1,3}}[、.．]|[（(]{_CN}{{1,3}}[）)])[^\s。；：;:]{{2,40}}([ \u3000])"
)


def level_of(flat_line: str) -> tuple[int, re.Match[str]] | None:
    """Level and match of the heading marker at the start of a line; None where there is none.

    Blanks may stand before the marker.
    """
    offset = len(flat_line) - len(flat_line.lstrip())
    for level, pattern in LEVELS:
        match = pattern.match(flat_line, offset)
        if match:
            return level, match
    return None


def ordinal_of(match: re.Match[str]) -> int:
    """The number that a heading's marker holds; 0 where it cannot be read."""
    printed = next((group for group in match.groups() if group), "").translate(_PLAIN)
    return int(printed) if printed.isdigit() else chinese_integer(printed) or 0


def listed_items(flat: str, start: int, end: int) -> list[re.Match[str]]:
    """The markers of a list that is one line, parted by semicolons: (1)学法;(2)普法;(3)执法。

    Such a list is an enumeration inside a paragraph, and its markers open no headings. Empty where
    the line is no such list.
    """
    if not _LIST_LINE.match(flat, start, end):
        return []
    return list(_LISTED.finditer(flat, start, end))


def item_number(marker: str) -> int:
    """The number in an enumerator: 2 of 二是 and of (2)."""
    if printed := re.search(r"\d+", marker):
        return int(printed[0])
    digits = _ITEM_NUMBER.search(marker)
    return (chinese_integer(digits[0]) or 0) if digits else 0
