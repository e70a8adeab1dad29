"""Divides a rectangle among things by their sizes, in parts that are as square as they can be.

Source: M. Bruls, K. Huizing, J. J. van Wijk, "Squarified Treemaps", 2000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


def divide(
    things: Sequence[_Thing], box: Box, size: Callable[[_Thing], float]
) -> Iterator[tuple[_Thing, Box]]:
    """Yields each thing with its part of the box, the largest first; things without a size are left
    out.
    """
    rest = sorted((one for one in things if size(one) > 0), key=size, reverse=True)
    total = sum(map(size, rest))
    scale = box.width * box.height / total if total else 0.0
    while rest:
        row, side = [rest.pop(0)], min(box.width, box.height)
        while rest and _worst([*row, rest[0]], size, scale, side) <= _worst(row, size, scale, side):
            row.append(rest.pop(0))
        yield from _lay(row, box, size, scale)
        box = _without(row, box, size, scale)


def _worst(row: list[_Thing], size: Callable[[_Thing], float], scale: float, side: float) -> float:
    """Returns how far the least square part of a row is from a square; 1 is a square."""
    areas = [scale * size(one) for one in row]
    total = sum(areas)
    if not total or not side:
        return float("inf")
    return max(side**2 * max(areas) / total**2, total**2 / (side**2 * min(areas)))


def _depth(row: list[_Thing], box: Box, size: Callable[[_Thing], float], scale: float) -> float:
    side = min(box.width, box.height)
    return scale * sum(map(size, row)) / side if side else 0.0


def _lay(
    row: list[_Thing], box: Box, size: Callable[[_Thing], float], scale: float
) -> Iterator[tuple[_Thing, Box]]:
    """Yields the parts of a row along the shorter side of the box."""
    depth, at = _depth(row, box, size, scale), 0.0
    for one in row:
        length = scale * size(one) / depth if depth else 0.0
        if box.width >= box.height:
            yield one, Box(box.left, box.top + at, depth, length)
        else:
            yield one, Box(box.left + at, box.top, length, depth)
        at += length


def _without(row: list[_Thing], box: Box, size: Callable[[_Thing], float], scale: float) -> Box:
    """Returns what a row leaves of the box."""
    depth = _depth(row, box, size, scale)
    if box.width >= box.height:
        return Box(box.left + depth, box.top, max(box.width - depth, 0), box.height)
    return Box(box.left, box.top + depth, box.width, max(box.height - depth, 0))
