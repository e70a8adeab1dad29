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
from transforms import features
from transforms.features import Features, Weights
from transforms.figures import Figure, measure_words
from transforms.numerals import fold

_CLAUSES_BEFORE = re.compile(r"(?s:.*)[，；：。！？,;:（(）)\n]")
_LEADING = "不少于 不低于 不超过 不下 至少 最多 超过 突破 达到 大约 约 近 达 均 为 共计 共有 共 累计 合计 总计 超 逾 已 仅 有 的 了".split()
_LEADING_BACKWARDS = re.compile(
    f"(?:{'|'.join(w[::-1] for w in _LEADING)})*"
)  # to a text read from its end
_OBJECT_BEHIND = re.compile(r"[^，；：。！？,;:\n]*")
_LISTED_BEFORE = re.compile(r"[^、，和及与][^、，]*(?:、|以及|和|及|与)$")
_STOP_RIGHT = re.compile(r"[，；：。！？,;:）)\n、\d]")
_BRACKETED = re.compile(r"[（(][^）)\d]{1,8}[）)]")
_SHARES = re.compile(r"(?:分别|各)[^，。；、0-9]{0,6}$")
_LIST = re.compile(r"[、和及与]|以及")
_FLAGS = re.compile(
    r"其中|分别|平均|人均|每|共|累计|合计|同比|下降|增长|增加|减少|比例|占|其余|剩余|另|尚|新增|超过"
)
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
    *(
        "n.distance",
        "n.touching",
        "n.longest",
        "n.longest_verb",
        "f.distance",
        "b.first",
        "b.whole",
        "b.longest",
    ),
    *("unit.usual", "unit.own", "unit.group", "unit.foreign"),
    *(
        "n.noun&unit",
        "b.noun&unit",
        "f.noun&unit",
        "noun&verb",
        "only_far",
        "other.no_noun_with_unit",
        "other.no_noun",
    ),
    *("domain.share", "domain.most", "family.share", "family.most"),
    *(
        "longest&nearest",
        "verb&elsewhere&unit",
        "first&verb",
        "heading&silent&unit",
        "domain&unit&silent",
    ),
    *(
        "longest&unit&domain",
        "touching&verb",
        "near&behind",
        "near&foreign_unit",
        "whole&unit",
        "after&silent&unit",
    ),
    *(
        "family&unit",
        "family&unit&silent",
        "family&bare&unit",
        "family&unit&near",
        "family_far&unit&silent",
    ),
    *("open&settled", "open&received", "other.change", "other.average"),
]
# evidence from the codes decided before in the same sentence
SEQUEL = [
    *(
        "same",
        "same&nothing_said",
        "same&part",
        "domain",
        "family",
        "verb&domain",
        "same&unit&silent",
        "same&foreign",
    ),
    *("same_unit", "same_unit&bare", "family&unit", "family&unit&silent", "same&bare&unit"),
    *("total", "total&unit", "total&later"),
]
_C = {name: i for i, name in enumerate(COLUMNS)}


