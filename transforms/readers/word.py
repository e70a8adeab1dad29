"""Word documents in XML -> Document: .docx, .docm, .dotx, flat XML packages, Word 2003 XML."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from lxml import etree

from schemas.errors import Rejected
from schemas.formats import formats
from transforms.readers import numbering, proof, styles
from transforms.readers.document import EVIDENCE, Defect, Document
from transforms.readers.fields import drawn_instructions
from transforms.readers.numbering import ListDefinition, Numbering
from transforms.readers.ooxml import A, W, find_value
from transforms.readers.package import Package, damaged, open_package, parse_xml
from transforms.readers.word_text import Story, write_body

READER = "docx/2"
_CALLS = 20_000  # of functions in one another; elements lie up to some 2,000 deep
MAX_INCLUDED = 3  # documents inside documents
_CORE_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(data: bytes) -> Document:
    """Returns the text of a Word document, numbers that Word counts by itself included.

    Raises Rejected: damaged_file, encrypted, too_deep, too_large.
    """
    with _room_for_nesting():
        if not data.startswith(b"PK"):
            root = parse_xml(data, "document")
            if root.tag == f"{W}wordDocument":
                return _word_2003(root)
        return _document(open_package(data), depth=0)


@contextlib.contextmanager
def _room_for_nesting() -> Iterator[None]:
    """Lets functions call one another as deep as elements may lie in one another. Raises Rejected:
    too_deep.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _CALLS))
    try:
        yield
    except RecursionError:
        raise Rejected("too_deep") from None
    finally:
        sys.setrecursionlimit(limit)


def _document(package: Package, depth: int) -> Document:
    main = package.main_part()
    root = package.xml(main)
    body = root.find(f"{W}body")
    if body is None:
        raise damaged("it has no body")
    included = _Included(package, main, depth)
    story = Story(
        _styles(package, main),
        Numbering(),
        included.lines,
        included.diagram_lines,
        _notes(package, main),
    )
    part = package.related(main, "numbering")
    if part is not None:
        story.numbering = numbering.read_numbering(package.xml(part), story.styles.list_styles())
    write_body(body, story)
    text = "\n".join(story.lines).strip("\n")
    title = _title(package)
    notes = [note for key, note in story.notes.items() if key in _referenced(body)]
    second = [*proof.word_lines(body, story.styles), *included.read]
    for note in notes:
        second += proof.word_lines(note, story.styles)
    defects = proof.compare(text, second, "".join(story.added))
    defects += [Defect("text_lost", len(f), f[:EVIDENCE]) for f in drawn_instructions(body)]
    defects += proof.placeholders(body)
    media_type = formats()["docx"].media_type or ""
    return Document(
        text,
        media_type,
        "",
        READER,
        title=title if title and "法治" in title else None,
        defects=[*defects, *included.defects],
    )


def _styles(package: Package, main: str) -> styles.Styles:
    part = package.related(main, "styles")
    if part is None:
        return styles.Styles()
    known = styles.read_styles(package.xml(part))
    if package.xml(main).find(f"{W}background") is not None:
        known.page = styles.UNKNOWN
    return known


def _notes(package: Package, main: str) -> dict[tuple[str, str], etree._Element]:
    """Returns (footnote or endnote, identifier) -> note; separators are none."""
    notes = {}
    for kind in ("footnote", "endnote"):
        part = package.related(main, f"{kind}s")
        if part is None:
            continue
        for note in package.xml(part).iter(f"{W}{kind}"):
            if note.get(f"{W}type") in (None, "normal"):
                notes[kind, note.get(f"{W}id") or ""] = note
    return notes


def _referenced(body: etree._Element) -> set[tuple[str, str]]:
    return {
        (kind, reference.get(f"{W}id") or "")
        for kind in ("footnote", "endnote")
        for reference in body.iter(f"{W}{kind}Reference")
    }


def _title(package: Package) -> str | None:
    part = package.related("", "core-properties")
    if part is None:
        return None
    return (package.xml(part).findtext(f".//{_CORE_TITLE}") or "").strip() or None


class _Included:
    """Reads the parts that a document includes whole (w:altChunk), and keeps what they hold."""

    def __init__(self, package: Package, main: str, depth: int) -> None:
        self.package = package
        self.relations = package.relations(main)
        self.depth = depth
        self.read: list[str] = []
        self.defects: list[Defect] = []

    def lines(self, identifier: str) -> list[str]:
        """Returns the lines of the part that a relation names.

        Raises Rejected where the part is not in the package, or is of a kind that is not read.
        """
        from transforms import readers

        relation = self.relations.get(identifier)
        if relation is None or relation.external or not self.package.has(relation.target):
            raise Rejected("unsupported_format", case="included_file")
        if self.depth >= MAX_INCLUDED:
            raise damaged(f"documents lie in documents {MAX_INCLUDED} deep")
        content = self.package.content(relation.target)
        if not content.strip():
            return []
        if content.startswith(b"PK"):
            document = _document(open_package(content), self.depth + 1)
        else:
            document = readers.read(content)
        self.defects += document.defects
        lines = document.text.split("\n")
        self.read += lines
        return lines

    def diagram_lines(self, identifier: str) -> list[str]:
        """Returns the texts of a diagram (SmartArt), one a line."""
        relation = self.relations.get(identifier)
        if relation is None or not self.package.has(relation.target):
            return []
        texts = (
            "".join(t.text or "" for t in paragraph.iter(f"{A}t"))
            for paragraph in self.package.xml(relation.target).iter(f"{A}p")
        )
        lines = [text for text in texts if text.strip()]
        self.read += lines
        return lines


def _word_2003(root: etree._Element) -> Document:
    body = root.find(f"{W}body")
    if body is None:
        raise damaged("it has no body")
    sheet = root.find(f"{W}styles")
    known = styles.Styles() if sheet is None else styles.read_styles(sheet)
    nothing: Callable[[str], list[str]] = lambda identifier: []
    story = Story(known, _lists_2003(root), nothing, nothing)
    write_body(body, story)
    text = "\n".join(story.lines).strip("\n")
    defects = proof.compare(text, proof.word_lines(body, known), "".join(story.added))
    media_type = formats()["wordml"].media_type or ""
    return Document(text, media_type, "", READER, defects=defects)


def _lists_2003(root: etree._Element) -> Numbering:
    """Returns the lists of a Word 2003 XML document, for paragraphs that do not give their
    number.
    """
    found = Numbering()
    definitions = {d.get(f"{W}listDefId") or "": d for d in root.iter(f"{W}listDef")}
    for entry in root.iter(f"{W}list"):
        series = find_value(entry, "ilst") or ""
        if series in definitions:
            levels = numbering.read_levels(definitions[series].iterchildren(f"{W}lvl"))
            found.lists[entry.get(f"{W}ilfo") or ""] = ListDefinition(series, levels, {})
    return found
