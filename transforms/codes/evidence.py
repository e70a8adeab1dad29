"""The context of a figure -> the evidence for its metric code, as names of features.

Evidence of the grammar (verb, noun, measure word and their pairs), of the characters around the
number, of the words of the catalogue, and of the figures and codes before it in the sentence.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator

from schemas.metrics import codes, metrics
from transforms.codes.contexts import Context, pairs_in_sentence, words_of
from transforms.codes.lexicon import words_of_catalogue

NO_UNIT = "∅"
# what is not settled yet, or the rest of it
_OPEN = re.compile(
    r"未(?!成年|来|雨|诉)|没有?(?:能|[^，]{0,4}(?:化解|解决|办结|整改|改|谈|调))|尚|剩|余下|其余|仍在"
    r"|还在|在办|在调|待(?:办|化|调|整|改|解)|还(?:有|剩|需)|暂(?:未|缓)|限期|转入|引导"
)
_SIGNS = frozenset("，；：。！？,;:（）()、")
_SIGNALS = (
    "其中 分别 平均 人均 每 同比 比上年 较上年 比去年 较去年 其余 剩余 尚 未 占 新增 提高 下降 增长 减少"
    " 由 从 达 完成率 成功 涉及 正在 率"
).split()


def evidence(around: list[Context]) -> list[list[str]]:
    """Returns the names of the features of each figure; `around` holds whole sentences in order."""
    before_that: Context | None = None
    out = []
    for context, (before, behind) in zip(around, pairs_in_sentence(around)):
        names = [
            *_measure_word(context),
            *_characters(context),
            *_grammar(context),
            *_earlier_clauses(context),
            *_surroundings(context),
            *_neighbours(context, before, before_that, behind),
            *_catalogue(context),
        ]
        out.append(list(dict.fromkeys(names)))
        before_that = before
    return out


def _runs(name: str, text: str, *lengths: int) -> list[str]:
    """All neighbouring characters of a text, for each of the lengths."""
    return [
        f"{name}{length}={text[i : i + length]}"
        for length in lengths
        for i in range(len(text) - length + 1)
    ]


def _measure_word(context: Context) -> Iterator[str]:
    group = context.group or NO_UNIT
    yield f"u={context.unit or NO_UNIT}"
    yield f"g={group}"
    yield f"size={min(7, int(math.log10(max(context.value, 1))))}{group}"
    if context.value == 100:
        yield "hundred"


def _characters(context: Context) -> list[str]:
    """The characters directly before the number and directly behind its measure word."""
    unit, clause, right = context.unit or NO_UNIT, context.clause, context.right
    names = []
    for length in range(1, min(6, len(clause)) + 1):
        names.append(f"L{length}={clause[-length:]}")
        if 2 <= length <= 4:
            names.append(f"Lu{length}={clause[-length:]}|{unit}")
    names += _runs("l", clause[-24:], 2, 3)
    if not clause:
        names += ["L0", f"L0u={unit}"]
    names += [f"R{length}={right[:length]}" for length in range(1, min(5, len(right)) + 1)]
    if right:
        names += [f"Rall={right[:8]}", f"Rall|u={right[:8]}|{unit}", f"Rend={right[-2:]}"]
        names += _runs("r", right, 2)
    else:
        names += ["R0", f"R0u={unit}"]
    return names


def _grammar(context: Context) -> list[str]:
    """The words of the clause, which verb governs the number, which noun it counts."""
    unit, group = context.unit or NO_UNIT, context.group or NO_UNIT
    names = []
    for place, word in enumerate(reversed(context.words)):
        text = word.text
        names.append(f"wl={text}")
        if place < 3:
            names.append(f"wl{place}={text}")
        names.append(f"wl|u={text}|{unit}")
    for place, word in enumerate(context.right_words):
        names.append(f"wr={word.text}")
        if place < 2:
            names.append(f"wr{place}={word.text}")
    for role, text in (
        ("noun_behind", context.noun_behind),
        ("noun_before", context.noun_before),
        ("first_verb", context.first_verb),
        ("last_verb", context.last_verb),
        ("carried_verb", context.carried_verb),
        ("nouns_before", context.nouns_before),
    ):
        if text:
            names += [f"{role}={text}", f"{role}|u={text}|{unit}", f"{role}|g={text}|{group}"]
    noun = context.noun
    if context.first_verb and noun:
        names.append(f"vn={context.first_verb}|{noun}")
    if context.last_verb and noun and context.last_verb != noun:
        names.append(f"vln={context.last_verb}|{noun}")
    return names + _pairs_of_words(context)


def _pairs_of_words(context: Context) -> list[str]:
    long = [word.text for word in context.words if len(word.text) > 1][-6:]
    behind = [word.text for word in context.right_words[:3]]
    names = []
    for i, word in enumerate(long):
        names += [f"ww={word}|{other}" for other in long[i + 1 :]]
        names += [f"wrw={word}|{other}" for other in behind]
    return names


def _earlier_clauses(context: Context) -> Iterator[str]:
    """The clauses before the figure's own: what is carried over where that one names nothing."""
    if not context.earlier:
        return
    unit, last = context.unit or NO_UNIT, context.earlier[-1][-20:]
    yield from _runs("p", last, 2, 3)
    bare = not context.noun or len(context.clause) <= 2
    for word in words_of(last):
        yield f"pw={word.text}"
        yield f"pw|u={word.text}|{unit}"
        if bare:
            yield f"pwbare={word.text}"
    for clause in context.earlier[-3:-1]:
        for word in words_of(clause[-20:]):
            yield f"ppw={word.text}"


