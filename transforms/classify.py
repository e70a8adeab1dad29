"""A figure in its clause -> metric code, with a confidence and the words that decided.

A linear model over two kinds of evidence. One is shared by all metrics: how the words of a metric's entry in the catalogue stand to the
figure (its nouns before or behind the number, near or far; its verbs; its measure words; words against it; what the sentence is about).
The other belongs to one metric: the characters around the figure. Codes of a sentence are decided from left to right, each with the ones
before it as evidence. The weights come from `training.py`.
"""

from __future__ import annotations

import functools
import io
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from importlib import resources
from itertools import chain

import numpy as np
from ahocorasick_rs import AhoCorasick

from schemas import vocabulary
from transforms.figures import Figure, measure_words
from transforms.numerals import fold

_CLAUSE = re.compile(r"[，；：。！？,;:（(）)\n]")
_BEFORE_NUMBER = re.compile(
    r"(?:不少于|不低于|不超过|不下|至少|最多|超过|突破|达到|大约|约|近|达|均|为|共计|共有|共|累计|合计|总计|超|逾|已|仅|有|的|了)+$"
)
_OBJECT_BEHIND = re.compile(r"[^，；：。！？,;:\n]*")
_LISTED_BEFORE = re.compile(r"[^、，和及与][^、，]*(?:、|以及|和|及|与)$")
_STOP_RIGHT = re.compile(r"[，；：。！？,;:）)\n、\d]")
_BRACKETED = re.compile(r"[（(][^）)\d]{1,8}[）)]")
_SHARES = re.compile(r"(?:分别|各)[^，。；、0-9]{0,6}$")
_LIST = re.compile(r"[、和及与]|以及")
_FLAGS = re.compile(r"其中|分别|平均|人均|每|共|累计|合计|同比|下降|增长|增加|减少|比例|占|其余|剩余|另|尚|新增|超过")
# words that say nothing of what is counted: a clause of these alone goes on with what was said before
_GENERIC = re.compile(
    r"(?:其中|全[年镇乡市县区街道村]+|今年|去年|上年|本年|年内|年初|年底|同期|目前|现在|累计|合计|总计|共计|共有|共|合共|现有|已有|仍有|尚有|还有|另有|另|有|已|均|各|为|达到?|约|近|超过?|逾|"
    r"分别|平均|人均|每[个村年月季期场次户格校家人]|镇级|乡级|村级|县级|以上|多|其余|剩余|余下|未|全部|总数|总量|数量|合|计|比|较|的|了|是|由|从|到|至|升|降|增|减|[、（(])+"
)
_GAP_LIMIT, _NEAR_LIMIT, _REACH = 60, 24, 90
# what is not settled yet, or the rest of it
_OPEN = re.compile(
    r"未(?!成年|来|雨|诉)|没有?(?:能|[^，]{0,4}(?:化解|解决|办结|整改|改|谈|调))|尚|剩|余下|其余|正在|仍在|还在|在办|在调|待(?:办|化|调|整|改|解)"
    r"|还(?:有|剩|需)|暂(?:未|缓)|限期|转入|引导"
)
# a difference to another time: 比去年减少了 3 件
_CHANGE = re.compile(
    r"(?:增加|减少|增长|下降|上升|增多|提高|提升|压减|缩减|降低|回落|(?<![至不最更许新])[多少增减降](?:办|开|了)?)了?[约近超逾]?过?$"
)
_AVERAGE = re.compile(r"(?:平均|[人户村日月年件案场周]均)[^，]{0,8}$")
# scores are divided by this before they become a confidence: on held-out sentences those at 0.9 and above then hold in 97 of 100 cases
CALIBRATION = 1.6

PLACES = "nfsbah"  # near: own clause before the number; far: clauses before; s: sentence before; behind; after; heading

