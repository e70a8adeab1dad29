"""PDF with a text layer -> Document. Pages of pictures go to the OCR reader, where it is installed."""

from __future__ import annotations

import itertools

from schemas.errors import Rejected
from transforms.readers import Document, pictures
from transforms.readers.lines import Line, paragraphs

READER = "pdf/1"
MAX_PAGES = 1000
_DPI = 200


def read(data: bytes) -> Document:
    """The text in reading order, one paragraph a line, and where each page begins in it. Raises Rejected: encrypted, damaged_file,
    too_many_pages, reader_missing or blank_file."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Rejected(
                "encrypted", "The PDF is protected with a password. Save it without one and put that in its place."
            ) from None
        raise Rejected("damaged_file", f"The PDF cannot be opened ({error}). Fetch it again.") from None
    try:
        count = len(pdf)
        if count > MAX_PAGES:
            raise Rejected(
                "too_many_pages",
                f"The PDF has {count:,} pages; the limit is {MAX_PAGES:,}. Save the report's own pages and put those in its place.",
            )
        pages, scanned = [], []
        for i in range(count):
            try:
                page = pdf[i]
                pages.append(_lines(page))
            except pypdfium2.PdfiumError:
                raise Rejected("damaged_file", f"Page {i + 1} of the PDF cannot be read. Fetch it again.") from None
            if not pages[-1] and any(
                True for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
            ):
                scanned.append(i)
        characters = sum(len(line.text) for page in pages for line in page)
        reader = READER
        if scanned and characters < 30 * count:
            pictures.need()
            for i in scanned:
                pages[i] = pictures.lines(pictures.pixels(pdf[i].render(scale=_DPI / 72).to_pil()), 72 / _DPI)
            reader = f"{READER}+{pictures.READER}"
        text, starts = paragraphs(pages, _median_width(pdf))
        title = (pdf.get_metadata_value("Title") or "").strip() or None
    finally:
        pdf.close()
    if not text.strip():
        raise Rejected(
            "blank_file", "The PDF holds no text and no picture of text. Fetch it again from where it was published."
        )
    return Document(text, "application/pdf", "", reader, {}, title if title and "法治" in title else None, starts)


def _median_width(pdf) -> float:
    """The usual width of a page, in points."""
    widths = sorted(pdf.get_page_size(i)[0] for i in range(len(pdf)))
    return widths[len(widths) // 2] if widths else 0.0


def _lines(page) -> list[Line]:
    """The printed lines of a page with their boxes. Characters are put in order by where they stand, not by when they were drawn:
    printers draw quotation marks and digits of another font after the rest of the line."""
    from pypdfium2 import raw

    height, textpage = page.get_height(), page.get_textpage()
    box = raw.FS_RECTF()
    rows: list[list[tuple[float, float, float, float, str]]] = []
    ends: list[tuple[float, float]] = []  # bottom and top of each row
    for i in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, i)
        if code < 32 or code == 0xFFFE or raw.FPDFText_IsGenerated(textpage, i) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(textpage, i, box) or box.top - box.bottom <= 0:
            continue
        character = (box.left, box.right, box.bottom, box.top, chr(code))
        middle = (box.bottom + box.top) / 2
        at = next(
            (k for k in range(len(rows) - 1, max(-1, len(rows) - 4), -1) if ends[k][0] < middle < ends[k][1]), None
        )
        if at is None:
            rows.append([character])
            ends.append((box.bottom, box.top))
        else:
            rows[at].append(character)
    textpage.close()
    out = []
    for row in rows:
        row.sort(key=lambda c: c[0])
        while row and row[0][4].isspace():
            row.pop(0)
        while row and row[-1][4].isspace():
            row.pop()
        if not row:
            continue
        text, size = row[0][4], max(c[3] - c[2] for c in row)
        for before, after in itertools.pairwise(row):
            text += ("  " if after[0] - before[1] > 1.5 * size else "") + after[4]
        out.append(Line(text, row[0][0], row[-1][1], height - max(c[3] for c in row), height - min(c[2] for c in row)))
    return out
