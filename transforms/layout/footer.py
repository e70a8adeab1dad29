"""The foot of a page: the signature block and what stands below it."""

from __future__ import annotations

import re

from transforms.layout.shape import DATE_LINE, NOTE, SIGNED, SIGNED_AS, is_body, is_furniture
from transforms.markers import level_of


def read_foot(raw: list[tuple[int, int]], stripped: list[str], body_from: int) -> tuple[int, int]:
    """Index of the first line of the signature block, and of the page furniture after it."""
    end = len(raw)
    while end > body_from and (not stripped[end - 1] or is_furniture(stripped[end - 1])):
        end -= 1
    body_to = end
    start = _attachments(stripped, body_from, end)
    end = start
    while start > body_from and end - start < 8:
        squeezed = "".join(stripped[start - 1].split())
        dated = DATE_LINE.match(squeezed)
        signed = is_body(squeezed) and level_of(stripped[start - 1]) is None
        both = len(squeezed) <= 60 and SIGNED.fullmatch(squeezed)
        note = NOTE.match(squeezed) or (len(squeezed) <= 40 and SIGNED_AS.match(squeezed))
        if not squeezed or dated or signed or both or note:
            start -= 1
            continue
        break
    start = _attachments_above(stripped, body_from, start)
    while start < end and not stripped[start]:
        start += 1
    while body_to < len(raw) and not stripped[body_to]:
        body_to += 1
    return start, body_to


def _attachments(stripped: list[str], body_from: int, end: int) -> int:
    """Index of the line that begins a list of attachments (附件：1.… 2.…) behind the signature, or `end` where there is none."""
    for i in range(end - 1, max(body_from, end - 12), -1):
        squeezed = "".join(stripped[i].split())
        if re.match(r"附(?:件|表|图)?\d{0,2}[：:]", squeezed):
            above = next((stripped[k] for k in range(i - 1, body_from - 1, -1) if stripped[k]), "")
            above = "".join(above.split())
            return i if DATE_LINE.match(above) or is_body(above) else end
        if squeezed and (len(squeezed) > 40 or "。" in squeezed):
            break
    return end


def _attachments_above(stripped: list[str], body_from: int, signature: int) -> int:
    """Index of the line that begins a list of attachments right above the signature, or `signature` where there is none."""
    for i in range(signature - 1, max(body_from, signature - 12), -1):
        if re.match(r"附\s*(?:件|表)\s*\d{0,2}\s*[：:]", stripped[i]):
            return i
        if len(stripped[i]) > 40 or re.search("[。；]", stripped[i]):
            break
    return signature
