"""Bytes -> Document: one module a format, the format told by content and not by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.errors import Rejected

READERS_VERSION = "1"


@dataclass(slots=True)
class Document:
    """What a reader made of the bytes: the text (offsets point into it), and the metadata and title that stood beside it in the file."""

    text: str
    media_type: str
    encoding: str
    reader: str
    metadata: dict[str, str] = field(default_factory=dict)
    title: str | None = None


def read(data: bytes) -> Document:
    """The document in `data`. Raises Rejected with a reason code where it is none that can be read."""
    from transforms.readers import html, text

    if not data:
        raise Rejected("empty_file", "The file is empty (0 bytes). Fetch it again from where it was published.")
    _refuse_other_formats(data)
    decoded, encoding = text.decode(data)
    document = html.read(decoded, encoding) if html.looks_like(decoded) else text.read(decoded, encoding)
    if not document.text.strip():
        raise Rejected(
            "blank_file", "The file holds nothing but white space. Fetch it again from where it was published."
        )
    return document


_KNOWN = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive, Word or Excel file"),
    (b"\xd0\xcf\x11\xe0", "an old Word or WPS file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)


def _refuse_other_formats(data: bytes) -> None:
    for magic, what in _KNOWN:
        if data.startswith(magic):
            raise Rejected(
                "unsupported_format",
                f"The file is {what}, whatever its name says; this version reads text and web pages. Save it as text and put that in its place.",
            )
