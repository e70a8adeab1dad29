"""A figure in its clause -> metric code, with a confidence and the words that decided.

A linear model over two kinds of evidence. One is shared by all metrics: how the words of a metric's entry in the catalogue stand to the
figure (its nouns before or behind the number, near or far; its verbs; its measure words; words against it). The other belongs to one
metric: the characters around the figure, and the code of the figure before it. The weights come from `training.py`.
"""

from __future__ import annotations

import functools
import io
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from importlib import resources

import numpy as np

from schemas import vocabulary
from transforms.figures import Figure, measure_words
from transforms.numerals import fold

_CLAUSE = re.compile(r"[，；：。！？,;:（(）)\n]")
_BEFORE_NUMBER = re.compile(
    r"(?:不少于|不低于|不超过|不下|至少|最多|超过|突破|达到|大约|约|近|达|均|为|共计|共有|共|累计|合计|总计|超|逾|已|仅|有|的|了)+$"
)
_OBJECT_BEHIND = re.compile(r"[^，；：。！？,;:\n]*")
_STOP_RIGHT = re.compile(r"[，；：。！？,;:）)\n、\d]")
_BRACKETED = re.compile(r"[（(][^）)\d]{1,8}[）)]")
_SHARES = re.compile(r"(?:分别|各)[^，。；、0-9]{0,6}$")
_LIST = re.compile(r"[、和及与]|以及")
_FLAGS = re.compile(r"其中|分别|平均|人均|每|共|累计|合计|同比|下降|增长|增加|减少|比例|占|其余|剩余|另|尚|新增|超过")
_GAP_LIMIT = 60
# scores are divided by this before they become a confidence: on held-out sentences those at 0.9 and above then hold in 97 of 100 cases
CALIBRATION = 1.4
SHARED = 62  # columns of the shared evidence


@dataclass(slots=True)
class Context:
    """What stands around one figure, blanks left out. `near` is its own clause before the number, `far` the clauses before that back to
    the figure before (or the start of the sentence), `behind` what follows the unit, `after` the sentence after that, `before` the sentence
    up to the figure before."""

    near: str
    far: str
    behind: str
    after: str
    before: str
    heading: str
    unit: str
    group: str
    first: bool
    value: float
    words: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


@functools.cache
def catalogue() -> list[dict]:
    """The entries of the catalogue of metrics, in its order."""
    return vocabulary.toml("metrics.toml")["metric"]


@functools.cache
def codes() -> list[str]:
    """All metric codes, in the order of the catalogue; a row of scores has this order."""
    return [m["code"] for m in catalogue()]


@functools.cache
def _lexicon() -> dict[str, list[str]]:
    """All words of the catalogue by their first two characters (one-character words by that one), longest first."""
    index: dict[str, set[str]] = {}
    for metric in catalogue():
        for word in (*metric["nouns"], *metric["verbs"], *metric["against"]):
            index.setdefault(word[:2], set()).add(word)
    return {k: sorted(v, key=lambda w: (-len(w), w)) for k, v in index.items()}


@functools.cache
def _roles() -> dict[str, list[tuple[int, str]]]:
    """word -> (index of the metric, noun | verb | against) for each entry it stands in."""
    roles: dict[str, list[tuple[int, str]]] = {}
    for i, metric in enumerate(catalogue()):
        for role in ("nouns", "verbs", "against"):
            for word in metric[role]:
                roles.setdefault(word, []).append((i, role[0]))
    return roles


@functools.cache
def _other() -> int:
    return codes().index("other")


@functools.cache
def _domains() -> np.ndarray:
    """For each metric the number of its domain."""
    names = sorted({m["domain"] for m in catalogue()})
    return np.array([names.index(m["domain"]) for m in catalogue()])


# how much a word says of the field of work, by where it stands
_VOTES = (("n", 2.0), ("b", 2.0), ("f", 1.0), ("s", 1.0), ("a", 0.7), ("h", 0.3))


