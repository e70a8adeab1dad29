"""The context of a figure -> the evidence for its metric code, as features.

Evidence of the grammar (verb, noun, measure word and their pairs), of the characters around the
number, of the words of the catalogue, and of the figures before it in the sentence.

A feature is put together from pieces: its family (`wl|u=`), and what stands there (`纠纷`, `|件`).
What joins them decides what comes out: its name, or the number by which the model knows it, the
CRC-32 of the name. That goes on piece by piece, and so a name is never written out for it.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from typing import Any
from zlib import crc32

from schemas.metrics import metrics
from transforms.codes.contexts import Context, pairs_in_sentence, words_of
from transforms.codes.lexicon import entries_of, nouns_of, words_of_catalogue

NO_UNIT = "∅"
# what is not settled yet, or the rest of it
_OPEN = re.compile(
    r"未(?!成年|来|雨|诉)|没有?(?:能|[^，]{0,4}(?:化解|解决|办结|整改|改|谈|调))|尚|剩|余下|其余|仍在"
    r"|还在|在办|在调|待(?:办|化|调|整|改|解)|还(?:有|剩|需)|暂(?:未|缓)|限期|转入|引导"
)
_SIGN = re.compile("[，；：。！？,;:（）()、]")
_SIGNALS = (
    "其中 分别 平均 人均 每 同比 比上年 较上年 比去年 较去年 其余 剩余 尚 未 占 新增 提高 下降 增长 减少"
    " 由 从 达 完成率 成功 涉及 正在 率"
).split()
_ROLES = "noun_behind noun_before first_verb last_verb carried_verb nouns_before".split()
_LAST = [f"L{length}" for length in range(7)]
_LAST_AND_UNIT = [f"Lu{length}" for length in range(5)]
_HAN = 3  # bytes of a Chinese character in UTF-8

Features = tuple[Any, ...]  # as `join` makes them
Join = Callable[..., Any]  # (piece, what the pieces before gave) -> what both give


def spell(piece: bytes, before: bytes = b"") -> bytes:
    """Joins the pieces of a feature to its name, where `crc32` joins them to its number."""
    return before + piece


class Starts(dict[str, Any]):
    """What the name of a family gives, and the sign behind it; kept from the first time on."""

    def __init__(self, join: Join) -> None:
        super().__init__()
        self.join = join

    def __missing__(self, family: str) -> Any:
        self[family] = start = self.join(f"{family}=".encode())
        return start


class Evidence:
    """Gives the features of figures, each as `join` makes it from its pieces."""

    def __init__(self, join: Join) -> None:
        self.join, self.start = join, Starts(join)
        # figures of a section have one heading, those of a sentence one opening
        self.words_of_heading = functools.lru_cache(maxsize=1_000)(self._words_of_heading)
        self.words_of_opening = functools.lru_cache(maxsize=1_000)(self._words_of_opening)
        self.families_of_heading = functools.lru_cache(maxsize=1_000)(self._families_of_heading)
        # measure words and words of the catalogue come again and again
        self.of_measure_word = functools.lru_cache(maxsize=5_000)(self._of_measure_word)
        self.of_word = functools.lru_cache(maxsize=20_000)(self._of_word)
        self.of_word_behind = functools.lru_cache(maxsize=20_000)(self._of_word_behind)
        self.of_word_before = functools.lru_cache(maxsize=20_000)(self._of_word_before)
        self.of_topic = functools.lru_cache(maxsize=20_000)(self._of_topic)
        self.starts_of_roles = [
            (self.start[role], self.start[f"{role}|u"], self.start[f"{role}|g"]) for role in _ROLES
        ]

    def of(self, around: list[Context]) -> list[list[Any]]:
        """Returns the features of each figure, some of them twice; `around` holds whole
        sentences.
        """
        before_that: Context | None = None
        topic: tuple[str, ...] = ()
        out = []
        for context, (before, behind) in zip(around, pairs_in_sentence(around)):
            unit = f"|{context.unit or NO_UNIT}".encode()
            size = min(7, int(math.log10(max(context.value, 1))))
            hundred = context.value == 100
            found = list(self.of_measure_word(context.unit, context.group, size, hundred))
            found += self._characters(context, unit)
            found += self._grammar(context, unit)
            if context.earlier:
                found += self._earlier_clauses(context, unit)
            found += self._surroundings(context, unit)
            found += self._neighbours(context, unit, before, before_that, behind)
            found += self._catalogue(context)
            topic, own = _topic(context, () if context.first else topic)
            if not own:
                found.append(self.join(b"nameless"))
                for word in topic:
                    found += self.of_topic(word, context.unit)
            out.append(found)
            before_that = before
        return out

    def _runs(self, family: str, text: str, length: int) -> list[Any]:
        """All runs of so many neighbouring characters of a text."""
        join, start, data = self.join, self.start[family], text.encode()
        if len(data) == _HAN * len(text):
            size = _HAN * length
            return [join(data[i : i + size], start) for i in range(0, len(data) - size + 1, _HAN)]
        return [join(text[i : i + length].encode(), start) for i in range(len(text) - length + 1)]

    def _of_measure_word(self, unit: str, group: str, size: int, hundred: bool) -> Features:
        group = group or NO_UNIT
        names = [f"u={unit or NO_UNIT}", f"g={group}", f"size={size}{group}"]
        names += ["hundred"] if hundred else []
        return self._joined(names)

    def _characters(self, context: Context, unit: bytes) -> list[Any]:
        """The characters directly before the number and directly behind its measure word."""
        join, start, clause, right = self.join, self.start, context.clause, context.right
        found = []
        for length in range(1, min(6, len(clause)) + 1):
            last = clause[-length:].encode()
            found.append(join(last, start[_LAST[length]]))
            if 2 <= length <= 4:
                found.append(join(unit, join(last, start[_LAST_AND_UNIT[length]])))
        if clause:
            found += self._runs("l2", clause[-24:], 2)
            found += self._runs("l3", clause[-24:], 3)
        else:
            found += [join(b"L0"), join(unit[1:], start["L0u"])]
        if not right:
            return [*found, join(b"R0"), join(unit[1:], start["R0u"])]
        for length in range(1, min(5, len(right)) + 1):
            found.append(join(right[:length].encode(), start[f"R{length}"]))
        first = right[:8].encode()
        found += [join(first, start["Rall"]), join(unit, join(first, start["Rall|u"]))]
        found.append(join(right[-2:].encode(), start["Rend"]))
        return found + self._runs("r2", right, 2)

    def _grammar(self, context: Context, unit: bytes) -> list[Any]:
        """The words of the clause, which verb governs the number, which noun it counts."""
        join, start, group = self.join, self.start, f"|{context.group or NO_UNIT}".encode()
        found = []
        of_word, with_unit = start["wl"], start["wl|u"]
        for place, text in enumerate(reversed(context.words)):
            word = text.encode()
            found.append(join(word, of_word))
            if place < 3:
                found.append(join(word, start[f"wl{place}"]))
            found.append(join(unit, join(word, with_unit)))
        for place, text in enumerate(context.right_words):
            word = text.encode()
            found.append(join(word, start["wr"]))
            if place < 2:
                found.append(join(word, start[f"wr{place}"]))
        texts = [context.noun_behind, context.noun_before, context.first_verb]
        texts += [context.last_verb, context.carried_verb, context.nouns_before]
        for text, (alone, and_unit, and_group) in zip(texts, self.starts_of_roles):
            if text:
                word = text.encode()
                found.append(join(word, alone))
                found += [join(unit, join(word, and_unit)), join(group, join(word, and_group))]
        first, last, noun = context.first_verb, context.last_verb, context.noun
        if first and noun:
            found.append(join(f"{first}|{noun}".encode(), start["vn"]))
        if last and noun and last != noun:
            found.append(join(f"{last}|{noun}".encode(), start["vln"]))
        return found + self._pairs_of_words(context)

    def _pairs_of_words(self, context: Context) -> list[Any]:
        join, start = self.join, self.start
        long = [word.encode() for word in context.words if len(word) > 1][-6:]
        behind = [word.encode() for word in context.right_words[:3]]
        found = []
        for i, word in enumerate(long):
            one = join(word + b"|", start["ww"])
            found += [join(other, one) for other in long[i + 1 :]]
            if behind:
                one = join(word + b"|", start["wrw"])
                found += [join(other, one) for other in behind]
        return found

    def _earlier_clauses(self, context: Context, unit: bytes) -> list[Any]:
        """The clauses before the figure's own: what is carried over where that one names
        nothing.
        """
        join, start, last = self.join, self.start, context.earlier[-1][-20:]
        found = [*self._runs("p2", last, 2), *self._runs("p3", last, 3)]
        bare = not context.noun or len(context.clause) <= 2
        for text in words_of(last).texts:
            word = text.encode()
            found += [join(word, start["pw"]), join(unit, join(word, start["pw|u"]))]
            if bare:
                found.append(join(word, start["pwbare"]))
        for clause in context.earlier[-3:-1]:
            found += [join(word.encode(), start["ppw"]) for word in words_of(clause[-20:]).texts]
        return found

    def _surroundings(self, context: Context, unit: bytes) -> list[Any]:
        """Signs, laws, the heading, how the sentence begins, and what follows."""
        join, start, between, own = self.join, self.start, context.between, context.own
        found = [join(b"law")] if context.laws else []
        found += [join(law[-3:-1].encode(), start["lawend"]) for law in context.laws]
        # 为18家企业 has another object than 企业18家
        found.append(join(own[-1:].encode(), start["end"]))
        signs = _SIGN.findall(between)
        sign = f"{signs[-1] if signs else 'none'}{'f' if context.first else ''}"
        found.append(join(sign.encode(), start["sep"]))
        found += [join(signal.encode(), start["fl"]) for signal in _SIGNALS if signal in own]
        if "其中" in between:
            found.append(join(b"part"))
        if _OPEN.search(own) or _OPEN.search(context.right):
            found.append(join(b"open"))
        found += self.words_of_heading(context.heading[-24:])
        found.append(join(unit, join(context.heading[-4:].encode(), start["hL"])))
        found += self.words_of_opening(context.opening)
        return found + self._runs("x2", context.rest, 2)

    def _words_of_heading(self, heading: str) -> Features:
        start = self.start["h"]
        return tuple(self.join(word.encode(), start) for word in words_of(heading).texts)

    def _words_of_opening(self, opening: str) -> Features:
        words = [word.encode() for word in words_of(opening).texts if len(word) > 1]
        return tuple(self.join(word, self.start["s"]) for word in words)

    def _neighbours(
        self,
        context: Context,
        unit: bytes,
        before: Context | None,
        before_that: Context | None,
        behind: Context | None,
    ) -> list[Any]:
        """What the figures before and behind in the sentence count."""
        join, start = self.join, self.start
        found = []
        if behind is not None:
            found.append(join(behind.unit.encode(), start["nu"]))
            found.append(join(behind.clause[-3:].encode(), start["nL"]))
        if before is None:
            return [*found, join(b"first")]
        its_unit, noun = before.unit.encode(), before.noun.encode()
        found += [join(its_unit, start["pu"]), join(unit, join(its_unit, start["pu|u"]))]
        found += [join(noun, start["pn"]), join(unit, join(noun, start["pn|u"]))]
        found.append(join(before.first_verb.encode(), start["pv"]))
        for family, words in (("pwl", before.words[-4:]), ("pwr", before.right_words[:3])):
            for text in words:
                word = text.encode()
                found += [join(word, start[family]), join(unit, join(word, start[f"{family}|u"]))]
        if len(context.clause) <= 2:
            found.append(join(unit, join(noun, start["barepn"])))
        found.append(join(before.clause[-2:].encode(), start["pL2"]))
        found.append(join(before.clause[-3:].encode(), start["pL3"]))
        found.append(join(b"|" + noun, join(context.clause[-3:].encode(), start["own|pn"])))
        if before_that is not None:
            found.append(join(before_that.unit.encode(), start["p2u"]))
            found.append(join(before_that.noun.encode(), start["p2n"]))
            found += [join(word.encode(), start["p2w"]) for word in before_that.words[-3:]]
        return found

    def _catalogue(self, context: Context) -> list[Any]:
        """The words of the catalogue in the clause, behind the measure word, before, in the
        heading.
        """
        unit, clause, right, found = context.unit, context.clause, context.right, list[Any]()
        hits = words_of_catalogue(clause)
        longest = max((len(word) for word, _ in hits), default=0)
        for word, end in hits:
            found += self.of_word(word, unit, end == len(clause), len(word) == longest)
        if right:
            hits = words_of_catalogue(right)
            longest = max((len(word) for word, _ in hits), default=0)
            for word, _ in hits:
                whether = (len(word) == len(right), len(word) == longest)
                found += self.of_word_behind(word, unit, *whether)
        if context.earlier:
            for word, _ in words_of_catalogue(context.earlier[-1][-24:]):
                found += self.of_word_before(word, unit)
        found += self.families_of_heading(context.heading[-30:])
        return found

    def _families_of_heading(self, heading: str) -> Features:
        entries = [entry for word, _ in words_of_catalogue(heading) for entry in entries_of(word)]
        return self._joined([f"cH:{family}" for role, _, family in entries if role == "N"])

    def _joined(self, names: list[str]) -> Features:
        """The features of these names; a tuple, which the collector of garbage soon passes by."""
        return tuple(self.join(name.encode()) for name in names)

    def _of_word(self, word: str, unit: str, last: bool, longest: bool) -> Features:
        """A word of the catalogue in the clause; a noun also where it is long, last or usual."""
        usual, found = _metrics_with(unit), []
        for role, code, _ in entries_of(word):
            found.append(f"c{role}:{code}")
            if role != "N":
                continue
            if code in usual:
                found.append(f"cNU:{code}")
            if last:
                found.append(f"cN0:{code}")
            if len(word) >= 4:
                found.append(f"cN4:{code}")
            if longest:
                found.append(f"cNM:{code}")
        return self._joined(found)

    def _of_word_before(self, word: str, unit: str) -> Features:
        """A word of the catalogue in the clause before."""
        usual, found = _metrics_with(unit), []
        for role, code, _ in entries_of(word):
            if role == "N":
                found += [f"cP:{code}", f"cPU:{code}"] if code in usual else [f"cP:{code}"]
        return self._joined(found)

    def _of_topic(self, word: str, unit: str) -> Features:
        """A noun of the catalogue that is carried over to a clause which names none."""
        usual, found = _metrics_with(unit), []
        for role, code, _ in entries_of(word):
            if role == "N":
                found += [f"cT:{code}", f"cTU:{code}"] if code in usual else [f"cT:{code}"]
        return self._joined(found)

    def _of_word_behind(self, word: str, unit: str, whole: bool, longest: bool) -> Features:
        """A word of the catalogue behind the measure word, in the same manner."""
        usual, found = _metrics_with(unit), []
        for role, code, _ in entries_of(word):
            found.append(f"cR{role}:{code}")
            if role != "N":
                continue
            if code in usual:
                found.append(f"cRNU:{code}")
            if longest:
                found.append(f"cRNM:{code}")
            if whole:
                found.append(f"cRNW:{code}")
        return self._joined(found)


def _topic(context: Context, carried: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Returns the nouns of the catalogue that a figure is about, and whether its own words name
    them.

    They are those of its clause and behind its measure word, else of the nearest clause before
    that names one; `carried` are those of the figure before in the sentence.
    """
    if own := nouns_of(context.clause) + nouns_of(context.right):
        return own, True
    for clause in reversed(context.earlier):
        if nouns := nouns_of(clause[-24:]):
            return nouns, False
    return carried, False


@functools.cache
def _metrics_with(unit: str) -> frozenset[str]:
    """The codes of the metrics that are counted with a measure word."""
    return frozenset(metric.code for metric in metrics() if unit in metric.measure_words)


numbers = Evidence(crc32).of  # the features as the model knows them
_names = Evidence(spell).of


def evidence(around: list[Context]) -> list[list[str]]:
    """Returns the names of the features of each figure; `around` holds whole sentences in order."""
    return [[name.decode() for name in dict.fromkeys(found)] for found in _names(around)]
