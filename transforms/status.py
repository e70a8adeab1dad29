"""A figure in its section and sentence -> actual, planned or background.

A linear model over words of time and where they stand.
"""

from __future__ import annotations

import functools
import io
import itertools
import re
from dataclasses import dataclass
from importlib import resources

import numpy as np

from schemas import vocabulary
from transforms.codes import features
from transforms.codes.features import Weights
from transforms.figures.find import Figure
from transforms.sections import Section

STATUSES = ["actual", "planned", "background"]
_CLAUSE_END = re.compile(r"[，；。、：（）(),;:\n]")
_YEAR = re.compile(r"(20\d\d)\s*年")
_YEAR_BEHIND = re.compile(r"\s*[（(]\s*(?:20\d\d年|去年|上年)")
_PLANNING = ("下一步", "明年", "新的一年", "下步", "我们将", "力争", "年来", "计划")
_RHYTHM = re.compile(r"每(?:个)?(?:年|季|月|周|日|天|半|村|次|户|场)")


@functools.cache
def _cues() -> tuple[re.Pattern[str], dict[str, str]]:
    """Returns a pattern of all words of time, longest first, and the group of each.

    Where a word stands in two groups, planned wins.
    """
    groups: dict[str, str] = {}
    for group in ("actual", "background", "planned"):
        for word in vocabulary.toml("status.toml")[group]["words"]:
            groups[word] = group
    return re.compile("|".join(map(re.escape, sorted(groups, key=len, reverse=True)))), groups


@functools.cache
def _change() -> re.Pattern[str]:
    words = vocabulary.toml("status.toml")["change"]["words"]
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


@functools.cache
def _plan() -> re.Pattern[str]:
    """Matches the name of a plan or a title in 《》: it does not say when something was done."""
    made, kinds, named = (
        "|".join(vocabulary.toml("status.toml")["plan"][k]) for k in ("made", "kinds", "named")
    )
    return re.compile(rf"《[^《》]*》|(?:{made})[^，。；、]{{0,14}}?(?:{kinds})|{named}")


REACH = 1000  # characters of a sentence on either side of a figure that are looked at


def evidence(
    flat: str, figure: Figure, section_kind: str, paragraph_start: int, report_year: int | None
) -> list[str]:
    """Returns the names of the features of one figure.

    `paragraph_start` is where its paragraph (or section) begins in `flat`.
    """
    pattern, groups = _cues()
    before_figure = "".join(
        flat[max(figure.sentence_start, figure.start - REACH) : figure.start].split()
    )
    before_figure = _plan().sub("", before_figure)
    at = 0
    for m in _CLAUSE_END.finditer(before_figure):
        at = m.end()
    near, before = before_figure[at:], before_figure[:at]
    after = "".join(flat[figure.end : min(figure.sentence_end, figure.end + 16)].split())
    names = [f"k:{section_kind}", f"q:{figure.qualifier}", f"kq:{section_kind}:{figure.qualifier}"]
    last = None
    for place, text in (("s", before[-70:]), ("n", near)):
        for m in pattern.finditer(text):
            last = groups[m[0]]
            names += [f"{place}:{m[0]}", f"{place}:{last}"]
        for m in _YEAR.finditer(text):
            last = _relation(m, report_year)
            rest = text[m.end() : m.end() + 1]
            names += [
                f"{place}:{last}",
                f"{place}:{last}{rest if rest in '的以前底要内末' else ''}",
            ]
    names += [f"last:{last}", f"last:{last}:{section_kind}"]
    if change := _change().search(after):
        form = "from" if "由" in near or "从" in near else "plain"
        names += [f"a:{change[0]}", "a:change", f"a:change:{form}"]
    if _YEAR_BEHIND.match(after):
        names.append("a:(year")
    for m in pattern.finditer(flat, figure.end, min(figure.sentence_end, figure.end + REACH)):
        names.append(f"z:{groups[m[0]]}")
    names += _planned_before(
        flat[max(paragraph_start, figure.sentence_start - 400) : figure.sentence_start]
    )
    if _RHYTHM.search(near):
        names += ["rhythm", f"rhythm:{section_kind}"]
    tail = near[-8:]
    names += [f"c{a}{b}" for a, b in itertools.pairwise(tail)]
    names += [f"t{near[-1:]}", f"t{near[-2:]}", f"t{near[-3:]}"]
    year = _YEAR.match(before_figure)
    names.append(f"h{_relation(year, report_year) if year else before_figure[:2]}")
    return names


@functools.lru_cache(maxsize=8)  # figures of a sentence have the same text before it
def _planned_before(earlier: str) -> list[str]:
    """Returns the features of the text before a sentence: its words of planning."""
    if any(word in earlier for word in _PLANNING):
        earlier = _plan().sub("", earlier)
    return [f"e:{word}" for word in _PLANNING if word in earlier]


def _relation(year: re.Match[str], report_year: int | None) -> str:
    """Returns how far a year is from the one that is reported on, as the name of a feature."""
    return f"year{'?' if report_year is None else max(-2, min(2, int(year[1]) - report_year))}"


def all_evidence(
    flat: str, figures: list[Figure], sections: list[Section], report_year: int | None
) -> list[list[str]]:
    """Returns the names of the features of each figure of a report."""
    out, at = [], 0
    for figure in figures:
        while at + 1 < len(sections) and sections[at + 1].start <= figure.start:
            at += 1
        chain = _chain(sections, at)
        top = chain[-1]
        kinds = [sections[i].kind for i in chain if sections[i].kind != "item"]
        kind = kinds[0] if kinds else sections[top].kind
        out.append(evidence(flat, figure, kind, sections[top].start, report_year))
    return out


def _chain(sections: list[Section], at: int) -> list[int]:
    """Returns a section and those above it, up to the top one."""
    chain, parent = [at], sections[at].parent
    while parent is not None:
        chain.append(parent)
        parent = sections[parent].parent
    return chain


@dataclass(slots=True)
class StatusModel:
    """`own` has a column a status."""

    own: Weights
    bias: np.ndarray

    def scores(self, named: list[list[str]]) -> np.ndarray:
        """(figures, statuses): log-odds of each status, from the names of each figure's
        features.
        """
        scores: np.ndarray = self.own.sums(features.named(named), len(named)) + self.bias
        return scores


@functools.cache
def model() -> StatusModel:
    """Returns the trained model."""
    data = resources.files("transforms").joinpath("model/status.npz").read_bytes()
    with np.load(io.BytesIO(data)) as z:
        return StatusModel(features.stored(z), z["bias"])


def decide(named: list[list[str]]) -> list[str]:
    """Returns the status of each figure, from the names of its features."""
    return [STATUSES[i] for i in model().scores(named).argmax(axis=1).tolist()]
