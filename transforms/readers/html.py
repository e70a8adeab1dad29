"""A web page as saved from a government site -> Document: its text and its metadata block.

Menus and the foot of the page are left out; forms and layout tables are read like any other part.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from schemas.errors import Rejected
from schemas.formats import formats
from transforms.labels import metadata_pairs
from transforms.readers import proof
from transforms.readers.document import EVIDENCE, Defect, Document
from transforms.readers.main_text import main_elements
from transforms.readers.page_hiding import hidden_elements, page_sheets
from transforms.readers.page_text import page_lines
from transforms.readers.page_values import show_values

READER = "html/2"
_START = re.compile(
    r"\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html|<\?xml[^>]*\?>\s*<(?:!doctype\s+html|html))",
    re.I | re.S,
)
# a piece cut out of a page shows no more than these
_PIECES = re.compile(
    r"</?(?:p|br|span|strong|font|section|div|td)(?:\s[^<>]*)?/?>"
    r"|&(?:nbsp|emsp|ensp|ldquo|rdquo|mdash|middot|#\d{2,5}|#x[\da-f]{2,5});",
    re.I,
)
_META_TITLE = ("ArticleTitle", "og:title")
_META_DATE = ("PubDate", "publishdate", "article:published_time")
_META_SOURCE = ("ContentSource", "author", "source")
_TOPIC = re.compile("法治|依法行政|依法治")
_MAX_FRAMES = 5  # frames in frames
_MAX_METADATA = 1200  # characters of the block that names index number, issuer and dates


def looks_like(decoded: str) -> bool:
    """Returns whether the text is a web page, or a piece of one."""
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
    """Returns the main text of a page, one paragraph a line.

    Title and metadata of the page stand beside it. Raises Rejected: damaged_file, too_deep.
    """
    return read_tree(parse(decoded), encoding)


def parse(decoded: str) -> etree._Element:
    """Returns the root element of a page.

    Raises Rejected: damaged_file where it has none, too_deep where elements lie more than some
    2,000 deep in one another.
    """
    decoded = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded.lstrip("\ufeff"))
    # huge_tree: without it what lies more than 255 deep is left out without a word
    parser = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(decoded, parser=parser)
    except (etree.LxmlError, ValueError):
        raise Rejected("damaged_file", case="page") from None
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise Rejected("too_deep")
    return root


def read_tree(root: etree._Element, encoding: str) -> Document:
    """Returns the document of a parsed page; see `read`."""
    try:
        _fill_frames(root)
        sheets = page_sheets(root)
        show_values(root, sheets)
        pale: list[etree._Element] = []
        hidden = hidden_elements(root, sheets, pale)
        elements, left_out = main_elements(root, hidden)
        lines = [line for element in elements for line in page_lines(element, left_out)]
    except RecursionError:
        raise Rejected("too_deep") from None
    metas = {
        (meta.get("name") or meta.get("property") or ""): (meta.get("content") or "").strip()
        for meta in root.iter("meta")
    }
    title = _title(root, metas)
    squeezed = "".join("".join(lines).split())
    if title and "".join(title.split()) not in squeezed[:400]:
        lines.insert(0, title)
    block = [line for line in _metadata_block(root, hidden) if line not in lines]
    text = "\n".join([*block, *lines])
    return Document(
        text,
        formats()["html"].media_type or "",
        encoding,
        READER,
        _metadata(metas),
        title,
        defects=[
            *proof.compare_page(text, root, hidden, title or ""),
            *_perhaps_unseen(text, pale, hidden),
        ],
    )


def _perhaps_unseen(
    text: str, pale: list[etree._Element], hidden: set[etree._Element]
) -> list[Defect]:
    """Returns what was read of white text, where no one can tell what is behind it."""
    pieces = [proof.squeezed("".join(page_lines(element, hidden))) for element in pale]
    read = proof.squeezed(text)
    return [
        Defect("text_invented", len(piece), piece[:EVIDENCE])
        for piece in pieces
        if len(piece) > 1 and piece in read
    ]


def _fill_frames(root: etree._Element, depth: int = 0) -> None:
    """Puts what frames hold in an attribute of their own (srcdoc) into their place."""
    for frame in list(root.iter("iframe")):
        source = frame.get("srcdoc") or ""
        if not source.strip() or depth >= _MAX_FRAMES:
            continue
        inner = parse(source)
        _fill_frames(inner, depth + 1)
        replace_frame(frame, inner)


def replace_frame(frame: etree._Element, inner: etree._Element) -> None:
    """Puts the body of the page `inner` into the place of the element that shows it."""
    body = inner.find("body")
    shown = etree.Element("div")
    for name in ("id", "class", "style", "hidden"):
        if name in frame.attrib:
            shown.set(name, frame.get(name))
    shown.tail = frame.tail
    shown.extend(list(inner if body is None else body))
    if body is not None:
        shown.text = body.text
    for above in frame.iterancestors("frameset"):
        above.tag = "div"
    frame.getparent().replace(frame, shown)


def _metadata(metas: dict[str, str]) -> dict[str, str]:
    """Returns title, published_on and issuer as far as the head of the page names them."""
    metadata = {}
    for key, names in (
        ("title", _META_TITLE),
        ("published_on", _META_DATE),
        ("issuer", _META_SOURCE),
    ):
        value = next((metas[name] for name in names if metas.get(name)), None)
        if value:
            metadata[key] = value
    return metadata


def _title(root: etree._Element, metas: dict[str, str]) -> str | None:
    headings = ("".join(heading.itertext()) for heading in root.iter("h1", "h2"))
    for candidate in (metas.get("ArticleTitle"), *headings):
        if candidate and _TOPIC.search(candidate):
            return " ".join(candidate.split())
    head = root.find(".//title")
    full = "" if head is None else "".join(head.itertext()).strip()
    shown = re.split(r"\s*[-_|—]{1,2}\s*", full)[0]
    return " ".join(shown.split()) if _TOPIC.search(shown) else None


def _metadata_block(root: etree._Element, hidden: set[etree._Element]) -> list[str]:
    """Returns the small table or list that names index number, issuer and dates.

    A row of a table is `| label | value |`, anything else one line of `label：value`.
    """
    for element in root.iter("table", "ul", "dl", "div"):
        if element in hidden or element.find(".//table") is not None:
            continue
        if element.tag == "div" and element.find(".//div") is not None:
            continue
        lines = page_lines(element, hidden)
        shown = " ".join(lines)
        if len(shown) > _MAX_METADATA or shown.count("。") > 1:
            continue
        if element.tag != "table":
            lines = [re.sub(r"\s*[:：]\s*", "：", shown)]
        if sum(len(metadata_pairs(line)) for line in lines) >= 2:
            return lines
    return []
