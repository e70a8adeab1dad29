"""Bytes -> Document: one module a format, the format told by content and not by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.errors import Rejected

READERS_VERSION = "2"
MAX_CHARACTERS = 3_000_000


@dataclass(slots=True)
class Document:
    """What a reader made of the bytes: the text (offsets point into it), and the metadata and title that stood beside it in the file.
    `pages` are the offsets at which the pages begin, for formats that have pages."""

    text: str
    media_type: str
    encoding: str
    reader: str
    metadata: dict[str, str] = field(default_factory=dict)
    title: str | None = None
    pages: list[int] = field(default_factory=list)


def read(data: bytes) -> Document:
    """The document in `data`. Raises Rejected with a reason code where it is none that can be read."""
    from transforms.readers import formats

    if not data:
        raise Rejected(
            "empty_file", "The file is empty (0 bytes). Fetch it again from where it was published."
        )
    kind = formats.kind_of(data)
    if kind in formats.ARCHIVES:
        raise Rejected(
            "archive",
            "This is an archive. fazhi run opens it and reads its members; unpack it to look at one of them.",
        )
    document = _reader(kind)(data)
    document.text = document.text.encode("utf-8", "replace").decode("utf-8")
    if not document.text.strip():
        raise Rejected(
            "blank_file",
            "The file holds nothing but white space. Fetch it again from where it was published.",
        )
    if len(document.text) > MAX_CHARACTERS:
        raise Rejected(
            "too_much_text",
            f"The file holds {len(document.text):,} characters; the limit is {MAX_CHARACTERS:,}. It is no single report: split it.",
        )
    return document


def _reader(kind: str):
    if kind == "pdf":
        from transforms.readers import pdf

        return pdf.read
    if kind == "picture":
        from transforms.readers import pictures

        return pictures.read
    if kind in ("docx", "doc", "rtf"):
        from transforms.readers import word

        return {
            "docx": word.read_docx,
            "doc": word.read_doc,
            "rtf": lambda data: word.read_doc(data, rtf=True),
        }[kind]
    from transforms.readers import html

    return html.read_saved if kind == "mht" else _read_text


def _read_text(data: bytes) -> Document:
    from transforms.readers import html, text

    decoded, encoding = text.decode(data)
    return (
        html.read(decoded, encoding) if html.looks_like(decoded) else text.read(decoded, encoding)
    )


def waits_for(reason_code: str, message: str) -> bool:
    """Whether what a file waits for is there now: a program or extra that was missing when it was rejected."""
    from transforms.readers import pictures, word

    if reason_code != "reader_missing":
        return False
    if pictures.MISSING in message:
        return pictures.available()
    tools = word.tools()
    return bool(tools) if word.MISSING in message else "soffice" in tools
