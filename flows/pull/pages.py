"""What a page holds for a pull: its links, title, length, and the name of a file."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urljoin

from scrapy.http import HtmlResponse, Response, TextResponse

from flows.pull.links import Link, is_attachment
from schemas.errors import Rejected
from transforms import readers
from transforms.readers import text as text_reader


def decoded(response: Response) -> TextResponse:
    """Returns the page in the encoding that reads best, whatever its server says."""
    _, encoding = text_reader.decode(response.body)
    made = HtmlResponse(response.url, body=response.body, encoding=encoding.split("-sig")[0])
    made.request = response.request
    return made


def title_of(page: TextResponse) -> str:
    """Returns the title of a page: that of its article, else its heading, else that of the file."""
    for selector in ("meta[name='ArticleTitle']::attr(content)", "h1::text", "title::text"):
        found = (page.css(selector).get() or "").strip()
        if found:
            return found
    return ""


def links_of(page: TextResponse, selector: str | None = None) -> list[Link]:
    """The links of a page, or those at or below what a CSS selector finds."""
    base = urljoin(page.url, page.css("base::attr(href)").get() or "")
    anchors: Any = page.css("a[href], area[href]")
    if selector:
        anchors = page.css(selector).xpath("descendant-or-self::a[@href]")
    found: dict[str, Link] = {}
    for anchor in anchors:
        href = anchor.attrib["href"].strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            continue
        try:
            address = urljoin(base, re.sub(r"[\r\n\t]", "", href))
        except ValueError:
            continue
        text = " ".join("".join(anchor.css("::text").getall()).split())
        title = anchor.attrib.get("title", "").strip() or text
        known = found.get(address)
        if known is None or len(known.text) < len(text):
            found[address] = Link(address, text, title)
    return list(found.values())


def kind_of(link: Link) -> str:
    """Returns the kind of answer that a link leads to: attachment or page."""
    return "attachment" if is_attachment(link) else "page"


def main_text_length(body: bytes) -> int:
    """Characters of the main text of a page; 0 where it has none."""
    try:
        return len(readers.read(body).text)
    except Rejected:
        return 0


def file_name(response: Response) -> str | None:
    """The name that a server gives a file to be saved under."""
    header = (response.headers.get("Content-Disposition") or b"").decode("utf-8", "replace")
    match = re.search(r"filename\*\s*=\s*(?:UTF-8|utf-8)''([^;]+)", header)
    if match:
        return unquote(match.group(1))
    match = re.search(r'filename\s*=\s*"?([^";]+)"?', header)
    return unquote(match.group(1)).strip() if match else None
