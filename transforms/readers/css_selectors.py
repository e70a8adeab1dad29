"""Selectors of CSS: what they ask of an element, of those around it, and how narrowly they select.

Tags, classes, identifiers, attributes, places among children, `:not()`, `:is()`, `:where()` and
`:has()` are followed. A selector that needs a reader's hand (`:hover`, `:checked`) fits nothing.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from lxml import etree

Specificity = tuple[int, int, int]

_NAME = r"(?:[\w-]|\\[0-9a-fA-F]{1,6}\s?|\\[^\n])+"
_PART = re.compile(
    rf"(?P<tag>[a-z][\w-]*|\*)|\#(?P<id>{_NAME})|\.(?P<class>{_NAME})"
    r"|\[\s*(?P<name>[\w-]+)\s*(?:(?P<sign>[~|^$*]?=)\s*[\"']?(?P<value>[^\"'\]]*?)[\"']?\s*[is]?"
    r"\s*)?\]"
    r"|:(?P<place>[a-z-]+)(?P<open>\()?",
    re.I,
)
_JOINTS = re.compile(r"\s*([>+~])\s*|\s+")
_STEP = re.compile(r"([+-]?\d*)n(?:([+-]\d+))?|([+-]?\d+)")
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_RELATIVE = re.compile(r"\s*([>+~]?)\s*")
_ALTERNATIVES = ("is", "where", "matches", "-webkit-any")


@dataclass(slots=True)
class Compound:
    """What a selector asks of one element.

    `counted` are places among siblings: (step, start, from the end, of the same tag). `excluded`
    and `among` are the selectors of `:not()` and of each `:is()`; `holding` those of each `:has()`,
    with the sign before them.
    """

    tag: str | None = None
    identifiers: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    counted: list[tuple[int, int, bool, bool]] = field(default_factory=list)
    excluded: list[Selector] = field(default_factory=list)
    among: list[list[Selector]] = field(default_factory=list)
    holding: list[list[tuple[str, Selector]]] = field(default_factory=list)
    is_root: bool = False
    is_empty: bool = False
    extra: Specificity = (0, 0, 0)

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
        return self._stands_there(element) and self._is_selected(element)

    def _stands_there(self, element: etree._Element) -> bool:
        if self.is_root and element.getparent() is not None:
            return False
        if self.is_empty and (len(element) or element.text):
            return False
        return all(_is_counted(element, *place) for place in self.counted)

    def _is_selected(self, element: etree._Element) -> bool:
        if any(selector.fits(element) for selector in self.excluded):
            return False
        if not all(any(one.fits(element) for one in several) for several in self.among):
            return False
        return all(any(_holds(element, *one) for one in several) for several in self.holding)

    def specificity(self) -> Specificity:
        """Returns how narrowly it selects: identifiers, classes and the like, tags."""
        middle = len(self.classes) + len(self.attributes) + len(self.counted)
        middle += self.is_root + self.is_empty
        first, second, third = self.extra
        return len(self.identifiers) + first, middle + second, int(self.tag is not None) + third


@dataclass(slots=True)
class Selector:
    """The parts of a selector from left to right, and what joins them. `pseudo` is before or
    after.
    """

    parts: list[Compound]
    joints: list[str]
    pseudo: str = ""

    def fits(self, element: etree._Element) -> bool:
        """Returns whether the selector selects the element."""
        return self.parts[-1].fits(element) and self._fits_before(element, len(self.joints), set())

    def specificity(self) -> Specificity:
        """Returns how narrowly it selects, as CSS counts it."""
        first, second, third = zip(*(part.specificity() for part in self.parts))
        return sum(first), sum(second), sum(third)

    def _fits_before(
        self, element: etree._Element, at: int, failed: set[tuple[etree._Element, int]]
    ) -> bool:
        """Returns whether the first `at` parts fit what stands before or above the element.

        `failed` are the calls that were answered with no: each is asked once, however deep a page
        is.
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


def read_selectors(source: str) -> list[Selector]:
    """Returns the selectors of a list joined by commas; those that are not followed are left
    out.
    """
    return [found for one in split_list(source) if (found := read_selector(one)) is not None]


def split_list(source: str) -> list[str]:
    """Returns the pieces of a list between commas that stand in no bracket."""
    pieces, depth, start = [], 0, 0
    for at, sign in enumerate(source):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth <= 0:
            pieces.append(source[start:at])
            start = at + 1
    return [*pieces, source[start:]]


def read_selector(source: str) -> Selector | None:
    """Returns one selector, None for one that is not followed."""
    selector = Selector([], [])
    at, source = 0, source.strip()
    while at < len(source):
        if selector.parts:
            joint = _JOINTS.match(source, at)
            if joint is None:
                return None
            selector.joints.append(joint[1] or " ")
            at = joint.end()
        compound = Compound()
        end = _read_compound(source, at, compound, selector)
        if end is None or end == at:
            return None
        selector.parts.append(compound)
        at = end
    return selector if selector.parts else None