@dataclass(slots=True)
class Context:
    """What stands around one figure, blanks left out. `near` is its own clause before the number, `far` the clauses before that back to
    the figure before (or the start of the sentence), `behind` what follows the unit. `words` are the catalogue's words around it, a row each:
    place, offset in that place, length, number of the word. `said` is the length of `near` without what merely leads to the number.
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
    words: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int64))

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
        self.own = np.zeros(
            (len(catalogue()), len(self.words)), bool
        )  # the nouns and verbs of each metric
        of_word, counts_it = np.repeat(np.arange(len(self.words)), self.counts), self.roles < 2
        self.own[self.metrics[counts_it], of_word[counts_it]] = True
        self.domains, self.domain_of = self._votes("domain", roles)
        self.families, self.family_of = self._votes("family", roles)
        named = features.letters(self.words, max(map(len, self.words)))
        self.keys = features.whole(named, "word")
        self.codes = np.array(
            [*(features.seed(f"code {c}") for c in codes()), 0], np.uint64
        )  # the last: of no code
        self.flags = {f: features.seed(f"flag {f}") for f in _FLAGS.pattern.split("|")}
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


def _find(text: str) -> np.ndarray:
    """(words, 3): number of the word, start and end of every word of the catalogue in `text`, overlapping ones too."""
    found = _lexicon().automaton.find_matches_as_indexes(text, overlapping=True)
    return np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)


def _alone(texts: list[tuple[int, int, str]]) -> np.ndarray:
    """The words in texts that stand for a place of a figure, each (figure, place, text), as rows of figure, place, offset, length, word."""
    found = {text: _find(text) for text in {t for _, _, t in texts}}
    each = [found[text] for _, _, text in texts]
    whose = np.repeat(
        np.array([t[:2] for t in texts], np.int64).reshape(-1, 2), [len(f) for f in each], axis=0
    )
    words = np.concatenate([np.zeros((0, 3), np.int64), *each])
    return np.column_stack([whose, words[:, 1], words[:, 2] - words[:, 1], words[:, 0]])


def _within(found: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """The words in the spans (figures, places, 2) of the text that `_find` searched, as such rows. A word lies in a span as a whole."""
    found = found[np.argsort(found[:, 1], kind="stable")]
    first, last = (
        found[:, 1].searchsorted(spans[:, :, 0].ravel()),
        found[:, 1].searchsorted(spans[:, :, 1].ravel()),
    )
    many = np.maximum(last - first, 0)
    span = np.repeat(np.arange(len(many)), many)
    at = np.arange(len(span)) - np.repeat(np.cumsum(many) - many, many) + first[span]
    begin, end = spans.reshape(-1, 2)[span].T
    figure, place = np.divmod(span, spans.shape[1])
    rows = np.column_stack(
        [figure, place, found[at, 1] - begin, found[at, 2] - found[at, 1], found[at, 0]]
    )
    return rows[found[at, 2] <= end]


_BLANK = re.compile(r"\s")


def contexts(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[Context]:
    """The context of each figure. `headings` are (offset at which a section begins, its heading), in order."""
    if not figures:
        return []
    groups = measure_words()
    text, blanks = "".join(flat.split()), [m.start() for m in _BLANK.finditer(flat)]
    starts = [h[0] for h in headings]
    out: list[Context] = []
    spans: list[int] = []  # begin and end of each of the first five places, in `text`
    alone: list[
        tuple[int, int, str]
    ] = []  # what stands for a place instead, or is the sixth: the heading
    started, shares = -1, []
    for k, figure in enumerate(figures):
        i = bisect_left(starts, figure.start)
        # a heading inside a sentence begins another: 1.人民调解：调解5件；2.信访：受理4件
        sentence = max(figure.sentence_start, starts[i - 1]) if i else figure.sentence_start
        first = sentence != started
        if first:
            started, shares = sentence, []
            end_before = sentence_start = started - bisect_left(blanks, started)
            ended = min(figure.sentence_end, starts[i]) if i < len(starts) else figure.sentence_end
            sentence_end = ended - bisect_left(blanks, ended)
        number = figure.start - bisect_left(blanks, figure.start)
        end = figure.end - bisect_left(blanks, figure.end)
        begin = max(end_before, number - _REACH)
        segment = text[begin:number]
        cut = m.end() if (m := _CLAUSES_BEFORE.match(segment)) else 0
        # what the figure before counted, when it stands behind its unit
        if first:
            object_before = 0
        elif not cut and _LISTED_BEFORE.match(segment):
            object_before = cut = len(segment)
        else:
            object_before = len(_OBJECT_BEHIND.match(segment[:cut])[0])
        clause, said_before = begin + cut, begin + object_before
        far_start, near_start = (
            max(said_before, clause - _GAP_LIMIT),
            max(clause, number - _NEAR_LIMIT),
        )
        near, far = text[near_start:number], text[far_start:clause]
        listed, shares = _shared_out(near, shares)
        if listed is not None:
            near = listed[-_NEAR_LIMIT:]
            alone.append((k, 0, near))
            near_start = number
        right = text[end : min(end + 30, sentence_end)]
        bracketed = "（" in right or "(" in right
        if bracketed:
            right = _BRACKETED.sub("", right)
        stop = _STOP_RIGHT.search(right)
        behind = (right[: stop.start()] if stop else right)[:16]
        after = end + len(behind)
        if bracketed:
            alone.append((k, 3, behind))
        if i:
            alone.append((k, 5, headings[i - 1][1]))
        spans += (
            near_start,
            number,
            far_start,
            clause,
            max(sentence_start, said_before - _GAP_LIMIT),
            said_before,
        )
        spans += (end, end if bracketed else after, after, min(after + 50, sentence_end))
        unit = fold(figure.unit)
        said = len(near) - _LEADING_BACKWARDS.match(near[::-1]).end()
        group = groups.get(unit, "")
        part = 0 if first else _part(segment, out, group)
        out.append(Context(near, far, behind, unit, group, first, said, len(far), part))
        end_before = end
    words = np.concatenate([_within(_find(text), np.array(spans).reshape(-1, 5, 2)), _alone(alone)])
    words = words[np.argsort(words[:, 0], kind="stable")]
    cuts = words[:, 0].searchsorted(np.arange(len(out) + 1)).tolist()
    for c, a, b in zip(out, cuts, cuts[1:]):
        c.words = words[a:b, 1:]
    return out


_SHARE = ("percent", "points")


def _part(segment: str, earlier: list[Context], group: str) -> int:
    """`Context.part` of a figure of the group `group`, with `segment` between it and the last of the `earlier` figures, which is of its
    sentence. Shares between a total and its parts are passed over (86起，增长12%，其中市容类51起)."""
    parts_begin = "其中" in segment
    i = len(earlier) - 1
    while (
        parts_begin
        and i
        and earlier[i].group in _SHARE
        and group not in _SHARE
        and not earlier[i].first
    ):
        i -= 1
    if group != earlier[i].group:
        return 0
    if parts_begin:
        return 1
    return 2 if earlier[i].part and not re.search("[；;]", segment) else 0


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


def _words(around: list[Context]) -> np.ndarray:
    """(words, 5): the figure, and what `Context.words` says, of all words around all figures."""
    figure = np.repeat(np.arange(len(around)), [len(c.words) for c in around])
    return np.column_stack([figure, np.concatenate([c.words for c in around])])


def shared_evidence(around: list[Context]) -> np.ndarray:
    """(figures, metrics, COLUMNS): how each entry of the catalogue stands to each figure. In memory the columns come first, since they are
    filled and combined one by one."""
    lexicon, n, m = _lexicon(), len(around), len(codes())
    rows = np.zeros((len(COLUMNS), n, m), np.float32).transpose(1, 2, 0)
    words = _words(around)
    begins = np.flatnonzero(np.diff(words[:, 0], prepend=-1))
    told = words[begins, 0]
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
        rows[:, :, _C[f"{key}.share"]] = _in_steps(votes / np.maximum(total, 1e-9))[:, of]
        rows[:, :, _C[f"{key}.most"]] = ((votes == most) & (most > 0))[:, of]
    settled, received = _settled()
    still_open = np.array([bool(_OPEN.search(c.near) or _OPEN.search(c.behind)) for c in around])[
        :, None
    ]
    rows[:, :, _C["open&settled"]] = still_open & settled
    rows[:, :, _C["open&received"]] = still_open & received
    rows[:, _other(), _C["other.change"]] = [bool(_CHANGE.search(c.near)) for c in around]
    rows[:, _other(), _C["other.average"]] = [bool(_AVERAGE.search(c.near)) for c in around]
    _conjunctions(rows, unit <= 1, unit == 3, np.array([c.bare for c in around])[:, None])
    return rows


STEPS, STEPS_OF_WEIGHT = 16, 64


def _in_steps(values: np.ndarray) -> np.ndarray:
    return (np.round(values * STEPS) / STEPS).astype(np.float32)


def _words_into(rows: np.ndarray, words: np.ndarray, around: list[Context]) -> None:
    """Nouns, verbs and words against, place by place."""
    lexicon, flat = _lexicon(), rows.transpose(2, 0, 1).reshape(-1)
    n, m = rows.shape[:2]
    many = lexicon.counts[words[:, 4]]
    owner = np.repeat(np.arange(len(words)), many)
    role_at = (
        np.repeat(lexicon.begins[words[:, 4]], many)
        + np.arange(len(owner))
        - np.repeat(np.cumsum(many) - many, many)
    )
    role, metric = lexicon.roles[role_at], lexicon.metrics[role_at]
    figure, place, at, size = (words[owner, k] for k in range(4))
    cell = figure * m + metric
    weight = np.minimum(size, 6).astype(np.float32) / 4
    np.maximum.at(
        flat, cell + (place * 3 + role) * n * m, np.where(role == 0, weight, np.float32(1))
    )

    def put(name: str, those: np.ndarray, value) -> None:
        np.maximum.at(flat, cell[those] + _C[name] * n * m, value)

    said, far = np.array([c.said for c in around]), np.array([c.far_length for c in around])
    noun = role == 0
    near, behind = place == 0, place == 3
    those = noun & near
    distance = np.maximum(0, said[figure[those]] - at[those] - size[those])
    put("n.distance", those, _in_steps(1 / (1 + distance / 2)))
    touching = np.flatnonzero(those)[distance == 0]
    put("n.touching", touching, weight[touching])
    those = noun & (place == 1)
    put(
        "f.distance", those, _in_steps(1 / (1 + (far[figure[those]] - at[those] - size[those]) / 4))
    )
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


def _conjunctions(
    rows: np.ndarray, own_unit: np.ndarray, foreign: np.ndarray, bare: np.ndarray
) -> None:
    """What two pieces of evidence say together and neither says alone."""

    def col(name: str) -> np.ndarray:
        return rows[:, :, _C[name]]

    def has(name: str) -> np.ndarray:
        return rows[:, :, _C[name]] > 0

    near, behind, far, before, verb = (
        has("n.noun"),
        has("b.noun"),
        has("f.noun"),
        has("s.noun"),
        has("n.verb"),
    )
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
    strongest = rows[:, :, [_C["n.noun&unit"], _C["b.noun&unit"], _C["f.noun&unit"]]].max(
        axis=(1, 2)
    )
    rows[:, _other(), _C["other.no_noun_with_unit"]] = 1 - strongest
    rows[:, _other(), _C["other.no_noun"]] = nothing_near[:, 0]


def sequel(
    around: list[Context],
    rows: np.ndarray,
    previous: np.ndarray,
    same_unit: np.ndarray,
    total: np.ndarray,
) -> np.ndarray:
    """(SEQUEL, figures, metrics): what the code before, the code of the last figure of the sentence with the same measure word, and that of
    the figure before 其中 say; -1 where there is none. `rows` is the figures' shared evidence."""
    lexicon, n = _lexicon(), len(around)
    out = np.zeros((len(SEQUEL), n, rows.shape[1]), np.float32)
    some = np.flatnonzero(previous >= 0)
    own_unit = (rows[:, :, _C["unit.usual"]] > 0) | (rows[:, :, _C["unit.own"]] > 0)
    near = rows[:, :, _C["n.noun"]] > 0
    silent = ~near.any(axis=1) & ~(rows[:, :, _C["b.noun"]] > 0).any(axis=1)
    bare = np.array([c.bare for c in around])
    nothing_said = np.array([not c.near for c in around])
    part = np.array(["其中" in c.near or "其余" in c.near or "剩" in c.near for c in around])
    family = lexicon.same_family[previous]
    before = (some, previous[some])
    out[0][before] = 1
    out[1][before] = nothing_said[some]
    out[2][before] = part[some]
    out[3] = lexicon.same_domain[previous]
    out[4] = family
    out[5] = (rows[:, :, _C["n.verb"]] > 0) & (out[3] > 0) & ~near
    out[6][before] = own_unit[before] & silent[some]
    out[7][before] = rows[:, :, _C["unit.foreign"]][before]
    those = np.flatnonzero((previous >= 0) & (same_unit >= 0))
    out[8][those, same_unit[those]] = 1
    out[9][those, same_unit[those]] = bare[those]
    out[10] = family & own_unit
    out[11] = out[10] * silent[:, None]
    out[12][before] = bare[some] & own_unit[before]
    those = np.flatnonzero((previous >= 0) & (total >= 0))
    out[13][those, total[those]] = 1
    out[14][those, total[those]] = own_unit[those, total[those]]
    out[15][those, total[those]] = np.array([c.part == 2 for c in around])[those]
    out[:, previous < 0] = 0
    return out


