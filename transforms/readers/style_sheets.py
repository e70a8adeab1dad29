"""What the style sheets of a web page say about its elements: a small part of CSS, as far as it
hides text.

The order of rules, their specificity and `!important` are followed (CSS Cascading, level 4), so are
variables, rules inside rules and the selectors of css_selectors.py.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from lxml import etree

from transforms.readers.css_selectors import (
    Compound,
    Selector,
    Specificity,
    read_selectors,
    split_list,
)

SCREEN_WIDTH = 1280  # pixels of the screen that media queries are asked for
# properties that can make text invisible
PROPERTIES = frozenset(
    "display visibility opacity font-size text-indent left top text-decoration text-decoration-line"
    " clip clip-path mso-hide overflow height width max-height max-width transform scale right"
    " margin-left margin-top"
    " color background background-color background-image filter content-visibility vertical-align"
    " direction unicode-bidi".split()
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->|<!\[CDATA\[|\]\]>", re.S)
_WIDTH = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*(\d+)(?:\.\d+)?px\s*\)")
_RANGE = re.compile(r"\(\s*width\s*([<>])=?\s*(\d+)(?:\.\d+)?px\s*\)")
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]*)")
_USE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_CONTENT = re.compile(r"(?:^|[;\s])content\s*:\s*((?:\"[^\"]*\"|'[^']*'|[^;])*)", re.I)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.I)
_EMBEDDED = re.compile(r"\s*data:text/css([^,]*),(.*)", re.I | re.S)
_IMPORT = re.compile(
    r"@import\s+(?:url\(\s*)?[\"']?(data:text/css[^\"')]*)[\"']?\s*\)?([^;]*);", re.I
)
_MAX_RULES = 20_000

Declarations = dict[str, tuple[bool, str]]  # property -> (whether it is important, value)


@dataclass(slots=True)
class Rule:
    """One selector with its declarations; `content` is what it generates, if it is one that
    does.
    """

    selector: Selector
    declarations: Declarations
    specificity: Specificity
    content: str = ""


@dataclass(slots=True)
class StyleSheets:
    """The rules of a page that say something about the visibility of text, by what they select."""

    by_key: dict[str, list[tuple[int, Rule]]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    generating: list[Rule] = field(default_factory=list)

    def generated(self, element: etree._Element, place: str) -> str:
        """Returns the value of `content` that the page puts before or after the text of an
        element.
        """
        fitting = [
            rule.content
            for rule in self.generating
            if rule.selector.pseudo == place and rule.selector.fits(element)
        ]
        return fitting[-1] if fitting else ""

    def style_of(self, element: etree._Element) -> str:
        """Returns the declarations that hold for an element, inline ones included, as a style."""
        keys = ["*", str(element.tag)]
        if identifier := element.get("id"):
            keys.append(f"#{identifier}")
        if classes := element.get("class"):
            keys += [f".{name}" for name in classes.split()]
        found = [entry for key in keys for entry in self.by_key.get(key, ())]
        ranked = [
            ((rule.specificity, order), rule.declarations)
            for order, rule in found
            if rule.selector.fits(element)
        ]
        ranked.sort(key=lambda entry: entry[0])
        every = [declarations for _, declarations in ranked]
        return merged([*every, declarations_of(element.get("style") or "", self.variables)])


def merged(every: list[Declarations]) -> str:
    """Returns the declarations that win, as a style. Later ones go before earlier ones."""
    winners: Declarations = {}
    for declarations in every:
        for name, (important, value) in declarations.items():
            if important or name not in winners or not winners[name][0]:
                winners[name] = (important, value)
    return ";".join(f"{name}:{value}" for name, (_, value) in winners.items())


def declarations_of(style: str, variables: dict[str, str] | None = None) -> Declarations:
    """Returns the declarations of a style that can make text invisible.

    `variables` are those of the page's style sheets.
    """
    declarations: Declarations = {}
    for declaration in _plain(style, variables or {}).split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if colon and name in PROPERTIES:
            value, mark, _ = value.strip().lower().partition("!")
            value = "".join(value.split()) if "decoration" not in name else value.strip()
            if bool(mark) or not declarations.get(name, (False, ""))[0]:
                declarations[name] = (bool(mark), value)
    return declarations


def _plain(style: str, variables: dict[str, str]) -> str:
    """Returns a style without comments, escapes and variables."""
    if "/*" in style:
        style = _COMMENT.sub("", style)
    if "\\" in style:
        style = _ESCAPE.sub(lambda m: chr(min(int(m[1], 16), 0x10FFFF)), style)
    if "var(" in style:
        style = _with_values(style, {**variables, **dict(_VARIABLE.findall(style))})
    return style


def sheets_of(root: etree._Element) -> list[tuple[str, str]]:
    """Returns the style sheets that a page holds itself, each with the media it is for: in elements
    and in addresses of their own (data:).
    """
    found = []
    for element in root.iter("style", "link"):
        source, media = element.text or "", element.get("media") or ""
        if element.tag == "link":
            is_sheet = "stylesheet" in (element.get("rel") or "").lower()
            source = _embedded(element.get("href") or "") if is_sheet else ""
        found += [(_embedded(m[1]), m[2].strip() or media) for m in _IMPORT.finditer(source)]
        found.append((source, media))
    return found


def _embedded(address: str) -> str:
    """Returns the style sheet that an address holds itself, empty for other addresses."""
    match = _EMBEDDED.match(address)
    if match is None:
        return ""
    content = unquote_to_bytes(match[2])
    if match[1].strip().lower().endswith("base64"):
        try:
            content = base64.b64decode(content)
        except ValueError:
            return ""
    return content.decode("utf-8", "replace")


def read_style_sheets(root: etree._Element) -> StyleSheets:
    """Returns the rules of the page's own style sheets that are in force on a screen."""
    sources = [
        _COMMENT.sub("", source) for source, media in sheets_of(root) if _is_for_screens(media)
    ]
    variables = {name: value.strip() for s in sources for name, value in _VARIABLE.findall(s)}
    sheets, order = StyleSheets(variables=variables), 0
    for source in sources:
        for selectors, style in _rules(_with_values(source, variables)):
            declarations, content = declarations_of(style), _content(style)
            if not declarations and not content:
                continue
            for selector in read_selectors(selectors):
                order += 1
                if order > _MAX_RULES:
                    return sheets
                rule = Rule(selector, declarations, selector.specificity(), content)
                if selector.pseudo:
                    sheets.generating += [rule] if content else []
                else:
                    sheets.by_key.setdefault(_key(selector.parts[-1]), []).append((order, rule))
    return sheets