# evidence about one metric and one figure, whatever was decided before
COLUMNS = [
    *(f"{p}.{role}" for p in PLACES for role in ("noun", "verb", "against")),
    *("n.distance", "n.touching", "n.longest", "n.longest_verb", "f.distance", "b.first", "b.whole", "b.longest"),
    *("unit.usual", "unit.own", "unit.group", "unit.foreign"),
    *("n.noun&unit", "b.noun&unit", "f.noun&unit", "noun&verb", "only_far", "other.no_noun_with_unit", "other.no_noun"),
    *("domain.share", "domain.most", "family.share", "family.most"),
    *("longest&nearest", "verb&elsewhere&unit", "first&verb", "heading&silent&unit", "domain&unit&silent"),
    *("longest&unit&domain", "touching&verb", "near&behind", "near&foreign_unit", "whole&unit", "after&silent&unit"),
    *("family&unit", "family&unit&silent", "family&bare&unit", "family&unit&near", "family_far&unit&silent"),
    *("open&settled", "open&received", "other.change", "other.average"),
]
# evidence from the codes decided before in the same sentence
SEQUEL = [
    *("same", "same&nothing_said", "same&part", "domain", "family", "verb&domain", "same&unit&silent", "same&foreign"),
    *("same_unit", "same_unit&bare", "family&unit", "family&unit&silent", "same&bare&unit"),
    *("total", "total&unit", "total&later"),
]
_C = {name: i for i, name in enumerate(COLUMNS)}


@dataclass(slots=True)
class Context:
    """What stands around one figure, blanks left out. `near` is its own clause before the number, `far` the clauses before that back to
    the figure before (or the start of the sentence), `behind` what follows the unit. `words` are the catalogue's words around it:
    (place, offset in that place, length, number of the word). `said` is the length of `near` without what merely leads to the number.
    `part` is 1 for the first figure behind 其中, 2 for those that go on with its list, else 0."""

    near: str
    far: str
    behind: str
    unit: str
    group: str
    first: bool
    said: int
    far_length: int
    part: int = 0
    words: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def bare(self) -> bool:
        """Whether the clause before the number names nothing."""
        return not self.near or bool(_GENERIC.fullmatch(self.near))


@functools.cache
def catalogue() -> list[dict]:
    """The entries of the catalogue of metrics, in its order."""
    return vocabulary.toml("metrics.toml")["metric"]


@functools.cache
def codes() -> list[str]:
    """All metric codes, in the order of the catalogue; a row of scores has this order."""
    return [m["code"] for m in catalogue()]


class _Lexicon:
    """All words of the catalogue: their automaton, the metrics in whose entries each stands, and what field of work each speaks of."""

    def __init__(self) -> None:
        entries: dict[str, list[tuple[int, int]]] = {}
        for i, metric in enumerate(catalogue()):
            for role, key in enumerate(("nouns", "verbs", "against")):
                for word in metric[key]:
                    entries.setdefault(word, []).append((role, i))
        self.words = sorted(entries)
        self.automaton = AhoCorasick(self.words)
        self.sizes = np.array([len(w) for w in self.words])
        roles = [entries[w] for w in self.words]
        self.counts = np.array([len(r) for r in roles])
        self.begins = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        self.roles = np.array([role for r in roles for role, _ in r])
        self.metrics = np.array([metric for r in roles for _, metric in r])
        self.domains, self.domain_of = self._votes("domain", roles)
        self.families, self.family_of = self._votes("family", roles)
        self.same_domain = self.domain_of == self.domain_of[:, None]
        self.same_family = self.family_of == self.family_of[:, None]

    def _votes(self, key: str, roles: list[list[tuple[int, int]]]) -> tuple[np.ndarray, np.ndarray]:
        """For each word its vote for each field of work (nouns alone vote), and the number of each metric's field."""
        names = sorted({m[key] for m in catalogue()})
        of = np.array([names.index(m[key]) for m in catalogue()])
        votes = np.zeros((len(self.words), len(names)), np.float32)
        for i, word in enumerate(self.words):
            said = {of[metric] for role, metric in roles[i] if role == 0}
            for name in said:
                votes[i, name] = min(len(word), 4) / len(said)
        return votes, of


@functools.cache
def _lexicon() -> _Lexicon:
    return _Lexicon()


@functools.cache
def _other() -> int:
    return codes().index("other")


# how much a word says of the field of work, by where it stands
_WEIGHT_OF_PLACE = np.array(
    [{"n": 2.0, "b": 2.0, "f": 1.0, "s": 1.0, "a": 0.7, "h": 0.3}[p] for p in PLACES], np.float32
)


