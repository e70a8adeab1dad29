"""The foot of a page: the signature block and what stands below it."""

from __future__ import annotations

import re

from transforms.labels import is_metadata
from transforms.layout.shape import (
    DATE_LINE,
    NOTE,
    SIGNED_AS,
    is_body,
    is_furniture,
    is_prose,
    is_site_name,
    is_trail,
    signed_on_one_line,
)
from transforms.markers import level_of

_SIGNATURE_LINES = 8  # that a signature block takes at most
_FOOT_LINES = 40  # below a signature that are searched for the end of the page's own words


def read_foot(stripped: list[str], body_from: int) -> tuple[int, int]:
    """Index of the first line of the signature block, and of the page furniture after it.

    `stripped` are the lines in plain characters without the blanks around them.
    """
    end = len(stripped)
    while end > body_from and (not stripped[end - 1] or _is_foot_line(stripped[end - 1])):
        end -= 1
    end = _below_signature(stripped, body_from, end)
    body_to = end
    end = _attachments_below(stripped, body_from, end)
    start = end
    while start > body_from and end - start < _SIGNATURE_LINES and _signs(stripped[start - 1]):
        start -= 1
    start = _attachments_above(stripped, body_from, start)
    while start < end and not stripped[start]:
        start += 1
    while body_to < len(stripped) and not stripped[body_to]:
        body_to += 1
    return start, body_to


def _is_foot_line(line: str) -> bool:
    """Whether a line at the end of a page is furniture; a paragraph never is."""
    if level_of(line) and not is_trail(line):
        return False
    if is_prose(line) and not _says_so_itself(line):
        return False
    return is_furniture(line) or (is_metadata(line) and not SIGNED_AS.match("".join(line.split())))


def _says_so_itself(line: str) -> bool:
    """Whether a long line can only be the imprint of a site."""
    return bool(
        re.search(r"ICP备|公网安备|网站标识码|版权所有|Copyright|©|All Rights", line)
        or re.match(
            r"[\s|]*(?:主办|承办|协办|技术支持|地址|网址|联系电话|电话|维护)[^，。]{0,8}[：:]", line
        )
        or re.match(r"[\s\[【]*(?:上一篇|下一篇|上一条|下一条|相关)", line)
    )


def _signs(line: str) -> bool:
    """Whether a line belongs to a signature: blank, a date, a body, or a note beside them."""
    squeezed = "".join(line.split())
    if not squeezed or DATE_LINE.match(squeezed):
        return True
    if is_body(squeezed) and level_of(line) is None:
        return True
    if len(squeezed) <= 60 and signed_on_one_line().fullmatch(squeezed):
        return True
    return bool(NOTE.match(squeezed) or (len(squeezed) <= 40 and SIGNED_AS.match(squeezed)))


def _below_signature(stripped: list[str], body_from: int, end: int) -> int:
    """Index behind the signature where only short lines of the page follow it, else `end`.

    Whatever stands below a body and its date, and is neither sentence nor heading, is no report.
    """
    for index in range(end - 1, max(body_from, end - _FOOT_LINES), -1):
        line = stripped[index]
        if not line:
            continue
        squeezed = "".join(line.split())
        if DATE_LINE.match(squeezed):
            above = next((x for x in reversed(stripped[body_from:index]) if x), "")
            return index + 1 if is_body(above) else end
        if signed_on_one_line().fullmatch(squeezed) and len(squeezed) <= 60:
            return index + 1
        if is_prose(line) and not _is_foot_line(line):
            return end
        if level_of(line) or NOTE.match(squeezed) or is_body(line):
            return end
        if re.match(r"附(?:件|表|图)?\d{0,2}[：:]?", squeezed) or line.startswith("|"):
            return end
    return end


def _attachments_below(stripped: list[str], body_from: int, end: int) -> int:
    """Index of the line that begins a list of attachments below the signature, else `end`."""
    for index in range(end - 1, max(body_from, end - 12), -1):
        squeezed = "".join(stripped[index].split())
        if re.match(r"附(?:件|表|图)?\d{0,2}[：:]", squeezed):
            above = next((x for x in reversed(stripped[body_from:index]) if x), "")
            above = "".join(above.split())
            return index if DATE_LINE.match(above) or is_body(above) else end
        if squeezed and (len(squeezed) > 40 or "。" in squeezed):
            break
    return end


def _attachments_above(stripped: list[str], body_from: int, signature: int) -> int:
    """Index of the line that begins a list of attachments above the signature, else its own."""
    for index in range(signature - 1, max(body_from, signature - 12), -1):
        line = stripped[index]
        if re.match(r"附\s*(?:件|表)\s*\d{0,2}\s*[：:]", line):
            return index
        if len(line) > 40 or re.search("[。；]", line) or is_site_name(line):
            break
    return signature
