"""Takes out of an .rtf what Word does not show and LibreOffice shows: drawings marked as hidden."""

from __future__ import annotations

import re

# the property of a drawing (Rich Text Format 1.9.1, drawing objects): {\sp{\sn fHidden}{\sv 1}}
_HIDDEN = re.compile(rb"\{\\sn\s+fHidden\s*\}\s*\{\\sv\s+1\s*\}")
# escaped signs, raw bytes of so many, and what opens and closes a group
_SIGN = re.compile(rb"\\bin(?P<length>\d+) ?|\\[^a-zA-Z]|(?P<open>\{)|(?P<close>\})")
_DRAWING = re.compile(rb"\{\s*(?:\\\*\s*)?\\(?:shp|shpgrp)(?![a-zA-Z])")


def without_hidden_drawings(data: bytes) -> bytes:
    """Returns the bytes of an .rtf without the drawings that are marked as hidden, text boxes
    included. A group that is never closed is left as it is.
    """
    if not _HIDDEN.search(data):
        return data
    removed: list[tuple[int, int]] = []
    groups: list[tuple[int, bool]] = []  # start of each open group, and whether it is a drawing
    hidden: set[int] = set()  # starts of the drawings that are marked
    at = 0
    while sign := _SIGN.search(data, at):
        at = sign.end() + int(sign["length"] or 0)
        if sign["open"]:
            groups.append((sign.start(), bool(_DRAWING.match(data, sign.start()))))
            if _HIDDEN.match(data, sign.start()):
                hidden.update([start for start, is_drawing in groups if is_drawing][-1:])
        elif sign["close"] and groups:
            start, _ = groups.pop()
            if start in hidden:
                removed.append((start, at))
    kept, end = [], 0
    for start, behind in sorted(removed):
        if start >= end:
            kept.append(data[end:start])
            end = behind
    return b"".join(kept) + data[end:]
