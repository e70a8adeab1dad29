"""What the styles of a Word document say about its text: its lists, and how it looks as far as that
hides it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from transforms.readers.ooxml import W, find_value, is_on

# properties that are switched on and off; on in two kinds of styles at once, they are off
TOGGLES = ("vanish", "strike", "dstrike")
MAX_CHAIN = 20
UNKNOWN = "?"  # a color that is not told
_VALUES = {
    f"{W}sz": "size", f"{W}vertAlign": "place", f"{W}position": "raise", f"{W}w": "scale",
}  # fmt: skip
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_CLEAR = 95_000  # thousandths of a percent of transparency, from which on nothing is seen
_HIGHLIGHTS = {"black": "000000", "white": "FFFFFF", "none": ""}

# how text looks: the toggles ("1" or "0"), color and ground (RRGGBB), size and raise (half points),
# scale (percent of its width), place (superscript, subscript), ink ("none")
Look = dict[str, str]


@dataclass(slots=True)
class Style:
    """One style: its own properties, and the style that it is based on.

    `ground` is the color behind its paragraphs or cells. `parts` are the looks that a table style
    gives to parts of a table (firstRow, lastCol, ...).
    """

    based_on: str | None = None
    list_id: str | None = None
    level: int | None = None
    look: Look = field(default_factory=dict)
    ground: str = ""
    parts: dict[str, Look] = field(default_factory=dict)


@dataclass(slots=True)
class Styles:
    """The styles of a document by their identifiers.

    `default` is that of plain paragraphs, `default_table` that of tables; `page` is the color of
    the page.
    """

    styles: dict[str, Style] = field(default_factory=dict)
    default: str | None = None
    default_table: str | None = None
    defaults: Look = field(default_factory=dict)
    page: str = "FFFFFF"

    def chain(self, identifier: str | None) -> list[Style]:
        """Returns a style and those that it is based on, itself first."""
        found: list[Style] = []
        while identifier in self.styles and len(found) < MAX_CHAIN:
            style = self.styles[identifier or ""]
            found.append(style)
            identifier = style.based_on
        return found

    def list_of(self, identifier: str | None) -> tuple[str | None, int | None]:
        """Returns list and level of paragraphs of a style; the level is None if the list names
        it.
        """
        list_id = level = None
        for style in self.chain(identifier):
            list_id = style.list_id if list_id is None else list_id
            level = style.level if level is None else level
        return list_id, level

    def look(self, identifier: str | None, parts: Iterable[str] = ()) -> Look:
        """Returns the look that a style gives, those of these parts of a table included."""
        chain = self.chain(identifier)
        look: Look = {}
        for style in reversed(chain):
            look.update(style.look)
        for part in parts:
            for style in reversed(chain):
                look.update(style.parts.get(part, {}))
        return look

    def ground(self, identifier: str | None) -> str:
        """Returns the color behind the paragraphs or cells of a style, empty where it gives
        none.
        """
        return next((style.ground for style in self.chain(identifier) if style.ground), "")

    def list_styles(self) -> dict[str, str]:
        """Returns style -> list, for the styles that belong to a list."""
        return {name: s.list_id for name, s in self.styles.items() if s.list_id is not None}


def read_styles(root: etree._Element) -> Styles:
    """Returns the styles below `root`."""
    styles = Styles()
    defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    styles.defaults = read_look(defaults)
    for entry in root.iter(f"{W}style"):
        identifier = entry.get(f"{W}styleId") or ""
        style = Style(based_on=find_value(entry, "basedOn"))
        numbering = entry.find(f"{W}pPr/{W}numPr")
        if numbering is not None:
            style.list_id = find_value(numbering, "numId")
            level = find_value(numbering, "ilvl")
            style.level = int(level) if level is not None and level.isdigit() else None
        style.look = read_look(entry.find(f"{W}rPr"))
        style.ground = shading(entry.find(f"{W}pPr/{W}shd"))
        if entry.get(f"{W}type") == "table":
            _read_parts(entry, style)
        styles.styles[identifier] = style
        is_default = (entry.get(f"{W}default") or "0").lower() in ("1", "true", "on")
        if is_default and entry.get(f"{W}type") == "paragraph":
            styles.default = identifier
        elif is_default and entry.get(f"{W}type") == "table":
            styles.default_table = identifier
    return styles


def _read_parts(entry: etree._Element, style: Style) -> None:
    """Reads what a table style says of parts of a table. Which cells it shades is not followed."""
    if any(shading(shade) not in ("", "FFFFFF") for shade in entry.iter(f"{W}shd")):
        style.ground = UNKNOWN
    for part in entry.iter(f"{W}tblStylePr"):
        look = read_look(part.find(f"{W}rPr"))
        if look:
            style.parts[part.get(f"{W}type") or ""] = look


def read_look(properties: etree._Element | None) -> Look:
    """Returns what a w:rPr says about how text looks, as far as that may hide or raise it."""
    look: Look = {}
    for child in () if properties is None else properties:
        tag = child.tag
        name = tag[len(W) :] if isinstance(tag, str) else ""
        if name in TOGGLES:
            look[name] = "1" if is_on(child) else "0"
        elif tag in _VALUES:
            look[_VALUES[tag]] = child.get(f"{W}val") or ""
        elif name == "color":
            look["color"] = _color(child.get(f"{W}val"), child.get(f"{W}themeColor"))
        elif name == "shd" and (ground := shading(child)):
            look["ground"] = ground
        elif name == "highlight":
            look["ground"] = _HIGHLIGHTS.get(child.get(f"{W}val") or "none", UNKNOWN)
        elif tag == f"{W14}textFill":
            look.update(_fill(child))
    return look


def _fill(fill: etree._Element) -> Look:
    """Returns the look that a fill of letters gives, which goes before their color."""
    if fill.find(f"{W14}noFill") is not None:
        return {"ink": "none"}
    look: Look = {"ink": "", "color": UNKNOWN}
    for color in fill.iterfind(f"{W14}solidFill/*"):
        clear = color.find(f"{W14}alpha")
        written = "" if clear is None else clear.get(f"{W14}val") or ""
        if written.isdecimal() and int(written) >= _CLEAR:
            look["ink"] = "none"
        if color.tag == f"{W14}srgbClr":
            look["color"] = _color(color.get(f"{W14}val"), None)
        elif len(color) == 0:
            look["color"] = _color(None, color.get(f"{W14}val"))
    return look


def shading(element: etree._Element | None) -> str:
    """Returns the color that a w:shd puts behind text, empty for none."""
    if element is None:
        return ""
    pattern = element.get(f"{W}val") or "clear"
    fill = _color(element.get(f"{W}fill"), element.get(f"{W}themeFill"))
    if pattern == "solid":
        return _color(element.get(f"{W}color"), element.get(f"{W}themeColor")) or "000000"
    return fill if pattern in ("clear", "nil") else UNKNOWN


def _color(value: str | None, theme: str | None) -> str:
    if value is not None and len(value) == 6:
        return value.upper()
    if theme in ("background1", "light1", "bg1"):
        return "FFFFFF"
    return UNKNOWN if theme else ""