@functools.cache
def _unit_table() -> dict[str, np.ndarray]:
    """measure word -> for each metric 0 (its usual one), 1 (another of its own), 2 (same group as one of its own), 3 (none of these)."""
    groups = measure_words()
    table = {}
    for unit in [*groups, ""]:
        row = np.full(len(codes()), 3, np.int8)
        for i, metric in enumerate(catalogue()):
            own = metric["measure_words"]
            if unit in own:
                row[i] = 0 if own.index(unit) < 2 else 1
            elif unit and any(groups.get(w) == groups[unit] for w in own):
                row[i] = 2
        table[unit] = row
    return table


def words_in(text: str) -> list[tuple[int, str]]:
    """(offset, word) of every word of the catalogue in `text`, overlapping ones too."""
    found = []
    lexicon = _lexicon()
    for i in range(len(text)):
        for word in lexicon.get(text[i : i + 2], ()):
            if text.startswith(word, i):
                found.append((i, word))
        if text[i] in lexicon:
            found.append((i, text[i]))
    return found


def contexts(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[Context]:
    """The context of each figure. `headings` are (offset at which a section begins, its heading), in order."""
    groups = measure_words()
    starts = [h[0] for h in headings]
    out = []
    previous: Figure | None = None
    shares: list[str] = []
    spoken = ""
    for figure in figures:
        same = previous is not None and previous.sentence_start == figure.sentence_start
        begin = previous.end if same else figure.sentence_start
        segment = _squeeze(flat[max(begin, figure.start - 90) : figure.start])
        if not same:
            spoken, shares = "", []
        cut = [m.end() for m in _CLAUSE.finditer(segment)]
        at = cut[-1] if cut else 0
        near, far = segment[at:], segment[:at]
        tail = (
            _OBJECT_BEHIND.match(far)[0] if same else ""
        )  # what the figure before counted, when it stands behind its unit
        far = far[len(tail) :]
        if _SHARES.search(near):
            listed = _SHARES.sub("", near)
            shares = [p for p in _LIST.split(listed) if p]
            if len(shares) > 1:
                shares = [p if len(p) > 3 else p + shares[-1][-2:] for p in shares]
                near = shares.pop(0)
            else:
                shares = []
        elif shares and len(near) <= 2:
            near = shares.pop(0)
        else:
            shares = []
        right = _BRACKETED.sub("", flat[figure.end : figure.end + 30])
        stop = _STOP_RIGHT.search(right)
        behind = _squeeze(right[: stop.start()] if stop else right)[:16]
        after = _squeeze(flat[figure.end : min(figure.sentence_end, figure.end + 70)])[len(behind) :]
        i = bisect_left(starts, figure.start)
        heading = headings[i - 1][1] if i else ""
        unit = fold(figure.unit)
        out.append(
            Context(
                near[-24:],
                far[-_GAP_LIMIT:],
                behind,
                after[:50],
                (spoken + tail)[-_GAP_LIMIT:],
                heading,
                unit,
                groups.get(unit, ""),
                not same,
                figure.value,
            )
        )
        spoken += segment + "#" + figure.unit
        previous = figure
    for c in out:
        c.words = {
            "n": words_in(c.near),
            "f": words_in(c.far),
            "b": words_in(c.behind),
            "a": words_in(c.after),
            "s": words_in(c.before),
            "h": words_in(c.heading),
        }
    return out


def _squeeze(text: str) -> str:
    return "".join(text.split())


# --- evidence ---------------------------------------------------------------------------------------------------------


def shared_evidence(c: Context, previous: int | None) -> np.ndarray:
    """One row a metric, `SHARED` columns: how its catalogue entry stands to the figure. `previous` is the index of the code before."""
    roles = _roles()
    rows = np.zeros((len(codes()), SHARED), np.float32)
    for place, base in (("n", 0), ("f", 8), ("b", 12), ("s", 18), ("h", 21), ("a", 40)):
        length = {"n": len(_BEFORE_NUMBER.sub("", c.near)), "f": len(c.far)}.get(place, 0)
        best: dict[int, int] = {}
        for at, word in c.words[place]:
            size = len(word)
            for metric, role in roles[word]:
                row = rows[metric]
                if role == "n":
                    best[metric] = max(best.get(metric, 0), size)
                    row[base] = max(row[base], min(size, 6) / 4)
                    if place == "n":
                        distance = max(0, length - at - size)
                        row[1] = max(row[1], 1.0 / (1 + distance / 2))
                        if distance == 0:
                            row[2] = max(row[2], min(size, 6) / 4)
                    elif place == "f":
                        distance = length - at - size
                        row[9] = max(row[9], 1.0 / (1 + distance / 4))
                    elif place == "b" and at == 0:
                        row[13] = max(row[13], min(size, 6) / 4)
                        row[60] = max(row[60], c.behind[size : size + 1] in ("", "的"))
                elif role == "v":
                    row[base + {"n": 4, "f": 2, "b": 2}.get(place, 1)] = 1
                elif place in "nb":
                    row[{"n": 5, "b": 15}[place]] = 1
        if best and place in "nb":
            longest = max(best.values())
            for metric, size in best.items():
                if size == longest:
                    rows[metric, {"n": 6, "b": 16}[place]] = 1
    if not c.words["n"] and not c.words["b"] and c.words["f"]:
        rows[:, 27] = rows[:, 8]
    near_and_verb = (rows[:, 0] > 0) & (rows[:, 4] > 0)
    rows[near_and_verb, 7] = 1
    unit = _unit_table().get(c.unit)
    if unit is None:
        unit = _unit_table()[""]
    for level in range(4):
        rows[unit == level, 28 + level] = 1
    rows[:, 32] = (rows[:, 0] > 0) & (unit <= 1)
    rows[:, 33] = (rows[:, 12] > 0) & (unit <= 1)
    rows[:, 34] = (rows[:, 8] > 0) & (unit <= 1)
    if previous is not None:
        rows[previous, 35] = 1
        rows[previous, 36] = 1 if not c.near else 0
        rows[previous, 37] = 1 if "其中" in c.near or "其余" in c.near or "剩" in c.near else 0
        rows[:, 38] = _domains() == _domains()[previous]
        rows[:, 45] = (rows[:, 4] > 0) & (rows[:, 38] > 0) & (rows[:, 0] == 0)
    rows[_other(), 46] = 1.0 - rows[:, 32:35].max()
    rows[_other(), 47] = 1.0 if not c.words["n"] and not c.words["b"] else 0.0
    votes = np.zeros(_domains().max() + 1, np.float32)
    for place, weight in _VOTES:
        for _, word in c.words[place]:
            said = {int(_domains()[metric]) for metric, role in roles[word] if role == "n"}
            for domain in said:
                votes[domain] += weight * min(len(word), 4) / len(said)
    if votes.any():
        rows[:, 43] = (votes / votes.sum())[_domains()]
        rows[:, 44] = (votes == votes.max())[_domains()]
    _add_conjunctions(rows, c, unit)
    return rows


def _add_conjunctions(rows: np.ndarray, c: Context, unit: np.ndarray) -> None:
    """What two pieces of evidence say together and neither says alone."""
    own_unit, near, behind, verb = unit <= 1, rows[:, 0] > 0, rows[:, 12] > 0, rows[:, 4] > 0
    silent = not near.any() and not behind.any()
    elsewhere = (rows[:, 8] > 0) | (rows[:, 18] > 0)
    rows[:, 48] = (rows[:, 35] > 0) & own_unit & silent
    rows[:, 49] = (rows[:, 35] > 0) & (unit == 3)
    rows[:, 50] = (rows[:, 6] > 0) & (rows[:, 1] >= rows[:, 1].max()) & near
    rows[:, 51] = verb & elsewhere & own_unit & ~near
    rows[:, 52] = (rows[:, 13] > 0) & (rows[:, 4] > 0)
    rows[:, 53] = (rows[:, 21] > 0) & silent & own_unit
    rows[:, 54] = (rows[:, 44] > 0) & own_unit & ~near & ~behind
    rows[:, 55] = (rows[:, 6] > 0) & own_unit & (rows[:, 44] > 0)
    rows[:, 56] = (rows[:, 2] > 0) & verb
    rows[:, 57] = near & behind
    rows[:, 58] = near & (unit == 3)
    rows[:, 61] = (rows[:, 60] > 0) & own_unit
    rows[:, 59] = (rows[:, 40] > 0) & silent & own_unit


def own_evidence(c: Context, previous: str | None) -> list[str]:
    """Names of the features that each metric weighs on its own."""
    near, behind, far = c.near, c.behind, c.far
    names = [f"u{c.unit}", f"g{c.group}", f"p{previous}", f"p{previous}|{c.unit}", "first" if c.first else "later"]
    names += [f"e{k}{near[-k:]}" for k in (1, 2, 3, 4) if len(near) >= k] or ["e-"]
    names += [
        f"ue{c.unit}|{near[-2:]}",
        f"pe{previous}|{near[-2:]}",
        f"pb{previous}|{behind[:2]}",
        f"en{near[-2:]}|{behind[:2]}",
        f"ub{c.unit}|{behind[:2]}",
    ]
    tail = near[-12:]
    names += [f"l{tail[i : i + 2]}" for i in range(len(tail) - 1)]
    names += [f"t{tail[i : i + 3]}" for i in range(len(tail) - 2)]
    names += [f"r{behind[:k]}" for k in (1, 2, 3, 4) if len(behind) >= k] or ["r-"]
    names += [f"q{behind[i : i + 2]}" for i in range(min(len(behind), 10) - 1)]
    back = far[-20:]
    names += [f"m{back[i : i + 2]}" for i in range(len(back) - 1)]
    for place in "nfbsah":
        names += {f"w{place}{word}" for _, word in c.words[place]}
    names += {f"wu{word}|{c.unit}" for _, word in (*c.words["n"], *c.words["b"])}
    names += [f"f{m}" for m in set(_FLAGS.findall(near))]
    return list(dict.fromkeys(names))


# --- the model --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Model:
    """Weights: `own` has a row a feature and a column a metric, `shared` a weight a column of the shared evidence, `bias` one a metric."""

    features: dict[str, int]
    own: np.ndarray
    shared: np.ndarray
    bias: np.ndarray

    def scores(self, c: Context, previous: int | None) -> np.ndarray:
        """Log-odds of each metric."""
        known = [
            self.features[n]
            for n in own_evidence(c, codes()[previous] if previous is not None else None)
            if n in self.features
        ]
        return self.own[known].sum(axis=0) + shared_evidence(c, previous) @ self.shared + self.bias


@functools.cache
def model() -> Model:
    """The trained model of this folder."""
    data = resources.files("transforms").joinpath("model/metrics.npz").read_bytes()
    with np.load(io.BytesIO(data)) as z:
        names = bytes(z["names"]).decode("utf-8").split("\n")
        return Model(
            {n: i for i, n in enumerate(names)}, z["own"].astype(np.float32) * float(z["scale"]), z["shared"], z["bias"]
        )


@dataclass(slots=True, frozen=True)
class Decision:
    """Code, confidence in [0, 1], and why: the words around the figure that weighed most for it."""

    code: str
    confidence: float
    reason: str


def classify(
    flat: str, figures: list[Figure], headings: list[tuple[int, str]], using: Model | None = None
) -> list[Decision]:
    """Metric code of each figure, in order."""
    weights = using or model()
    decisions = []
    previous: int | None = None
    for c in contexts(flat, figures, headings):
        if c.first:
            previous = None
        scores = weights.scores(c, previous)
        exp = np.exp((scores - scores.max()) / CALIBRATION)
        best = int(scores.argmax())
        decisions.append(Decision(codes()[best], float(exp[best] / exp.sum()), _reason(c, best)))
        previous = best
    return decisions


def _reason(c: Context, metric: int) -> str:
    entry = catalogue()[metric]
    own = {*entry["nouns"], *entry["verbs"]}
    said = [
        f"{label} {word}"
        for place, label in (
            ("n", "before:"),
            ("b", "behind:"),
            ("f", "clause before:"),
            ("s", "sentence:"),
            ("h", "heading:"),
        )
        for word in sorted({w for _, w in c.words[place] if w in own}, key=lambda w: (-len(w), w))[:2]
    ]
    return "; ".join([*said[:4], f"measure word: {c.unit or '(none)'}"])
