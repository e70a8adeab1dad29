"""Builds the tree of sections from headings, enumerators and regions; it covers the whole text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from transforms.folding import simplified
from transforms.labels import words
from transforms.layout.lines import Layout, Line
from transforms.layout.shape import is_page_number
from transforms.markers import ITEM, item_number, listed_items
from transforms.sections.headings import Heading, find_headings, heading_text

_KINDS = ("problems", "plan", "suggestions", "work", "other")


@dataclass(slots=True)
class Section:
    """One node of the tree of sections.

    [start, end) are the offsets of its own text, which ends where its first child begins. `level`
    is 1 for a top heading, more below it, 0 for a region without a heading. `kind` is as in
    `section_kind`, or preamble, signature or item. `parent` is an index into the list of sections,
    None at the top. `marker` (一、) and `heading` are None where there is none; an item has a marker
    and no heading. `body_start` is the offset behind the heading.
    """

    start: int
    end: int
    level: int
    kind: str
    parent: int | None = None
    marker: str | None = None
    heading: str | None = None
    body_start: int = 0


class _Cut(NamedTuple):
    """Where a section begins.

    `what` is heading, item, or a region: body, signature, other. `match` is the match of the marker
    of a heading or item, None for a region; `level` is 0 but for a heading.
    """

    start: int
    what: str
    level: int = 0
    match: re.Match[str] | None = None


def build_tree(
    text: str, flat: str, layout: Layout, report_year: int | None = None
) -> list[Section]:
    """Returns the sections of a report by their offsets; their spans cover `text` without overlap.

    `flat` is the flat text, of the same length, and `layout` the layout of its lines.
    `report_year`, None where not known, tells plans for a later year (see `section_kind`). An
    empty text gives one empty section.
    """
    headings = find_headings(flat, layout.lines)
    heading_starts = {heading.start for heading in headings}
    cuts = [_Cut(h.start, "heading", h.level, h.match) for h in headings]
    cuts += [
        cut
        for cut in _regions(flat, layout.lines)
        if not (cut.what == "body" and cut.start in heading_starts)
    ]
    for line in layout.lines:
        if line.kind == "body":
            cuts += [
                _Cut(match.start(1), "item", 0, match)
                for match in listed_items(flat, line.start, line.end)
            ]
            cuts += [
                _Cut(match.start(), "item", 0, match)
                for match in ITEM.finditer(flat, line.start, line.end)
                if match.start() not in heading_starts
                and not _inside_marker(match.start(), headings)
            ]
    cuts.sort(key=lambda cut: (cut.start, cut.what != "body"))
    return _assemble(text, flat, _from_the_start(cuts), report_year)


def _regions(flat: str, lines: list[Line]) -> list[_Cut]:
    """Returns the cuts where body, signature and the rest of the page begin."""
    cuts: list[_Cut] = []
    previous = None
    for line in lines:
        if line.kind == "blank":
            continue
        region = {"body": "body", "signature": "signature", "date": "signature"}.get(
            line.kind, "other"
        )
        # a page number inside a sentence is blank in the flat text
        printed = flat[line.start : line.end].strip()
        page_number = line.kind == "furniture" and (not printed or is_page_number(printed))
        if page_number and previous == "body":
            continue
        if region != previous:
            cuts.append(_Cut(line.start, region))
            previous = region
    return cuts


def _inside_marker(position: int, headings: list[Heading]) -> bool:
    """Whether an enumerator begins inside a heading's marker; in （一）一是 it begins behind it."""
    return any(heading.start < position < heading.match.end() for heading in headings)


def _from_the_start(cuts: list[_Cut]) -> list[_Cut]:
    """Returns the cuts with a first one at offset 0, so that the sections cover the whole text."""
    if cuts and cuts[0].start == 0:
        return cuts
    if not cuts:
        return [_Cut(0, "body")]
    first = cuts[0]
    if first.what in ("other", "signature", "body"):
        return [_Cut(0, first.what), *cuts[1:]]
    return [_Cut(0, "other"), *cuts]


