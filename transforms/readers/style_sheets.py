"""What the style sheets of a web page say about its elements: a small part of CSS, as far as it hides text.

Selectors of tags, classes, identifiers and attributes are followed, joined by a blank, `>`, `+` or
`~`; so are the order of rules, their specificity and `!important` (CSS Cascading, level 4). Rules
with other selectors are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

SCREEN_WIDTH = 1280  # pixels of the screen that media queries are asked for
# properties that can make text invisible
PROPERTIES = frozenset(
    "display visibility opacity font-size text-indent left top text-decoration text-decoration-line"
    " clip clip-path mso-hide overflow height width max-height transform".split()
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->|<!\[CDATA\[|\]\]>", re.S)
_WIDTH = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*(\d+)(?:\.\d+)?px\s*\)")
_PART = re.compile(
    r"(?P<tag>[a-z][\w-]*|\*)|\#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"
    r"|\[\s*(?P<name>[\w-]+)\s*(?:(?P<sign>[~|^$*]?=)\s*[\"']?(?P<value>[^\"'\]]*)[\"']?\s*)?\]"
    r"|:(?P<place>first-child|last-child)(?![\w-])",
    re.I,
)
_JOINTS = re.compile(r"\s*([>+~])\s*|\s+")
_MAX_RULES = 20_000

Declarations = dict[str, tuple[bool, str]]  # property -> (whether it is important, value)


@dataclass(slots=True)
class Compound:
    """What a selector asks of one element."""

    tag: str | None = None
    identifiers: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def fits(self, element: etree._Element) -> bool:
        """Returns whether the element is one of those that are asked for."""
        if self.tag is not None and element.tag != self.tag:
            return False
        if self.identifiers and element.get("id") not in self.identifiers:
            return False
        if self.classes and not self.classes <= set((element.get("class") or "").split()):
            return False
        if any(not _has_value(element.get(n), sign, v) for n, sign, v in self.attributes):
            return False
        first, last = "first-child" in self.places, "last-child" in self.places
        return not (first and element.getprevious() is not None) and not (
            last and element.getnext() is not None
        )

    def specificity(self) -> tuple[int, int, int]:
        """Returns how narrowly it selects: identifiers, classes and the like, tags."""
        middle = len(self.classes) + len(self.attributes) + len(self.places)
        return len(self.identifiers), middle, int(self.tag is not None)


@dataclass(slots=True)
class Rule:
    """One selector (its parts from left to right, and what joins them) with its declarations."""

    parts: list[Compound]
    joints: list[str]
    declarations: Declarations
    specificity: tuple[int, int, int]

    def fits(self, element: etree._Element) -> bool:
        """Returns whether the selector selects the element."""
        return self.parts[-1].fits(element) and self._fits_before(
            element, len(self.joints), set()
        )

    def _fits_before(
        self, element: etree._Element, at: int, failed: set[tuple[etree._Element, int]]
    ) -> bool:
        """Returns whether the first `at` parts fit what stands before or above the element.

        `failed` are the calls that were answered with no: each is asked once, however deep a page is.
        """
        if at == 0:
            return True
        if (element, at) in failed:
            return False
        joint, part = self.joints[at - 1], self.parts[at - 1]
        if joint == ">":
            candidates = [element.getparent()]
        elif joint == "+":
            candidates = [element.getprevious()]
        elif joint == "~":
            candidates = list(element.itersiblings(preceding=True))
        else:
            candidates = list(element.iterancestors())
        fits = any(
            other is not None and part.fits(other) and self._fits_before(other, at - 1, failed)
            for other in candidates
        )
        if not fits:
            failed.add((element, at))
        return fits


@dataclass(slots=True)
class StyleSheets:
    """The rules of a page that say something about the visibility of text, by what they select."""

    by_key: dict[str, list[tuple[int, Rule]]] = field(default_factory=dict)

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
            if rule.fits(element)
        ]
        ranked.sort(key=lambda entry: entry[0])
        every = [declarations for _, declarations in ranked]
        return merged([*every, declarations_of(element.get("style") or "")])


def merged(every: list[Declarations]) -> str:
    """Returns the declarations that win, as a style. Later ones go before earlier ones."""
    winners: Declarations = {}
    for declarations in every:
        for name, (important, value) in declarations.items():
            if important or name not in winners or not winners[name][0]:
                winners[name] = (important, value)
    return ";".join(f"{name}:{value}" for name, (_, value) in winners.items())


def declarations_of(style: str) -> Declarations:
    """Returns the declarations of a style that can make text invisible."""
    declarations: Declarations = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if colon and name in PROPERTIES:
            value, mark, _ = value.strip().lower().partition("!")
            value = "".join(value.split()) if "decoration" not in name else value.strip()
            if bool(mark) or not declarations.get(name, (False, ""))[0]:
                declarations[name] = (bool(mark), value)
    return declarations


def read_style_sheets(root: etree._Element) -> StyleSheets:
    """Returns the rules of the page's own style sheets that are in force on a screen."""
    sheets = StyleSheets()
    order = 0
    for sheet in root.iter("style"):
        if not _is_for_screens(sheet.get("media") or ""):
            continue
        for selectors, style in _rules(_COMMENT.sub("", sheet.text or "")):
            declarations = declarations_of(style)
            if not declarations:
                continue
            for rule in filter(None, (_rule(s, declarations) for s in selectors.split(","))):
                order += 1
                if order > _MAX_RULES:
                    return sheets
                sheets.by_key.setdefault(_key(rule.parts[-1]), []).append((order, rule))
    return sheets


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yields (selectors, declarations) of a style sheet, those inside @media for screens included."""
    at = 0
    while (opened := sheet.find("{", at)) >= 0:
        head = sheet[at:opened].rpartition(";")[2].strip()
        closed = _closing_brace(sheet, opened)
        inside = sheet[opened + 1 : closed]
        name, _, rest = head.partition(" ")
        if not head.startswith("@"):
            yield head, inside
        elif name in ("@supports", "@layer") or (
            name.startswith("@media") and _is_for_screens(f"{name[6:]} {rest}")
        ):
            yield from _rules(inside)
        at = closed + 1


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
    widths = _WIDTH.findall(query)
    kind = _WIDTH.sub("", query).replace("only", "").replace("and", "").strip()
    if kind not in ("", "all", "screen"):
        return False
    return all(
        int(width) <= SCREEN_WIDTH if bound == "min" else int(width) >= SCREEN_WIDTH
        for bound, width in widths
    )


def _rule(selector: str, declarations: Declarations) -> Rule | None:
    """Returns a selector with its declarations; None for one that is not followed."""
    parts: list[Compound] = []
    joints: list[str] = []
    at, selector = 0, selector.strip()
    while at < len(selector):
        if parts:
            joint = _JOINTS.match(selector, at)
            if joint is None:
                return None
            joints.append(joint[1] or " ")
            at = joint.end()
        compound, end = _compound(selector, at)
        if end == at:
            return None
        parts.append(compound)
        at = end
    if not parts:
        return None
    first, second, third = zip(*(part.specificity() for part in parts))
    return Rule(parts, joints, declarations, (sum(first), sum(second), sum(third)))


def _compound(selector: str, at: int) -> tuple[Compound, int]:
    compound = Compound()
    while match := _PART.match(selector, at):
        at = match.end()
        if match["tag"]:
            compound.tag = None if match["tag"] == "*" else match["tag"].lower()
        elif match["id"]:
            compound.identifiers.add(match["id"])
        elif match["class"]:
            compound.classes.add(match["class"])
        elif match["place"]:
            compound.places.add(match["place"].lower())
        else:
            sign, value = match["sign"] or "", match["value"] or ""
            compound.attributes.append((match["name"].lower(), sign, value))
    return compound, at


def _has_value(value: str | None, sign: str, wanted: str) -> bool:
    """Returns whether an attribute is what a selector asks for: [name], [name="value"], [name^=...]."""
    if value is None or not sign:
        return value is not None
    tests = {
        "=": value == wanted,
        "~=": wanted in value.split(),
        "|=": value == wanted or value.startswith(f"{wanted}-"),
        "^=": bool(wanted) and value.startswith(wanted),
        "$=": bool(wanted) and value.endswith(wanted),
        "*=": bool(wanted) and wanted in value,
    }
    return tests[sign]


def _key(compound: Compound) -> str:
    """Returns under which of its parts a selector is looked up."""
    if compound.identifiers:
        return f"#{min(compound.identifiers)}"
    if compound.classes:
        return f".{min(compound.classes)}"
    return compound.tag or "*"