def own_features(around: list[Context], each: Sides) -> Features:
    """The evidence that each metric weighs on its own: the characters before and behind the figure, its measure word, the words around it."""
    n = len(around)
    near = features.letters([c.near[-12:] for c in around], 12)
    far = features.letters([c.far[-20:] for c in around], 20)
    behind = features.letters([c.behind for c in around], 10)
    parts = [
        ("measure word", each.unit[:, None], None),
        ("group", features.whole(features.letters([c.group for c in around], 16))[:, None], None),
        ("first", np.array([[c.first] for c in around], np.uint64), None),
        ("measure word, before", (each.unit + each.before)[:, None], None),
        ("before, behind", (each.before + each.behind)[:, None], None),
        ("measure word, behind", (each.unit + each.behind)[:, None], None),
        ("nothing before", np.zeros((n, 1), np.uint64), each.reversed[:, :1] == 0),
        ("last", features.beginnings(each.reversed), each.reversed > 0),
        ("nothing behind", np.zeros((n, 1), np.uint64), behind[:, :1] == 0),
        ("next", features.beginnings(behind[:, :4]), behind[:, :4] > 0),
    ]
    for name, characters, length in (
        ("before", near, 2),
        ("before", near, 3),
        ("behind", behind, 2),
        ("clause before", far, 2),
    ):
        parts.append(
            (f"{name} {length}", features.runs(characters, length), characters[:, length - 1 :] > 0)
        )
    keys = np.concatenate([key + features.seed(name) for name, key, _ in parts], axis=1)
    there = np.concatenate(
        [np.ones(k.shape, bool) if t is None else t for _, k, t in parts], axis=1
    )
    figure = np.broadcast_to(np.arange(n)[:, None], keys.shape)[there]
    words, lexicon = _words(around), _lexicon()
    place, said = words[:, 1], lexicon.keys[words[:, 4]]
    beside = (place == 0) | (place == 3)
    with_unit = said[beside] + each.unit[words[beside, 0]] + features.seed("word, measure word")
    flags = [(i, lexicon.flags[m]) for i, c in enumerate(around) for m in _FLAGS.findall(c.near)]
    figures = [figure, words[:, 0], words[beside, 0], np.array([i for i, _ in flags], np.int64)]
    keyed = [
        keys[there],
        said + _WORD_SEEDS[place],
        with_unit,
        np.array([k for _, k in flags], np.uint64),
    ]
    return Features(np.concatenate(figures), np.concatenate(keyed))


