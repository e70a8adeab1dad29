"""Walks the XML of a Word document and writes out its text as Word shows it, one paragraph a line.

Left out: deleted and moved-away text, hidden and struck text, instructions of fields, and the
second copy that a text box has for older programs. Rows of tables of data become `| a | b |`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from transforms.readers.fields import broken_fields, chosen_entry
from transforms.readers.looks import (
    covered_cells,
    in_hidden_shape,
    is_shown,
    look_of,
    style_looks,
    vertical_place,
)
from transforms.readers.numbering import Numbering
from transforms.readers.ooxml import (
    AML,
    MC,
    WX,
    XML_SPACE,
    A,
    M,
    R,
    W,
    alternative,
    find_value,
    in_symbol_font,
    removed_annotation,
    symbol,
    symbol_font,
)
from transforms.readers.raised import lowered, raised
from transforms.readers.styles import Look, Styles, read_look
from transforms.readers.table_rows import NESTED, row_lines

_WHITE_SPACE = " \t\r\n"
_NUMERALS = tuple("〇零一二三四五六七八九十百千万亿")
_PARAGRAPH, _TABLE, _RUNS = f"{W}p", f"{W}tbl", (f"{W}r", f"{M}r")
_RUN_PROPERTIES, _PARAGRAPH_PROPERTIES = f"{W}rPr", f"{W}pPr"
_REMOVED = {f"{W}del", f"{W}moveFrom"}
# elements that hold no text of the document, only properties, instructions or former states
_NO_TEXT = {
    *_REMOVED, _RUN_PROPERTIES, _PARAGRAPH_PROPERTIES, f"{W}delText", f"{W}instrText",
    f"{W}delInstrText", f"{W}sdtPr", f"{W}sdtEndPr", f"{W}sectPr", f"{W}tblPr", f"{W}tblGrid",
    f"{W}trPr", f"{W}tcPr", f"{W}rt", f"{W}binData", f"{W}customXmlPr", f"{W}smartTagPr",
}  # fmt: skip
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
}
_CHANGES: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "superscript": lambda pieces: map(raised, pieces),
    "subscript": lambda pieces: map(lowered, pieces),
    "baseline": lambda pieces: pieces,
}


@dataclass(slots=True)
class Story:
    """The text of a document as far as it is written out, and what the walk has to remember.

    `notes` maps a reference (footnote or endnote, its identifier) to the note. `included` gives the
    lines of a part that a paragraph stands for (w:altChunk). `fields` are the open fields, true
    while their instruction goes on; `broken_fields` begin and do not end. `joined` is the text of
    paragraphs whose end is deleted. `added` is what stands in no text node: numbers that Word
    counts by itself, symbols, hyphens.
    """

    styles: Styles
    numbering: Numbering
    included: Callable[[str], list[str]]
    diagram: Callable[[str], list[str]]
    notes: dict[tuple[str, str], etree._Element] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    broken_fields: set[etree._Element] = field(default_factory=set)
    joined: str = ""
    in_table: int = 0
    looks: list[Look] = field(default_factory=list)


def write_blocks(parent: etree._Element, story: Story) -> None:
    """Writes the paragraphs and tables below `parent` to the lines of the story."""
    for child in parent:
        tag = child.tag
        if tag == _PARAGRAPH:
            _paragraph(child, story)
        elif tag == _TABLE:
            _table(child, story)
        elif tag in (f"{W}altChunk", f"{W}subDoc"):
            story.lines += story.included(child.get(f"{R}id") or "")
        elif tag == f"{MC}AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                write_blocks(chosen, story)
        elif tag not in _NO_TEXT and not removed_annotation(child):
            write_blocks(child, story)


def write_body(body: etree._Element, story: Story) -> None:
    """Writes all of a document to the lines of the story."""
    story.broken_fields = broken_fields(body)
    write_blocks(body, story)
    finish(story)


def finish(story: Story) -> None:
    """Writes what is left of a paragraph whose end is deleted."""
    if story.joined:
        story.lines += story.joined.split("\n")
        story.joined = ""


def _paragraph(paragraph: etree._Element, story: Story) -> None:
    properties = paragraph.find(_PARAGRAPH_PROPERTIES)
    style = find_value(properties, "pStyle") if properties is not None else None
    story.looks = style_looks(paragraph, story.styles)
    pieces: list[str] = []
    _inline(paragraph, pieces, story)
    text = "".join(pieces)
    ends, removed = _mark(properties)
    joined, story.joined = story.joined, ""
    # a paragraph whose end is deleted becomes part of the next one, which numbers both
    if not removed and (text or ends):
        label = _label(properties, style, joined + text, story)
        story.added.append(label)
        joined, text = "", label + joined + text
    if ends:
        story.lines += (joined + text).split("\n")
    else:
        story.joined = joined + text
    if story.behind and ends:
        behind, story.behind = story.behind, []
        story.lines += behind


def _mark(properties: etree._Element | None) -> tuple[bool, bool]:
    """Returns whether a paragraph's mark is there and shown, and whether it was deleted."""
    mark = properties.find(_RUN_PROPERTIES) if properties is not None else None
    if mark is None:
        return True, False
    deleted = any(
        child.tag in _REMOVED
        or (child.tag == f"{AML}annotation" and child.get(f"{W}type") == "Word.Deletion")
        for child in mark
    )
    hidden = read_look(mark).get("vanish") == "1" or mark.find(f"{W}specVanish") is not None
    return not (deleted or hidden), deleted


