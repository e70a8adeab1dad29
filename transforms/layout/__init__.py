"""Text -> what each of its lines is: head, body, signature and furniture of the page."""

from __future__ import annotations

from transforms.layout.breaks import joined_line_breaks, wrapped_breaks
from transforms.layout.footer import read_foot
from transforms.layout.header import read_head
from transforms.layout.lines import Layout, Line, line_spans
from transforms.layout.shape import DATE_LINE, is_page_number
from transforms.numerals import with_breaks

__all__ = ["Layout", "Line", "read_layout"]


def read_layout(text: str, flat: str) -> Layout:
    """Says of every line what it is. `flat` is the text folded to half width, same length."""
    result = Layout(breaks=joined_line_breaks(flat))
    flat = with_breaks(flat, result.breaks)
    raw = line_spans(flat)
    stripped = [flat[a:b].strip() for a, b in raw]
    body_from = read_head(text, raw, stripped, result)
    signature_from, body_to = read_foot(raw, stripped, body_from)
    for i, (a, b) in enumerate(raw):
        if i < body_from:
            continue
        if not stripped[i]:
            kind = "blank"
        elif i >= body_to:
            kind = "furniture"
        elif i >= signature_from:
            kind = "date" if DATE_LINE.match(stripped[i]) else "signature"
        else:
            kind = "furniture" if is_page_number(stripped[i]) else "body"
        result.lines.append(Line(a, b, kind))
    result.wraps = wrapped_breaks(flat, result.lines)
    return result