def _surroundings(context: Context) -> list[str]:
    """Signs, laws, the heading, how the sentence begins, and what follows."""
    between, own = context.between, context.own
    names = ["law"] if context.laws else []
    names += [f"lawend={law[-3:-1]}" for law in context.laws]
    names.append(f"end={own[-1:]}")  # 为18家企业 has another object than 企业18家
    sign = next((character for character in reversed(between) if character in _SIGNS), "none")
    names.append(f"sep={sign}{'f' if context.first else ''}")
    names += [f"fl={signal}" for signal in _SIGNALS if signal in own]
    if "其中" in between:
        names.append("part")
    if _OPEN.search(own) or _OPEN.search(context.right):
        names.append("open")
    names += [f"h={word.text}" for word in words_of(context.heading[-24:])]
    names.append(f"hL={context.heading[-4:]}|{context.unit or NO_UNIT}")
    names += [f"s={word.text}" for word in words_of(context.opening) if len(word.text) > 1]
    return names + _runs("x", context.rest, 2)


def _neighbours(
    context: Context, before: Context | None, before_that: Context | None, behind: Context | None
) -> Iterator[str]:
    """What the figures before and behind in the sentence count."""
    if behind is not None:
        yield f"nu={behind.unit}"
        yield f"nL={behind.clause[-3:]}"
    if before is None:
        yield "first"
        return
    unit = context.unit or NO_UNIT
    yield f"pu={before.unit}"
    yield f"pu|u={before.unit}|{unit}"
    yield f"pn={before.noun}"
    yield f"pn|u={before.noun}|{unit}"
    yield f"pv={before.first_verb}"
    for word in before.words[-4:]:
        yield f"pwl={word.text}"
        yield f"pwl|u={word.text}|{unit}"
    for word in before.right_words[:3]:
        yield f"pwr={word.text}"
        yield f"pwr|u={word.text}|{unit}"
    if len(context.clause) <= 2:
        yield f"barepn={before.noun}|{unit}"
    for length in (2, 3):
        yield f"pL{length}={before.clause[-length:]}"
    yield f"own|pn={context.clause[-3:]}|{before.noun}"
    if before_that is not None:
        yield f"p2u={before_that.unit}"
        yield f"p2n={before_that.noun}"
        for word in before_that.words[-3:]:
            yield f"p2w={word.text}"


