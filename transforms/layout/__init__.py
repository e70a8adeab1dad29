"""Text -> what each of its lines is: head, body, signature and furniture of the page."""

from __future__ import annotations

from transforms.layout.breaks import joined_line_breaks, wrapped_breaks
from transforms.layout.footer import read_foot
from transforms.layout.header import read_foot_labels, read_head
from transforms.layout.lines import Layout, Line, line_spans
from transforms.layout.shape import DATE_LINE, is_page_number
from transforms.numerals import with_breaks

__all__ = ["Layout", "Line", "read_layout"]


def read_layout(text: str, flat: str) -> Layout:
    """Says of every line what it is. `flat` is the text folded to plain characters, same length."""
    result = Layout(breaks=joined_line_breaks(flat))
    flat = with_breaks(flat, result.breaks)
    spans = line_spans(flat)
    stripped = [flat[start:end].strip() for start, end in spans]
    body_from = read_head(text, flat, spans, stripped, result)
    signature_from, body_to = read_foot(stripped, body_from)
    for index in range(body_from, len(spans)):
        if not stripped[index]:
            kind = "blank"
        elif index >= body_to:
            kind = "furniture"
        elif index >= signature_from:
            kind = "date" if DATE_LINE.match(stripped[index]) else "signature"
        else:
            kind = "furniture" if is_page_number(stripped[index]) else "body"
        result.lines.append(Line(*spans[index], kind))
    below = [text[a:b] for a, b in spans[body_to:]]
    read_foot_labels(below, result.metadata)
    result.wraps = wrapped_breaks(flat, result.lines)
    return result
