"""A figure in its clause -> metric code, with a confidence and the words that decided.

A linear model over two kinds of evidence. One is shared by all metrics: how the words of a metric's entry in the catalogue stand to the
figure (its nouns before or behind the number, near or far; its verbs; its measure words; words against it; what the sentence is about).
The other belongs to one metric: the characters around the figure. Codes of a sentence are decided from left to right, each with the ones
before it as evidence. The weights come from `tests/tools/training.py`.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from importlib import resources

import numpy as np

from schemas.metrics import codes
from transforms.codes import features
from transforms.codes.contexts import Context
from transforms.codes.evidence import (
    COLUMNS,
    SEQUEL,
    CodesBefore,
    Sides,
    own_features,
    sequel,
    sequel_features,
    shared_evidence,
    unit_penalties,
    word_rows,
)
from transforms.codes.features import Weights
from transforms.codes.lexicon import PLACES, load_lexicon

# scores are divided by this before they become a confidence: on held-out sentences those at 0.9 and above then hold in 97 of 100 cases
CALIBRATION = 1.6


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
        scores += unit_penalties(around)
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
def load_model() -> Model:
    """Returns the trained model. Raises ValueError where it was trained for another catalogue of metrics."""
    data = resources.files("transforms").joinpath("model/metrics.npz").read_bytes()
    with np.load(io.BytesIO(data)) as z:
        model = Model(features.stored(z), z["shared"], z["pairs"], z["bias"])
    if len(model.bias) != len(codes()):
        raise ValueError(
            f"transforms/model/metrics.npz was trained for {len(model.bias)} metric codes, "
            f"schemas/vocabulary/metrics.toml has {len(codes())}: run make model"
        )
    return model


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
    scores = load_model().scores(around, shared_evidence(around))
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
    lexicon, words = load_lexicon(), word_rows(around)
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
