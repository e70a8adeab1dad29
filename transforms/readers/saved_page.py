"""A page saved with all its parts (.mht, .eml) -> Document. Frames are read where they stand."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from email.message import Message
from urllib.parse import unquote, urljoin

from lxml import etree

from schemas.errors import Rejected
from schemas.formats import formats
from transforms.readers import html, proof, text
from transforms.readers.document import EVIDENCE, Defect, Document
from transforms.readers.page_hiding import hidden_elements, page_sheets

MAX_FRAMES = 40  # frames in frames count, too: a page may name itself
_PAGE_TYPES = ("text/html", "application/xhtml+xml")

_DOCUMENT_TYPES = frozenset(
    found
    for kind, entry in formats().items()
    if kind in ("pdf", "docx", "doc", "rtf", "spreadsheet", "wps", "ofd")
    if (found := entry.media_type)
)


def read(data: bytes) -> Document:
    """Returns the text of the page and of its frames. Raises Rejected: damaged_file."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() in _PAGE_TYPES]
    if pages:
        first = _first_page(message, pages)
        root, encoding = _parsed(first)
        shown = [first]
        _fill_frames(root, _by_address(pages), shown)
        document = html.read_tree(root, encoding)
        document.defects += _not_shown(document, [page for page in pages if page not in shown])
    else:
        document = _plain_part(message)
    document.media_type = formats()["mht"].media_type or ""
    document.defects += _attached(message)
    return document


def _attached(message: Message) -> list[Defect]:
    """Returns what is lost with documents that are attached: only the page itself is read."""
    defects = []
    for part in message.walk():
        if part.get_content_type() in _DOCUMENT_TYPES and _content(part):
            name = part.get_filename() or part.get_content_type()
            defects.append(Defect("text_lost", len(_content(part)), name[:EVIDENCE]))
    return defects


def _not_shown(document: Document, pages: Sequence[Message]) -> list[Defect]:
    """Returns what is lost with pages that no element of another page names."""
    defects = []
    for page in pages:
        if _content(page).strip():
            root, _ = _parsed(page)
            hidden = hidden_elements(root, page_sheets(root), [])
            found = proof.compare_page(document.text, root, hidden, "")
            defects += [defect for defect in found if defect.kind == "text_lost"]
    return defects


def _plain_part(message: Message) -> Document:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            decoded, encoding = text.decode(_content(part))
            return text.read(decoded, encoding)
    raise Rejected("damaged_file", case="saved_page")


def _first_page(message: Message, pages: Sequence[Message]) -> Message:
    """Returns the part that the message names as its start; without a name, its first page."""
    start = message.get_param("start")
    named = [page for page in pages if start and page.get("Content-ID", "").strip() == start]
    return (named or pages)[0]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _parsed(page: Message) -> tuple[etree._Element, str]:
    content = _content(page)
    if not content.strip():
        raise Rejected("damaged_file", case="saved_page")
    decoded, encoding = text.decode(content)
    return html.parse(decoded), encoding


def _by_address(pages: Sequence[Message]) -> dict[str, Message]:
    """Returns the pages by each address that a frame can name them with."""
    addresses = {}
    for page in pages:
        location = page.get("Content-Location", "").strip()
        identifier = page.get("Content-ID", "").strip().strip("<>")
        if location:
            addresses[unquote(location)] = page
        if identifier:
            addresses[f"cid:{identifier}"] = page
    return addresses


def _fill_frames(
    root: etree._Element, addresses: dict[str, Message], shown: list[Message], base: str = ""
) -> None:
    """Puts the bodies of the frames in the place of the elements that show them.

    The pages that were put somewhere are appended to `shown`.
    """
    for frame in list(root.iter("iframe", "frame", "object", "embed")):
        source = unquote((frame.get("src") or frame.get("data") or "").strip())
        page = addresses.get(source) or addresses.get(urljoin(base, source))
        if page is None:
            page = next(
                (p for a, p in addresses.items() if source and a.endswith(f"/{source}")), None
            )
        if page is None or len(shown) > MAX_FRAMES or not _content(page).strip():
            continue
        shown.append(page)
        inner, _ = _parsed(page)
        _fill_frames(inner, addresses, shown, page.get("Content-Location", ""))
        html.replace_frame(frame, inner)