def _label(properties: etree._Element | None, style: str | None, text: str, story: Story) -> str:
    """Returns the number that Word prints before the paragraph, set off from digits that follow."""
    list_id = level = None
    numbers = None
    if properties is not None:
        numbers = properties.find(f"{W}numPr")
        printed = properties.find(f"{W}listPr/{WX}t")
        if printed is not None:
            return _set_off(printed.get(f"{WX}val") or "", text)
        if numbers is None:
            numbers = properties.find(f"{W}listPr")
    if numbers is not None:
        list_id = find_value(numbers, "numId") or find_value(numbers, "ilfo")
        written = find_value(numbers, "ilvl")
        level = int(written) if written is not None and written.isdigit() else None
    if list_id is None or (level is None and numbers is not None):
        of_style, style_level = story.styles.list_of(style or story.styles.default)
        list_id = list_id or of_style
        level = style_level if level is None else level
    return _set_off(story.numbering.label(list_id, level, style), text)


def _set_off(label: str, text: str) -> str:
    runs_together = label.endswith((".", "．")) and text[:1].isdigit()
    runs_together = runs_together or label[-1:].isdigit()
    runs_together = runs_together or (label[-1:] in _NUMERALS and text[:1] in _NUMERALS)
    return f"{label} " if runs_together else label


def _inline(parent: etree._Element, pieces: list[str], story: Story, shown: bool = True) -> None:
    """Appends the text of what stands inside a paragraph to `pieces`."""
    for child in parent:
        tag = child.tag
        if tag == f"{W}t" or tag == f"{M}t":
            if shown and not any(story.fields):
                pieces.append(_text(child))
        elif tag in _RUNS:
            _run(child, pieces, story, shown)
        elif tag in _CHARACTERS:
            if shown and not any(story.fields):
                pieces.append(_CHARACTERS[tag])
                story.added.append(_CHARACTERS[tag])
        elif tag in _NO_TEXT or removed_annotation(child):
            continue
        elif tag in _SPECIAL:
            _SPECIAL[tag](child, pieces, story, shown)
        else:
            _inline(child, pieces, story, shown)


