"""Figures that wait for a person -> batches of alike ones, those first that settle most doubt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flows.reviewing.constructions import Construction

LARGEST = 20  # figures of a batch: as many as a person can look at before one decision
# how much of the confidence is lost where all others of the same construction have another code
_ODD = 0.5


class Kind(NamedTuple):
    """What the figures of a batch have in common: how they are said, and what they were read as."""

    construction: Construction
    metric_code: str
    status: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Figures on which one decision can be made.

    `figures` are their numbers in the list that was given, the most doubtful first. `doubt` is the
    sum of their doubts: how many of them are expected to be wrong, with what rules found counted
    in. `alike` is how many figures of this kind wait in all. `others` are the codes of other
    figures of the same construction, with how many have them, the most frequent first.
    """

    kind: Kind
    figures: tuple[int, ...]
    doubt: float
    alike: int
    others: tuple[tuple[str, int], ...]


def batches(
    constructions: Sequence[Construction],
    readings: Sequence[tuple[str, str]],
    doubts: Sequence[float],
) -> list[Batch]:
    """Returns all figures in batches of at most LARGEST, those that settle most doubt first.

    Of each figure: its construction, its reading (code, status) and its doubt in [0, 1]. A figure
    whose construction mostly has another code is doubted more. One whose construction says nothing
    has a batch of its own.
    """
    codes: dict[Construction, Counter[str]] = defaultdict(Counter)
    for construction, (code, _) in zip(constructions, readings):
        codes[construction][code] += 1
    members: dict[Any, list[int]] = defaultdict(list)
    for number, (construction, reading) in enumerate(zip(constructions, readings)):
        kind = Kind(construction, *reading)
        members[kind if construction.says_what else (kind, number)].append(number)
    found = []
    for numbers in members.values():
        kind = Kind(constructions[numbers[0]], *readings[numbers[0]])
        others = codes[kind.construction].copy() if kind.construction.says_what else Counter[str]()
        del others[kind.metric_code]
        doubt = _with_others(doubts, numbers, others.total())
        numbers.sort(key=lambda number: (-doubt[number], number))
        for start in range(0, len(numbers), LARGEST):
            some = tuple(numbers[start : start + LARGEST])
            settled = sum(doubt[number] for number in some)
            found.append(Batch(kind, some, settled, len(numbers), tuple(others.most_common(3))))
    return sorted(found, key=lambda batch: (-batch.doubt, batch.figures))


def _with_others(doubts: Sequence[float], numbers: list[int], others: int) -> dict[int, float]:
    """Returns the doubt of each figure of a kind, with that which figures of the same construction
    and another code raise: `others` is how many there are.
    """
    odd = _ODD * others / (others + len(numbers)) if others > len(numbers) else 0.0
    return {number: 1 - (1 - doubts[number]) * (1 - odd) for number in numbers}
