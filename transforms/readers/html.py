"""A web page as saved from a government site -> Document: main text and metadata block, without menus and page furniture."""

from __future__ import annotations

import re

from schemas.errors import Rejected
from transforms.readers.document import Document

READER = "html/1"
ROW_LIMIT = 300  # characters in a row of a table of data
_START = re.compile(
    r"\s*(?:<!doctype\s+html|<html|<\?xml[^>]*\?>\s*<(?:!doctype\s+html|html))", re.I
)
# a piece cut out of a page shows no more than these
_PIECES = re.compile(
    r"</?(?:p|br|span|strong|font|section)(?:\s[^<>]*)?/?>|&(?:nbsp|emsp|ensp|ldquo|rdquo|mdash|middot|#\d{2,5});",
    re.I,
)
_BLOCK = {
    "p",
    "div",
    "br",
    "tr",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "th",
    "table",
    "ul",
    "ol",
    "section",
    "article",
    "header",
    "footer",
    "title",
    "dd",
    "dt",
    "dl",
}
_SKIP = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "svg",
    "iframe",
    "select",
    "button",
    "form",
}
_META_TITLE = ("ArticleTitle", "og:title")
_META_DATE = ("PubDate", "publishdate", "article:published_time")
_META_SOURCE = ("ContentSource", "author", "source")


def looks_like(decoded: str) -> bool:
    """Whether the text is a web page, or a piece of one."""
    head = decoded.lstrip("\ufeff")[:4000]
    return (
        bool(_START.match(head))
        or len(_PIECES.findall(head)) > 1
        or bool(
            re.search(r"<(?:body|head|div|table)[\s>]", head, re.I)
            and re.search(r"</(?:body|html|div|table|p)>", decoded[-4000:], re.I)
        )
    )


def read(decoded: str, encoding: str) -> Document:
    """The main text, one paragraph a line, with the page's own title and metadata beside it."""
    from lxml import etree
    from lxml import html as lxml_html

    decoded = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded.lstrip("\ufeff"))
    try:
        root = lxml_html.document_fromstring(
            decoded,
            parser=lxml_html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True),
        )
    except (etree.LxmlError, ValueError):
        raise Rejected("damaged_file", case="page") from None
    metas = {
        (m.get("name") or m.get("property") or ""): (m.get("content") or "").strip()
        for m in root.iter("meta")
    }
    metadata = {}
    for key, names in (
        ("title", _META_TITLE),
        ("published_on", _META_DATE),
        ("issuer", _META_SOURCE),
    ):
        value = next((metas[n] for n in names if metas.get(n)), None)
        if value:
            metadata[key] = value
    block = _metadata_block(root)
    main = _plain(_main_element(root, decoded))
    title = _title(root, metas)
    lines = [line for line in (x.strip() for x in main.split("\n")) if line]
    squeezed = "".join("".join(lines).split())
    if title and "".join(title.split()) not in squeezed[:400]:
        lines.insert(0, title)
    text = "\n".join([*(x for x in block if x not in lines), *lines])
    return Document(text, "text/html", encoding, READER, metadata, title)


def read_saved(data: bytes) -> Document:
    """The page in an .mht (a page saved with all its parts). Raises Rejected: damaged_file."""
    import email
    import email.policy

    from transforms.readers import text

    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True) or b""
            decoded, encoding = text.decode(content)
            document = read(decoded, encoding)
            document.media_type = "multipart/related"
            return document
    raise Rejected("damaged_file", case="saved_page")


def _main_element(root, decoded: str):
    """The smallest element that holds what trafilatura takes for the main text: it says where the text is, `_plain` transcribes all of it."""
    import trafilatura

    found = (
        trafilatura.extract(
            decoded,
            output_format="txt",
            include_comments=False,
            include_tables=True,
            favor_precision=True,
            fast=True,
        )
        or ""
    )
    lines = [
        x
        for x in ("".join(line.split()) for line in found.split("\n"))
        if len(x) >= 4 and not x.startswith("|")
    ]
    element = root.find("body") if root.find("body") is not None else root
    while lines:
        inner = next(
            (
                child
                for child in element
                if isinstance(child.tag, str) and child.tag not in _SKIP and _holds(child, lines)
            ),
            None,
        )
        if inner is None:
            break
        element = inner
    return element


def _holds(element, lines: list[str]) -> bool:
    text = "".join("".join(element.itertext()).split())
    return sum(line in text for line in lines) >= 0.95 * len(lines)


def _title(root, metas: dict[str, str]) -> str | None:
    for candidate in (
        metas.get("ArticleTitle"),
        *("".join(h.itertext()) for h in root.iter("h1", "h2")),
    ):
        if candidate and re.search("法治|依法行政|依法治", candidate):
            return " ".join(candidate.split())
    head = root.find(".//title")
    shown = (
        re.split(r"\s*[-_|—]{1,2}\s*", "".join(head.itertext()).strip())[0]
        if head is not None
        else ""
    )
    return " ".join(shown.split()) if re.search("法治|依法行政|依法治", shown) else None


def _metadata_block(root) -> list[str]:
    """The small table or list that names index number, issuer and dates: `| label | value |` a row of a table, `label：value` otherwise."""
    from transforms.labels import metadata_pairs

    for element in root.iter("table", "ul", "dl", "div"):
        if (element.tag == "div" and element.find(".//div") is not None) or element.find(
            ".//table"
        ) is not None:
            continue
        shown = _plain(element)
        if len(shown) > 1200 or shown.count("。") > 1:
            continue
        if element.tag == "table":
            lines = [_cells(row) for row in element.iter("tr")]
        else:
            lines = [re.sub(r"\s*[:：]\s*", "：", " ".join(shown.split("\n")))]
        if sum(len(metadata_pairs(line)) for line in lines) >= 2:
            return lines
    return []


def _cells(row) -> str:
    return "| " + " | ".join(" ".join(_plain(cell).split()) for cell in row.iter("td", "th")) + " |"


def _row(row) -> str | None:
    """A row of a table of data as one line; None for a table that only arranges the page, whose cells hold tables or long texts."""
    if len(row) < 2 or row.find(".//tr") is not None:
        return None
    line = _cells(row)
    return line if len(line) <= ROW_LIMIT else None


def _plain(element) -> str:
    """All text below an element, a line a block, a row of a table of data a line."""
    out: list[str] = []
    stack = [(element, False)]
    while stack:
        node, closing = stack.pop()
        if closing:
            if node.tag in _BLOCK:
                out.append("\n")
            if node.tail and node is not element:
                out.append(node.tail)
            continue
        if not isinstance(node.tag, str) or node.tag in _SKIP:
            if node.tail and node is not element:
                out.append(node.tail)
            continue
        if node.tag == "tr" and (row := _row(node)):
            out.append(f"\n{row}\n")
            if node.tail and node is not element:
                out.append(node.tail)
            continue
        if node.tag in _BLOCK:
            out.append("\n")
        if node.text:
            out.append(node.text)
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    lines = (" ".join(x.split()) for x in "".join(out).split("\n"))
    return "\n".join(x for x in lines if x)
