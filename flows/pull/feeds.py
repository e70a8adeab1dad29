"""Lists of addresses in other forms than a page: sitemaps, RSS and Atom, CSV, one address a
line.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from flows.pull import links
from flows.pull.links import Link
from schemas.errors import UsageError
from schemas.language import say
from transforms.readers import text as text_reader

_ADDRESS_COLUMNS = ("url", "address", "link", "href", "网址", "链接", "地址")
_TITLE_COLUMNS = ("title", "name", "标题", "名称")


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a list; `is_list` where it is a further list (a sitemap of sitemaps)."""

    link: Link
    is_list: bool = False


def local_entries(address: str) -> tuple[bytes, list[Entry]]:
    """The bytes and entries of a list of addresses in a local file (`file:///path`).

    Raises UsageError where it cannot be read or holds no address.
    """
    path = Path(unquote(urlsplit(address).path))
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read ({reason})", path=path, reason=error.strerror)
        ) from None
    found = entries(body, address)
    if not found:
        raise UsageError(
            say("{path} holds no address: one a line, CSV, a sitemap or RSS", path=path)
        )
    return body, found


def entries(body: bytes, address: str) -> list[Entry]:
    """The entries of a list in one of these forms; none where `body` is none of them.

    Entries of a feed that have a title are left out where the title speaks of something else.
    """
    start = body.lstrip()[:300].lower()
    if start.startswith((b"<?xml", b"<urlset", b"<sitemapindex", b"<rss", b"<feed")):
        return _xml(body, address)
    if start.startswith((b"<", b"{", b"[")):
        return []
    return _lines(body, address)


def _xml(body: bytes, address: str) -> list[Entry]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return []
    if root is None:
        return []
    kind = etree.QName(root).localname.lower()
    if kind in ("urlset", "sitemapindex"):
        places = [n.text.strip() for n in root.iter("{*}loc") if n.text]
        is_list = kind == "sitemapindex"
        return [Entry(Link(urljoin(address, place), "", ""), is_list) for place in places]
    if kind not in ("rss", "feed", "rdf"):
        return []
    found = []
    for item in [*root.iter("{*}item"), *root.iter("{*}entry")]:
        title = "".join(item.findtext("{*}title") or "").strip()
        node = item.find("{*}link")
        target = (node.get("href") or node.text or "").strip() if node is not None else ""
        link = Link(urljoin(address, target), title, title)
        if target and (not title or links.is_report(link)):
            found.append(Entry(link))
    return found


def _lines(body: bytes, address: str) -> list[Entry]:
    """One address a line, or CSV with a column of addresses."""
    text, _ = text_reader.decode(body)
    rows = list(csv.reader(io.StringIO(text.replace("\0", ""))))
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    column = next((header.index(n) for n in _ADDRESS_COLUMNS if n in header), None)
    title_column = next((header.index(n) for n in _TITLE_COLUMNS if n in header), None)
    found = []
    for row in rows[1:] if column is not None else rows:
        cells = [cell.strip() for cell in row]
        target = _cell(cells, column) if column is not None else _first_address(cells)
        if target.startswith(("http://", "https://")):
            title = _cell(cells, title_column)
            found.append(Entry(Link(target, title, title)))
    return found


def _cell(cells: list[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""


def _first_address(cells: list[str]) -> str:
    return next((cell for cell in cells if cell.startswith(("http://", "https://"))), "")
