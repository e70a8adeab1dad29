"""PDF with a text layer -> Document. Pages of pictures go to the OCR reader, where it is installed."""

from __future__ import annotations

import ctypes
import itertools

from schemas.errors import Rejected
from transforms.readers import pictures
from transforms.readers.document import Document
from transforms.readers.lines import Line, paragraphs

READER = "pdf/1"
Character = tuple[
    float, float, float, float, str
]  # left, right, bottom, top in points; the character
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
            raise Rejected("encrypted", case="pdf") from None
        raise Rejected("damaged_file", case="pdf", error=error) from None
    try:
        count = len(pdf)
        if count > MAX_PAGES:
            raise Rejected("too_many_pages", pages=count, limit=MAX_PAGES)
        pages, scanned = [], []
        for i in range(count):
            try:
                page = pdf[i]
                pages.append(_lines(page))
            except pypdfium2.PdfiumError:
                raise Rejected("damaged_file", case="pdf_page", page=i + 1) from None
            if not pages[-1] and any(
                True
                for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
            ):
                scanned.append(i)
        characters = sum(len(line.text) for page in pages for line in page)
        reader = READER
        if scanned and characters < 30 * count:
            pictures.need()
            for i in scanned:
                pages[i] = pictures.lines(
                    pictures.pixels(pdf[i].render(scale=_DPI / 72).to_pil()), 72 / _DPI
                )
            reader = f"{READER}+{pictures.READER}"
        text, starts = paragraphs(pages, _median_width(pdf))
        title = (pdf.get_metadata_value("Title") or "").strip() or None
    finally:
        pdf.close()
    if not text.strip():
        raise Rejected("blank_file", case="pdf")
    return Document(
        text,
        "application/pdf",
        "",
        reader,
        {},
        title if title and "法治" in title else None,
        starts,
    )


def _median_width(pdf) -> float:
    """The usual width of a page, in points."""
    widths = sorted(pdf.get_page_size(i)[0] for i in range(len(pdf)))
    return widths[len(widths) // 2] if widths else 0.0


def _address(handle) -> int:
    """Where in memory what a handle of PDFium stands for lies; two handles of one object have the same."""
    return ctypes.cast(getattr(handle, "raw", handle), ctypes.c_void_p).value or 0


def _characters(page) -> tuple[list[Character], set[int]]:
    """The characters of a page in the order in which they were drawn, and the addresses of the text objects that they belong to."""
    from pypdfium2 import raw

    textpage, box = page.get_textpage(), raw.FS_RECTF()
    found, owners = [], set()
    for i in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, i)
        owners.add(_address(raw.FPDFText_GetTextObject(textpage, i)))
        if code < 32 or code == 0xFFFE or raw.FPDFText_IsGenerated(textpage, i) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(textpage, i, box) or box.top - box.bottom <= 0:
            continue
        found.append((box.left, box.right, box.bottom, box.top, chr(code)))
    textpage.close()
    return found, owners


def _left_out(page, owners: set[int]) -> list[Character]:
    """The characters of text objects that PDFium took for repetitions. Where a font is neither in the file nor on the machine, the boxes of
    its objects are empty, and an object with the same text as one of the five before it is left out, wherever it stands: so lines of a form
    that are alike would be lost. Each such object is read alone on the emptied page, which cannot be drawn afterwards."""
    from pypdfium2 import raw

    texts = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]))
    if all(_address(text) in owners for text in texts):
        return []
    for text in texts:
        forms, container = [], text.container
        while container is not None:
            forms.append(container.get_matrix())
            container = container.container
        page.remove_obj(text)
        for matrix in forms:
            text.transform(matrix)
    found = []
    for text in texts:
        if _address(text) not in owners:
            page.insert_obj(text)
            found += _characters(page)[0]
            page.remove_obj(text)
        text.close()
    return found


def _lines(page) -> list[Line]:
    """The printed lines of a page with their boxes. Characters are put in order by where they stand, not by when they were drawn:
    printers draw quotation marks and digits of another font after the rest of the line."""
    height = page.get_height()
    drawn, owners = _characters(page)
    places: set[tuple[str, int, int]] = set()

    def first(c: Character) -> bool:
        """Whether the character was not drawn already at its place: bold letters are drawn twice, a hair apart, in some files."""
        fine = 10 / (c[3] - c[2])
        x, y = round(c[0] * fine), round(c[2] * fine)
        known = any((c[4], x + i, y + j) in places for i in (-1, 0, 1) for j in (-1, 0, 1))
        places.add((c[4], x, y))
        return not known

    rows: list[list[Character]] = []
    ends: list[tuple[float, float]] = []  # bottom and top of each row

    def put(c: Character, at: int | None) -> None:
        if at is None:
            rows.append([c])
            ends.append((c[2], c[3]))
        else:
            rows[at].append(c)

    for c in filter(first, drawn):
        middle = (c[2] + c[3]) / 2
        last = range(len(rows) - 1, max(-1, len(rows) - 4), -1)
        put(c, next((k for k in last if ends[k][0] < middle < ends[k][1]), None))
    for c in filter(first, _left_out(page, owners)):
        middle = (c[2] + c[3]) / 2
        level = [k for k, (bottom, top) in enumerate(ends) if bottom < middle < top]
        gap = {k: min(max(c[0] - s[1], s[0] - c[1]) for s in rows[k]) for k in level}
        closest = min(gap, key=gap.__getitem__, default=None)
        put(c, closest if closest is not None and gap[closest] < 1.5 * (c[3] - c[2]) else None)
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
        out.append(
            Line(
                text,
                row[0][0],
                row[-1][1],
                height - max(c[3] for c in row),
                height - min(c[2] for c in row),
            )
        )
    return out
