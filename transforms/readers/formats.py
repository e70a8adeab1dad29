"""Recognises what the bytes of a source are by their content: names and extensions lie."""

from __future__ import annotations

import io
import re
import zipfile

from schemas import formats
from schemas.errors import Rejected

# The main part of a Word document has one of these content types; its name is free.
WORD_MAIN = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.(?:document|template)"
    r"|ms-word\.(?:document|template)\.macroEnabled\w*)\.main\+xml"
    r"|application/vnd\.ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main\+xml"
)
_JSON_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\[?\s*\{\s*"[^"\r\n]{1,80}"\s*:')
_XML_HEAD = 4000
_ZIP_ERRORS = (
    zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OSError, KeyError,
    EOFError, RuntimeError,
)  # fmt: skip
_MAIL_HEAD = re.compile(rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_MAIL_PAGE = re.compile(
    rb"^content-type:\s*(?:multipart/(?:related|mixed|alternative)|text/html|application/xhtml)",
    re.I | re.M,
)


def kind_of(data: bytes) -> str:
    """Returns the kind of the file: one of the kinds of formats.toml that has a reader or is an
    archive.

    `text` stands for plain text and for web pages; the reader of texts tells them apart.
    Raises Rejected (unsupported_format, encrypted) for what no reader is there for.
    """
    kind = _recognised(data)
    if formats.formats()[kind].refused:
        raise refusal(kind)
    return kind


def refusal(kind: str) -> Rejected:
    """Returns the refusal of a file of a kind that no reader is there for."""
    entry = formats.formats()[kind]
    return Rejected("unsupported_format", case="format", what=entry.name, advice=entry.refused)


def is_archive(kind: str) -> bool:
    """Returns whether files of this kind hold other files that are sources of their own."""
    return formats.formats()[kind].archive


def _recognised(data: bytes) -> str:
    kind = _by_magic(data)
    if kind == "ole":
        return _office_file(data)
    if kind == "zip":
        return _package(data)
    if kind == "bitmap":
        # BM are two letters; a bitmap also says how long the file is
        length = int.from_bytes(data[2:6], "little")
        kind = "picture" if len(data) > 30 and length == len(data) else None
    if kind is not None:
        return kind
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[257:262] == b"ustar":
        return "tar"
    if _MAIL_HEAD.match(data[:4000]) and _MAIL_PAGE.search(data[:8000]):
        return "mht"
    if _JSON_HEAD.match(data[:400]):
        return "json"  # its signs would be read as text of the report
    return _xml_kind(data) or "text"


def _by_magic(data: bytes) -> str | None:
    for kind, entry in formats.formats().items():
        if any(data.startswith(magic) for magic in entry.magic):
            return kind
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return "rtf"
    return None


def _xml_kind(data: bytes) -> str | None:
    """Returns the kind of an Office document that is one XML file, None for any other text."""
    head = data[:_XML_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "replace").encode()
    if b"<" not in head[:200]:
        return None
    if re.search(rb"<(?:\w+:)?package\s[^>]*office/2006/xmlPackage", head):
        # Excel and PowerPoint save flat packages too
        wide = "wordprocessingml".encode("utf-16-le"), "wordprocessingml".encode("utf-16-be")
        is_word = any(name in data for name in (b"wordprocessingml", *wide))
        return "docx" if is_word else "office_xml"
    if re.search(rb"<(?:\w+:)?wordDocument\b", head):
        return "wordml"
    if re.search(
        rb"<(?:\w+:)?document\s[^>]*(?:wordprocessingml/2006|ooxml/wordprocessingml)", head
    ):
        return "docx"
    if re.search(
        rb"urn:schemas-microsoft-com:office:spreadsheet\"[^>]*>|<\?mso-application[^>]*Excel", head
    ):
        return "office_xml"
    if re.search(rb"<office:document\s[^>]*opendocument", head):
        return "open_document"
    return None


def _office_file(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Rejected("encrypted", case="document")
    return "doc" if "WordDocument".encode("utf-16-le") in data else "ole"


def _package(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {name.replace("\\", "/").lstrip("/") for name in package.namelist()}
            if "OFD.xml" in names:
                return "ofd"
            if "word/document.xml" in names:
                return "docx"
            if "mimetype" in names and package.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument"
            ):
                return "open_document"
            if "[Content_Types].xml" not in names:
                return "zip"
            types = package.read("[Content_Types].xml").decode("utf-8", "replace")
    except _ZIP_ERRORS:
        return "zip"
    if "wordprocessingml" in types or WORD_MAIN.search(types):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "spreadsheet"
    if any(name.startswith("ppt/") for name in names):
        return "slides"
    return "zip"
