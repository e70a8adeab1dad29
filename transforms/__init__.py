"""Bytes to figures: pure functions, no clock, no disk, no network."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from itertools import islice

import rjieba

from schemas.errors import Rejected
from transforms import classify, figures, identity, numerals, relations, sections, status
from transforms.readers import READERS_VERSION, Document

VERSION = "1"


@functools.cache
def parser_version() -> str:
    """Version of the extraction: the readers', the parser's, and a digest over its code, vocabulary and models."""
    digest = hashlib.sha256()
    for package in ("transforms", "transforms.readers", "transforms.model", "schemas.vocabulary"):
        folder = (
            resources.files("transforms").joinpath("model")
            if package == "transforms.model"
            else resources.files(package)
        )
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if (
                entry.name.endswith((".py", ".toml", ".tsv", ".npz"))
                and entry.name != "training.py"
            ):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return f"{READERS_VERSION}.{VERSION}-{digest.hexdigest()[:8]}"


@dataclass(slots=True)
class Reading:
    """One figure as understood: where it stands, what it measures, how sure that is and why."""

    figure: figures.Figure
    decision: classify.Decision
    status: str
    subject: str | None
    section: int


@dataclass(slots=True)
class Report:
    """One parsed report. Offsets point into `text`; `readings`, `sections` and `numerals` (all of them, with their kinds) are in the
    order of the text; `links` join readings by their indices."""

    text: str
    claims: identity.Claims
    title_other: str | None
    sections: list[sections.Section]
    readings: list[Reading]
    marks: list[figures.Mark]
    numerals: list[figures.Mark]
    links: list[relations.Link]

    @property
    def unexplained(self) -> list[figures.Mark]:
        """The numerals that nothing explains."""
        return [m for m in self.numerals if m.kind == "unexplained"]

    def report_id(self) -> str:
        """Digest of the text without its blanks: the same text under another name or in another format is the same report."""
        return hashlib.sha256(
            "".join(numerals.fold(self.text).split()).encode("utf-8", "surrogatepass")
        ).hexdigest()[:16]


@dataclass(slots=True)
class Draft:
    """A report of which all is known but what its figures measure, and whether they are actual."""

    text: str
    flat: str
    layout: sections.Layout
    claims: identity.Claims
    sections: list[sections.Section]
    marks: list[figures.Mark]
    figures: list[figures.Figure]
    contexts: list[classify.Context]
    times: list[list[str]]


def parse(document: Document) -> Report:
    """The report in `document`. Raises Rejected (not_a_report) where the text is none."""
    return understand([draft(document)])[0]


def draft(document: Document) -> Draft:
    """The report in `document` before its figures are understood. Raises Rejected (not_a_report) where the text is none."""
    text = document.text
    layout = sections.layout(text, numerals.fold(text))
    for key, value in document.metadata.items():
        layout.metadata.setdefault(key, value)
    if not layout.titles and document.title and "title" not in layout.metadata:
        layout.metadata["title"] = document.title
    flat = figures.flatten(text, layout.wraps, layout.breaks)
    claims = identity.claims(text, flat, layout)
    tree = sections.tree(text, flat, layout, claims.report_year)
    refuse_other_texts(flat, layout, tree)
    marks = _with_layout(figures.non_figures(flat), flat, layout, tree)
    found = figures.find(text, flat, marks)
    contexts = classify.contexts(flat, found, sections.headings_of(tree))
    times = status.all_evidence(flat, found, tree, claims.report_year)
    return Draft(text, flat, layout, claims, tree, marks, found, contexts, times)


def understand(drafts: list[Draft]) -> list[Report]:
    """The finished reports. Many at once cost less than one by one, and say the same."""
    decisions = iter(classify.decide([c for d in drafts for c in d.contexts]))
    states = iter(status.decide([t for d in drafts for t in d.times]))
    return [
        _finished(d, list(islice(decisions, len(d.figures))), list(islice(states, len(d.figures))))
        for d in drafts
    ]


def _finished(d: Draft, decisions: list[classify.Decision], states: list[str]) -> Report:
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
    links = relations.links(d.flat, d.figures, codes, states, places)
    account = figures.account(_with_page_numbers(d.text, d.flat, d.layout), d.figures, d.marks)
    title_other = others[0] if others else None
    return Report(d.text, d.claims, title_other, d.sections, readings, d.marks, account, links)


def _with_page_numbers(text: str, flat: str, layout: sections.Layout) -> str:
    """`flat` with the page numbers that stand inside a sentence and are blanks there."""
    blanked = [x for x in layout.lines if x.kind == "furniture" and flat[x.start : x.end].isspace()]
    characters = list(flat) if blanked else []
    for line in blanked:
        characters[line.start : line.end] = numerals.fold(text[line.start : line.end])
    return "".join(characters) or flat


def _with_layout(
    marks: list[figures.Mark], flat: str, layout: sections.Layout, tree: list[sections.Section]
) -> list[figures.Mark]:
    """The non-figures of the prose, and over them those of the page: metadata, furniture, titles, markers, the signature."""
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
        figures.Mark(line.start, line.end, named[line.kind])
        for line in layout.lines
        if line.kind in named and line.end > line.start
    ]
    placed += [figures.Mark(a, b, "marker") for a, b in sections.marker_spans(flat, tree)]
    placed.sort()
    out, at = [], 0
    for mark in marks:
        while at < len(placed) and placed[at].end <= mark.start:
            at += 1
        if at >= len(placed) or placed[at].start >= mark.end:
            out.append(mark)
    return sorted([*out, *placed])


_ARTICLE = re.compile(r"^\s*第[一二三四五六七八九十百]{1,5}条", re.M)
_OPENING = re.compile(
    r"(?:报告|汇报|总结|小结|情况|自查)[^。]{0,12}如下|现将[^。]{0,60}(?:报告|汇报|总结|小结)|如下报告"
)


def refuse_other_texts(flat: str, layout: sections.Layout, tree: list[sections.Section]) -> None:
    """Raises Rejected where the text is no annual report on the rule of law: a law, a news page, anything else."""
    if len(_ARTICLE.findall(flat)) >= 5:
        raise Rejected(
            "not_a_report",
            "The text is a law or regulation (its paragraphs begin with 第…条), not an annual report. Remove it from the sources.",
        )
    topic = len(re.findall("法治|依法行政|依法治", flat))
    heads = sum(1 for s in tree if s.level == 1 and s.marker and s.kind != "item")
    if (
        layout.titles
        or ("title" in layout.metadata and topic)
        or (_OPENING.search(flat[:3000]) and topic >= 2)
        or (heads >= 2 and topic >= 3)
    ):
        return
    raise Rejected(
        "not_a_report",
        "The text is no annual report on the rule of law: it has no such title, no opening (…报告如下) and no numbered sections. "
        "If it is one, give it its title line (…法治政府建设…报告) and run again.",
    )


_FUNCTION = re.compile(
    r"[的了在为与和及等并已将被把由从到至对向以达是有均各其中，。；：、,;:（()）“”\"\n]|\.(?!\d)"
)
_VERBS = re.compile(
    r"^(?:共|累计|合计|全年|年内|今年|先后|已|新|现有|开展|组织|举办|召开|发放|办理|受理|配备|聘请|培育|建成|成立|设立|排查|查处|作出|提出|出具|张贴|悬挂|推送|制作|解答|提供|审查|审核|完成|投入|拆除|检查|发现|整改|化解|调解|成功)+"
)


SUBJECT = 10  # characters of a subject; a longer phrase is cut between two words


def subject(flat: str, figure: figures.Figure) -> str | None:
    """What is counted, as written: the noun behind the measure word, else the words before the number."""
    behind = flat[figure.end : figure.end + 18]
    behind = re.sub(r"^\s*(?:以上|以下|左右|以内|余|多)", "", behind)
    cut = _FUNCTION.search(behind)
    noun = "".join((behind[: cut.start()] if cut else behind).split())
    if (
        len(noun) >= 2
        and not re.match(r"\d|[提上下增减]", noun)
        and figure.unit not in ("次", "%", "元", "场次")
    ):
        return _whole_words(noun, SUBJECT, from_the_left=True)
    before = "".join(flat[max(figure.sentence_start, figure.start - 24) : figure.start].split())
    parts = [p for p in _FUNCTION.split(before) if p]
    words = (
        _VERBS.sub("", parts[-1])
        if parts and not _FUNCTION.match(before[-1:])
        else (parts[-1] if parts else "")
    )
    words = re.sub(r"^.*\d[^\u4e00-\u9fff]*", "", words)
    return _whole_words(words, SUBJECT, from_the_left=False) or None


def _whole_words(phrase: str, limit: int, from_the_left: bool) -> str:
    """At most `limit` characters of a phrase, cut between two words."""
    if len(phrase) <= limit:
        return phrase
    words = rjieba.cut(phrase)
    kept, length = [], 0
    for word in words if from_the_left else reversed(words):
        length += len(word)
        if length > limit:
            break
        kept.append(word)
    return "".join(kept if from_the_left else reversed(kept)) or phrase[:limit]
