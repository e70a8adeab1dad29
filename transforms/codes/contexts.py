"""Finds the context of each figure of a text: the words around it, its verb and its noun.

A clause is the text between two of `，；：。（）` and the like. The name of a law in 《》 says what is
studied or carried out, never what is counted, so only its empty brackets 《》 are kept.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from schemas.metrics import measure_words
from transforms.figures import Figure
from transforms.numerals import fold_word
from transforms.words import tag

_CLAUSE_END = re.compile(r"[，；：。！？,;:（）()\n]")
# words right before a number that do not say what it counts: about, at least, in total
_LEADING = re.compile(
    r"(?:不少于|不低于|不超过|不下|至少|最多|超过|突破|达到|大约|约|近|达|均|为|共计|共有|共|累计|合计"
    r"|总计|超|逾|已|仅|有|的|了|各|分别|计|等)+$"
)
_LAW = re.compile(r"《[^《》]*》")
_SHARED_OUT = re.compile(r"(?:分别|各)[^，。；、0-9]{0,6}$")
_LIST = re.compile(r"[、和及与]|以及")
_BEHIND_NUMBER = re.compile(r"^(?:以上|以下|左右|以内|余|多|的)")
_NO_TITLE_END = re.compile("[。；]$")
# tags of jieba for words that are neither verb nor noun
_FUNCTION_WORDS = frozenset("u x m d p ul uj c".split())
_NO_OBJECTS = _FUNCTION_WORDS | {"r", "f"}
# verbs that go with any object
_LIGHT_VERBS = frozenset(
    "是 有 为 达 到 进行 开展 组织 实现 达到 完成 共 超过 累计 等 对 向".split()
)
_NOUN_BEFORE_NUMBER = frozenset(("event", "percent", "money", "points"))
# characters that are looked at: before the figure, for the opening of its sentence, behind it
GAP, BEFORE, AROUND = 120, 160, 60


class Words(NamedTuple):
    """The words of a text, and the part of speech of each, as the dictionary of jieba names it.

    Not a tuple for each word: the collector of garbage would look at all of them.
    """

    texts: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(slots=True)
class Context:
    """The text around one figure in its sentence, without blanks; a text is "" where there is none.

    `unit` is the measure word in half width, `group` the group of comparable measure words that it
    is in, `value` the value of the figure in that unit. `first` is whether the figure is the first
    of its sentence.

    `between` is the text from the figure before (or the start of the sentence) to this one, at most
    GAP characters. `own` is its last clause, in which the figure stands; `clause` is the same
    without the words that merely lead to the number (`_LEADING`); `earlier` are the clauses before.
    `right` is what follows the measure word up to punctuation, at most 14 characters; `rest` are
    about 20 characters behind `right`. `heading` is the heading above, `opening` the first 24
    characters of the sentence, `laws` are the names in 《》 that `between` holds.

    `words` are the words of `clause`, `right_words` those of `right`. `noun_behind` is the last
    noun of `right`, `noun_before` that of `clause`, `nouns_before` the last two of `clause` joined.
    `first_verb` and `last_verb` are those of `clause`; where it has none, `carried_verb` is the
    last verb of the clause before it.
    """

    unit: str
    group: str
    value: float
    first: bool
    between: str
    own: str
    clause: str
    earlier: list[str]
    right: str
    rest: str
    heading: str
    opening: str
    laws: list[str]
    words: tuple[str, ...] = ()
    right_words: tuple[str, ...] = ()
    noun_behind: str = ""
    noun_before: str = ""
    nouns_before: str = ""
    first_verb: str = ""
    last_verb: str = ""
    carried_verb: str = ""

    @property
    def noun(self) -> str:
        """The noun that is counted: behind the measure word, else before the number.

        "" where there is none at either place.
        """
        return self.noun_behind or self.noun_before


@functools.lru_cache(maxsize=20_000)
def words_of(text: str) -> Words:
    """Returns the words of a text with their parts of speech; none for an empty text."""
    tagged = tag(text) if text else []
    return Words(tuple(word for word, _ in tagged), tuple(kind for _, kind in tagged))


def contexts(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[Context]:
    """Returns one context for each of `figures`, in the same order.

    `flat` is the flat text of the report, `headings` are (offset at which a section begins, its
    heading), in order. A heading inside a sentence begins a new one: 1.人民调解：调解5件；2.信访：受理4件.
    """
    places = _places(flat, figures, headings)
    out: list[Context] = []
    shares: list[str] = []
    for figure, place, (_, next_start) in zip(figures, places, _with_next(figures, places)):
        context, shares = _context(flat, figure, place, next_start, shares)
        out.append(context)
    return out


class _Place(NamedTuple):
    """Where a figure stands: its sentence is [start, end).

    `begin` is where the figure before it in the sentence ends, or `start` for the `first` one.
    `heading` is the heading above, "" where there is none.
    """

    start: int
    end: int
    begin: int
    first: bool
    heading: str


def _places(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[_Place]:
    """Returns where each figure stands: a sentence also ends where a section begins."""
    starts = [start for start, _ in headings]
    places: list[_Place] = []
    for k, figure in enumerate(figures):
        i = bisect_left(starts, figure.start)
        start = max(figure.sentence_start, starts[i - 1]) if i else figure.sentence_start
        end = min(figure.sentence_end, starts[i]) if i < len(starts) else figure.sentence_end
        first = not places or places[-1].start != start
        begin = start if first else figures[k - 1].end
        places.append(_Place(start, end, begin, first, headings[i - 1][1] if i else ""))
    return places


def _with_next(figures: list[Figure], places: list[_Place]) -> list[tuple[int, int]]:
    """Returns for each figure its index and the offset at which the text behind it ends.

    That is where the next figure of its sentence starts, else the end of the sentence.
    """
    ends = [
        (i, figure.start if figure.start < place.end else place.end)
        for i, (place, figure) in enumerate(zip(places, figures[1:]))
    ]
    return [*ends, (len(figures) - 1, places[-1].end)] if figures else []


def _context(
    flat: str, figure: Figure, place: _Place, next_start: int, shares: list[str]
) -> tuple[Context, list[str]]:
    """Returns the context of one figure, and the shares that are left for the figures behind it.

    `next_start` is where the text behind the figure ends. `shares` are parts of a list that this
    figure and the next ones take one by one (see `_share`).
    """
    raw = _squeezed(flat, max(place.begin, figure.start - GAP), figure.start)
    between = _without_laws(raw)
    *earlier, own = _CLAUSE_END.split(between)
    earlier = [clause for clause in earlier if clause]
    own, shares = _share(own, shares)
    clause = _LEADING.sub("", own)
    if place.first and not earlier and not clause:
        earlier = _label_above(flat, place.start)
    behind = _squeezed(flat, figure.end, min(next_start, figure.end + 40))
    right = _CLAUSE_END.split(_without_laws(behind), maxsplit=1)[0].partition("、")[0][:14]
    right = _BEHIND_NUMBER.sub("", right)
    unit = fold_word(figure.unit)
    context = Context(
        unit=unit,
        group=measure_words().get(unit, ""),
        value=figure.value,
        first=place.first,
        between=between,
        own=own,
        clause=clause,
        earlier=earlier,
        right=right,
        rest=_squeezed(flat, figure.end, min(place.end, figure.end + AROUND))[len(right) :][:20],
        heading=place.heading,
        opening=_without_laws(_squeezed(flat, place.start, figure.start)[-BEFORE:])[:24],
        laws=_LAW.findall(raw) if "《" in raw else [],
    )
    _parse(context)
    return context, shares


def _without_laws(text: str) -> str:
    """Returns a text with empty brackets for the names in 《》."""
    return _LAW.sub("《》", text) if "《" in text else text


def _squeezed(flat: str, start: int, end: int) -> str:
    """Returns a part of the text without blanks and line breaks."""
    return "".join(flat[start:end].split())


def _share(own: str, shares: list[str]) -> tuple[str, list[str]]:
    """Returns the clause of this number, and the parts of a list that are left for the next ones.

    In 排查、受理、化解纠纷分别为 5、4、3 件 each number takes its own part of the list. Every part is
    completed with what only the last part names (纠纷), and with what follows 分别 or 各 (各培训 3 人、5 人).
    """
    if match := _SHARED_OUT.search(own):
        parts = [part for part in _LIST.split(own[: match.start()]) if part]
        if len(parts) < 2:
            return own, []
        done = match[0].lstrip("分别各")
        whole = [(p if len(p) > 3 else p + parts[-1][len(p) :]) + done for p in parts]
        return whole[0], whole[1:]
    if shares and len(own) <= 2:
        return shares[0], shares[1:]
    return own, []


def _label_above(flat: str, start: int) -> list[str]:
    """Returns the line above a number that stands alone in its line, as in a table; else []."""
    lines = flat[max(0, start - 40) : start].rstrip().split("\n")
    label = "".join(lines[-1].split())
    return [label[-24:]] if label and not _NO_TITLE_END.search(label) else []


def _parse(context: Context) -> None:
    """Sets the words, verbs and nouns of a context, from its `clause`, `right` and `earlier`."""
    words, right_words = words_of(context.clause[-30:]), words_of(context.right)
    context.words, context.right_words = words.texts, right_words.texts
    if context.right and context.group not in _NOUN_BEFORE_NUMBER:
        nouns = [word for word, kind in zip(*right_words) if kind not in _FUNCTION_WORDS]
        context.noun_behind = nouns[-1] if nouns else ""
    objects = [word for word, kind in zip(*words) if kind not in _NO_OBJECTS]
    context.noun_before = objects[-1] if objects else ""
    context.nouns_before = "".join(objects[-2:]) if len(objects) > 1 else ""
    verbs = _verbs(words)
    if verbs:
        context.first_verb, context.last_verb = verbs[0], verbs[-1]
    elif context.earlier:
        carried = _verbs(words_of(context.earlier[-1][-30:]))
        context.carried_verb = carried[-1] if carried else ""


def _verbs(words: Words) -> list[str]:
    """Returns the verbs among the words, without those that go with any object."""
    return [word for word, kind in zip(*words) if kind.startswith("v") and word not in _LIGHT_VERBS]


def pairs_in_sentence(around: list[Context]) -> list[tuple[Context | None, Context | None]]:
    """Returns for each figure the contexts of the figures before and behind it in its sentence.

    `around` are the contexts of all figures of a text, in order. None where the figure is the first
    or the last of its sentence.
    """
    before = [None, *(None if b.first else a for a, b in pairwise(around))]
    behind = [*(None if b.first else b for a, b in pairwise(around)), None]
    return list(zip(before, behind))
