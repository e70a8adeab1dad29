"""Scanned pages and pictures of text, by OCR: the optional extra `fazhi-warehouse[ocr]`, whose
models come with its package.
"""

from __future__ import annotations

import functools
import io
from typing import Any

from schemas import formats as table
from schemas.errors import Rejected
from transforms.readers import programs
from transforms.readers.document import Document
from transforms.readers.lines import Line, paragraphs

READER = "ocr/1"
MAX_PIXELS = 80_000_000


def need() -> None:
    """Raises Rejected (reader_missing) where the OCR extra is not installed."""
    if not available():
        raise programs.missing("picture")


def some_pages(numbers: list[int]) -> Rejected:
    """Returns the refusal of a PDF of which some pages are pictures, without OCR."""
    install = table.programs()["ocr"].install
    return Rejected(
        "reader_missing",
        case="ocr_pages",
        pages=", ".join(map(str, numbers)),
        install=install,
        needs=f"ocr:{programs.SOME_PAGES}",
    )


def available() -> bool:
    """Returns whether the OCR extra is installed."""
    return programs.available("ocr")


def unnamed_characters() -> Rejected:
    """Returns the refusal of a PDF that does not say which characters it shows, without OCR."""
    install = table.programs()["ocr"].install
    return Rejected("reader_missing", case="pdf_fonts", install=install, needs="ocr")


@functools.cache
def _engine() -> Any:
    import logging

    from rapidocr import RapidOCR

    logging.disable(logging.WARNING)
    return RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False})


def lines(image: Any, scale: float) -> list[Line]:
    """The lines of text in a picture (height, width, channels); boxes times `scale`."""
    found = _engine()(image)
    if found.boxes is None:
        return []
    out = []
    for box, text in zip(found.boxes, found.txts):
        xs, ys = [float(p[0]) * scale for p in box], [float(p[1]) * scale for p in box]
        out.append(Line(text, min(xs), max(xs), min(ys), max(ys)))
    return out


def pixels(picture: Any) -> Any:
    """A picture of Pillow as an array (height, width, 3)."""
    import numpy

    return numpy.asarray(picture.convert("RGB"))


def read(data: bytes) -> Document:
    """The text of a picture, one paragraph a line. Raises Rejected: reader_missing, too_large,
    damaged_file or blank_file.
    """
    need()
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Rejected(
                    "too_large",
                    case="picture",
                    pixels=picture.width * picture.height,
                    limit=MAX_PIXELS,
                )
            image = pixels(picture)
    except Rejected:
        raise
    except Exception as error:
        raise Rejected("damaged_file", case="picture", error=type(error).__name__) from None
    printed = paragraphs([lines(image, 72 / 200)], image.shape[1] * 72 / 200)
    if not printed.text.strip():
        raise Rejected("blank_file", case="picture")
    media_type = table.formats()["picture"].media_type or ""
    return Document(printed.text, media_type, "", READER, pages=printed.starts)
