"""Whether the runs of a Word document show: not hidden or struck, not of the color behind them, not
tiny.

A run looks as the styles of its table, paragraph and characters say, and as it says itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from transforms.readers.ooxml import W, find_value
from transforms.readers.styles import TOGGLES, UNKNOWN, Look, Styles, read_look, shading

_TINY = 4  # half points: no one can read text of two points
_NARROWEST = 5  # percent of its width: letters so narrow are a line
_ALIKE = 10  # of 255: colors that differ by less are one color to the eye
_RAISED = 6  # half points above the line, at which digits are marks of notes
# the bits of w:tblLook
_PARTS = {
    "firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80, "lastColumn": 0x100,
}  # fmt: skip
_HIDING_SHAPE = ("visibility:hidden", "display:none")


def style_looks(paragraph: etree._Element, styles: Styles) -> list[Look]:
    """Returns the looks that the styles of its table and its own give a paragraph, in this
    order.
    """
    if not styles.styles:
        return []
    name = paragraph.find(f"{W}pPr/{W}pStyle")
    own = styles.look(styles.default if name is None else name.get(f"{W}val"))
    table = next(paragraph.iterancestors(f"{W}tbl"), None)
    if table is None:
        return [own]
    identifier = _table_style(table, styles)
    has_parts = any(style.parts for style in styles.chain(identifier))
    parts = list(_parts_of(paragraph, table)) if has_parts else []
    return [styles.look(identifier, parts), own]


def look_of(run: etree._Element, paragraph_looks: list[Look], styles: Styles) -> Look:
    """Returns how a run looks; `paragraph_looks` are those of the styles of its paragraph."""
    properties = run.find(f"{W}rPr")
    name = None if properties is None else find_value(properties, "rStyle")
    direct = read_look(properties)
    if name is None and not paragraph_looks and not styles.defaults:
        return direct
    levels = [*paragraph_looks, styles.look(name)]
    look = dict(styles.defaults)
    for level in levels:
        look.update((key, value) for key, value in level.items() if key not in TOGGLES)
    for toggle in TOGGLES:
        states = [level[toggle] for level in levels if toggle in level]
        if states:
            look[toggle] = str(states.count("1") % 2)
    look.update(direct)
    return look


def is_shown(look: Look, run: etree._Element, styles: Styles) -> bool:
    """Returns whether a run of this look is one that a reader of the document sees as stated."""
    if any(look.get(toggle) == "1" for toggle in TOGGLES) or look.get("ink") == "none":
        return False
    scale = look.get("scale", "").removesuffix("%")
    if scale.isdigit() and int(scale) <= _NARROWEST:
        return False
    size = look.get("size", "")
    if size.isdigit() and int(size) <= _TINY:
        return False
    color = look.get("color", "")
    return color in ("", UNKNOWN) or not _is_alike(color, _ground(look, run, styles))


def vertical_place(look: Look) -> str:
    """Returns where a run stands: superscript, subscript or baseline."""
    raised = look.get("raise", "")
    if raised.isdigit() and int(raised) >= _RAISED:
        return "superscript"
    place = look.get("place", "")
    return place if place in ("superscript", "subscript") else "baseline"


def in_hidden_shape(text_box: etree._Element) -> bool:
    """Returns whether a text box belongs to a drawing that is not shown."""
    for above in text_box.iterancestors():
        if above.tag == f"{W}r":
            return False
        style = "".join((above.get("style") or "").split()).lower()
        if any(hiding in style for hiding in _HIDING_SHAPE):
            return True
        properties = above.find("{*}docPr")
        if properties is not None and properties.get("hidden") in ("1", "true"):
            return True
    return False


def covered_cells(table: etree._Element) -> set[etree._Element]:
    """Returns the cells of a table that lie under a cell merged downward or to the right: their
    text is not shown.

    A cell that continues a merge which no cell above it begins is shown.
    """
    covered = set()
    above: set[int] = set()  # columns in which a merge goes on
    for row in _own(table, f"{W}tr", table, f"{W}tbl"):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        column = 0 if properties is None else _count(find_value(properties, "gridBefore"), 0)
        merged = set()
        goes_on = False  # a merge to the right
        for cell in _own(row, f"{W}tc", row, f"{W}tr"):
            kind, span = _merge(cell)
            if kind == "continue" and column in above:
                covered.add(cell)
            if kind:
                merged.add(column)
            across = _across(cell)
            if across == "continue" and goes_on:
                covered.add(cell)
            goes_on = bool(across) and (goes_on or across == "restart")
            column += span
        above = merged
    return covered


def _merge(cell: etree._Element) -> tuple[str, int]:
    """Returns whether a cell begins or continues a merge (restart, continue, else empty), and how
    many columns it takes.
    """
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        return "", 1
    merge = properties.find(f"{W}vMerge")
    if merge is None:
        merge = properties.find(f"{W}vmerge")  # Word 2003
    kind = "" if merge is None else merge.get(f"{W}val") or "continue"
    return kind, _count(find_value(properties, "gridSpan"), 1)


def _across(cell: etree._Element) -> str:
    """Returns whether a cell begins or continues a merge to the right: restart, continue or
    empty.
    """
    merge = cell.find(f"{W}tcPr/{W}hMerge")
    return "" if merge is None else merge.get(f"{W}val") or "continue"


def _count(written: str | None, otherwise: int) -> int:
    return int(written) if written is not None and written.isdecimal() else otherwise


def _ground(look: Look, run: etree._Element, styles: Styles) -> str:
    """Returns the color behind a run: that of the nearest of run, paragraph, cell, table and
    page.
    """
    if look.get("ground"):
        return look["ground"]
    for above in run.iterancestors():
        if above.tag == f"{W}p":
            style = above.find(f"{W}pPr/{W}pStyle")
            name = styles.default if style is None else style.get(f"{W}val")
            ground = shading(above.find(f"{W}pPr/{W}shd")) or styles.ground(name)
        elif above.tag == f"{W}tc":
            ground = shading(above.find(f"{W}tcPr/{W}shd"))
        elif above.tag == f"{W}tbl":
            ground = shading(above.find(f"{W}tblPr/{W}shd"))
            ground = ground or styles.ground(_table_style(above, styles))
        elif above.tag == f"{W}txbxContent":
            return UNKNOWN  # boxes are often filled
        else:
            continue
        if ground:
            return ground
    return styles.page


def _is_alike(color: str, ground: str) -> bool:
    try:
        pairs = zip(bytes.fromhex(color), bytes.fromhex(ground), strict=True)
        return all(abs(one - other) < _ALIKE for one, other in pairs)
    except ValueError:
        return False


def _table_style(table: etree._Element, styles: Styles) -> str | None:
    name = table.find(f"{W}tblPr/{W}tblStyle")
    return styles.default_table if name is None else name.get(f"{W}val")


def _parts_of(paragraph: etree._Element, table: etree._Element) -> Iterator[str]:
    """Yields the parts of a table that a paragraph stands in, as table styles call them."""
    look = table.find(f"{W}tblPr/{W}tblLook")
    if look is None:
        return
    row = next(paragraph.iterancestors(f"{W}tr"))
    cell = next(paragraph.iterancestors(f"{W}tc"))
    rows = _own(table, f"{W}tr", table, f"{W}tbl")
    cells = _own(row, f"{W}tc", row, f"{W}tr")
    ends = (row is rows[0], row is rows[-1], cell is cells[0], cell is cells[-1])
    for (part, bit), stands_there in zip(_PARTS.items(), ends, strict=True):
        if stands_there and _is_used(look, part, bit):
            yield part.replace("Column", "Col")


def _own(
    root: etree._Element, tag: str, owner: etree._Element, owner_tag: str
) -> list[etree._Element]:
    """Returns the rows or cells of a table, without those of tables inside it."""
    every: Iterable[etree._Element] = root.iter(tag)
    return [element for element in every if next(element.iterancestors(owner_tag)) is owner]


def _is_used(look: etree._Element, part: str, bit: int) -> bool:
    named = look.get(f"{W}{part}")
    if named is not None:
        return named in ("1", "true", "on")
    try:
        return bool(int(look.get(f"{W}val") or "0", 16) & bit)
    except ValueError:
        return False