def _assemble(text: str, flat: str, cuts: list[_Cut], report_year: int | None) -> list[Section]:
    """Returns one section for each cut, which ends where the next one begins."""
    sections: list[Section] = []
    open_headings: list[tuple[int, int]] = []  # (level, index)
    open_items: list[tuple[int, int, int]] = []  # (level, index, number)
    for index, cut in enumerate(cuts):
        stop = cuts[index + 1].start if index + 1 < len(cuts) else len(text)
        if cut.what == "heading":
            open_headings = [entry for entry in open_headings if entry[0] < cut.level]
            parent = open_headings[-1][1] if open_headings else None
            section = _heading_section(text, flat, cut, stop, sections, parent, report_year)
            open_headings.append((cut.level, len(sections)))
            open_items = []
        elif cut.what == "item":
            section = _item_section(text, cut, stop, open_headings, open_items)
            assert cut.match is not None
            open_items.append((section.level, len(sections), item_number(cut.match[0])))
        else:
            section = Section(
                cut.start, stop, 0, _region_kind(cut.what, sections), body_start=cut.start
            )
            if cut.what != "body":
                open_headings, open_items = [], []
        sections.append(section)
    return sections


def _heading_section(
    text: str,
    flat: str,
    cut: _Cut,
    stop: int,
    sections: list[Section],
    parent: int | None,
    report_year: int | None,
) -> Section:
    """Returns the section of a heading. It has the kind of its parent, if there is one.

    Only below problems_and_plan its own words can make it problems or plan.
    """
    assert cut.match is not None
    heading, body_start = heading_text(flat, text, cut.match.end(), stop)
    plain = simplified(heading)
    if parent is None:
        kind = section_kind(plain, report_year)
    else:
        kind = sections[parent].kind
        divided = (*words("section", "problems"), *words("section", "plan"))
        if kind == "problems_and_plan" and any(word in plain for word in divided):
            kind = section_kind(plain, report_year)
    marker = text[cut.start : cut.match.end()].strip() or None
    return Section(cut.start, stop, cut.level, kind, parent, marker, heading, body_start)


def _item_section(
    text: str,
    cut: _Cut,
    stop: int,
    open_headings: list[tuple[int, int]],
    open_items: list[tuple[int, int, int]],
) -> Section:
    """Returns the section of an enumerator; removes the items from `open_items` that it ends.

    `open_headings` are (level, index), `open_items` are (level, index, number), outermost first.
    """
    assert cut.match is not None
    number = item_number(cut.match[0])
    while open_items and number not in (open_items[-1][2] + 1, 1):
        open_items.pop()
    if open_items and number == open_items[-1][2] + 1:
        open_items.pop()
    heading_level, heading_index = open_headings[-1] if open_headings else (0, None)
    parent = open_items[-1][1] if open_items else heading_index
    return Section(
        cut.start,
        stop,
        heading_level + len(open_items) + 1,
        "item",
        parent,
        text[cut.start : cut.match.end()].strip(),
        None,
        cut.match.end(),
    )


def _region_kind(what: str, sections: list[Section]) -> str:
    """Returns the kind of a region; text before the first heading is the preamble."""
    if what in ("signature", "other"):
        return what
    seen_heading = any(section.heading or section.marker for section in sections)
    return "other" if seen_heading else "preamble"


def section_kind(heading: str, report_year: int | None = None) -> str:
    """Returns the kind of a top-level section by the words of its heading.

    It is work, problems, plan, problems_and_plan, suggestions or other; work where the words say
    nothing. `heading` is in simplified characters. A heading that names a year after `report_year`
    (None where not known) is a plan, if it does not name problems or suggestions.
    """
    bare = "".join(heading.split())
    has = {kind: any(word in bare for word in words("section", kind)) for kind in _KINDS}
    year = re.search(r"(20\d\d)年", bare)
    later = bool(year and report_year and int(year[1]) > report_year)
    if has["problems"] and has["plan"]:
        return "problems_and_plan"
    if has["suggestions"] and not has["problems"] and not has["plan"]:
        return "suggestions"
    if has["work"] and has["plan"] and not later:
        return "work"
    if has["problems"] and not has["work"]:
        return "problems"
    if has["plan"] or later:
        return "plan"
    return "other" if has["other"] and not has["work"] else "work"


def marker_spans(sections: list[Section]) -> list[tuple[int, int]]:
    """Returns (start, end) of the marker of each section: its numeral is not a figure."""
    return [(s.start, s.start + len(s.marker)) for s in sections if s.marker]


def headings_of(sections: list[Section]) -> list[tuple[int, str]]:
    """Returns (offset, path of headings) for each section that is not an item.

    The path has the headings from the top down to its own, simplified and joined by ｜; "" where
    there is none.
    """
    paths = []
    for section in sections:
        if section.kind == "item":
            continue
        chain = []
        node: Section | None = section
        while node is not None:
            if node.heading:
                chain.append(simplified(node.heading))
            node = sections[node.parent] if node.parent is not None else None
        paths.append((section.start, "｜".join(reversed(chain))))
    return paths
