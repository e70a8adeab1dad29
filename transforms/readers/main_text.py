"""Which part of a web page is its text: the smallest element that holds nearly all sentences, and
what of substance stands beside it. Menus, lists of links and the foot of the page are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from transforms.labels import words
from transforms.readers.page_text import BLOCKS, is_skipped, page_lines

NEARLY_ALL = 0.9
_SENTENCE = re.compile(r"[。；，！？]")
_HAN = re.compile("[\u3400-\u9fff]")
_DIGIT = re.compile(r"[0-9０-９]")
# a list of counts, without a sentence and without a table
_COUNTED = re.compile(r"[0-9０-９][0-9０-９.,]*\s*[余多]?[万亿]?[件起次场份人个名条户家宗例元%％]")
_COUNTED_LINES = 2
_FURNITURE_NAME = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|foot|footer|crumbs?|breadcrumb|share|related|sidebar|copyright|toolbar"
    r"|pagination|pager|qrcode|login|search)(?:$|[-_ ]|bar|box|list|wrap)",
    re.I,
)
_FURNITURE_TAGS = ("nav", "aside", "footer")
_LIST_TAGS = ("ul", "ol", "div", "table", "dl", "td", "p", "section")
_LINKS_OF_A_LIST = 3
_SHORT = 30  # Chinese characters of a heading or a signature
_SHORT_LINES = 3
_SIGNED = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:人民政府|委员会|办事处|领导小组|办公室|司法所)"
    r"|[\d〇○零一二三四五六七八九]{4}\s*年[\d一二三四五六七八九十\s]{1,4}月[\d一二三四五六七八九十\s]{1,4}日"
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Of an element and all below it: Chinese characters of sentences, of all text, of links."""

    sentences: int = 0
    characters: int = 0
    linked: int = 0
    links: int = 0


def main_elements(
    root: etree._Element, hidden: set[etree._Element]
) -> tuple[list[etree._Element], set[etree._Element]]:
    """Returns the elements that hold the text, in their order, and all elements to leave out."""
    body = root.find("body")
    body = root if body is None else body
    weights = _weigh(body, hidden)
    furniture = _furniture(body, weights)
    left_out = hidden | furniture
    total = weights[body].sentences - sum(weights[e].sentences for e in furniture if e in weights)
    element = body
    while total:
        inner = next(
            (
                child
                for child in element
                if child not in left_out
                and child in weights
                and weights[child].sentences >= NEARLY_ALL * total
            ),
            None,
        )
        if inner is None or (inner.tag not in BLOCKS and inner.tag not in ("span", "font", "a")):
            break
        element = inner
    return _with_neighbours(element, body, weights, left_out), left_out


def _weigh(body: etree._Element, hidden: set[etree._Element]) -> dict[etree._Element, Weights]:
    """Returns the weights of every element that is shown; elements not in it are not."""
    weights: dict[etree._Element, Weights] = {}
    _weigh_below(body, hidden, weights, linked=False)
    return weights


def _weigh_below(
    element: etree._Element,
    hidden: set[etree._Element],
    weights: dict[etree._Element, Weights],
    linked: bool,
) -> Weights:
    linked = linked or (element.tag == "a" and element.get("href") is not None)
    pieces = [element.text] if element.text else []
    sentences = characters = in_links = 0
    links = int(element.tag == "a")
    for child in element:
        if child.tail:
            pieces.append(child.tail)
        if not isinstance(child.tag, str) or is_skipped(child) or child in hidden:
            continue
        below = _weigh_below(child, hidden, weights, linked)
        sentences += below.sentences
        characters += below.characters
        in_links += below.linked
        links += below.links
    for piece in pieces:
        count = len(_HAN.findall(piece))
        characters += count
        if linked:
            in_links += count
        elif count and _SENTENCE.search(piece):
            sentences += count
    weights[element] = Weights(sentences, characters, in_links, links)
    return weights[element]


def _furniture(body: etree._Element, weights: dict[etree._Element, Weights]) -> set[etree._Element]:
    """Returns the elements that only lead elsewhere or belong to the site, not to the text."""
    few = weights[body].sentences // 10
    furniture = set()
    for element, weight in weights.items():
        if weight.sentences > few or element is body:
            continue
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        is_named = element.tag in _FURNITURE_TAGS or _FURNITURE_NAME.search(name)
        is_list = (
            element.tag in _LIST_TAGS
            and weight.links >= _LINKS_OF_A_LIST
            and weight.linked > 0.6 * weight.characters
        )
        if is_list or (is_named and not _is_substance(element, weight, set())):
            furniture.add(element)
    return furniture


