"""PDF -> Document. Each page by itself: one without a text layer goes to the OCR reader."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
from pypdfium2 import raw

from schemas.errors import Rejected
from schemas.formats import formats
from transforms.readers import pdf_fonts, pictures, proof
from transforms.readers.columns import in_one_column
from transforms.readers.document import Document
from transforms.readers.lines import Line, paragraphs
from transforms.readers.pdf_characters import PageCharacters, page_characters, printed_lines
from transforms.readers.pdf_layers import layers_off
from transforms.readers.pdf_visibility import has_notes, read_ground

READER = "pdf/2"
MAX_PAGES = 1000
_DPI = 200
_FEW_CHARACTERS = 30  # of a page number, a head and a stamp over a picture of the text
_SHARE_OF_PICTURE = 0.2  # of the page: a smaller picture is a seal or a logo
_SHARE_UNNAMED = 0.2
_MANY_SHAPES = 60  # of letters drawn as outlines; a frame or a rule has few

pdf_fonts.use()


def read(data: bytes, partly: bool = False) -> Document:
    """Returns the text in reading order, one paragraph a line, and where each page begins in it.

    `partly` says that pages which are pictures may be left out where OCR is not installed.
    Raises Rejected: encrypted, damaged_file, too_many_pages, blank_file; reader_missing where a
    page is a picture and OCR is not installed; unknown_encoding where fonts do not name their
    characters.
    """
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Rejected("encrypted", case="pdf") from None
        raise Rejected("damaged_file", case="pdf", error=error) from None
    try:
        return _document(pdf, layers_off(data), partly)
    finally:
        pdf.close()


@dataclass(slots=True)
class _Pages:
    """What is read of each page: its lines, and a plain count of its characters.

    `scanned` are the pages (from 0) that have to be read as pictures, `nameless` those among them
    whose fonts do not name their characters.
    """

    lines: list[list[Line]] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)


def _document(pdf: Any, hidden_layers: frozenset[str], partly: bool) -> Document:
    count = len(pdf)
    if count > MAX_PAGES:
        raise Rejected("too_many_pages", pages=count, limit=MAX_PAGES)
    pages = _Pages()
    for number in range(count):
        try:
            _read_page(_whole_page(pdf, number), number, hidden_layers, pages)
        except pypdfium2.PdfiumError:
            raise Rejected("damaged_file", case="pdf_page", page=number + 1) from None
    reader, unread = READER, list[int]()
    if pages.scanned and pictures.available():
        _recognise(pdf, pages)
        reader = f"{READER}+{pictures.READER}"
    elif pages.scanned:
        unread = _unread(pages, partly)
    printed = paragraphs(pages.lines, _median_width(pdf))
    if not printed.text.strip():
        raise Rejected("blank_file", case="pdf")
    title = (pdf.get_metadata_value("Title") or "").strip() or None
    # what PDFium passes over is read all the same: only what is missing is a defect
    defects = proof.compare(f"{printed.text}\n{printed.left_out}", pages.second)
    return Document(
        printed.text,
        formats()["pdf"].media_type or "",
        "",
        reader,
        title=title if title and "法治" in title else None,
        pages=printed.starts,
        defects=[defect for defect in defects if defect.kind == "text_lost"],
        pages_unread=unread,
    )


def _whole_page(pdf: Any, number: int) -> Any:
    """Returns a page with the text of its annotations and form fields as part of it."""
    page = pdf[number]
    if has_notes(page) and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == 1:
        page.close()
        return pdf[number]
    return page


def _read_page(page: Any, number: int, hidden_layers: frozenset[str], pages: _Pages) -> None:
    """Appends what is typed on a page, and whether it has to be read as a picture."""
    pictured = _is_pictured(page)
    ground = read_ground(page, hidden_layers)
    drawn = page_characters(page, ground)
    pages.second.append(_plain_count(page, drawn))
    is_drawn = drawn.count() < _FEW_CHARACTERS and _has_many_shapes(page)
    lines = printed_lines(page, drawn, ground)
    pages.lines.append(in_one_column(lines))
    characters = sum(len(line.text) for line in lines)
    if drawn.unnamed > _SHARE_UNNAMED * (drawn.count() + drawn.unnamed):
        pages.nameless.append(number)
        pages.scanned.append(number)
    elif is_drawn or (pictured and characters < _FEW_CHARACTERS):
        pages.scanned.append(number)


def _recognise(pdf: Any, pages: _Pages) -> None:
    """Reads the pages that are pictures by OCR."""
    for number in pages.scanned:
        picture = pictures.pixels(pdf[number].render(scale=_DPI / 72).to_pil())
        pages.lines[number] = pictures.lines(picture, 72 / _DPI)
        pages.second[number] = ""


def _unread(pages: _Pages, partly: bool) -> list[int]:
    """Returns the numbers of the pages that stay unread, from 1, and removes what little they have.

    Raises Rejected (reader_missing) where that is not wanted, or where no other page has text.
    """
    typed = [
        lines
        for number, lines in enumerate(pages.lines)
        if number not in pages.scanned and sum(len(line.text) for line in lines) >= _FEW_CHARACTERS
    ]
    numbers = [number + 1 for number in pages.scanned]
    if not typed and pages.nameless:
        raise pictures.unnamed_characters()
    if not typed:
        pictures.need()
    if not partly:
        raise pictures.some_pages(numbers)
    for number in pages.scanned:
        pages.lines[number] = []
        pages.second[number] = ""
    return numbers


def _has_many_shapes(page: Any) -> bool:
    """Returns whether a page is drawn of so many lines and curves that they may be letters."""
    shapes = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    return len(list(itertools.islice(shapes, _MANY_SHAPES))) >= _MANY_SHAPES


def _is_pictured(page: Any) -> bool:
    """Returns whether pictures cover a good part of a page."""
    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return bool(covered > _SHARE_OF_PICTURE * width * height)


def _plain_count(page: Any, drawn: PageCharacters) -> str:
    """Returns the text of a page as PDFium itself puts it together, without what was left out."""
    textpage = page.get_textpage()
    whole = Counter(textpage.get_text_range())
    textpage.close()
    whole -= Counter(drawn.left_out)
    return "".join(character for character in whole.elements() if character.isprintable())


def _median_width(pdf: Any) -> float:
    """Returns the usual width of a page, in points."""
    widths = sorted(pdf.get_page_size(number)[0] for number in range(len(pdf)))
    return widths[len(widths) // 2] if widths else 0.0
