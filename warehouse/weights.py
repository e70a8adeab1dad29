"""The weights of an index of one's own: a TOML file of its owner, read and checked."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.errors import UsageError
from schemas.language import say

SETS = ("country", "province", "prefecture", "county")
SCALES = ("min_max", "rank")
DIRECTIONS = ("high", "low")
_LARGEST_FILE = 1_000_000
_MOST_COMPONENTS = 40
_NAME = re.compile(r"[^\W\d]\w{0,39}")
# columns that the table of an index has anyway
TAKEN = (
    "province_name",
    "prefecture_name",
    "county_name",
    "township_name",
    "township_id",
    "report_year",
    "report_id",
    "score",
    "coverage",
    "missing",
    "questioned",
    "compared_with",
)
_PLACES = ("province", "prefecture", "county")
_KEYS = ("name", "year", "years", "compare", "coverage", "component", *_PLACES)
_COMPONENT_KEYS = ("name", "metric", "per", "unit", "weight", "better", "scale")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an index: a metric, or the ratio of two (`metric` divided by `per`).

    `weight` counts beside those of the other parts. `better` is "high" or "low". `scale` says how
    values become 0 to 100: "min_max" and "rank" within the compared set, or two values (low, high)
    that stand for 0 and 100. `unit` is the one that values must have; None for the metric's usual
    one.
    """

    name: str
    metric: str
    per: str | None
    unit: str | None
    weight: float
    better: str
    scale: str | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """An index as its owner wants it.

    `years` are compared each on its own, within `compare` (one of SETS). `places` maps province,
    prefecture or county to the name that bodies must have. A body has a score where parts with at
    least the share `coverage` (0 to 1) of the weights have a value.
    """

    name: str
    years: tuple[int, ...]
    compare: str
    coverage: float
    places: Mapping[str, str]
    components: tuple[Component, ...]


def read(path: Path) -> Weights:
    """Returns the weights in a file. Raises UsageError with what is wrong in it."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UsageError(say("{path} is too large for a list of weights", path=path))
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read ({reason})", path=path, reason=error.strerror)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(say("{path} is no TOML: {error}", path=path, error=error)) from None
    try:
        return _weights(given)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _weights(given: dict[str, Any]) -> Weights:
    _check_keys(given, _KEYS, "the file")
    listed = given.get("component")
    if not isinstance(listed, list) or not listed:
        raise UsageError(say("there is no [[component]]"))
    if len(listed) > _MOST_COMPONENTS:
        raise UsageError(say("there are more than {most} components", most=_MOST_COMPONENTS))
    components = tuple(_component(one, number) for number, one in enumerate(listed, 1))
    names = [component.name for component in components]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(say("two components are called {name}: give one a name", name=name))
    years = given.get("years", [given["year"]] if "year" in given else None)
    if ("year" in given and "years" in given) or not isinstance(years, list) or not years:
        raise UsageError(say("give year = 2023 or years = [2022, 2023]"))
    if not all(type(year) is int and 1900 <= year <= 2200 for year in years):
        raise UsageError(say("years: {years} are no years", years=years))
    return Weights(
        _name(given.get("name", "own_index"), "name"),
        tuple(sorted(set(years))),
        _one_of(given.get("compare", "province"), SETS, "compare"),
        _number(given.get("coverage", 1.0), "coverage", 0.0, 1.0),
        {level: _text(given[level], level) for level in _PLACES if level in given},
        components,
    )


def _component(given: Any, number: int) -> Component:
    where = f"component {number}"
    if not isinstance(given, dict):
        raise UsageError(say("{where} is no table", where=where))
    _check_keys(given, _COMPONENT_KEYS, where)
    if "metric" not in given:
        raise UsageError(say("{where} has no metric", where=where))
    metric = _text(given["metric"], f"{where}: metric")
    per = _text(given["per"], f"{where}: per") if "per" in given else None
    default = f"{metric}_per_{per}"[:40] if per else metric
    weight = _number(given.get("weight", 1), f"{where}: weight", 0.0, 1e6)
    if weight == 0:
        raise UsageError(say("{where}: a weight is more than 0", where=where))
    return Component(
        _name(given.get("name", default), f"{where}: name"),
        metric,
        per,
        _text(given["unit"], f"{where}: unit") if "unit" in given else None,
        weight,
        _one_of(given.get("better"), DIRECTIONS, f"{where}: better"),
        _scale(given.get("scale", "min_max"), where),
    )


def _scale(given: Any, where: str) -> str | tuple[float, float]:
    if isinstance(given, list) and len(given) == 2:
        low, high = (_number(value, f"{where}: scale", -1e15, 1e15) for value in given)
        if low < high:
            return low, high
    elif isinstance(given, str) and given in SCALES:
        return given
    raise UsageError(
        say(
            '{where}: scale is "min_max", "rank" or two values, the lower first, as [0, 100]',
            where=where,
        )
    )


def _check_keys(given: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f" (did you mean {near[0]}?)" if near else f"; it may have: {', '.join(known)}"
            raise UsageError(
                say("{where} has an unknown key {key}{hint}", where=where, key=key, hint=hint)
            )


def _name(given: Any, where: str) -> str:
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise UsageError(
            say(
                "{where}: {given} is no name of letters, digits and _, up to 40",
                where=where,
                given=repr(given),
            )
        )
    if given in TAKEN:
        raise UsageError(
            say("{where}: {given} is a column of the table already", where=where, given=given)
        )
    return given


def _text(given: Any, where: str) -> str:
    if not isinstance(given, str) or not given or len(given) > 100 or not given.isprintable():
        raise UsageError(say("{where}: {given} is no name", where=where, given=repr(given)))
    return given


def _one_of(given: Any, allowed: tuple[str, ...], where: str) -> str:
    if given not in allowed:
        raise UsageError(
            say("{where} is one of {allowed}", where=where, allowed=", ".join(allowed))
        )
    return str(given)


def _number(given: Any, where: str, least: float, most: float) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not math.isfinite(given) or not least <= given <= most:
        raise UsageError(
            say(
                "{where}: {given} is no number from {least:g} to {most:g}",
                where=where,
                given=repr(given),
                least=least,
                most=most,
            )
        )
    return float(given)