@functools.cache
def _unit_table() -> tuple[dict[str, int], np.ndarray]:
    """Number of each measure word; a row each: for each metric 0 (its usual one), 1 (another of its own), 2 (same group as one of its
    own), 3 (none of these)."""
    groups = measure_words()
    numbers = {unit: i for i, unit in enumerate(["", *(u for u in groups if u)])}
    table = np.full((len(numbers), len(codes())), 3, np.int8)
    for unit, row in numbers.items():
        for i, metric in enumerate(catalogue()):
            own = metric["measure_words"]
            if unit in own:
                table[row, i] = 0 if own.index(unit) < 2 else 1
            elif unit and any(groups.get(w) == groups[unit] for w in own):
                table[row, i] = 2
    return numbers, table


@functools.cache
def _settled() -> tuple[np.ndarray, np.ndarray]:
    """Which metrics count what was settled of another, and which are that other."""
    wholes = [m.get("out_of") for m in catalogue()]
    return np.array([w is not None for w in wholes]), np.array([c in wholes for c in codes()])


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _find(text: str) -> list[tuple[int, int, int]]:
    """(number of the word, start, end) of every word of the catalogue in `text`, overlapping ones too."""
    return _lexicon().automaton.find_matches_as_indexes(text, overlapping=True)


class _Sentence:
    """One sentence without blanks, the words in it by their starts, and how far it has been read."""

    def __init__(self, flat: str, start: int, end: int) -> None:
        self.flat, self.read, self.length = flat, start, 0
        self.text = _squeeze(flat[start:end])
        self.words = sorted((a, b, w) for w, a, b in _find(self.text))
        self.starts = [w[0] for w in self.words]

    def to(self, offset: int) -> int:
        """Where the character at `offset` of the whole text stands in this sentence; offsets must not go back."""
        self.length += len(_squeeze(self.flat[self.read : offset]))
        self.read = offset
        return self.length

    def within(self, place: int, start: int, end: int) -> list[tuple[int, int, int, int]]:
        """The words that lie in [start, end), as of `Context.words`."""
        at, out = bisect_left(self.starts, start), []
        for a, b, word in self.words[at : bisect_left(self.starts, end)]:
            if b <= end:
                out.append((place, a - start, b - a, word))
        return out


def _apart(place: int, text: str) -> list[tuple[int, int, int, int]]:
    return [(place, a, b - a, word) for word, a, b in _find(text)]


