"""Named features of many figures at once -> the sums of their weights, for the model of
statuses.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

REMEMBERED = 50_000  # names whose numbers are remembered, some 10 MB; most come again and again
Array = NDArray[Any]


class Features(NamedTuple):
    """Pairs: the index of a figure, and a feature of it. A pair may stand there twice."""

    figure: Array
    key: Array


@functools.lru_cache(maxsize=REMEMBERED)
def seed(name: str) -> int:
    """Returns the number that a feature of the model of statuses is known by."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def named(names: list[list[str]]) -> Features:
    """Returns the features with these names, figure by figure."""
    return Features(
        np.repeat(np.arange(len(names)), [len(n) for n in names]),
        np.array([*map(seed, chain.from_iterable(names))], np.uint64),
    )


def find_rows(keys: Array, numbers: Array) -> tuple[Array, Array]:
    """Returns which of the numbers are among the keys, and the rows of these.

    `keys` are the numbers of the features that training met, ascending.
    """
    at = np.minimum(keys.searchsorted(numbers), len(keys) - 1)
    known = keys[at] == numbers
    return known, at[known]


class Weights:
    """Weights of the model of statuses.

    `keys` are the features that training met, ascending; `rows` times `scale` the weights of each,
    a column a class.
    """

    def __init__(self, keys: Array, rows: Array, scale: float = 1) -> None:
        self.keys, self.rows, self.scale = keys, rows, np.float32(scale)

    def sums(self, features: Features, figures: int) -> Array:
        """(figures, classes): the sum of the weights of each figure's features, each counted
        once.
        """
        out = np.zeros((figures, self.rows.shape[1]), np.float32)
        known, rows = find_rows(self.keys, features.key)
        pairs = np.sort(features.figure[known] * len(self.keys) + rows)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # what np.unique does in forty times the time
        if pairs.size:
            figure, at = np.divmod(pairs, len(self.keys))
            begins = np.flatnonzero(np.diff(figure, prepend=-1))
            out[figure[begins]] = np.add.reduceat(self.rows.take(at, axis=0), begins, axis=0)
        return out * self.scale


def stored(arrays: Mapping[str, Array]) -> Weights:
    """The weights in a file that `training.to_bytes` wrote."""
    return Weights(arrays["keys"], arrays["own"].astype(np.float32), float(arrays["scale"]))
