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
from transforms.readers import html, text
from transforms.readers.document import Document

MAX_FRAMES = 40  # frames in frames count, too: a page may name itself


def read(data: bytes) -> Document:
    """Returns the text of the page and of its frames. Raises Rejected: damaged_file."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if pages:
        root, encoding = _parsed(_first_page(message, pages))
        _fill_frames(root, _by_address(pages), [0])
        document = html.read_tree(root, encoding)
    else:
        document = _plain_part(message)
    document.media_type = formats()["mht"].media_type or ""
    return document


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
    root: etree._Element, addresses: dict[str, Message], read: list[int], base: str = ""
) -> None:
    """Puts the bodies of the frames in the place of the elements that show them."""
    for frame in list(root.iter("iframe", "frame")):
        source = unquote((frame.get("src") or "").strip())
        page = addresses.get(source) or addresses.get(urljoin(base, source))
        if page is None:
            page = next(
                (p for a, p in addresses.items() if source and a.endswith(f"/{source}")), None
            )
        if page is None or read[0] >= MAX_FRAMES or not _content(page).strip():
            continue
        read[0] += 1
        inner, _ = _parsed(page)
        _fill_frames(inner, addresses, read, page.get("Content-Location", ""))
        body = inner.find("body")
        shown = etree.Element("div")
        shown.tail = frame.tail
        shown.extend(list(inner if body is None else body))
        if body is not None:
            shown.text = body.text
        frame.getparent().replace(frame, shown)