class Sides:
    """What stands directly at each figure, as numbers: its measure word, the last characters before it from right to left, and the two
    characters on either side."""

    def __init__(self, around: list[Context]) -> None:
        self.unit = features.whole(features.letters([c.unit for c in around], 4), "unit")
        self.reversed = features.letters([c.near[:-5:-1] for c in around], 4)
        self.before = features.whole(self.reversed[:, :2], "before")
        self.behind = features.whole(features.letters([c.behind for c in around], 2), "behind")


_WORD_SEEDS = np.array([features.seed(f"word {p}") for p in PLACES], np.uint64)


def sequel_features(each: Sides, those: np.ndarray, previous: np.ndarray) -> Features:
    """The evidence that the code before takes part in, for some of the figures of `each`, numbered from 0; -1 where there is no such code."""
    code = _lexicon().codes[previous]
    keys = [
        code + features.seed("code before"),
        code + each.unit[those] + features.seed("code before, measure word"),
        code + each.before[those] + features.seed("code before, before"),
        code + each.behind[those] + features.seed("code before, behind"),
    ]
    return Features(np.tile(np.arange(len(those)), 4), np.concatenate(keys))


class CodesBefore:
    """The codes decided so far in one sentence, as numbers; -1 where there is none."""

    __slots__ = ("by_unit", "previous", "total")

    def __init__(self) -> None:
        self.previous, self.total = -1, -1
        self.by_unit: dict[str, int] = {}

    def of(self, c: Context) -> tuple[int, int, int]:
        """For the next figure: the code before, the last one with its measure word, and that of the total that it is a part of."""
        self.total = (
            (self.by_unit.get(c.group or c.unit, -1) if c.part == 1 else self.total)
            if c.part
            else -1
        )
        return self.previous, self.by_unit.get(c.group or c.unit, -1), self.total

    def decided(self, c: Context, code: int) -> None:
        """Goes on to the figure behind `c`."""
        self.previous = self.by_unit[c.group or c.unit] = code


