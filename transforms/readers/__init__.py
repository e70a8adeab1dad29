"""Bytes -> Document: one module a format. The format is recognised by content, not by name.

Readers are pure functions of the bytes, with one exception: `programs` starts LibreOffice or
antiword for old Word documents and gives them a temporary folder. No other module of transforms
touches the disk or another process.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

from schemas import formats as table
from schemas.errors import Rejected
from transforms.readers import formats
from transforms.readers.document import EVIDENCE, Defect, Document

__all__ = ["MAX_CHARACTERS", "READERS_VERSION", "Defect", "Document", "read", "waits_for"]

READERS_VERSION = "4"
MAX_CHARACTERS = 3_000_000
# text that a mark makes run from right to left: what is shown has another order
_TURNED = re.compile("\u202e([^\u202c\n]*[0-9][^\u202c\n]*)")
# what ends a line in some programs and is read as an ordinary line end, one character for one
LINE_ENDS = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")


def read(data: bytes, partly: bool = False) -> Document:
    """Returns the document in `data`. Raises Rejected with a reason code where none can be read.

    `partly` says that a document may be read without those of its pages that are pictures, where
    OCR is not installed; `pages_unread` names them.
    """
    if not data:
        raise Rejected("empty_file")
    kind = formats.kind_of(data)
    if formats.is_archive(kind):
        raise Rejected("archive")
    if kind == "pdf":
        from transforms.readers import pdf

        document = pdf.read(data, partly)
    else:
        document = _reader(kind)(data)
    # a lone half of a surrogate pair cannot be stored
    text = document.text.encode("utf-8", "replace").decode("utf-8")
    if kind == "text":
        text = text.replace("\r\n", "\n")
    document.text = text.translate(LINE_ENDS)
    if not document.text.strip():
        raise Rejected("blank_file", case="white_space")
    turned = _TURNED.findall(document.text)
    if turned:
        document.defects.append(
            Defect("text_invented", sum(map(len, turned)), turned[0][:EVIDENCE])
        )
    if len(document.text) > MAX_CHARACTERS:
        raise Rejected("too_much_text", characters=len(document.text), limit=MAX_CHARACTERS)
    return document


def _reader(kind: str) -> Callable[[bytes], Document]:
    """Returns the reader of a kind. Each is imported when it is first needed: some take long."""
    name = table.formats()[kind].reader
    if name is None:
        return _read_text
    module, function = name.split(".")
    reader: Callable[[bytes], Document] = getattr(
        importlib.import_module(f"transforms.readers.{module}"), function
    )
    return reader


def _read_text(data: bytes) -> Document:
    from transforms.readers import html, text

    decoded, encoding = text.decode(data)
    if html.looks_like(decoded):
        return html.read(decoded, encoding)
    if decoded.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        raise formats.refusal("xml")
    return text.read(decoded, encoding)


def waits_for(error: Rejected, partly: bool = False) -> bool:
    """Returns whether what was missing when a file was rejected is there now, or can be done
    without.

    `partly` is as for `read`.
    """
    from transforms.readers import programs

    if error.needs is None:
        return False
    name, _, part = error.needs.partition(":")
    return programs.available(name) or (partly and part == programs.SOME_PAGES)
