"""A place, from the whole country down to one body: its sheet of a year, trends, ranks, reports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flows.explore.data import overview
from flows.explore.data.states import Row, State

LEVELS = ("country", "province", "prefecture", "county", "township")
_SHOWN_REPORTS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A place by the names of its parts; `township` is a township_id. None for what is not given.

    All None is the whole country. The province or county "—" is that of the bodies of which none is
    known.
    """

    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    township: str | None = None

    @property
    def level(self) -> str:
        """The lowest part that is given, as in LEVELS."""
        given = [level for level in LEVELS[1:] if getattr(self, level)]
        return given[-1] if given else "country"

    def names(self) -> dict[str, str | None]:
        """The names of the parts above a township, as the SQL files take them."""
        return {
            "province": self.province,
            "prefecture": self.prefecture,
            "county": self.county,
        }


def read(state: State, place: Place, year: int | None, metric: str | None) -> dict[str, Any]:
    """Returns what the page of a place shows for a year.

    `body` (the row of a township, None above), `year`, `years`, `sheet` (one row a metric that was
    reported), `not_reported`, `children`, `reports`, `metric` (the one whose trend is shown) and
    `trend` (one row a year and unit). Unknown places have no reports and an empty sheet.
    """
    body = state.row("body", township=place.township) if place.township else None
    shown = _year_of(state, body, year)
    sheet = [] if shown is None else _sheet(state, place, shown)
    reported = [row for row in sheet if _is_reported(row)]
    trend_of = metric or (reported[0]["metric_code"] if reported else None)
    return {
        "body": body,
        "year": shown,
        "years": [row["report_year"] for row in overview.years(state)],
        "sheet": reported,
        "not_reported": [row for row in sheet if not _is_reported(row)],
        "children": [] if shown is None else children(state, place, shown),
        "reports": _reports(state, place, shown),
        "metric": trend_of,
        "trend": trend(state, place, trend_of) if trend_of else [],
    }


def trend(state: State, place: Place, metric: str) -> list[Row]:
    """Returns one row a year of a metric at a place, in the unit that most bodies use."""
    rows = state.rows("place_trend", metric=metric, township=place.township, **place.names())
    units: dict[str, int] = defaultdict(int)
    for row in rows:
        units[row["unit"]] += row["bodies_reported"]
    if not units:
        return []
    unit = max(units, key=lambda name: units[name])
    return sorted((row for row in rows if row["unit"] == unit), key=lambda r: r["report_year"])


def children(state: State, place: Place, year: int) -> list[Row]:
    """Returns the places right below one, with bodies, filed, late, missing and coverage.

    Each row has `level`, `name` and the parts of its address. Below a county each row is a body
    with its `state` (filed, late, missing) and `report_id`.
    """
    if place.level == "township":
        return []
    if place.level == "county":
        rows = state.rows("county_bodies", year=year, **place.names())
        return [{**row, "level": "township", "name": row["township_name"]} for row in rows]
    groups: dict[tuple[str, ...], Row] = {}
    for row in state.rows("coverage", year=year):
        if place.province not in (None, row["province_name"]):
            continue
        if place.prefecture not in (None, row["prefecture_name"]):
            continue
        child = _child(place, row)
        group = groups.setdefault(
            tuple(str(part) for part in child.values()),
            {**child, "bodies": 0, "filed": 0, "late": 0, "missing": 0},
        )
        for column in ("bodies", "filed", "late", "missing"):
            group[column] += row[column]
    found = list(groups.values())
    for group in found:
        group["coverage"] = group["filed"] / group["bodies"]
    return sorted(found, key=lambda row: (str(row["province"]), str(row["name"])))


def _child(place: Place, county: Row) -> Row:
    """Returns the place right below `place` that a county belongs to."""
    parts = {"province": county["province_name"], "prefecture": None, "county": None}
    if place.level == "country":
        return {"level": "province", "name": parts["province"], **parts}
    parts["prefecture"] = county["prefecture_name"]
    if place.level == "province" and parts["prefecture"]:
        return {"level": "prefecture", "name": parts["prefecture"], **parts}
    parts["county"] = county["county_name"]
    return {"level": "county", "name": parts["county"] or "—", **parts}


def _year_of(state: State, body: Row | None, asked: int | None) -> int | None:
    if asked is None and body is not None and body.get("last_report_year"):
        return int(body["last_report_year"])
    return overview.chosen_year(state, asked)


def _sheet(state: State, place: Place, year: int) -> list[Row]:
    if place.township:
        return state.rows("body_sheet", year=year, township=place.township)
    rows = state.rows("place_sheet", year=year, **place.names())
    if place.level == "country":
        return rows
    name = getattr(place, place.level)
    ranks = {
        (row["metric_code"], row["unit"]): row
        for row in state.rows(
            "place_ranks",
            year=year,
            level=place.level,
            name=name,
            province=place.province,
            prefecture=place.prefecture,
        )
    }
    return [
        {
            **row,
            "rank": ranks.get((row["metric_code"], row["unit"]), {}).get("rank"),
            "places": ranks.get((row["metric_code"], row["unit"]), {}).get("places"),
        }
        for row in rows
    ]


def _is_reported(row: Row) -> bool:
    return bool(row["state"] != "not_reported" if "state" in row else row["bodies_reported"])


def _reports(state: State, place: Place, year: int | None) -> list[Row]:
    """Of a body all its reports, of a larger place those of the year."""
    return state.rows(
        "place_reports",
        year=None if place.township else year,
        township=place.township,
        top=_SHOWN_REPORTS,
        **place.names(),
    )
