"""An index by a user's own weights, as SQL on the views and tables of `warehouse.duckdb`.

A value that is missing is never counted as zero: it has no score, its part of the weights is
missing from `coverage`, and `missing` says why. The table is in the order of the places, not of the
scores: to rank is for whoever wrote the weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from schemas.errors import UsageError
from warehouse.engine import quoted
from warehouse.weights import SETS, Component, Weights

_PLACE_COLUMNS = ("province_name", "prefecture_name", "county_name")
_HAS_VALUE = "('reported', 'zero')"
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
            raise UsageError(f"no such metric: {code}; see fazhi sql \"from find_metric('…')\"")
        if known[code][0] == "none":
            raise UsageError(f"{code} has no value of a year: its figures are not put together")
    return {code: known[code][1] for code in wanted}


def query(weights: Weights, units: Mapping[str, str | None]) -> str:
    """Returns the query of an index: one row per body and year that filed a report.

    `units` maps each metric to its usual unit. Columns: the body, `score` (0 to 100; null where
    `coverage` is too low), `coverage` (share of the weights that have a value), `missing` and
    `questioned` (names of parts, with the reason), `compared_with` (least number of bodies that a
    part is compared among), then for each part its value, score, state and figures (`metric_id_…`).
    """
    blocks = "\n  union all\n".join(
        f"  {_values(component, position, units)}"
        for position, component in enumerate(weights.components)
    )
    total = sum(component.weight for component in weights.components)
    columns = ",\n".join(f"  {_columns(component)}" for component in weights.components)
    present = "coalesce(sum(weight) filter (score is not null), 0)"
    return f"""with filed as (
  select province_name, prefecture_name, county_name, township_name, township_id, report_year, report_id
  from reports where {_chosen(weights)}),
said as (
{blocks}),
placed as (
  select *, min(value) over compared as lowest, max(value) over compared as highest, count(value) over compared as bodies,
    rank() over (compared order by value) - 1 as below, count(*) over same as ties
  from said
  window compared as (partition by {_compared(weights)}), same as (partition by {_compared(weights)}, value)),
scored as (
  select *, case when better = 'low' then 100 - points else points end as score
  from (select *, {_points(weights)} as points from placed))
select any_value(province_name) as province_name, any_value(prefecture_name) as prefecture_name, any_value(county_name) as county_name,
  any_value(township_name) as township_name, any_value(township_id) as township_id, any_value(report_year) as report_year, report_id,
  case when {present} > 0 and {present} / {total!r} >= {weights.coverage!r} - 1e-9
    then round(sum(weight * score) / {present}, 2) end as score,
  round({present} / {total!r}, 4) as coverage,
  string_agg(component || ': ' || {_reason(weights)}, '; ' order by position) filter (score is null) as missing,
  string_agg(component, '; ' order by position) filter (questioned and score is not null) as questioned,
  min(bodies) filter (score is not null and scale <> 'bounds') as compared_with,
{columns}
from scored group by report_id
order by province_name, prefecture_name, county_name, township_name, township_id, report_year"""


def summary(weights: Weights, units: Mapping[str, str | None]) -> str:
    """Returns the query of one row per part and year: how it counts, how many bodies have a value
    of it, for how many it is missing and why, and its lowest and highest value.
    """
    rows = [
        f"select {position} as position, {quoted(one.name)} as component, {one.weight!r} as weight,"
        f" {quoted(one.better)} as better, {quoted(_scale_text(one))} as scale, report_year,"
        f' "{one.name}" as value, "{one.name}_state" as state from answer'
        for position, one in enumerate(weights.components)
    ]
    return f"""with answer as (
{query(weights, units)}),
parts as (
{" union all ".join(rows)})
select component, weight, better, scale, report_year, count(value) as bodies_with_value, count(*) as bodies_filed,
  count_if(state like '%not_reported') as not_reported, count_if(value is null and state not like '%not_reported') as unusable,
  min(value) as lowest, max(value) as highest
from parts group by position, component, weight, better, scale, report_year order by position, report_year"""


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


def _values(component: Component, position: int, units: Mapping[str, str | None]) -> str:
    """Returns the query of one part: its value for each body that filed, or why there is none."""
    unit = component.unit or units[component.metric]
    states = [
        "when m.report_id is null then 'not_reported'",
        "when m.value is null then m.state",
    ]
    if unit:
        states.append(f"when m.unit <> {quoted(unit)} then 'other_unit'")
    value, joined, per_id, questioned = "m.value", "", "null::varchar", "m.questioned"
    if component.per:
        per_unit = units[component.per]
        states += [
            "when p.report_id is null then 'per_not_reported'",
            "when p.value is null then 'per_' || p.state",
            *([f"when p.unit <> {quoted(per_unit)} then 'per_other_unit'"] if per_unit else []),
            "when p.value = 0 then 'per_zero'",
        ]
        value, per_id = "m.value / p.value", "p.metric_id"
        questioned = "m.questioned or coalesce(p.questioned, false)"
        joined = (
            "\n    left join body_year_values p on p.report_id = f.report_id "
            f"and p.metric_code = {quoted(component.per)}"
        )
    low, high = component.scale if isinstance(component.scale, tuple) else (0.0, 1.0)
    scale = component.scale if isinstance(component.scale, str) else "bounds"
    return f"""select *, case when state in {_HAS_VALUE} then quotient end as value from (
    select f.*, {position} as position, {quoted(component.name)} as component, {component.weight!r} as weight, {quoted(component.better)} as better,
      {quoted(scale)} as scale, {low!r} as low, {high!r} as high, case {" ".join(states)} else m.state end as state,
      {value} as quotient, coalesce({questioned}, false) as questioned, m.metric_id, {per_id} as metric_id_per
    from filed f left join body_year_values m on m.report_id = f.report_id and m.metric_code = {quoted(component.metric)}{joined})"""


def _reason(weights: Weights) -> str:
    """Returns why a part has no score: its state, or that its values cannot be compared."""
    return (
        f"case when state not in {_HAS_VALUE} then state "
        f"when {_UNKNOWN[weights.compare]} then 'place_unknown' else 'no_spread' end"
    )


def _points(weights: Weights) -> str:
    """Returns how many of 100 points a value has where more is better; null without a value, and
    where all compared values are the same.
    """
    return (
        "case when value is null then null "
        "when scale = 'bounds' then 100 * least(1, greatest(0, (value - low) / (high - low))) "
        f"when {_UNKNOWN[weights.compare]} or highest = lowest then null "
        "when scale = 'rank' then 100 * (below + (ties - 1) / 2) / (bodies - 1) "
        "else 100 * (value - lowest) / (highest - lowest) end"
    )


def _columns(component: Component) -> str:
    """Returns the columns that one part has in the table."""
    chosen = f"filter (component = {quoted(component.name)})"
    name = component.name
    found = [
        f'max(value) {chosen} as "{name}"',
        f'round(max(score) {chosen}, 2) as "{name}_score"',
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
