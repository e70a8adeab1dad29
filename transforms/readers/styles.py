"""What the styles of a Word document say about its text: which lists it belongs to, what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from transforms.readers.ooxml import W, find_value, is_on

# text with one of these properties is not part of what the document states
UNSEEN = (f"{W}vanish", f"{W}strike", f"{W}dstrike")
# one of these words stands in every style sheet that matters here
_WORDS = (b"numPr", b"vanish", b"strike", b"listPr")
MAX_CHAIN = 20


@dataclass(slots=True)
class Style:
    """One style: its own properties, and the style that it is based on."""

    based_on: str | None = None
    list_id: str | None = None
    level: int | None = None
    unseen: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Styles:
    """The styles of a document by their identifiers; `default` is that of plain paragraphs."""

    styles: dict[str, Style] = field(default_factory=dict)
    default: str | None = None
    defaults: dict[str, bool] = field(default_factory=dict)

    def chain(self, identifier: str | None) -> list[Style]:
        """Returns a style and those that it is based on, itself first."""
        found: list[Style] = []
        while identifier in self.styles and len(found) < MAX_CHAIN:
            style = self.styles[identifier or ""]
            found.append(style)
            identifier = style.based_on
        return found

    def list_of(self, identifier: str | None) -> tuple[str | None, int | None]:
        """Returns list and level of paragraphs of a style; the level is None if the list names it."""
        list_id = level = None
        for style in self.chain(identifier):
            list_id = style.list_id if list_id is None else list_id
            level = style.level if level is None else level
        return list_id, level

    def unseen(self, identifier: str | None) -> dict[str, bool]:
        """Returns the properties of UNSEEN that a style switches on or off."""
        switches: dict[str, bool] = {}
        for style in reversed(self.chain(identifier)):
            switches.update(style.unseen)
        return switches

    def list_styles(self) -> dict[str, str]:
        """Returns style -> list, for the styles that belong to a list."""
        return {name: s.list_id for name, s in self.styles.items() if s.list_id is not None}


def matters(content: bytes) -> bool:
    """Returns whether a style sheet says anything about lists or hidden text."""
    return any(word in content for word in _WORDS) or content[:2] in (b"\xff\xfe", b"\xfe\xff")


def read_styles(root: etree._Element) -> Styles:
    """Returns the styles below `root`."""
    styles = Styles()
    defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    if defaults is not None:
        styles.defaults = switches(defaults)
    for entry in root.iter(f"{W}style"):
        identifier = entry.get(f"{W}styleId") or ""
        style = Style(based_on=find_value(entry, "basedOn"))
        numbering = entry.find(f"{W}pPr/{W}numPr")
        if numbering is not None:
            style.list_id = find_value(numbering, "numId")
            level = find_value(numbering, "ilvl")
            style.level = int(level) if level is not None and level.isdigit() else None
        properties = entry.find(f"{W}rPr")
        if properties is not None:
            style.unseen = switches(properties)
        styles.styles[identifier] = style
        is_default = (entry.get(f"{W}default") or "0").lower() in ("1", "true", "on")
        if is_default and entry.get(f"{W}type") == "paragraph":
            styles.default = identifier
    return styles


def switches(properties: etree._Element) -> dict[str, bool]:
    """Returns the properties of UNSEEN that a w:rPr switches on or off."""
    return {child.tag: is_on(child) for child in properties if child.tag in UNSEEN}