def _with_values(source: str, variables: dict[str, str]) -> str:
    """Returns a style sheet with its variables replaced by their values, wherever they are set."""
    return _USE.sub(lambda m: variables.get(m[1], (m[2] or "").strip()), source)


def _content(style: str) -> str:
    found = _CONTENT.findall(style)
    return found[-1] if found else ""


def _rules(sheet: str, above: str = "") -> Iterator[tuple[str, str]]:
    """Yields (selectors, declarations) of a style sheet, those inside @media for screens included.

    `above` is the selector of the rule in which these stand.
    """
    at, own = 0, ""
    while (opened := sheet.find("{", at)) >= 0:
        before, _, head = sheet[at:opened].rpartition(";")
        own += before + ";"
        head = head.strip()
        closed = _closing_brace(sheet, opened)
        inside = sheet[opened + 1 : closed]
        name, _, rest = head.partition(" ")
        if not head.startswith("@"):
            yield from _rules(inside, _nested(head, above))
        elif name in ("@supports", "@layer", "@container") or (
            name.startswith("@media") and _is_for_screens(f"{name[6:]} {rest}")
        ):
            yield from _rules(inside, above)
        at = closed + 1
    own += sheet[at:]
    if above and own.strip(" ;\n\t\r"):
        yield above, own


def _nested(head: str, above: str) -> str:
    """Returns the selectors of a rule inside another as they would stand outside of it."""
    if not above:
        return head
    pieces = (piece.strip() for piece in split_list(head))
    around = f":is({above})"
    return ",".join(p.replace("&", around) if "&" in p else f"{around} {p}" for p in pieces)


def _closing_brace(sheet: str, opened: int) -> int:
    depth = 0
    for brace in re.finditer("[{}]", sheet[opened:]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return opened + brace.start()
    return len(sheet)


def _is_for_screens(media: str) -> bool:
    """Returns whether a media query is true of a usual screen."""
    return any(map(_is_true_of_screen, media.lower().split(",")))


def _is_true_of_screen(query: str) -> bool:
    bounds = [("min" if sign == ">" else "max", width) for sign, width in _RANGE.findall(query)]
    widths = [*_WIDTH.findall(query), *bounds]
    kind = _RANGE.sub("", _WIDTH.sub("", query)).replace("only", "").replace("and", "").strip()
    if kind not in ("", "all", "screen"):
        return False
    return all(
        int(width) <= SCREEN_WIDTH if bound == "min" else int(width) >= SCREEN_WIDTH
        for bound, width in widths
    )


def _key(compound: Compound) -> str:
    """Returns under which of its parts a selector is looked up."""
    if compound.identifiers:
        return f"#{min(compound.identifiers)}"
    if compound.classes:
        return f".{min(compound.classes)}"
    return compound.tag or "*"
