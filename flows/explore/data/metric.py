"""A metric: its definition, the distribution of its values, places, years, and a league table."""

from __future__ import annotations

import math
from typing import Any

from flows.explore.data import overview, place
from flows.explore.data.states import Row, State

_SHOWN_BODIES = 300
_CLASSES = 24


def catalogue(state: State, where: place.Place | None = None) -> list[Row]:
    """Returns one row a metric, by field of work, with `reports`, `occurrences` and `questioned` of
    a place; None is the whole country.
    """
    if where is None or where.level == "country":
        return state.rows("metrics")
    return state.rows("place_metrics", **where.names())


def read(
    state: State, code: str, where: place.Place, year: int | None, unit: str | None
) -> dict[str, Any] | None:
    """Returns what the page of a metric shows for a place and a year; None for an unknown code.

    `metric` (its row of the catalogue), `year`, `years`, `units` (one row a unit with its
    quantiles, the most used first), `chosen` (the row of the unit shown, None where no body
    reported the metric), `distribution`, `places`, `league` and `trend`.
    """
    metric = next((row for row in catalogue(state, where) if row["metric_code"] == code), None)
    if metric is None:
        return None
    shown = overview.chosen_year(state, year)
    names = where.names()
    units = [] if shown is None else state.rows("metric_units", metric=code, year=shown, **names)
    chosen = next((row for row in units if row["unit"] == unit), units[0] if units else None)
    found: dict[str, Any] = {
        "metric": metric,
        "year": shown,
        "years": [row["report_year"] for row in overview.years(state)],
        "provinces": [row["province_name"] for row in state.rows("provinces")],
        "units": units,
        "chosen": chosen,
        "trend": place.trend(state, where, code),
        "distribution": [],
        "places": [],
        "league": [],
    }
    if chosen is not None:
        asked = {"metric": code, "year": shown, "unit": chosen["unit"], **names}
        least_width = 0.0 if metric["kind"] == "rate" else 1.0
        found["distribution"] = _distribution(state, chosen, least_width, asked)
        found["places"] = state.rows("metric_places", **asked)
        found["league"] = state.rows("metric_league", top=_SHOWN_BODIES, **asked)
    return found


def _distribution(state: State, chosen: Row, least_width: float, asked: Row) -> list[Row]:
    """Returns the classes of the values as rows with `low`, `high` (None: no upper end), `bodies`.

    The classes are of one round width, `least_width` or more, and reach to where 98 of 100 values
    lie; the last holds what is above.
    """
    low, high = _ends(chosen["least"], max(chosen["high"], chosen["least"]))
    width = _round_width(max(least_width, (high - low) / _CLASSES))
    low = math.floor(low / width) * width
    classes = max(1, math.ceil((high - low) / width))
    counted = {
        row["class"]: row["bodies"]
        for row in state.rows(
            "metric_distribution", low=float(low), width=float(width), classes=classes, **asked
        )
    }
    rows = [
        {
            "low": round(low + index * width, 9),
            "high": round(low + (index + 1) * width, 9) if index < classes else None,
            "bodies": counted.get(index, 0),
        }
        for index in range(classes + 1)
    ]
    return rows if rows[-1]["bodies"] else rows[:-1]


def _ends(least: float, high: float) -> tuple[float, float]:
    return (least, high) if high > least else (least, least + 1)


def _round_width(width: float) -> float:
    """Returns the smallest of 1, 2, 2.5, 5 times a power of ten that is not below a width."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width * 0.999999)
