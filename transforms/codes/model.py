"""A figure in its clause -> metric code, with a confidence and the words that decided.

A network of one hidden layer over the named features of `evidence`. Codes of a sentence are decided
from left to right, each with the ones before it as evidence. The weights come from
`tests/tools/training.py`.

All sums are of whole numbers, or of multiples of one small step in double precision: so a figure
gets the same scores whatever figures are scored beside it.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from importlib import resources
from itertools import chain
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from schemas.metrics import codes
from transforms.codes.contexts import Context, words_of
from transforms.codes.evidence import numbers
from transforms.codes.features import find_rows
from transforms.codes.history import History

HIDDEN_STEP = 4096  # hidden units and output weights are multiples of 1 / HIDDEN_STEP
BATCH_FIGURES = 1000  # figures that are scored at once, whole sentences
PRODUCT_ROWS = 16  # so few rows that a library of algebra starts no threads, which only wait
Array = NDArray[Any]


class Inputs:
    """The weights of the features on the hidden units, as whole numbers (features, hidden).

    They are stored three in a byte and unpacked row by row, when a feature is met for the first
    time: most texts have a small part of all features.
    """

    def __init__(self, packed: Array, scales: Array, hidden: int) -> None:
        """`packed` (features, bytes) holds three weights of -2 to 2 in each byte; `scales`
        (features) multiplies a row of them.
        """
        self.packed, self.scales = packed, scales.astype(np.int16)
        self.rows = np.zeros((len(packed), hidden), np.int16)
        self.is_unpacked = np.zeros(len(packed), bool)

    def unpack(self, rows: Array) -> None:
        """Makes sure that `take` knows these rows."""
        new = rows[~self.is_unpacked[rows]]
        if new.size:
            new = np.unique(new)
            weights = _weights_of_byte().take(self.packed[new], axis=0).reshape(len(new), -1)
            self.rows[new] = weights[:, : self.rows.shape[1]] * self.scales[new][:, None]
            self.is_unpacked[new] = True

    def take(self, rows: Array) -> Array:
        """(rows, hidden): the weights of the features at these rows."""
        return self.rows.take(rows, axis=0)


@functools.cache
def _weights_of_byte() -> Array:
    """(125, 3): the three weights that each byte stands for."""
    byte = np.arange(125, dtype=np.int16)
    return np.stack([byte // 25, byte // 5 % 5, byte % 5], axis=-1) - 2


@dataclass(slots=True)
class Network:
    """The weights. Features are known by the CRC-32 of their names.

    `keys` (features): these numbers, ascending; `inputs` (features, hidden): whole numbers that
    `step` scales; `bias` (hidden); `outputs` (hidden, codes); `output_bias` (codes).
    """

    keys: Array
    inputs: Inputs
    step: float
    bias: Array
    outputs: Array
    output_bias: Array

    def find_rows(self, numbers: list[list[int]]) -> tuple[Array, Array]:
        """Returns the rows of the features that training met, each once, and how many a figure has.

        `numbers` are the features of each figure.
        """
        figures = np.repeat(
            np.arange(len(numbers), dtype=np.uint64), [len(some) for some in numbers]
        )
        found = np.fromiter(chain.from_iterable(numbers), np.uint64, len(figures))
        pairs = np.sort(figures << 32 | found)
        pairs = pairs[np.diff(pairs, prepend=np.uint64(2**64 - 1)) > 0]
        known, rows = find_rows(self.keys, pairs.astype(np.uint32))
        return rows, np.bincount((pairs >> 32)[known].astype(np.int64), minlength=len(numbers))

    def sums(self, rows: Array, counts: Array) -> Array:
        """(figures, hidden): the sum of the rows of each figure's features, in whole numbers.

        Figure by figure, so that what is added up stays in the cache of the processor, however
        many figures there are.
        """
        self.inputs.unpack(rows)
        sums = np.zeros((len(counts), len(self.bias)), np.int32)
        end = 0
        for figure, count in enumerate(counts.tolist()):
            start, end = end, end + count
            np.add.reduce(self.inputs.take(rows[start:end]), axis=0, out=sums[figure])
        return sums

    def hidden(self, sums: Array, counts: Array) -> Array:
        """(figures, hidden): the hidden units, from `sums` and the number of features of each
        figure.
        """
        scale = self.step / np.sqrt(np.maximum(1, counts))[:, None]
        values = np.maximum(sums * scale + self.bias, 0)
        return np.round(values * HIDDEN_STEP) / HIDDEN_STEP

    def scores(self, hidden: Array) -> Array:
        """(figures, codes): log-odds of each code."""
        scores = np.empty((len(hidden), len(self.output_bias)))
        for start in range(0, len(hidden), PRODUCT_ROWS):
            few = slice(start, start + PRODUCT_ROWS)
            np.matmul(hidden[few], self.outputs, out=scores[few])
        return scores + self.output_bias


def feature_key(name: str) -> int:
    """Returns the number that a feature is known by."""
    return crc32(name.encode())


@functools.cache
def load_model() -> Network:
    """Returns the trained model. Raises ValueError where it was trained for another catalogue of
    metrics.
    """
    data = resources.files("transforms").joinpath("model/metrics.npz").read_bytes()
    with np.load(io.BytesIO(data)) as arrays:
        network = from_arrays(arrays)
    if len(network.output_bias) != len(codes()):
        raise ValueError(
            f"transforms/model/metrics.npz was trained for {len(network.output_bias)} metric "
            "codes, "
            f"schemas/vocabulary/metrics.toml has {len(codes())}: run make model"
        )
    return network


def from_arrays(arrays: Any) -> Network:
    """Returns the network that is stored in `arrays`, as `tests/tools/training.py` wrote them.

    `key_steps` are the differences of neighbouring keys, their lower and their upper halves;
    `packed` and `scales` are as `Inputs` takes them.
    """
    lower, upper = arrays["key_steps"].astype(np.uint32)
    return Network(
        keys=np.cumsum(lower + (upper << 16), dtype=np.uint32),
        inputs=Inputs(arrays["packed"], arrays["scales"], len(arrays["bias"])),
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
    network = load_model()
    probabilities = answer(network, around, numbers(around))
    best = probabilities.argmax(axis=1)
    confidence = confidences(probabilities).round(6).tolist()
    reasons = _reasons(network, around, best)
    return [
        Decision(codes()[code], sure, reason)
        for code, sure, reason in zip(best.tolist(), confidence, reasons)
    ]


def confidences(probabilities: Array) -> Array:
    """(figures): how sure the likeliest code of each is, from (figures, codes).

    The probability of a metric is less than how often it is right; that of `other`, the last code,
    is not, because what no metric fits has no words of its own: it is squared. So a sure `other`
    is right as often as a sure metric (docs/accuracy.md).
    """
    sure = probabilities.max(axis=1)
    is_other = probabilities.argmax(axis=1) == probabilities.shape[1] - 1
    return np.asarray(np.where(is_other, sure**2, sure))


def answer(network: Network, around: list[Context], own: list[list[int]]) -> Array:
    """Returns (figures, codes): the probability of each code.

    `own` are the features of each figure, as numbers. The first figures of all sentences are
    decided at once, then all second ones, and so on.
    """
    rows, counts = network.find_rows(own)
    sums = network.sums(rows, counts)
    probabilities = np.zeros((len(around), len(network.output_bias)))
    histories: list[History] = []
    for rank in _by_rank(around):
        more = []
        for sentence, figure in rank:
            if sentence == len(histories):
                histories.append(History())
            more.append(_keys(histories[sentence].evidence(around[figure])))
        at = np.array([figure for _, figure in rank])
        hidden = network.hidden(sums[at] + network.sums(*network.find_rows(more)), counts[at])
        probabilities[at] = _softmax(network.scores(hidden))
        for (sentence, figure), code in zip(rank, probabilities[at].argmax(axis=1).tolist()):
            histories[sentence].add(around[figure], code)
    return probabilities


def _keys(names: list[str]) -> list[int]:
    return [feature_key(name) for name in names]


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _by_rank(around: list[Context]) -> list[list[tuple[int, int]]]:
    """Returns (sentence, figure) of the first figure of every sentence, then of every second one
    …
    """
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


def _reasons(network: Network, around: list[Context], best: Array) -> list[str]:
    """For each figure and the number of its code: the words that weighed most, and the measure
    word.
    """
    worded = [_worded(context) for context in around]
    names = [f"{kind}={word}" for words in worded for _, kind, word in words]
    known, rows = find_rows(network.keys, np.array(_keys(names), np.uint32))
    network.inputs.unpack(rows)
    owner = np.repeat(np.arange(len(around)), [len(words) for words in worded])
    weights = np.zeros(len(names))
    outputs = np.ascontiguousarray(network.outputs.T).take(best[owner[known]], axis=0)
    weights[known] = np.einsum("ij,ij->i", network.inputs.take(rows), outputs)
    out, start = [], 0
    for context, words in zip(around, worded):
        heavy = weights[start : start + len(words)].tolist()
        start += len(words)
        out.append(_reason(context, words, heavy))
    return out


def _worded(context: Context) -> list[tuple[str, str, str]]:
    """The words around a figure: where they stand, the kind of their feature, and the word."""
    words = [("before", "wl", word) for word in context.words]
    words += [("behind", "wr", word) for word in context.right_words]
    if context.earlier:
        earlier = words_of(context.earlier[-1][-20:]).texts
        words += [("clause before", "pw", word) for word in earlier]
    return [word for word in words if len(word[2]) > 1]


def _reason(context: Context, words: list[tuple[str, str, str]], weights: list[float]) -> str:
    heaviest: dict[str, str] = {}
    for i in sorted(range(len(words)), key=lambda i: -weights[i]):
        if weights[i] > 0 and len(heaviest) < 3:
            heaviest.setdefault(words[i][2], words[i][0])
    parts = [f"{place}: {word}" for word, place in heaviest.items()]
    return "; ".join([*parts, f"measure word: {context.unit or '(none)'}"])
