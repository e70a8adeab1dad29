"""Contexts of figures -> the evidence for each metric code, as numbers."""

from __future__ import annotations

import functools
import re

import numpy as np

from schemas.metrics import codes, measure_words, metrics
from transforms.codes import features
from transforms.codes.contexts import Context
from transforms.codes.features import Features
from transforms.codes.lexicon import (
    FLAGS,
    PLACES,
    WEIGHT_OF_PLACE,
    load_lexicon,
    other_code,
    settled_metrics,
    unit_table,
)

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


def word_rows(around: list[Context]) -> np.ndarray:
    """(words, 5): the figure, and what `Context.words` says, of all words around all figures."""
    figure = np.repeat(np.arange(len(around)), [len(c.words) for c in around])
    return np.column_stack([figure, np.concatenate([c.words for c in around])])


def shared_evidence(around: list[Context]) -> np.ndarray:
    """(figures, metrics, COLUMNS): how each entry of the catalogue stands to each figure. In memory the columns come first, since they are
    filled and combined one by one."""
    lexicon, n, m = load_lexicon(), len(around), len(codes())
    rows = np.zeros((len(COLUMNS), n, m), np.float32).transpose(1, 2, 0)
    words = word_rows(around)
    begins = np.flatnonzero(np.diff(words[:, 0], prepend=-1))
    told = words[begins, 0]
    _words_into(rows, words, around)
    numbers, table = unit_table()
    unit = table[[numbers.get(c.unit, 0) for c in around]]
    for level, name in enumerate(("unit.usual", "unit.own", "unit.group", "unit.foreign")):
        rows[:, :, _C[name]] = unit == level
    weight = WEIGHT_OF_PLACE[words[:, 1]][:, None]
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
    settled, received = settled_metrics()
    still_open = np.array([bool(_OPEN.search(c.near) or _OPEN.search(c.behind)) for c in around])[
        :, None
    ]
    rows[:, :, _C["open&settled"]] = still_open & settled
    rows[:, :, _C["open&received"]] = still_open & received
    rows[:, other_code(), _C["other.change"]] = [bool(_CHANGE.search(c.near)) for c in around]
    rows[:, other_code(), _C["other.average"]] = [bool(_AVERAGE.search(c.near)) for c in around]
    _conjunctions(rows, unit <= 1, unit == 3, np.array([c.bare for c in around])[:, None])
    return rows


STEPS, STEPS_OF_WEIGHT = 16, 64


def _in_steps(values: np.ndarray) -> np.ndarray:
    return (np.round(values * STEPS) / STEPS).astype(np.float32)


def _words_into(rows: np.ndarray, words: np.ndarray, around: list[Context]) -> None:
    """Nouns, verbs and words against, place by place."""
    lexicon, flat = load_lexicon(), rows.transpose(2, 0, 1).reshape(-1)
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
    rows[:, other_code(), _C["other.no_noun_with_unit"]] = 1 - strongest
    rows[:, other_code(), _C["other.no_noun"]] = nothing_near[:, 0]


def sequel(
    around: list[Context],
    rows: np.ndarray,
    previous: np.ndarray,
    same_unit: np.ndarray,
    total: np.ndarray,
) -> np.ndarray:
    """(SEQUEL, figures, metrics): what the code before, the code of the last figure of the sentence with the same measure word, and that of
    the figure before 其中 say; -1 where there is none. `rows` is the figures' shared evidence."""
    lexicon, n = load_lexicon(), len(around)
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
    words, lexicon = word_rows(around), load_lexicon()
    place, said = words[:, 1], lexicon.keys[words[:, 4]]
    beside = (place == 0) | (place == 3)
    with_unit = said[beside] + each.unit[words[beside, 0]] + features.seed("word, measure word")
    flags = [(i, lexicon.flags[m]) for i, c in enumerate(around) for m in FLAGS.findall(c.near)]
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
    code = load_lexicon().codes[previous]
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
    own = [{groups[w] for w in metric.measure_words} for metric in metrics()]
    foreign = {g: [bool(o) and g not in o for o in own] for g in (share, money)}
    foreign[""] = [bool(o) and o <= {share, money} for o in own]
    return {g: np.where(those, np.float32(_AGAINST), np.float32(0)) for g, those in foreign.items()}


def unit_penalties(around: list[Context]) -> np.ndarray:
    """(figures, metrics): what is added to the scores of metrics that go with other measure words. Without one, all can be."""
    dimensions, anything = _dimensions(), np.zeros(len(codes()), np.float32)
    return np.stack(
        [dimensions.get(c.group, dimensions[""]) if c.unit else anything for c in around]
    )
