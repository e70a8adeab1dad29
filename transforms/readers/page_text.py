"""The text of a web page as a browser shows it: a line a block, a row of a table of data a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from transforms.readers.raised import lowered, raised
from transforms.readers.table_rows import NESTED, row_lines

BLOCKS = frozenset(
    "p div br tr li h1 h2 h3 h4 h5 h6 td th table tbody ul ol section article main header footer"
    " title dd dt dl pre blockquote center form fieldset figure figcaption hr address"
    " caption".split()
)
# what a browser does not show as text of the page, or shows as controls
SKIPPED = frozenset(
    "script style noscript template head svg iframe frame frameset select button input object"
    " applet audio video canvas map datalist del s strike rt rp noframes noembed".split()
)
# a line end of the source is one of the text where lines are set apart by it alone
_BREAK = re.compile(r"(?<=[。！？；：:])[ \t]*\n|\n(?=[\u3000\u00a0])|\n(?=[ \t]*\n)")
# but between two digits it is a blank, unless the second is the marker of an item
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \t]*\n[ \t]*(?=\d+(?![\d.．、]))")
_FLOWING = frozenset("p li td th h1 h2 h3 h4 h5 h6 dd dt span strong b font a".split())


def is_skipped(element: etree._Element) -> bool:
    """Returns whether a browser shows no text of an element.

    What stands inside an object is shown where the object names nothing else to show.
    """
    if element.tag == "object":
        return any((element.get(name) or "").strip() for name in ("data", "classid"))
    return element.tag in SKIPPED


@dataclass(slots=True)
class PageText:
    """Lines of a page under way. `left_out` are elements whose text is not written."""

    left_out: set[etree._Element]
    pieces: list[str] = field(default_factory=list)
    in_cell: bool = False


def page_lines(element: etree._Element, left_out: set[etree._Element]) -> list[str]:
    """Returns the lines of all text below an element, without that below elements of `left_out`."""
    text = PageText(left_out)
    _write(element, text, preformatted=_is_preformatted(element))
    return _lines(text.pieces)


def _is_preformatted(element: etree._Element) -> bool:
    return element.tag in ("pre", "textarea") or "white-space:pre" in (
        (element.get("style") or "").replace(" ", "").lower()
    )


def _write(element: etree._Element, text: PageText, preformatted: bool) -> None:
    for kind, node in _shown(element, text.left_out):
        if kind == "text":
            text.pieces.append(_source_lines(node, element, preformatted))
            continue
        if node.tag == "tr":
            _write_row(node, text)
            continue
        if node.tag == "table" and text.in_cell:
            inner = page_lines(node, text.left_out)
            text.pieces += ["\n", *(f"{NESTED}{line}\n" for line in inner)]
            continue
        if node.tag in ("sup", "sub"):
            inner_text = PageText(text.left_out, in_cell=text.in_cell)
            _write(node, inner_text, preformatted)
            change = raised if node.tag == "sup" else lowered
            text.pieces += map(change, inner_text.pieces)
            continue
        is_block = node.tag in BLOCKS
        if is_block:
            text.pieces.append("\n")
        _write(node, text, preformatted or _is_preformatted(node))
        if is_block:
            text.pieces.append("\n")


def _shown(
    element: etree._Element, left_out: set[etree._Element]
) -> Iterator[tuple[str, etree._Element]]:
    """Yields the text and the elements inside an element, in order, that are shown."""
    if element.text:
        yield "text", element.text
    for child in element:
        if isinstance(child.tag, str) and not is_skipped(child) and child not in left_out:
            yield "element", child
        if child.tail:
            yield "text", child.tail


def _source_lines(source: str, element: etree._Element, preformatted: bool) -> str:
    """Returns a text node with the line ends that are meant: the others only wrap the source."""
    if "\n" not in source and "\r" not in source:
        return source
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if preformatted:
        return source
    if element.tag not in _FLOWING:
        return _BETWEEN_DIGITS.sub(" ", source)
    return _BREAK.sub("\v", source).replace("\n", " ").replace("\v", "\n")


def _write_row(row: etree._Element, text: PageText) -> None:
    cells: list[list[str]] = []
    for cell in _cells(row, text.left_out):
        inner = PageText(text.left_out, in_cell=True)
        _write(cell, inner, preformatted=_is_preformatted(cell))
        cells.append(_lines(inner.pieces))
    text.pieces += ["\n", "\n".join(row_lines(cells)), "\n"]


def _cells(row: etree._Element, left_out: set[etree._Element]) -> Iterator[etree._Element]:
    """Yields the cells of a row, also those inside a form."""
    for kind, child in _shown(row, left_out):
        if kind == "element" and child.tag in ("td", "th"):
            yield child
        elif kind == "element":
            yield from _cells(child, left_out)


def _lines(pieces: list[str]) -> list[str]:
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]
