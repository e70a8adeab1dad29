"""Named features of many figures at once -> the sums of their weights, for the model of statuses."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
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


def named(names: list[list[str]]) -> Features:
    """The features with these names, figure by figure."""
    return Features(
        np.repeat(np.arange(len(names)), [len(n) for n in names]),
        np.array([seed(name) for some in names for name in some], np.uint64),
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


def stored(arrays: Mapping[str, np.ndarray]) -> Weights:
    """The weights in a file that `training.to_bytes` wrote."""
    return Weights(arrays["keys"], arrays["own"].astype(np.float32), float(arrays["scale"]))