# log-odds, little: where words outweigh it the text may have an error, which the rule unit_not_of_metric then names
_AGAINST = -0.5


@functools.cache
def _dimensions() -> dict[str, np.ndarray]:
    """For a group of measure words what it adds to the scores: a share is hardly a count or a sum of money, and neither of these a share.
    "" stands for the groups of counts."""
    groups = measure_words()
    share, money = groups["%"], groups["元"]
    own = [{groups[w] for w in metric["measure_words"]} for metric in catalogue()]
    foreign = {g: [bool(o) and g not in o for o in own] for g in (share, money)}
    foreign[""] = [bool(o) and o <= {share, money} for o in own]
    return {g: np.where(those, np.float32(_AGAINST), np.float32(0)) for g, those in foreign.items()}


def _against(around: list[Context]) -> np.ndarray:
    """(figures, metrics): what is added to the scores of metrics that go with other measure words. Without one, all can be."""
    dimensions, anything = _dimensions(), np.zeros(len(codes()), np.float32)
    return np.stack(
        [dimensions.get(c.group, dimensions[""]) if c.unit else anything for c in around]
    )


# --- the model --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Model:
    """Weights: `own` has a column a metric, `shared` a weight a column of COLUMNS and then of SEQUEL, `pairs` one a product of two of these
    columns (above the diagonal), `bias` one a metric. `shared` and `pairs` are in steps of 1/STEPS_OF_WEIGHT once trained: with the evidence in
    steps of 1/STEPS their sums are exact in single precision, so that a figure scores the same whatever figures are scored beside it."""

    own: Weights
    shared: np.ndarray
    pairs: np.ndarray
    bias: np.ndarray

    def scores(self, around: list[Context], rows: np.ndarray) -> np.ndarray:
        """(figures, metrics): log-odds of each metric, each figure after the codes decided before it in its sentence."""
        n, shape = len(COLUMNS), rows.shape[:2]
        columns = rows.transpose(2, 0, 1).reshape(n, -1)
        scores = self.shared[:n] @ columns + np.einsum(
            "ij,ij->j", self.pairs[:n, :n].T @ columns, columns
        )
        each, sentences = (
            Sides(around),
            [CodesBefore() for c in around if c.first or c is around[0]],
        )
        scores = (
            scores.reshape(shape)
            + self.bias
            + self.own.sums(own_features(around, each), len(around))
        )
        scores += _against(around)
        # what the figures' own evidence makes of that of the codes before
        onward = (self.pairs[:n, n:].T @ columns).reshape(len(SEQUEL), *shape) + self.shared[
            n:, None, None
        ]
        for rank, those in enumerate(_side_by_side(around)):
            at = np.array([i for _, i in those])
            before = np.array([sentences[k].of(around[i]) for k, i in those]).T
            scores[at] += self.own.sums(sequel_features(each, at, before[0]), len(at))
            if rank:
                after = sequel([around[i] for i in at], rows[at], *before)
                pairs = np.tensordot(self.pairs[n:, n:], after, axes=(0, 0))
                scores[at] += (after * (onward[:, at] + pairs)).sum(axis=0)
            for (k, i), code in zip(those, scores[at].argmax(axis=1).tolist()):
                sentences[k].decided(around[i], code)
        return scores