def _with_neighbours(
    element: etree._Element,
    body: etree._Element,
    weights: dict[etree._Element, Weights],
    left_out: set[etree._Element],
) -> list[etree._Element]:
    """Returns the element of the text with the elements beside it, up to the body, that have
    substance.
    """
    before: list[etree._Element] = []
    behind: list[etree._Element] = []
    inner = element
    while inner is not body:
        parent = inner.getparent()
        _wrap_loose_text(parent, inner, weights, left_out)
        at = parent.index(inner)
        earlier = _substantial(parent[:at], weights, left_out, is_behind=False)
        later = _substantial(parent[at + 1 :], weights, left_out, is_behind=True)
        if (earlier or later) and parent is not body:
            # one part of an article has substance: the others are read with it
            element, before, behind = parent, [], []
        else:
            before, behind = [*earlier, *before], [*behind, *later]
        inner = parent
    return [*before, element, *behind]


def _wrap_loose_text(
    parent: etree._Element,
    inner: etree._Element,
    weights: dict[etree._Element, Weights],
    left_out: set[etree._Element],
) -> None:
    """Puts text that stands directly in `parent`, beside `inner`, into paragraphs of its own."""
    loose = etree.Element("p")
    loose.text, parent.text = parent.text, None
    runs = [(0, loose)]
    for child in list(parent):
        is_apart = child is inner or child.tag in BLOCKS
        if not is_apart and isinstance(child.tag, str):
            loose.append(child)
            continue
        loose = etree.Element("p")
        loose.text, child.tail = child.tail, None
        runs.append((parent.index(child) + 1, loose))
    for at, run in reversed(runs):
        if run.text or len(run):
            parent.insert(at, run)
            _weigh_below(run, left_out, weights, linked=False)


def _substantial(
    elements: list[etree._Element],
    weights: dict[etree._Element, Weights],
    left_out: set[etree._Element],
    is_behind: bool,
) -> list[etree._Element]:
    """Returns those of some neighbours of the text that belong to it."""
    kept: list[etree._Element] = []
    short: list[etree._Element] = []  # headings of what follows, or the signature below the text
    for element in elements:
        if element in left_out or element not in weights:
            continue
        if _is_substance(element, weights[element], left_out):
            kept += [*short, element]
            short = []
        elif not (element.tag == "br" or _is_short(element, weights[element], left_out)):
            short = []
        elif weights[element].characters:
            short = [*short, element][-_SHORT_LINES:]
    if is_behind:
        kept += _signature(elements, kept, left_out)
    return kept


def _is_short(element: etree._Element, weight: Weights, left_out: set[etree._Element]) -> bool:
    """Returns whether an element is one short line without links, as headings are."""
    if weight.links or weight.characters > _SHORT:
        return False
    lines = page_lines(element, left_out)
    return len(lines) <= 1 and not any(map(_is_site_line, lines))


def _signature(
    elements: list[etree._Element], kept: list[etree._Element], left_out: set[etree._Element]
) -> list[etree._Element]:
    """Returns the issuer and the date that stand below the text."""
    start = elements.index(kept[-1]) + 1 if kept else 0
    found: list[etree._Element] = []
    for element in elements[start:]:
        lines = [] if element in left_out else page_lines(element, left_out)
        if any(not _SIGNED.fullmatch(line) or _is_site_line(line) for line in lines):
            break
        if lines:
            found.append(element)
    return found


def _is_substance(element: etree._Element, weight: Weights, left_out: set[etree._Element]) -> bool:
    """Returns whether an element has sentences, counts, or a table of data, that no site prints on
    every page.
    """
    if 2 * weight.linked > weight.characters:
        return False
    lines = page_lines(element, left_out)
    content = [line for line in lines if not _is_site_line(line)]
    if any(len(_HAN.findall(line)) >= 5 and _SENTENCE.search(line) for line in content):
        return True
    if not weight.links and sum(bool(_COUNTED.search(line)) for line in content) >= _COUNTED_LINES:
        return True
    rows = [line for line in content if line.startswith("| ")]
    with_digits = [row for row in rows if _DIGIT.search(row)]
    return len(rows) >= 2 and len(with_digits) >= 1 and not _is_metadata(rows)


def _is_site_line(line: str) -> bool:
    return any(word in line for word in words("furniture", "lines"))


def _is_metadata(rows: list[str]) -> bool:
    from transforms.labels import label_fields

    labels = label_fields()
    cells = [cell.strip(" ：:") for row in rows for cell in row.strip("| ").split("|")]
    return sum(cell in labels for cell in cells) >= 2
