"""Compares what a reader read with a second, simpler reading of the same file.

The second readings here know nothing of how the readers walk a file: they gather all text nodes
and leave out what the file marks as not shown. Text that is only in the second reading was lost;
text that is only in the first was invented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lxml import etree

from transforms.labels import words
from transforms.readers.document import EVIDENCE, Defect
from transforms.readers.looks import covered_cells, in_hidden_shape, is_shown, look_of, style_looks
from transforms.readers.ooxml import AML, MC, A, M, W, is_on, symbol_font
from transforms.readers.page_text import is_skipped
from transforms.readers.raised import ORDINARY
from transforms.readers.styles import Look, Styles

_TEXT_NODES = (f"{W}t", f"{M}t", f"{A}t")
_NOT_SHOWN = (f"{W}del", f"{W}moveFrom", f"{W}rt", f"{W}delText")
_HAN = re.compile("[\u3400-\u9fff]")
_SENTENCE_SIGN = re.compile("[。；，]")
_SHORTEST_SENTENCE = 8  # Chinese characters
# white space and the bars between the cells of a row are no text
_NO_CHARACTERS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "|\u3000\u00a0\ufeff\u200b\u00ad\ufffc")),
    **ORDINARY,
}


def compare(text: str, second: Iterable[str], added: str = "") -> list[Defect]:
    """Returns what `text` lacks of the second reading, and what it has beyond it and `added`.

    The characters of both are counted, wherever they stand; white space does not count.
    """
    pieces = [squeezed(piece) for piece in second]
    read = squeezed(text)
    wanted, given = Counter("".join(pieces)), Counter(read)
    lost = wanted - given
    # what the reader adds may also stand in for text that was lost: it is no excuse for a loss
    invented = given - wanted - Counter(squeezed(added))
    defects = []
    if lost:
        place = next((piece for piece in pieces if piece and piece not in read), "".join(lost))
        defects.append(Defect("text_lost", lost.total(), place[:EVIDENCE]))
    if invented:
        whole = "".join(pieces)
        lines = (squeezed(line) for line in text.split("\n"))
        place = next(
            (line for line in lines if set(line) & set(invented) and line not in whole),
            "".join(invented),
        )
        defects.append(Defect("text_invented", invented.total(), place[:EVIDENCE]))
    return defects


def squeezed(text: str) -> str:
    """Returns the text without white space, invisible characters and the bars of tables."""
    return "".join(text.split()).translate(_NO_CHARACTERS)


def word_lines(root: etree._Element, styles: Styles) -> list[str]:
    """Returns the text nodes below `root` of a Word document that are shown, in their order."""
    removed = _instructions(root)
    for region in _removed_regions(root, styles):
        removed.update(region.iter(*_TEXT_NODES))
    return [node.text or "" for node in root.iter(*_TEXT_NODES) if node not in removed]


def placeholders(root: etree._Element) -> list[Defect]:
    """Returns the numerals that stand in content controls nobody filled in.

    Word shows the placeholder, and it is read, but it is no statement of the report.
    """
    found = []
    for control in root.iter(f"{W}sdt"):
        mark = control.find(f"{W}sdtPr/{W}showingPlcHdr")
        if mark is None or not is_on(mark):
            continue
        shown = "".join(node.text or "" for node in control.iter(f"{W}t"))
        if any(character.isdecimal() for character in shown):
            found.append(Defect("text_invented", len(shown), shown[:EVIDENCE]))
    return found


def _instructions(root: etree._Element) -> set[etree._Element]:
    """Returns the text nodes that belong to the instruction of a field, not to its result."""
    fields: list[list[etree._Element] | None] = []  # text nodes of each open instruction
    found: set[etree._Element] = set()
    for node in root.iter(f"{W}fldChar", *_TEXT_NODES):
        kind = node.get(f"{W}fldCharType") if node.tag == f"{W}fldChar" else "text"
        if kind == "begin":
            fields.append([])
        elif kind == "text":
            for instruction in fields:
                if instruction is not None:
                    instruction.append(node)
                    break
        elif fields:
            if fields[-1] is not None:
                found.update(fields[-1])
            if kind == "end":
                fields.pop()
            else:
                fields[-1] = None
    return found


def _removed_regions(root: etree._Element, styles: Styles) -> Iterable[etree._Element]:
    for element in root.iter(*_NOT_SHOWN, f"{W}cellDel", f"{W}hidden"):
        owner = element.getparent()
        # inside its properties, a deletion is that of the row or cell
        in_properties = owner is not None and owner.tag in (f"{W}trPr", f"{W}tcPr")
        region = owner.getparent() if owner is not None and in_properties else element
        if region is not None:
            yield region
    for element in root.iter(f"{AML}annotation"):
        if element.get(f"{W}type") in ("Word.Deletion", "Word.Comment", "Word.Formatting"):
            owner = element.getparent()
            row = owner.getparent() if owner is not None and owner.tag == f"{W}trPr" else None
            yield element if row is None else row
    for element in root.iter(f"{MC}AlternateContent"):
        branches = sorted(element, key=lambda b: -sum(1 for _ in b.iter(*_TEXT_NODES)))
        yield from branches[1:]
    for table in root.iter(f"{W}tbl"):
        yield from covered_cells(table)
    yield from _unseen_runs(root, styles)


def _unseen_runs(root: etree._Element, styles: Styles) -> Iterable[etree._Element]:
    """Yields the runs that do not show, by themselves or by a style, and the boxes of hidden
    shapes.
    """
    looks: dict[etree._Element | None, list[Look]] = {None: []}
    for run in root.iter(f"{W}r", f"{M}r"):
        paragraph = next(run.iterancestors(f"{W}p"), None)
        if paragraph is not None and paragraph not in looks:
            looks[paragraph] = style_looks(paragraph, styles)
        in_symbols = symbol_font(run.find(f"{W}rPr"))  # its text stands for other characters
        if in_symbols or not is_shown(look_of(run, looks[paragraph], styles), run, styles):
            yield run
    for box in root.iter(f"{W}txbxContent"):
        if in_hidden_shape(box):
            yield box


def compare_page(
    text: str, root: etree._Element, hidden: set[etree._Element], added: str
) -> list[Defect]:
    """Returns what the text of a web page lacks of its sentences, and what it has that none shows.

    Every visible text node speaks for what was read. Only sentences count as lost, because menus
    are left out on purpose; links, and lines that a site prints on every page, are no sentences.
    Hidden sentences are lost where there are more of them than there is text: then a program of the
    page shows them.
    """
    visible: list[str] = []
    sentences: list[str] = []
    unseen: list[str] = []
    kinds: dict[etree._Element, str] = {}
    for node in root.xpath("//text()"):
        owner = node.getparent().getparent() if node.is_tail else node.getparent()
        kind = "text" if owner is None else _kind_of_place(owner, hidden, kinds)
        if kind in ("unseen", "hidden", "replaced"):
            if kind == "replaced" and _is_sentence(node):
                sentences.append(squeezed(node))
            if kind == "hidden" and _is_sentence(node):
                unseen.append(squeezed(node))
            continue
        visible.append(node)
        if kind == "text" and _is_sentence(node):
            sentences.append(squeezed(node))
    read = squeezed(text)
    lost = [sentence for sentence in sentences if sentence not in read]
    if sum(map(len, unseen)) > len(read):
        lost += unseen
    invented = Counter(read) - Counter(squeezed("".join(visible))) - Counter(squeezed(added))
    defects = []
    if lost:
        defects.append(Defect("text_lost", sum(map(len, lost)), lost[0][:EVIDENCE]))
    if invented:
        defects.append(Defect("text_invented", invented.total(), "".join(invented)[:EVIDENCE]))
    return defects


def _kind_of_place(
    element: etree._Element, hidden: set[etree._Element], kinds: dict[etree._Element, str]
) -> str:
    """Returns what text directly in an element is: unseen, replaced, hidden, link or text.

    `kinds` are those known.
    """
    known = kinds.get(element)
    if known is None:
        if is_skipped(element):
            # a browser shows it where what the object names cannot be shown
            known = "replaced" if element.tag == "object" else "unseen"
        elif element in hidden:
            known = "hidden"
        else:
            parent = element.getparent()
            known = "text" if parent is None else _kind_of_place(parent, hidden, kinds)
            if element.tag == "a" and known == "text":
                known = "link"
        kinds[element] = known
    return known


def _is_sentence(node: str) -> bool:
    return (
        len(_HAN.findall(node)) >= _SHORTEST_SENTENCE
        and bool(_SENTENCE_SIGN.search(node))
        and not any(word in node for word in words("furniture", "lines"))
    )
