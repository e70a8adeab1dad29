"""The log of reviews as what it says: which decisions stand, which contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WITHDRAW = "withdraw"

FigureKey = tuple[str, str, int]  # digest of the source, quote, offset of its first character


def figure_key(figure: Mapping[str, Any]) -> FigureKey:
    """Returns what tells a figure from all others, whatever it is read as."""
    return figure["source_sha256"], figure["quote"], figure["char_start"]


def standing(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Returns the decisions of a log that nobody withdrew, oldest first.

    `rows` are all usable lines, oldest first. A line with the action `withdraw` takes back the last
    decision that the same person made on the same figure; the one before it stands again.
    """
    kept: dict[int, dict[str, Any]] = {}
    places: dict[tuple[FigureKey, str], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        own = places[figure_key(row["on"]), row["by"]]
        if row["action"] != WITHDRAW:
            own.append(number)
            kept[number] = dict(row)
        elif own:
            del kept[own.pop()]
    return [*kept.values()]


def verdict(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Returns what a decision says of its figure, so that two that say the same are equal.

    It is the action, and for a correction the code, value and status that should stand.
    """
    if row["action"] != "correct":
        return (row["action"],)
    figure = row["on"]
    instead = (row.get(column) for column in ("metric_code", "value", "status"))
    given = zip(instead, (figure["metric_code"], figure["value"], figure["status"]))
    return ("correct", *(old if new is None else new for new, old in given))


def latest(rows: Iterable[Mapping[str, Any]]) -> dict[FigureKey, Mapping[str, Any]]:
    """Returns for each figure the decision that counts: the last one. `rows` is what `standing`
    returns.
    """
    return {figure_key(row["on"]): row for row in rows}


def decision_on(
    figure: Mapping[str, Any], counting: Mapping[FigureKey, Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """Returns the decision that counts for a figure as it is read now; None where nobody decided,
    or on another reading. `counting` is what `latest` returns.
    """
    row = counting.get(figure_key(figure))
    reading = ("metric_code", "value", "status")
    is_same = row is not None and all(row["on"][name] == figure[name] for name in reading)
    return row if is_same else None


def conflicts(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Returns the figures of which two people say different things, newest first: for each of them
    the last decision of each person, the one that counts last.

    `rows` is what `standing` returns. A decision with `settles` was made with the others in view:
    those before it count no more.
    """
    by_figure: dict[FigureKey, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        said = by_figure.pop(figure_key(row["on"]), {})  # the figure decided last stands last
        said = {} if row.get("settles") else said
        said.pop(row["by"], None)
        by_figure[figure_key(row["on"])] = {**said, row["by"]: row}
    found = [[*said.values()] for said in by_figure.values() if _differ([*said.values()])]
    return found[::-1]


def _differ(said: Sequence[Mapping[str, Any]]) -> bool:
    return len({verdict(row) for row in said}) > 1
