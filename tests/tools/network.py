"""Trains the network of metric codes: one hidden layer over named features, by Adagrad in numpy."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from transforms.codes.model import HIDDEN_STEP, feature_key

Array = NDArray[Any]
HIDDEN, EPOCHS, RATE, BATCH = 72, 14, 0.1, 64
SEEDS = (0, 1)  # one network each: two that began differently err in different places
DROP_FEATURES, DROP_HIDDEN, SMOOTHING, DECAY = 0.55, 0.45, 0.05, 1e-5
MIN_EXAMPLES = 3  # a feature that fewer examples have is not learnt
LEVELS, MAX_SCALE = 2, 255  # a stored weight is -2 to 2, times a scale of its feature


@dataclass(slots=True)
class Data:
    """Examples: the names of their own features, of those that the codes before give, code, weight."""

    names: list[list[str]]
    history: list[list[str]]
    codes: Array
    weights: Array


def train(
    data: Data, classes: int, epochs: int = EPOCHS, seeds: tuple[int, ...] = SEEDS
) -> dict[str, Array]:
    """Returns the arrays of a trained network, as `transforms.codes.model.from_arrays` takes them.

    It is the mean of one network for each seed, put side by side in one hidden layer.
    """
    vocabulary = _vocabulary(data)
    own, history = _matrix(data.names, vocabulary), _matrix(data.history, vocabulary)
    together = (own + history).tocsr()
    together.data[:] = 1
    counts = np.maximum(1, np.diff(own.indptr))
    networks = [_fit(together, counts, data, classes, epochs, seed) for seed in seeds]
    return _stored(sorted(vocabulary, key=vocabulary.__getitem__), _side_by_side(networks))


def _side_by_side(networks: list[_Layers]) -> _Layers:
    """One network whose scores are the means of those of the networks."""
    joined = networks[0]
    joined.inputs = np.concatenate([network.inputs for network in networks], axis=1)
    joined.bias = np.concatenate([network.bias for network in networks])
    joined.outputs = np.concatenate([network.outputs for network in networks]) / len(networks)
    joined.output_bias = np.mean([network.output_bias for network in networks], axis=0)
    return joined


def _vocabulary(data: Data) -> dict[str, int]:
    seen: dict[str, int] = {}
    for names in (*data.names, *data.history):
        for name in names:
            seen[name] = seen.get(name, 0) + 1
    return {n: i for i, n in enumerate(n for n, count in seen.items() if count >= MIN_EXAMPLES)}


def _matrix(names: list[list[str]], vocabulary: dict[str, int]) -> csr_matrix:
    columns = [[vocabulary[name] for name in some if name in vocabulary] for some in names]
    flat = [column for some in columns for column in some]
    begins = np.cumsum([0, *map(len, columns)])
    return csr_matrix(
        (np.ones(len(flat), np.float32), flat, begins), shape=(len(names), len(vocabulary))
    )


class _Layers:
    """Weights and the sums of their squared gradients (Duchi, Hazan and Singer 2011)."""

    def __init__(self, features: int, classes: int, random: np.random.Generator) -> None:
        self.inputs = (random.standard_normal((features, HIDDEN)) * 0.05).astype(np.float32)
        self.outputs = random.standard_normal((HIDDEN, classes)).astype(np.float32)
        self.outputs /= np.float32(np.sqrt(HIDDEN))
        self.bias = np.zeros(HIDDEN, np.float32)
        self.output_bias = np.zeros(classes, np.float32)
        self.squares = [np.full(features, 1e-8, np.float32)]
        self.squares += [np.full_like(a, 1e-8) for a in (self.outputs, self.bias, self.output_bias)]

    def step(self, rate: float, features: Array, slopes: tuple[Array, Array, Array, Array]) -> None:
        """Goes one step down the slopes of inputs (of `features` alone), outputs and biases."""
        of_inputs, of_outputs, of_bias, of_output_bias = slopes
        self.squares[0][features] += (of_inputs**2).mean(axis=1)
        self.inputs[features] -= rate * of_inputs / np.sqrt(self.squares[0][features])[:, None]
        for weights, slope, squares, decay in (
            (self.outputs, of_outputs, self.squares[1], DECAY),
            (self.bias, of_bias, self.squares[2], 0.0),
            (self.output_bias, of_output_bias, self.squares[3], 0.0),
        ):
            squares += slope**2
            weights -= rate * (slope / np.sqrt(squares) + decay * weights)


def _fit(
    matrix: csr_matrix, counts: Array, data: Data, classes: int, epochs: int, seed: int
) -> _Layers:
    random = np.random.default_rng(seed)
    layers = _Layers(matrix.shape[1], classes, random)
    scale = 1 / np.sqrt(counts)
    for epoch in range(epochs):
        rate = RATE * (1 - epoch / epochs) + RATE * 0.05
        order = random.permutation(matrix.shape[0])
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            batch = _thinned(matrix[rows], random)
            target = np.full((len(rows), classes), SMOOTHING / classes, np.float32)
            target[np.arange(len(rows)), data.codes[rows]] += 1 - SMOOTHING
            _learn(layers, rate, batch, scale[rows, None], target, data.weights[rows], random)
    return layers


def _thinned(batch: csr_matrix, random: np.random.Generator) -> csr_matrix:
    """A batch of which a share of the features is dropped, so that no code rests on one of them."""
    kept = random.random(batch.nnz) >= DROP_FEATURES
    values = kept.astype(np.float32) / (1 - DROP_FEATURES)
    thinned = csr_matrix((values, batch.indices, batch.indptr), shape=batch.shape)
    thinned.eliminate_zeros()
    return thinned


def _learn(
    layers: _Layers,
    rate: float,
    batch: csr_matrix,
    scale: Array,
    target: Array,
    weights: Array,
    random: np.random.Generator,
) -> None:
    features, columns = np.unique(batch.indices, return_inverse=True)
    small = csr_matrix(
        (batch.data, columns.astype(np.int32), batch.indptr), shape=(len(target), len(features))
    )
    sums = (small @ layers.inputs[features]) * scale + layers.bias
    mask = (random.random(sums.shape) >= DROP_HIDDEN) / np.float32(1 - DROP_HIDDEN)
    hidden = np.maximum(sums, 0) * mask
    scores = hidden @ layers.outputs + layers.output_bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True) - target
    error *= weights[:, None] / len(target)
    of_hidden = (error @ layers.outputs.T) * mask
    of_hidden[sums <= 0] = 0
    slopes = (
        small.T @ (of_hidden * scale),
        hidden.T @ error,
        of_hidden.sum(axis=0),
        error.sum(axis=0),
    )
    layers.step(rate, features, slopes)


def _stored(names: list[str], layers: _Layers) -> dict[str, Array]:
    """The arrays of a network: input weights in five levels, three of them in a byte."""
    scales = np.abs(layers.inputs).max(axis=1) / LEVELS
    step = float(scales.max() / MAX_SCALE)
    whole = np.maximum(1, np.round(scales / step))
    levels = np.clip(np.round(layers.inputs / (whole[:, None] * step)), -LEVELS, LEVELS) + LEVELS
    padded = np.pad(levels.astype(np.uint8), ((0, 0), (0, -levels.shape[1] % 3)), constant_values=LEVELS)
    thirds = padded.reshape(len(names), -1, 3)
    packed = thirds[:, :, 0] * 25 + thirds[:, :, 1] * 5 + thirds[:, :, 2]
    used = (levels != LEVELS).any(axis=1)
    keys = np.array([feature_key(name) for name in names], np.uint32)
    order = np.argsort(keys, kind="stable")
    order = order[used[order]]
    steps = np.diff(keys[order], prepend=np.uint32(0))
    return {
        "key_steps": np.stack([steps & 0xFFFF, steps >> 16]).astype(np.uint16),
        "packed": packed[order],
        "scales": whole[order].astype(np.uint8),
        "step": np.array(step),
        "bias": layers.bias,
        "outputs": np.round(layers.outputs * HIDDEN_STEP).astype(np.int32),
        "output_bias": layers.output_bias,
    }


def to_bytes(arrays: dict[str, Array]) -> bytes:
    """Returns arrays as an .npz without timestamps: the same arrays give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.asarray(array, order="C"), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            file.writestr(entry, part.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