def contexts(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[Context]:
    """The context of each figure. `headings` are (offset at which a section begins, its heading), in order."""
    groups = measure_words()
    starts = [h[0] for h in headings]
    heading_words = [_apart(5, h[1]) for h in headings]
    out: list[Context] = []
    sentence, end_before, started, shares = None, 0, -1, []
    for figure in figures:
        first = figure.sentence_start != started
        if first:
            sentence = _Sentence(flat, figure.sentence_start, figure.sentence_end)
            started, end_before, shares = figure.sentence_start, 0, []
        text = sentence.text
        number, end = sentence.to(figure.start), sentence.to(figure.end)
        begin = max(end_before, number - _REACH)
        segment = text[begin:number]
        cut = 0
        for m in _CLAUSE.finditer(segment):
            cut = m.end()
        # what the figure before counted, when it stands behind its unit
        if first:
            object_before = 0
        elif not cut and _LISTED_BEFORE.match(segment):
            object_before = cut = len(segment)
        else:
            object_before = len(_OBJECT_BEHIND.match(segment[:cut])[0])
        far_start, near_start = begin + object_before, max(begin + cut, number - _NEAR_LIMIT)
        far_start = max(far_start, begin + cut - _GAP_LIMIT)
        near, far = text[near_start:number], text[far_start : begin + cut]
        words = []
        listed, shares = _shared_out(near, shares)
        if listed is None:
            words += sentence.within(0, near_start, number)
        else:
            near = listed[-_NEAR_LIMIT:]
            words += _apart(0, near)
        words += sentence.within(1, far_start, begin + cut)
        words += sentence.within(2, max(0, begin + object_before - _GAP_LIMIT), begin + object_before)
        right = text[end : end + 30]
        bracketed = "（" in right or "(" in right
        if bracketed:
            right = _BRACKETED.sub("", right)
        stop = _STOP_RIGHT.search(right)
        behind = (right[: stop.start()] if stop else right)[:16]
        after = end + len(behind)
        words += _apart(3, behind) if bracketed else sentence.within(3, end, after)
        words += sentence.within(4, after, after + 50)
        i = bisect_left(starts, figure.start)
        if i:
            words += heading_words[i - 1]
        unit = fold(figure.unit)
        said = len(_BEFORE_NUMBER.sub("", near))
        group = groups.get(unit, "")
        part = 0 if first else _part(segment, out[-1], group)
        out.append(Context(near, far, behind, unit, group, first, said, len(far), part, words))
        end_before = end
    return out


def _part(segment: str, before: Context, group: str) -> int:
    """`Context.part` of a figure of the group `group`, with `segment` between it and the figure before it in its sentence."""
    if group != before.group:
        return 0
    if "其中" in segment:
        return 1
    return 2 if before.part and not re.search("[；;]", segment) else 0


def _shared_out(near: str, shares: list[str]) -> tuple[str | None, list[str]]:
    """In 排查、受理、化解纠纷分别为 5、4、3 件 each number takes its own part of the list, with what the last one alone names (纠纷) and what
    follows the list (各培训 3 人、5 人); None where the clause is no such list."""
    if m := _SHARES.search(near):
        parts = [p for p in _LIST.split(near[: m.start()]) if p]
        if len(parts) > 1:
            done = m[0].lstrip("分别各")
            parts = [(p if len(p) > 3 else p + parts[-1][len(p) :]) + done for p in parts]
            return parts[0], parts[1:]
        return None, []
    if shares and len(near) <= 2:
        return shares[0], shares[1:]
    return None, []


# --- evidence ---------------------------------------------------------------------------------------------------------


def shared_evidence(around: list[Context]) -> np.ndarray:
    """(figures, metrics, COLUMNS): how each entry of the catalogue stands to each figure. In memory the columns come first, since they are
    filled and combined one by one."""
    lexicon, n, m = _lexicon(), len(around), len(codes())
    rows = np.zeros((len(COLUMNS), n, m), np.float32).transpose(1, 2, 0)
    many = np.array([len(c.words) for c in around])
    told, begins = np.flatnonzero(many), (np.cumsum(many) - many)[many > 0]
    words = np.fromiter(chain.from_iterable(chain.from_iterable(c.words for c in around)), np.int64).reshape(-1, 4)
    words = np.column_stack([np.repeat(np.arange(n), many), words])
    _words_into(rows, words, around)
    numbers, table = _unit_table()
    unit = table[[numbers.get(c.unit, 0) for c in around]]
    for level, name in enumerate(("unit.usual", "unit.own", "unit.group", "unit.foreign")):
        rows[:, :, _C[name]] = unit == level
    weight = _WEIGHT_OF_PLACE[words[:, 1]][:, None]
    for key, votes_of, of in (
        ("domain", lexicon.domains, lexicon.domain_of),
        ("family", lexicon.families, lexicon.family_of),
    ):
        votes = np.zeros((n, votes_of.shape[1]), np.float32)
        if told.size:
            votes[told] = np.add.reduceat(votes_of[words[:, 4]] * weight, begins, axis=0)
        total, most = votes.sum(axis=1, keepdims=True), votes.max(axis=1, keepdims=True)
        rows[:, :, _C[f"{key}.share"]] = (votes / np.maximum(total, 1e-9))[:, of]
        rows[:, :, _C[f"{key}.most"]] = ((votes == most) & (most > 0))[:, of]
    settled, received = _settled()
    still_open = np.array([bool(_OPEN.search(c.near) or _OPEN.search(c.behind)) for c in around])[:, None]
    rows[:, :, _C["open&settled"]] = still_open & settled
    rows[:, :, _C["open&received"]] = still_open & received
    rows[:, _other(), _C["other.change"]] = [bool(_CHANGE.search(c.near)) for c in around]
    rows[:, _other(), _C["other.average"]] = [bool(_AVERAGE.search(c.near)) for c in around]
    _conjunctions(rows, unit <= 1, unit == 3, np.array([c.bare for c in around])[:, None])
    return rows


def _words_into(rows: np.ndarray, words: np.ndarray, around: list[Context]) -> None:
    """Nouns, verbs and words against, place by place."""
    lexicon, flat = _lexicon(), rows.transpose(2, 0, 1).reshape(-1)
    n, m = rows.shape[:2]
    many = lexicon.counts[words[:, 4]]
    owner = np.repeat(np.arange(len(words)), many)
    role_at = (
        np.repeat(lexicon.begins[words[:, 4]], many) + np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)
    )
    role, metric = lexicon.roles[role_at], lexicon.metrics[role_at]
    figure, place, at, size = (words[owner, k] for k in range(4))
    cell = figure * m + metric
    weight = np.minimum(size, 6).astype(np.float32) / 4
    np.maximum.at(flat, cell + (place * 3 + role) * n * m, np.where(role == 0, weight, np.float32(1)))

    def put(name: str, those: np.ndarray, value) -> None:
        np.maximum.at(flat, cell[those] + _C[name] * n * m, value)

    said, far = np.array([c.said for c in around]), np.array([c.far_length for c in around])
    noun = role == 0
    near, behind = place == 0, place == 3
    those = noun & near
    distance = np.maximum(0, said[figure[those]] - at[those] - size[those])
    put("n.distance", those, 1 / (1 + distance / 2).astype(np.float32))
    touching = np.flatnonzero(those)[distance == 0]
    put("n.touching", touching, weight[touching])
    those = noun & (place == 1)
    put("f.distance", those, 1 / (1 + (far[figure[those]] - at[those] - size[those]) / 4).astype(np.float32))
    first = np.flatnonzero(noun & behind & (at == 0))
    put("b.first", first, weight[first])
    whole = [i for i in first if around[figure[i]].behind[size[i] : size[i] + 1] in ("", "的")]
    put("b.whole", np.array(whole, np.int64), np.float32(1))
    for name, those in (
        ("n.longest", noun & near),
        ("n.longest_verb", (role == 1) & near),
        ("b.longest", noun & behind),
    ):
        longest = np.zeros(len(around), np.int64)
        np.maximum.at(longest, figure[those], size[those])
        put(name, np.flatnonzero(those)[size[those] == longest[figure[those]]], np.float32(1))


