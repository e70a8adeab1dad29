"""A figure in its clause -> metric code, with a confidence and the words that decided.

A network of one hidden layer over the named features of `evidence`. Codes of a sentence are decided
from left to right, each with the ones before it as evidence. The weights come from
`tests/tools/training.py`.

All sums are of integers, or of multiples of one small step in double precision: so a figure gets the
same scores whatever figures are scored beside it.
"""

from __future__ import annotations

import functools
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.metrics import codes
from transforms.codes.contexts import Context
from transforms.codes.evidence import History, evidence

HIDDEN_STEP = 4096  # hidden units and output weights are multiples of 1 / HIDDEN_STEP
BATCH_FIGURES = 1000  # figures that are scored at once, whole sentences
Array = NDArray[Any]


@dataclass(slots=True)
class Network:
    """The weights. Features are known by the CRC-32 of their names.

    `rows`: CRC-32 -> row of `inputs` (features, hidden), integers that `step` scales;
    `bias` (hidden); `outputs` (hidden, codes); `output_bias` (codes).
    """

    rows: dict[int, int]
    inputs: Array
    step: float
    bias: Array
    outputs: Array
    output_bias: Array

    def row_numbers(self, names: Sequence[str]) -> list[int]:
        """Returns the rows of the features that training met."""
        found = (self.rows.get(feature_key(name), -1) for name in names)
        return [row for row in found if row >= 0]

    def sums(self, rows: list[list[int]]) -> Array:
        """(figures, hidden): the sum of the rows of each figure's features, in integers."""
        sums = np.zeros((len(rows), self.inputs.shape[1]), np.int64)
        filled = [i for i, numbers in enumerate(rows) if numbers]
        if filled:
            begins = np.cumsum([0, *(len(rows[i]) for i in filled[:-1])])
            flat = np.concatenate([rows[i] for i in filled])
            sums[filled] = np.add.reduceat(self.inputs[flat], begins, axis=0, dtype=np.int64)
        return sums

    def hidden(self, sums: Array, counts: Array) -> Array:
        """(figures, hidden): the hidden units, from `sums` and the number of features of each figure."""
        scale = self.step / np.sqrt(np.maximum(1, counts))[:, None]
        values = np.maximum(sums * scale + self.bias, 0)
        return np.round(values * HIDDEN_STEP) / HIDDEN_STEP

    def scores(self, hidden: Array) -> Array:
        """(figures, codes): log-odds of each code."""
        return np.asarray(hidden @ self.outputs + self.output_bias)


def feature_key(name: str) -> int:
    """Returns the number that a feature is known by."""
    return zlib.crc32(name.encode())


@functools.cache
def load_model() -> Network:
    """Returns the trained model. Raises ValueError where it was trained for another catalogue of metrics."""
    data = resources.files("transforms").joinpath("model/metrics.npz").read_bytes()
    with np.load(io.BytesIO(data)) as arrays:
        network = from_arrays(arrays)
    if len(network.output_bias) != len(codes()):
        raise ValueError(
            f"transforms/model/metrics.npz was trained for {len(network.output_bias)} metric codes, "
            f"schemas/vocabulary/metrics.toml has {len(codes())}: run make model"
        )
    return network


def from_arrays(arrays: Any) -> Network:
    """Returns the network that is stored in `arrays`, as `tests/tools/training.py` wrote them.

    `packed` holds three weights of -2 to 2 in each byte; `scales` multiplies a row of them.
    """
    hidden = len(arrays["bias"])
    packed = arrays["packed"]
    weights = np.stack([packed // 25, packed // 5 % 5, packed % 5], axis=-1)
    weights = weights.reshape(len(packed), -1)[:, :hidden].astype(np.int16) - 2
    return Network(
        rows={key: i for i, key in enumerate(arrays["keys"].tolist())},
        inputs=weights * arrays["scales"].astype(np.int16)[:, None],
        step=float(arrays["step"]),
        bias=arrays["bias"].astype(np.float64),
        outputs=arrays["outputs"].astype(np.float64) / HIDDEN_STEP,
        output_bias=arrays["output_bias"].astype(np.float64),
    )


@dataclass(slots=True, frozen=True)
class Decision:
    """Code, confidence in [0, 1], and why: the words around the figure that weighed most for it."""

    code: str
    confidence: float
    reason: str


def decide(around: list[Context]) -> list[Decision]:
    """Returns the code of each figure; `around` holds whole sentences, of any number of texts."""
    cuts = [0]
    for i, context in enumerate(around):
        if context.first and i - cuts[-1] >= BATCH_FIGURES:
            cuts.append(i)
    return [
        decision
        for start, end in zip(cuts, [*cuts[1:], len(around)])
        if start < end
        for decision in _decide_batch(around[start:end])
    ]


def _decide_batch(around: list[Context]) -> list[Decision]:
    network, names = load_model(), evidence(around)
    probabilities = answer(network, around, [network.row_numbers(some) for some in names])
    best = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1).round(6).tolist()
    return [
        Decision(codes()[code], sure, _reason(network, context, named, code))
        for context, named, code, sure in zip(around, names, best.tolist(), confidence)
    ]


def answer(network: Network, around: list[Context], rows: list[list[int]]) -> Array:
    """Returns (figures, codes): the probability of each code.

    `rows` are those of each figure's own features. The first figures of all sentences are decided at
    once, then all second ones, and so on.
    """
    sums = network.sums(rows)
    counts = np.array([len(numbers) for numbers in rows])
    probabilities = np.zeros((len(around), len(network.output_bias)))
    histories: list[History] = []
    for rank in _by_rank(around):
        more = []
        for sentence, figure in rank:
            if sentence == len(histories):
                histories.append(History())
            more.append(network.row_numbers(histories[sentence].evidence(around[figure])))
        at = np.array([figure for _, figure in rank])
        hidden = network.hidden(sums[at] + network.sums(more), counts[at])
        probabilities[at] = _softmax(network.scores(hidden))
        for (sentence, figure), code in zip(rank, probabilities[at].argmax(axis=1).tolist()):
            histories[sentence].add(around[figure], code)
    return probabilities


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _by_rank(around: list[Context]) -> list[list[tuple[int, int]]]:
    """Returns (sentence, figure) of the first figure of every sentence, then of every second one …"""
    ranks: list[list[tuple[int, int]]] = []
    sentence, rank = -1, 0
    for i, context in enumerate(around):
        if context.first or i == 0:
            sentence, rank = sentence + 1, 0
        if rank == len(ranks):
            ranks.append([])
        ranks[rank].append((sentence, i))
        rank += 1
    return ranks


# what a feature says in words, by the beginning of its name
_LABELS = {
    "wl": "before",
    "wr": "behind",
    "pw": "clause before",
    "s": "sentence",
    "h": "heading",
}


def _reason(network: Network, context: Context, names: list[str], code: int) -> str:
    """The words that weighed most for a code, and the measure word."""
    worded = []
    for name in names:
        kind, _, word = name.partition("=")
        if kind in _LABELS and len(word) > 1 and feature_key(name) in network.rows:
            worded.append((kind, word, network.rows[feature_key(name)]))
    parts = []
    if worded:
        weights = network.inputs[[row for _, _, row in worded]] @ network.outputs[:, code]
        order = sorted(range(len(worded)), key=lambda i: (-weights[i], i))
        heaviest = [worded[i] for i in order if weights[i] > 0][:3]
        parts = [f"{_LABELS[kind]}: {word}" for kind, word, _ in heaviest]
    return "; ".join([*parts, f"measure word: {context.unit or '(none)'}"])