def _side_by_side(around: list[Context]) -> list[list[tuple[int, int]]]:
    """(sentence, figure) of the first figure of every sentence, then of every second one, ...: what is decided at once."""
    out: list[list[tuple[int, int]]] = []
    sentence, rank = -1, 0
    for i, c in enumerate(around):
        if c.first or not i:
            sentence, rank = sentence + 1, 0
        if rank == len(out):
            out.append([])
        out[rank].append((sentence, i))
        rank += 1
    return out


@functools.cache
def model() -> Model:
    """The trained model of this folder."""
    data = resources.files("transforms").joinpath("model/metrics.npz").read_bytes()
    with np.load(io.BytesIO(data)) as z:
        return Model(features.stored(z), z["shared"], z["pairs"], z["bias"])


@dataclass(slots=True, frozen=True)
class Decision:
    """Code, confidence in [0, 1], and why: the words around the figure that weighed most for it."""

    code: str
    confidence: float
    reason: str


PORTION = (
    1000  # figures that are scored at once, whole sentences: the evidence for each takes 22 KB
)


def decide(around: list[Context]) -> list[Decision]:
    """Metric code of each figure, in order; sentences of any number of texts, one behind the other."""
    cuts = [0]
    for i, c in enumerate(around):
        if c.first and i - cuts[-1] >= PORTION:
            cuts.append(i)
    return [
        d for a, b in zip(cuts, [*cuts[1:], len(around)]) if a < b for d in _decided(around[a:b])
    ]