def _conjunctions(rows: np.ndarray, own_unit: np.ndarray, foreign: np.ndarray, bare: np.ndarray) -> None:
    """What two pieces of evidence say together and neither says alone."""

    def col(name: str) -> np.ndarray:
        return rows[:, :, _C[name]]

    def has(name: str) -> np.ndarray:
        return rows[:, :, _C[name]] > 0

    near, behind, far, before, verb = has("n.noun"), has("b.noun"), has("f.noun"), has("s.noun"), has("n.verb")
    nothing_near = ~near.any(axis=1, keepdims=True) & ~behind.any(axis=1, keepdims=True)
    only_far = nothing_near & far.any(axis=1, keepdims=True)
    domain, family = has("domain.most"), has("family.most")
    put = {
        "n.noun&unit": near & own_unit,
        "b.noun&unit": behind & own_unit,
        "f.noun&unit": far & own_unit,
        "noun&verb": near & verb,
        "only_far": col("f.noun") * only_far,
        "longest&nearest": has("n.longest")
        & (col("n.distance") >= col("n.distance").max(axis=1, keepdims=True))
        & near,
        "verb&elsewhere&unit": verb & (far | before) & own_unit & ~near,
        "first&verb": has("b.first") & verb,
        "heading&silent&unit": has("h.noun") & nothing_near & own_unit,
        "domain&unit&silent": domain & own_unit & ~near & ~behind,
        "longest&unit&domain": has("n.longest") & own_unit & domain,
        "touching&verb": has("n.touching") & verb,
        "near&behind": near & behind,
        "near&foreign_unit": near & foreign,
        "whole&unit": has("b.whole") & own_unit,
        "after&silent&unit": has("a.noun") & nothing_near & own_unit,
        "family&unit": family & own_unit,
        "family&unit&silent": family & own_unit & ~near & ~behind,
        "family&bare&unit": family & own_unit & bare,
        "family&unit&near": family & own_unit & (near | behind),
        "family_far&unit&silent": col("family.share") * (own_unit & nothing_near),
    }
    for name, value in put.items():
        rows[:, :, _C[name]] = value
    strongest = rows[:, :, [_C["n.noun&unit"], _C["b.noun&unit"], _C["f.noun&unit"]]].max(axis=(1, 2))
    rows[:, _other(), _C["other.no_noun_with_unit"]] = 1 - strongest
    rows[:, _other(), _C["other.no_noun"]] = nothing_near[:, 0]


