"""A document -> its report: sections, figures and what each measures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from schemas import keys
from transforms import characters, identity, links, numerals, sections, status
from transforms.changes import Link
from transforms.codes import model
from transforms.codes.contexts import Context, contexts
from transforms.codes.model import Decision
from transforms.doubts import doubts_of_text
from transforms.figures.account import account_numerals
from transforms.figures.find import Figure, find_figures
from transforms.figures.flatten import flatten_text
from transforms.figures.non_figures import Mark, find_non_figures
from transforms.layout import Layout, read_layout
from transforms.readers import Document
from transforms.refusals import refuse_other_texts
from transforms.subject import subject


@dataclass(slots=True)
class Reading:
    """One figure as understood: where it stands, what it measures, how sure that is and why."""

    figure: Figure
    decision: Decision
    status: str
    subject: str | None
    section: int


@dataclass(slots=True)
class Report:
    """One parsed report. Offsets point into `text`; `readings`, `sections` and `numerals` (all of
    them, with their kinds) are in the order of the text; `links` join readings by their indices.
    """

    text: str
    claims: identity.Claims
    title_other: str | None
    sections: list[sections.Section]
    readings: list[Reading]
    marks: list[Mark]
    numerals: list[Mark]
    links: list[Link]

    @property
    def unexplained(self) -> list[Mark]:
        """The numerals that nothing explains."""
        return [m for m in self.numerals if m.kind == "unexplained"]

    def report_id(self) -> str:
        """Digest of the text without its blanks: the same text under another name or in another
        format is the same report.
        """
        return keys.report_id(numerals.fold(characters.understand(self.text).text))


@dataclass(slots=True)
class Draft:
    """A report of which all is known but what its figures measure, and whether they are actual.

    All offsets point into `text`, the text as it is understood; `understood` leads back to the
    transcription.
    """

    understood: characters.Understood
    text: str
    flat: str
    layout: Layout
    claims: identity.Claims
    sections: list[sections.Section]
    marks: list[Mark]
    figures: list[Figure]
    contexts: list[Context]
    times: list[list[str]]


def parse(document: Document) -> Report:
    """The report in `document`. Raises Rejected (not_a_report) where the text is none."""
    return understand_drafts([draft_report(document)])[0]


def draft_report(document: Document) -> Draft:
    """The report in `document` before its figures are understood. Raises Rejected (not_a_report)
    where the text is none.
    """
    understood = characters.understand(document.text)
    text = understood.text
    folded = numerals.fold(text)
    layout = read_layout(text, folded)
    for key, value in document.metadata.items():
        layout.metadata.setdefault(key, value)
    if not layout.titles and document.title and "title" not in layout.metadata:
        layout.metadata["title"] = document.title
    flat = flatten_text(text, layout.wraps, layout.breaks, folded)
    claims = identity.read_claims(text, flat, layout)
    tree = sections.build_tree(text, flat, layout, claims.report_year)
    refuse_other_texts(flat, layout, tree)
    claims.doubts += doubts_of_text(flat, layout, tree)
    marks = _with_layout(find_non_figures(flat), flat, layout, tree)
    found = find_figures(text, flat, marks)
    around = contexts(flat, found, sections.headings_of(tree))
    times = status.all_evidence(flat, found, tree, claims.report_year)
    return Draft(understood, text, flat, layout, claims, tree, marks, found, around, times)


def understand_drafts(drafts: list[Draft]) -> list[Report]:
    """The finished reports. Many at once cost less than one by one, and say the same."""
    decisions = iter(model.decide([c for d in drafts for c in d.contexts]))
    states = iter(status.decide([t for d in drafts for t in d.times]))
    return [
        _finished(d, list(islice(decisions, len(d.figures))), list(islice(states, len(d.figures))))
        for d in drafts
    ]


def _finished(d: Draft, decisions: list[Decision], states: list[str]) -> Report:
    readings, at = [], 0
    for figure, decision, state in zip(d.figures, decisions, states):
        while at + 1 < len(d.sections) and d.sections[at + 1].start <= figure.start:
            at += 1
        readings.append(Reading(figure, decision, state, subject(d.flat, figure), at))
    others = [
        t
        for t in d.layout.titles[1:]
        if "".join(t.split()) != "".join((d.claims.title or "").split())
    ]
    codes, places = [x.code for x in decisions], [r.section for r in readings]
    joined = links.links(d.flat, d.figures, codes, states, places, d.claims.report_year)
    account = account_numerals(_with_page_numbers(d.text, d.flat, d.layout), d.figures, d.marks)
    title_other = others[0] if others else None
    report = Report(d.text, d.claims, title_other, d.sections, readings, d.marks, account, joined)
    return report if d.understood.transcription is d.text else _transcribed(report, d.understood)


def _transcribed(report: Report, understood: characters.Understood) -> Report:
    """Returns the report with all offsets pointing into the transcription."""
    return replace(
        report,
        text=understood.transcription,
        sections=[characters.section_in_transcription(s, understood) for s in report.sections],
        readings=[
            replace(r, figure=characters.figure_in_transcription(r.figure, understood))
            for r in report.readings
        ],
        marks=[characters.mark_in_transcription(m, understood) for m in report.marks],
        numerals=[characters.mark_in_transcription(m, understood) for m in report.numerals],
    )


def _with_page_numbers(text: str, flat: str, layout: Layout) -> str:
    """`flat` with the page numbers that stand inside a sentence and are blanks there."""
    blanked = [x for x in layout.lines if x.kind == "furniture" and flat[x.start : x.end].isspace()]
    characters = list(flat) if blanked else []
    for line in blanked:
        characters[line.start : line.end] = numerals.fold(text[line.start : line.end])
    return "".join(characters) or flat


def _with_layout(
    marks: list[Mark], flat: str, layout: Layout, tree: list[sections.Section]
) -> list[Mark]:
    """The non-figures of the prose, and over them those of the page: metadata, furniture, titles,
    markers, the signature.
    """
    named = {
        "metadata": "metadata",
        "furniture": "page_furniture",
        "title": "title",
        "addressee": "title",
        "other": "title",
        "signature": "signature",
        "date": "signature",
    }
    placed = [
        Mark(line.start, line.end, named[line.kind])
        for line in layout.lines
        if line.kind in named and line.end > line.start
    ]
    placed += [Mark(a, b, "marker") for a, b in sections.marker_spans(tree)]
    placed.sort()
    out, at = [], 0
    for mark in marks:
        while at < len(placed) and placed[at].end <= mark.start:
            at += 1
        if at >= len(placed) or placed[at].start >= mark.end:
            out.append(mark)
    return sorted([*out, *placed])
