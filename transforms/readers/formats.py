"""What the bytes are, told by content: names and extensions lie."""

from __future__ import annotations

import io
import re
import zipfile

from schemas.errors import Rejected

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "bitmap"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"{\\rtf", "rtf"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
ARCHIVES = ("zip", "gzip", "bzip2", "xz", "tar", "7z")
_REFUSED = {
    "rar": ("a RAR archive", "Unpack it, or pack its files as zip"),
    "program": ("a program", "Remove it from the sources"),
    "spreadsheet": (
        "an Excel workbook",
        "Save the report in it as text, Word or PDF and put that in its place",
    ),
    "slides": (
        "a PowerPoint presentation",
        "Save the report in it as text, Word or PDF and put that in its place",
    ),
    "ofd": ("an OFD document", "Save it as PDF and put that in its place"),
    "ole": (
        "an Office file other than Word",
        "Save the report in it as text, Word or PDF and put that in its place",
    ),
}


def kind_of(data: bytes) -> str:
    """One of picture, pdf, docx, doc, rtf, mht, zip, gzip, bzip2, xz, tar, 7z, or text (pages included).

    Raises Rejected (unsupported_format, encrypted) for what no reader is there for.
    """
    kind = next((k for magic, k in _MAGIC if data.startswith(magic)), None)
    if kind == "bitmap":
        kind = (
            "picture"
            if len(data) > 30 and int.from_bytes(data[2:6], "little") == len(data)
            else None
        )
    if kind == "ole":
        kind = _ole(data)
    elif data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        kind = _zip(data)
    elif kind is None and b"%PDF-" in data[:1024]:
        kind = "pdf"
    elif kind is None and data[257:262] == b"ustar":
        kind = "tar"
    elif (
        kind is None
        and re.match(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", data[:2000])
        and re.search(
            rb"^content-type:\s*(?:multipart/related|text/html)", data[:4000], re.I | re.M
        )
    ):
        kind = "mht"
    if kind in _REFUSED:
        what, then = _REFUSED[kind]
        raise Rejected("unsupported_format", f"The file is {what}, whatever its name says. {then}.")
    return kind or "text"


def _ole(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Rejected(
            "encrypted",
            "The document is protected with a password. Save it without one and put that in its place.",
        )
    return "doc" if "WordDocument".encode("utf-16-le") in data else "ole"


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            names = set(z.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OSError):
        return "zip"
    if "word/document.xml" in names:
        return "docx"
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" in names:
        return (
            "spreadsheet"
            if any(n.startswith("xl/") for n in names)
            else "slides"
            if any(n.startswith("ppt/") for n in names)
            else "zip"
        )
    return "zip"