def sequel(c: Context, row: np.ndarray, previous: int | None, same_unit: int | None, total: int | None) -> np.ndarray:
    """(metrics, SEQUEL): what the code before, the code of the last figure of this sentence with the same measure word, and that of the
    figure before 其中 say. `row` is this figure's shared evidence."""
    out = np.zeros((row.shape[0], len(SEQUEL)), np.float32)
    if previous is None:
        return out
    lexicon = _lexicon()
    own_unit = (row[:, _C["unit.usual"]] > 0) | (row[:, _C["unit.own"]] > 0)
    near, behind = row[:, _C["n.noun"]] > 0, row[:, _C["b.noun"]] > 0
    silent, bare = not near.any() and not behind.any(), c.bare
    family = lexicon.same_family[previous]
    out[previous, 0] = 1
    out[previous, 1] = not c.near
    out[previous, 2] = "其中" in c.near or "其余" in c.near or "剩" in c.near
    out[:, 3] = lexicon.same_domain[previous]
    out[:, 4] = family
    out[:, 5] = (row[:, _C["n.verb"]] > 0) & (out[:, 3] > 0) & ~near
    out[previous, 6] = own_unit[previous] and silent
    out[previous, 7] = row[previous, _C["unit.foreign"]]
    if same_unit is not None:
        out[same_unit, 8] = 1
        out[same_unit, 9] = bare
    out[:, 10] = family & own_unit
    if silent:
        out[:, 11] = out[:, 10]
    out[previous, 12] = bare and own_unit[previous]
    if total is not None:
        out[total, 13] = 1
        out[total, 14] = own_unit[total]
        out[total, 15] = c.part == 2
    return out


def own_evidence(c: Context) -> list[str]:
    """Names of the features that each metric weighs on its own."""
    near, behind, far, unit = c.near, c.behind, c.far, c.unit
    names = [f"u{unit}", f"g{c.group}", "first" if c.first else "later"]
    names += [f"e{k}{near[-k:]}" for k in (1, 2, 3, 4) if len(near) >= k] or ["e-"]
    names += [f"ue{unit}|{near[-2:]}", f"en{near[-2:]}|{behind[:2]}", f"ub{unit}|{behind[:2]}"]
    tail = near[-12:]
    names += [f"l{tail[i : i + 2]}" for i in range(len(tail) - 1)]
    names += [f"t{tail[i : i + 3]}" for i in range(len(tail) - 2)]
    names += [f"r{behind[:k]}" for k in (1, 2, 3, 4) if len(behind) >= k] or ["r-"]
    names += [f"q{behind[i : i + 2]}" for i in range(min(len(behind), 10) - 1)]
    back = far[-20:]
    names += [f"m{back[i : i + 2]}" for i in range(len(back) - 1)]
    for place, _, _, word in c.words:
        names.append(f"w{PLACES[place]}{word}")
        if place in (0, 3):
            names.append(f"wu{word}|{unit}")
    names += [f"f{m}" for m in _FLAGS.findall(near)]
    return list(dict.fromkeys(names))


def sequel_names(c: Context, previous: str | None) -> list[str]:
    """Names of the features that the code before takes part in."""
    return [
        f"p{previous}",
        f"p{previous}|{c.unit}",
        f"pe{previous}|{c.near[-2:]}",
        f"pb{previous}|{c.behind[:2]}",
    ]


# --- the model --------------------------------------------------------------------------------------------------------


def weighed(features: dict[str, int], weights: np.ndarray, named: list[list[str]]) -> np.ndarray:
    """(figures, classes): the sum of the weights of the features that each figure has; `weights` has a row a feature."""
    known = [[k for name in names if (k := features.get(name)) is not None] for names in named]
    out = np.zeros((len(named), weights.shape[1]), np.float32)
    some = [i for i, found in enumerate(known) if found]
    if some:
        begins = np.cumsum([0, *(len(known[i]) for i in some[:-1])])
        rows = np.fromiter(chain.from_iterable(known), np.int64)
        out[some] = np.add.reduceat(weights[rows], begins, axis=0)
    return out


