"""PDF -> Document. Each page by itself: one without a text layer goes to the OCR reader."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pypdfium2
from pypdfium2 import raw

from schemas.errors import Rejected
from schemas.formats import formats
from transforms.readers import pictures, proof
from transforms.readers.columns import in_one_column
from transforms.readers.document import Document
from transforms.readers.lines import Line, paragraphs
from transforms.readers.pdf_characters import PageCharacters, page_characters, printed_lines

READER = "pdf/2"
MAX_PAGES = 1000
_DPI = 200
_FEW_CHARACTERS = 30  # of a page number, a head and a stamp over a picture of the text
_SHARE_OF_PICTURE = 0.2  # of the page: a smaller picture is a seal or a logo
_SHARE_UNNAMED = 0.2


def read(data: bytes) -> Document:
    """Returns the text in reading order, one paragraph a line, and where each page begins in it.

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
        return _document(pdf)
    finally:
        pdf.close()


def _document(pdf: Any) -> Document:
    count = len(pdf)
    if count > MAX_PAGES:
        raise Rejected("too_many_pages", pages=count, limit=MAX_PAGES)
    pages: list[list[Line]] = []
    second: list[str] = []
    scanned, unnamed = [], 0
    for number in range(count):
        try:
            page = pdf[number]
            pictured = _is_pictured(page)
            drawn = page_characters(page, pictured)
            second.append(_plain_count(page, drawn))
            lines = printed_lines(page, drawn, pictured)
        except pypdfium2.PdfiumError:
            raise Rejected("damaged_file", case="pdf_page", page=number + 1) from None
        pages.append(in_one_column(lines))
        nameless = drawn.unnamed > _SHARE_UNNAMED * (drawn.count() + drawn.unnamed)
        unnamed += nameless
        if nameless or (pictured and sum(len(x.text) for x in lines) < _FEW_CHARACTERS):
            scanned.append(number)
    reader = READER
    if scanned:
        _need_ocr(unnamed)
        for number in scanned:
            picture = pictures.pixels(pdf[number].render(scale=_DPI / 72).to_pil())
            pages[number] = pictures.lines(picture, 72 / _DPI)
            second[number] = ""
        reader = f"{READER}+{pictures.READER}"
    printed = paragraphs(pages, _median_width(pdf))
    if not printed.text.strip():
        raise Rejected("blank_file", case="pdf")
    title = (pdf.get_metadata_value("Title") or "").strip() or None
    # what PDFium passes over is read all the same: only what is missing is a defect
    defects = proof.compare(f"{printed.text}\n{printed.left_out}", second)
    return Document(
        printed.text,
        formats()["pdf"].media_type or "",
        "",
        reader,
        title=title if title and "法治" in title else None,
        pages=printed.starts,
        defects=[defect for defect in defects if defect.kind == "text_lost"],
    )


def _need_ocr(unnamed: int) -> None:
    """Raises Rejected where OCR is needed and not installed."""
    if not unnamed:
        pictures.need()
    elif not pictures.available():
        raise pictures.unnamed_characters()


def _is_pictured(page: Any) -> bool:
    """Returns whether pictures cover a good part of a page."""
    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return bool(covered > _SHARE_OF_PICTURE * width * height)


def _plain_count(page: Any, drawn: PageCharacters) -> str:
    """Returns the text of a page as PDFium itself puts it together, without what is aslant."""
    textpage = page.get_textpage()
    whole = Counter(textpage.get_text_range())
    textpage.close()
    whole -= Counter(drawn.aslant)
    return "".join(character for character in whole.elements() if character.isprintable())


def _median_width(pdf: Any) -> float:
    """Returns the usual width of a page, in points."""
    widths = sorted(pdf.get_page_size(number)[0] for number in range(len(pdf)))
    return widths[len(widths) // 2] if widths else 0.0