@functools.cache
def _metrics_with(unit: str) -> frozenset[str]:
    """The codes of the metrics that are counted with a measure word."""
    return frozenset(metric.code for metric in metrics() if unit in metric.measure_words)


def _catalogue(context: Context) -> Iterator[str]:
    """The words of the catalogue in the clause, behind the measure word, before, and in the heading."""
    usual = _metrics_with(context.unit)
    yield from _clause_words(context.clause, usual)
    yield from _words_behind(context.right, usual)
    for hit in words_of_catalogue(context.earlier[-1][-24:]) if context.earlier else ():
        for role, code, _ in hit.entries:
            if role == "N":
                yield f"cP:{code}"
                if code in usual:
                    yield f"cPU:{code}"
    for hit in words_of_catalogue(context.heading[-30:]):
        for role, _, family in hit.entries:
            if role == "N":
                yield f"cH:{family}"


def _clause_words(clause: str, usual: frozenset[str]) -> Iterator[str]:
    """The words of the catalogue in a clause; of nouns also whether they are long, last or usual."""
    hits = words_of_catalogue(clause)
    longest = max((len(hit.word) for hit in hits), default=0)
    for hit in hits:
        for role, code, _ in hit.entries:
            yield f"c{role}:{code}"
            if role != "N":
                continue
            if code in usual:
                yield f"cNU:{code}"
            if hit.end == len(clause):
                yield f"cN0:{code}"
            if len(hit.word) >= 4:
                yield f"cN4:{code}"
            if len(hit.word) == longest:
                yield f"cNM:{code}"


def _words_behind(right: str, usual: frozenset[str]) -> Iterator[str]:
    """The words of the catalogue behind the measure word, in the same manner."""
    hits = words_of_catalogue(right)
    longest = max((len(hit.word) for hit in hits), default=0)
    for hit in hits:
        for role, code, _ in hit.entries:
            yield f"cR{role}:{code}"
            if role != "N":
                continue
            if code in usual:
                yield f"cRNU:{code}"
            if len(hit.word) == longest:
                yield f"cRNM:{code}"
            if len(hit.word) == len(right):
                yield f"cRNW:{code}"


class History:
    """The codes decided so far in one sentence, as numbers; -1 where there is none."""

    __slots__ = ("by_group", "decided", "total", "total_group")

    def __init__(self) -> None:
        self.decided: list[int] = []
        self.by_group: dict[str, int] = {}
        self.total, self.total_group = -1, ""

    def evidence(self, context: Context) -> list[str]:
        """The names of the features that the codes before give to the next figure."""
        group = context.group or context.unit
        if "其中" in context.between and not context.first:
            self.total, self.total_group = self.by_group.get(group, -1), group
        elif "；" in context.between or ";" in context.between or group != self.total_group:
            self.total = -1
        names = []
        unit = context.unit
        if self.decided:
            code, tail = codes()[self.decided[-1]], context.clause[-2:]
            names += [f"pc={code}", f"pc|u={code}|{unit}", f"pc|t={code}|{tail}"]
            names.append(f"pc|g={code}|{group}")
            if not tail:
                names.append(f"pcbare={code}")
            if (same := self.by_group.get(group, -1)) >= 0:
                names += [f"bc={codes()[same]}", f"bc|u={codes()[same]}|{unit}"]
            if len(self.decided) > 1:
                names.append(f"pc2={codes()[self.decided[-2]]}")
        if self.total >= 0:
            total = codes()[self.total]
            names += [f"tc={total}", f"tc|u={total}|{unit}", "intotal"]
        return names

    def add(self, context: Context, code: int) -> None:
        """Takes up the code of a figure, before the next one is asked for."""
        self.decided.append(code)
        self.by_group[context.group or context.unit] = code