@dataclass(slots=True)
class Model:
    """Weights: `own` has a row a feature and a column a metric, `shared` a weight a column of COLUMNS and then of SEQUEL, `pairs` one a
    product of two of these columns (above the diagonal), `bias` one a metric."""

    features: dict[str, int]
    own: np.ndarray
    shared: np.ndarray
    pairs: np.ndarray
    bias: np.ndarray

    def alone(self, around: list[Context], columns: np.ndarray) -> np.ndarray:
        """(figures, metrics): log-odds of each metric from what stands around each figure, and from its being the first of a sentence where it
        is. `columns` has a row a column of COLUMNS."""
        n = len(COLUMNS)
        scores = self.shared[:n] @ columns + np.einsum("ij,ij->j", self.pairs[:n, :n].T @ columns, columns)
        scores = scores.reshape(len(around), -1) + self.bias
        named = [own_evidence(c) + (sequel_names(c, None) if c.first or c is around[0] else []) for c in around]
        return scores + weighed(self.features, self.own, named)

    def following(
        self,
        c: Context,
        row: np.ndarray,
        onward: np.ndarray,
        previous: int,
        same_unit: int | None,
        total: int | None,
    ) -> np.ndarray:
        """What the codes before add to the log-odds of each metric. `onward` is what this figure's own evidence makes of that of SEQUEL."""
        known = [self.features[n] for n in sequel_names(c, codes()[previous]) if n in self.features]
        own = self.own[known].sum(axis=0)
        n, after = len(COLUMNS), sequel(c, row, previous, same_unit, total)
        return own + (after * (self.shared[n:] + onward + after @ self.pairs[n:, n:])).sum(axis=1)

    def scores(self, around: list[Context], rows: np.ndarray) -> np.ndarray:
        """(figures, metrics): log-odds of each metric, each figure after the codes decided before it in its sentence."""
        n = len(COLUMNS)
        columns = rows.transpose(2, 0, 1).reshape(n, -1)
        scores = self.alone(around, columns)
        onward = (self.pairs[:n, n:].T @ columns).reshape(len(SEQUEL), *scores.shape).transpose(1, 2, 0)
        previous, total, by_unit = None, None, {}
        for i, c in enumerate(around):
            if c.first:
                previous, by_unit = None, {}
            total = (previous if c.part == 1 else total) if c.part else None
            if previous is not None:
                scores[i] += self.following(c, rows[i], onward[i], previous, by_unit.get(c.group or c.unit), total)
            previous = int(scores[i].argmax())
            by_unit[c.group or c.unit] = previous
        return scores


@functools.cache
def model() -> Model:
    """The trained model of this folder."""
    data = resources.files("transforms").joinpath("model/metrics.npz").read_bytes()
    with np.load(io.BytesIO(data)) as z:
        names = bytes(z["names"]).decode("utf-8").split("\n")
        own = z["own"].astype(np.float32) * float(z["scale"])
        return Model({n: i for i, n in enumerate(names)}, own, z["shared"], z["pairs"], z["bias"])


@dataclass(slots=True, frozen=True)
class Decision:
    """Code, confidence in [0, 1], and why: the words around the figure that weighed most for it."""

    code: str
    confidence: float
    reason: str


def classify(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[Decision]:
    """Metric code of each figure, in order."""
    around = contexts(flat, figures, headings)
    if not around:
        return []
    scores = model().scores(around, shared_evidence(around))
    exp = np.exp((scores - scores.max(axis=1, keepdims=True)) / CALIBRATION)
    confidence = exp.max(axis=1) / exp.sum(axis=1)
    best = scores.argmax(axis=1)
    return [
        Decision(codes()[b], float(p), _reason(c, b)) for c, b, p in zip(around, best.tolist(), confidence.tolist())
    ]


_LABELS = ("before:", "clause before:", "sentence:", "behind:", None, "heading:")


def _reason(c: Context, metric: int) -> str:
    lexicon, own = _lexicon(), _own_words()[metric]
    said: dict[int, set[str]] = {}
    for place, _, _, word in c.words:
        if word in own and _LABELS[place]:
            said.setdefault(place, set()).add(lexicon.words[word])
    parts = [
        f"{_LABELS[place]} {word}"
        for place in (0, 3, 1, 2, 5)
        for word in sorted(said.get(place, ()), key=lambda w: (-len(w), w))[:2]
    ]
    return "; ".join([*parts[:4], f"measure word: {c.unit or '(none)'}"])


@functools.cache
def _own_words() -> list[set[int]]:
    """For each metric the numbers of its nouns and verbs."""
    numbers = {w: i for i, w in enumerate(_lexicon().words)}
    return [{numbers[w] for w in (*metric["nouns"], *metric["verbs"])} for metric in catalogue()]