def _decided(around: list[Context]) -> list[Decision]:
    scores = model().scores(around, shared_evidence(around))
    exp = np.exp((scores - scores.max(axis=1, keepdims=True)) / CALIBRATION)
    confidence = exp.max(axis=1) / exp.sum(axis=1)
    best = scores.argmax(axis=1)
    return [
        Decision(codes()[b], p, reason)
        for b, p, reason in zip(best.tolist(), confidence.round(6).tolist(), _reasons(around, best))
    ]


_LABELS = ("before:", "clause before:", "sentence:", "behind:", "", "heading:")


def _reasons(around: list[Context], best: np.ndarray) -> list[str]:
    """For each figure and the number of its code: the code's words around the figure, the nearest places first."""
    lexicon, words = _lexicon(), _words(around)
    said: list[dict[int, set[str]]] = [{} for _ in around]
    own = lexicon.own[best[words[:, 0]], words[:, 4]] & (words[:, 1] != PLACES.index("a"))
    for figure, place, _, _, word in words[own].tolist():
        said[figure].setdefault(place, set()).add(lexicon.words[word])
    out = []
    for c, places in zip(around, said):
        parts = [
            f"{_LABELS[place]} {word}"
            for place in (0, 3, 1, 2, 5)
            if place in places
            for word in sorted(places[place], key=lambda w: (-len(w), w))[:2]
        ]
        out.append("; ".join([*parts[:4], f"measure word: {c.unit or '(none)'}"]))
    return out