def _read_compound(source: str, at: int, compound: Compound, selector: Selector) -> int | None:
    """Reads one compound from `at` on and returns where it ends, None where it is not followed."""
    while match := _PART.match(source, at):
        at = match.end()
        if match["tag"]:
            compound.tag = None if match["tag"] == "*" else match["tag"].lower()
        elif match["id"]:
            compound.identifiers.add(_unescaped(match["id"]))
        elif match["class"]:
            compound.classes.add(_unescaped(match["class"]))
        elif match["name"]:
            sign, value = match["sign"] or "", match["value"] or ""
            compound.attributes.append((match["name"].lower(), sign, value))
        else:
            inside = ""
            if match["open"]:
                end = _closing(source, at)
                inside, at = source[at:end], end + 1
            if not _read_pseudo(match["place"].lower(), inside, compound, selector):
                return None
        if source[at : at + 2] == "::":  # an element that the style sheet generates
            at += 1
    return at


def _relative_selectors(source: str) -> list[tuple[str, Selector]]:
    """Returns the selectors of a list for `:has()`, each with the sign before it."""
    found = []
    for one in split_list(source):
        sign = _RELATIVE.match(one)
        selector = read_selector(one[sign.end() :]) if sign else None
        if sign and selector is not None:
            found.append((sign[1] or " ", selector))
    return found


def _closing(source: str, at: int) -> int:
    depth = 1
    for place in range(at, len(source)):
        depth += (source[place] == "(") - (source[place] == ")")
        if not depth:
            return place
    return len(source)


def _read_pseudo(name: str, inside: str, compound: Compound, selector: Selector) -> bool:
    """Reads one pseudo-class or pseudo-element. Returns whether it is followed."""
    if name in ("before", "after"):
        selector.pseudo = name
    elif name == "root":
        compound.is_root = True
    elif name == "empty":
        compound.is_empty = True
    elif name == "has":
        compound.holding.append(_relative_selectors(inside))
    elif name in ("not", *_ALTERNATIVES):
        selectors = read_selectors(inside)
        if name == "not":
            compound.excluded += selectors
        else:
            compound.among.append(selectors)
        if name != "where" and selectors:
            strongest = max(one.specificity() for one in selectors)
            first, second, third = (a + b for a, b in zip(compound.extra, strongest, strict=True))
            compound.extra = first, second, third
    else:
        return _read_place(name, inside, compound)
    return True


def _read_place(name: str, inside: str, compound: Compound) -> bool:
    """Reads a place among siblings, as `:first-child` or `:nth-last-of-type(2n+1)`."""
    of_type = name.endswith("-of-type")
    kind = name.removesuffix("-of-type").removesuffix("-child")
    if kind == name:
        return False
    if kind == "only":
        compound.counted += [(0, 1, False, of_type), (0, 1, True, of_type)]
    elif kind in ("first", "last"):
        compound.counted.append((0, 1, kind == "last", of_type))
    elif kind in ("nth", "nth-last"):
        plain = "".join(inside.lower().split())
        plain = {"odd": "2n+1", "even": "2n"}.get(plain, plain)
        step = _STEP.fullmatch(plain)
        if step is None:
            return False
        if step[3]:
            place = 0, int(step[3])
        else:
            place = int(step[1] + "1" if step[1] in ("", "+", "-") else step[1]), int(step[2] or 0)
        compound.counted.append((*place, kind == "nth-last", of_type))
    else:
        return False
    return True


def _is_counted(
    element: etree._Element, step: int, start: int, from_end: bool, of_type: bool
) -> bool:
    """Returns whether an element is the start-th of its siblings, or one of every `step` from
    there.
    """
    siblings = element.itersiblings(
        element.tag if of_type else etree.Element, preceding=not from_end
    )
    beyond = 1 + sum(1 for _ in siblings) - start
    return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0


def _holds(element: etree._Element, sign: str, selector: Selector) -> bool:
    """Returns whether one of what a sign stands for, below or behind an element, is selected."""
    if sign == ">":
        others = iter(element)
    elif sign in "+~":
        others = element.itersiblings()
        others = itertools.islice(others, 1) if sign == "+" else others
    else:
        others = element.iterdescendants(etree.Element)
    return any(selector.fits(other) for other in others)


def _has_value(value: str | None, sign: str, wanted: str) -> bool:
    """Returns whether an attribute is what a selector asks for: [name], [name="value"],
    [name^=...].
    """
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


def _unescaped(name: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], name)