def _run(run: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    """Appends the text of a run that shows; above the line its digits are marks of notes."""
    look = look_of(run, story.looks, story.styles)
    shown = shown and is_shown(look, run, story.styles)
    place, font = vertical_place(look), symbol_font(run.find(_RUN_PROPERTIES))
    own: list[str] = []
    _inline(run, own, story, shown)
    if font:
        own = [in_symbol_font(piece, font) for piece in own]
        story.added += own
    pieces += _CHANGES[place](own)


def _text(element: etree._Element) -> str:
    text = element.text or ""
    if text[:1] in _WHITE_SPACE or text[-1:] in _WHITE_SPACE:
        if element.get(XML_SPACE) != "preserve":
            return text.strip(_WHITE_SPACE)
    return text


def _symbol(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    if shown and not any(story.fields):
        pieces.append(symbol(element))
        story.added.append(pieces[-1])


def _field_mark(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    kind = element.get(f"{W}fldCharType")
    if kind == "begin":
        chosen = chosen_entry(element)
        if chosen and shown and not any(story.fields):
            pieces.append(chosen)
            story.added.append(chosen)
        if element not in story.broken_fields:
            story.fields.append(True)
    elif kind == "separate" and story.fields:
        story.fields[-1] = False
    elif kind == "end" and story.fields:
        story.fields.pop()


def _choose(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    chosen = alternative(element)
    if chosen is not None:
        _inline(chosen, pieces, story, shown)


def _text_box(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    """Text boxes stand beside the paragraph that they are anchored to: their lines follow it."""
    if shown and not in_hidden_shape(element):
        story.behind += _apart(element, story)


def _note(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    kind = element.tag[len(W) :].removesuffix("Reference")
    note = element if len(element) else story.notes.get((kind, element.get(f"{W}id") or ""))
    if note is not None and shown:
        story.behind += [line for line in _apart(note, story) if line.strip()]


def _apart(element: etree._Element, story: Story) -> list[str]:
    """Returns the lines below `element`, read as a text of its own."""
    inner = Story(story.styles, story.numbering, story.included, story.diagram, story.notes)
    inner.broken_fields = story.broken_fields
    write_blocks(element, inner)
    finish(inner)
    story.added += inner.added
    return [*inner.lines, *inner.behind]


def _ruby(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    base = element.find(f"{W}rubyBase")
    if base is not None:
        _inline(base, pieces, story, shown)


def _fraction(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    over, under = element.find(f"{M}num"), element.find(f"{M}den")
    if over is not None and under is not None:
        _inline(over, pieces, story, shown)
        if shown:
            pieces.append("/")
            story.added.append("/")
        _inline(under, pieces, story, shown)


def _diagram(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    if shown:
        story.behind += story.diagram(element.get(f"{R}dm") or "")


def _drawn_text(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    """A paragraph inside a drawing that is no text box of Word."""
    text = "".join(t.text or "" for t in element.iter(f"{A}t"))
    if shown and text.strip():
        story.behind.append(text)


def _decorative_text(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    """Text that is bent along a path (WordArt)."""
    text = element.get("string") or ""
    if shown and text.strip() and not in_hidden_shape(element):
        story.behind.append(text)
        story.added.append(text)


def _exponent(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    own: list[str] = []
    _inline(element, own, story, shown)
    pieces += map(raised if element.tag == f"{M}sup" else lowered, own)


def _turned(element: etree._Element, pieces: list[str], story: Story, shown: bool) -> None:
    own: list[str] = []
    _inline(element, own, story, shown)
    pieces.append("".join(own)[:: -1 if element.get(f"{W}val") == "rtl" else 1])


_SPECIAL: dict[str, Callable[[etree._Element, list[str], Story, bool], None]] = {
    f"{W}sym": _symbol,
    f"{W}fldChar": _field_mark,
    f"{MC}AlternateContent": _choose,
    f"{W}txbxContent": _text_box,
    f"{W}footnoteReference": _note,
    f"{W}endnoteReference": _note,
    f"{W}footnote": _note,
    f"{W}endnote": _note,
    f"{W}ruby": _ruby,
    f"{W}bdo": _turned,
    f"{M}f": _fraction,
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": _diagram,
    f"{A}p": _drawn_text,
    "{urn:schemas-microsoft-com:vml}textpath": _decorative_text,
    f"{M}sup": _exponent,
    f"{M}sub": _exponent,
}


def _table(table: etree._Element, story: Story) -> None:
    """Writes a table row by row."""
    finish(story)
    covered = covered_cells(table)
    for row in _children(table, f"{W}tr"):
        if _is_removed_row(row):
            continue
        cells = [
            [] if cell in covered else _cell(cell, story)
            for cell in _children(row, f"{W}tc")
            if cell.find(f"{W}tcPr/{W}cellDel") is None
        ]
        lines = row_lines(cells)
        story.lines += [NESTED + line for line in lines] if story.in_table else lines


def _cell(cell: etree._Element, story: Story) -> list[str]:
    outer, story.lines = story.lines, []
    story.in_table += 1
    write_blocks(cell, story)
    finish(story)
    story.in_table -= 1
    lines, story.lines = story.lines, outer
    return [line for line in lines if line.strip()]


def _children(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yields the rows of a table or the cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == f"{MC}AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _children(chosen, tag)
        elif child.tag not in _NO_TEXT and not removed_annotation(child):
            yield from _children(child, tag)


def _is_removed_row(row: etree._Element) -> bool:
    properties = row.find(f"{W}trPr")
    if properties is None:
        return False
    return any(
        child.tag in (*_REMOVED, f"{W}hidden")
        or (child.tag == f"{AML}annotation" and child.get(f"{W}type") == "Word.Deletion")
        for child in properties
    )
