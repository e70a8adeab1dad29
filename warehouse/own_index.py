"""An index by a user's own weights, as SQL on the views and tables of `warehouse.duckdb`.

A value that is missing is never counted as zero: it has no score, its part of the weights is
missing from `coverage`, and `missing` says why. The table is in the order of the places, not of the
scores: to rank is for whoever wrote the weights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb

from schemas.errors import UsageError
from schemas.language import say
from warehouse.engine import quoted, script
from warehouse.weights import SETS, Component, Weights

_PLACE_COLUMNS = ("province_name", "prefecture_name", "county_name")
_PLACE = re.compile(r"/\* (\w+) \*/")
# bodies of which it is not known where they lie are compared with none
_UNKNOWN = {
    "country": "false",
    "province": "province_name is null",
    "prefecture": "province_name is null",
    "county": "county_name is null",
}


def usual_units(database: str, weights: Weights) -> dict[str, str | None]:
    """Returns metric -> its usual unit (the base unit) of the metrics that an index needs.

    `database` is the path of a published file. Raises UsageError for a metric that is none, or
    that has no value of a year.
    """
    with duckdb.connect(
        database, read_only=True, config={"enable_external_access": False}
    ) as connection:
        rows = connection.execute(
            "select d.metric_code, d.aggregation, coalesce(u.base_unit, d.unit) "
            "from metric_definitions d left join units u using (unit)"
        ).fetchall()
    known = {code: (aggregation, unit) for code, aggregation, unit in rows}
    wanted = [code for one in weights.components for code in (one.metric, one.per) if code]
    for code in wanted:
        if code not in known:
            raise UsageError(
                say("no such metric: {code}; see fazhi sql \"from find_metric('…')\"", code=code)
            )
        if known[code][0] == "none":
            raise UsageError(
                say("{code} has no value of a year: its figures are not put together", code=code)
            )
    return {code: known[code][1] for code in wanted}


def query(weights: Weights, units: Mapping[str, str | None]) -> str:
    """Returns the query of an index: one row per body and year that filed a report.

    `units` maps each metric to its usual unit. Columns: the body, `score` (0 to 100; null where
    `coverage` is too low), `coverage` (share of the weights that have a value), `missing` and
    `questioned` (names of parts, with the reason), `compared_with` (least number of bodies that a
    part is compared among), then for each part its value, score, state and figures (`metric_id_…`).
    """
    parts = [_part(one, position, units) for position, one in enumerate(weights.components)]
    return _filled(
        "index",
        chosen=_chosen(weights),
        parts="\n  union all\n".join(parts),
        compared=_compared(weights),
        unknown=_UNKNOWN[weights.compare],
        columns=",\n".join(f"    {_columns(component)}" for component in weights.components),
        total=repr(sum(component.weight for component in weights.components)),
        coverage=repr(weights.coverage),
    )


def summary(weights: Weights, units: Mapping[str, str | None]) -> str:
    """Returns the query of one row per part and year: how it counts, how many bodies have a value
    of it, for how many it is missing and why, and its lowest and highest value.
    """
    parts = [
        f"  select {position} as position, {quoted(one.name)} as component, "
        f"{one.weight!r} as weight, {quoted(one.better)} as better, "
        f"{quoted(_scale_text(one))} as scale, report_year,"
        f' "{one.name}" as value, "{one.name}_state" as state from answer'
        for position, one in enumerate(weights.components)
    ]
    return _filled("summary", index=query(weights, units), parts="\n  union all\n".join(parts))


def view(weights: Weights, units: Mapping[str, str | None]) -> str:
    """Returns the statement that makes the index a view, for any DuckDB that has the file open."""
    return f'create or replace temp view "{weights.name}" as\n{query(weights, units)};'


def _chosen(weights: Weights) -> str:
    conditions = [
        "report_kind = 'rule_of_law'",
        "township_id is not null",
        f"report_year in ({', '.join(map(str, weights.years))})",
        *(f"{level}_name = {quoted(name)}" for level, name in weights.places.items()),
    ]
    return " and ".join(conditions)


def _compared(weights: Weights) -> str:
    """Returns the columns that the bodies of a compared set have in common."""
    return ", ".join(["position", "report_year", *_PLACE_COLUMNS[: SETS.index(weights.compare)]])


def _part(component: Component, position: int, units: Mapping[str, str | None]) -> str:
    """Returns the query of one part: its value for each body that filed, or why there is none."""
    low, high = component.scale if isinstance(component.scale, tuple) else (0.0, 1.0)
    values = {
        "position": str(position),
        "component": quoted(component.name),
        "weight": repr(component.weight),
        "better": quoted(component.better),
        "scale": quoted(component.scale if isinstance(component.scale, str) else "bounds"),
        "low": repr(low),
        "high": repr(high),
        "metric": quoted(component.metric),
        "unit": _unit(component.unit or units[component.metric]),
    }
    if component.per is None:
        return _filled("part", **values)
    per = {"per": quoted(component.per), "per_unit": _unit(units[component.per])}
    return _filled("ratio", **values, **per)


def _unit(unit: str | None) -> str:
    return "null" if unit is None else quoted(unit)


def _filled(name: str, **values: str) -> str:
    """Returns a file of `warehouse/sql/own_index` with its places `/* name */` filled in."""
    text = script(f"own_index/{name}.sql").rstrip("\n")
    return _PLACE.sub(lambda place: values[place[1]], text)


def _columns(component: Component) -> str:
    """Returns the columns that one part has in the table."""
    chosen = f"filter (component = {quoted(component.name)})"
    name = component.name
    found = [
        f'max(value) {chosen} as "{name}"',
        f'round(max(part_score) {chosen}, 2) as "{name}_score"',
        f'max(state) {chosen} as "{name}_state"',
        f'max(metric_id) {chosen} as "metric_id_{name}"',
    ]
    if component.per:
        found.append(f'max(metric_id_per) {chosen} as "metric_id_{name}_per"')
    return ", ".join(found)


def _scale_text(component: Component) -> str:
    if isinstance(component.scale, tuple):
        return f"{component.scale[0]:g} to {component.scale[1]:g}"
    return component.scale


def shown_columns(weights: Weights) -> list[str]:
    """Returns the columns that a person looks at first: body, score, what is missing, values."""
    parts = [component.name for component in weights.components]
    fixed = ["county_name", "township_name", "report_year", "score", "coverage"]
    return [*fixed, *parts, "compared_with", "missing", "questioned"]
