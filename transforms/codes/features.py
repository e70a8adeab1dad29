"""What stands around many figures at once -> features as numbers of 64 bits, and the sums of their weights.

A feature is a sum (modulo 2 to the 64) of what stands for its family and for each character at its place. 50,000 of them have a chance of
one in ten thousand million to meet in one number.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Features(NamedTuple):
    """Pairs: the index of a figure, and a feature of it. A pair may stand there twice."""

    figure: np.ndarray
    key: np.ndarray


@functools.lru_cache(maxsize=200_000)
def seed(name: str) -> np.uint64:
    """What stands for a family of features, or for a feature without characters of its own."""
    return np.uint64(
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    )


@functools.cache
def _places(name: str, many: int) -> np.ndarray:
    return np.array([seed(f"{name} {i}") | np.uint64(1) for i in range(many)], np.uint64)


def letters(texts: Sequence[str], many: int) -> np.ndarray:
    """(texts, many): the first characters of each text as numbers, 0 behind its end."""
    return (
        np.array([t[:many] for t in texts], f"U{many}")
        .view(np.uint32)
        .reshape(len(texts), many)
        .astype(np.uint64)
    )


def whole(characters: np.ndarray, name: str = "") -> np.ndarray:
    """One number for each row of `letters`; another for the same row under another name."""
    return (characters * _places(name, characters.shape[1])).sum(axis=1, dtype=np.uint64)


def beginnings(characters: np.ndarray) -> np.ndarray:
    """One number for each beginning of each row, from the first character alone to the whole row."""
    return np.cumsum(characters * _places("", characters.shape[1]), axis=1, dtype=np.uint64)


def runs(characters: np.ndarray, length: int) -> np.ndarray:
    """One number for each `length` neighbours of each row."""
    places, width = _places("", length), characters.shape[1] - length + 1
    return functools.reduce(
        np.add, (characters[:, i : i + width] * places[i] for i in range(length))
    )


def named(names: list[list[str]]) -> Features:
    """The features with these names, figure by figure."""
    return Features(
        np.repeat(np.arange(len(names)), [len(n) for n in names]),
        np.array([seed(name) for some in names for name in some], np.uint64),
    )


def join(parts: Sequence[Features]) -> Features:
    """All pairs of all parts."""
    return Features(
        np.concatenate([p.figure for p in parts]), np.concatenate([p.key for p in parts])
    )


class Weights:
    """`keys`: the features that training met, ascending; `rows` times `scale`: the weights of each, a column a class."""

    def __init__(self, keys: np.ndarray, rows: np.ndarray, scale: float = 1) -> None:
        self.keys, self.rows, self.scale = keys, rows, np.float32(scale)

    def sums(self, features: Features, figures: int) -> np.ndarray:
        """(figures, classes): the sum of the weights of each figure's features, each counted once."""
        out = np.zeros((figures, self.rows.shape[1]), np.float32)
        at = self.keys.searchsorted(features.key)
        at[at == len(self.keys)] = 0
        known = self.keys[at] == features.key
        pairs = np.sort(features.figure[known] * len(self.keys) + at[known])
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # what np.unique does in forty times the time
        if pairs.size:
            figure, at = np.divmod(pairs, len(self.keys))
            begins = np.flatnonzero(np.diff(figure, prepend=-1))
            out[figure[begins]] = np.add.reduceat(self.rows.take(at, axis=0), begins, axis=0)
        return out * self.scale


def stored(arrays) -> Weights:
    """The weights in a file that `training.to_bytes` wrote."""
    return Weights(arrays["keys"], arrays["own"].astype(np.float32), float(arrays["scale"]))
