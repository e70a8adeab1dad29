"""Fields of Word documents: marks that begin them, part instruction from result, and end them."""

from __future__ import annotations

from lxml import etree

from transforms.readers.ooxml import W


def broken_fields(body: etree._Element) -> set[etree._Element]:
    """Returns the marks that begin a field which never ends: what follows them is text."""
    begun: list[etree._Element] = []
    for mark in body.iter(f"{W}fldChar"):
        if next(mark.iterancestors(f"{W}del", f"{W}moveFrom"), None) is not None:
            continue
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            begun.append(mark)
        elif kind == "end" and begun:
            begun.pop()
    return set(begun)
