"""Which pages a site has: for each area its places, metrics, findings and reports, by file name."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from flows.explore.data import overview
from flows.explore.data.place import Place
from flows.explore.data.states import State
from schemas import keys
from schemas.errors import UsageError
from schemas.language import say

Key = tuple[Hashable, ...]
_ALL = 1_000_000_000  # rows
_SLUG_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Planned:
    """One page: the path of its file from the folder of its language, and what it shows.

    `kind` is one of overview, place, metrics, metric, findings, search, report and counties.
    `path` and `asked` are the address in the explorer of what it shows. `keys` are the keys under
    which links find it. Of a page that `is_shared` one file shows both languages: its texts are
    long, and the same in both.
    """

    file: str
    kind: str
    path: str
    asked: dict[str, str] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    is_shared: bool = False


@dataclass(slots=True)
class Area:
    """The part of the country that some pages of a site are about: a county, or the whole country.

    `folder` is the folder of its files, `reports` the report_ids whose texts it shows, with former
    versions, `years` the years of its pages, newest first. `places` maps a place to the years of
    its pages; `metrics` are the codes of the metrics that have a page, `rules` the rule_ids that
    have findings.
    """

    where: Place
    folder: str
    years: list[int]
    places: dict[Place, list[int]]
    metrics: list[str]
    rules: list[str]
    reports: list[str]

    @property
    def is_country(self) -> bool:
        """Whether this is the whole country; its pages show no texts."""
        return self.where.level == "country"

    def pages(self) -> list[Planned]:
        """Returns all pages of the area; the first is the one to begin with."""
        found = [self._overview(year) for year in self.years] if self.is_country else []
        for place, years in self.places.items():
            found += [self._place(place, year, year == years[0]) for year in years]
        found.append(self._single("metrics", "/metric"))
        found += [self._metric(code) for code in self.metrics]
        found += [self._findings(rule) for rule in (None, *self.rules)]
        if not self.is_country:
            found.append(self._single("search", "/search"))
        return found + [self._report(report) for report in self.reports]

    def _names(self, place: Place | None = None) -> dict[str, str]:
        names = (place or self.where).names()
        return {level: name for level, name in names.items() if name}

    def _single(self, kind: str, path: str) -> Planned:
        file = f"{self.folder}/{kind}.html"
        return Planned(file, kind, path, self._names(), ((self.folder, path),))

    def _overview(self, year: int) -> Planned:
        is_first = year == self.years[0]
        file = f"{self.folder}/overview{'' if is_first else f'-{year}'}.html"
        keys: tuple[Key, ...] = ((self.folder, "/", year),)
        if is_first:
            keys += ((self.folder, "/"),)
        return Planned(file, "overview", "/", {"year": str(year)}, keys)

    def _place(self, place: Place, year: int, is_newest: bool) -> Planned:
        asked = {**self._names(place), "year": str(year)}
        name = "place" if place == self.where else f"place-{slug(place)}"
        if place.township:
            asked["township"] = place.township
            name = f"body-{_file_part(place.township)}"
        file = f"{self.folder}/{name}{'' if is_newest else f'-{year}'}.html"
        keys: tuple[Key, ...] = (("place", place, year),)
        if is_newest:
            keys += (("place", place, None),)
            if place == self.where:
                keys += ((self.folder, "/place"),)
        return Planned(file, "place", "/place", asked, keys)

    def _metric(self, code: str) -> Planned:
        file = f"{self.folder}/metric-{_file_part(code)}.html"
        key = (self.folder, "metric", code)
        return Planned(file, "metric", f"/metric/{code}", self._names(), (key,))

    def _findings(self, rule: str | None) -> Planned:
        asked = self._names() | ({"rule": rule} if rule else {})
        file = f"{self.folder}/findings{f'-{_file_part(rule)}' if rule else ''}.html"
        return Planned(file, "findings", "/findings", asked, ((self.folder, "findings", rule),))

    def _report(self, report: str) -> Planned:
        file, path = report_file(self.folder, report), f"/report/{report}"
        return Planned(file, "report", path, {}, (("report", report),), is_shared=True)


def slug(place: Place) -> str:
    """Returns the part of a file name that stands for a place above a township: ASCII, and the same
    in every state.
    """
    names = (place.province or "", place.prefecture or "", place.county or "")
    return keys.key(*names, length=_SLUG_DIGITS)


def report_file(folder: str, report_id: str) -> str:
    """Returns the path of the page of a report in the area with this folder."""
    return f"{folder}/report-{_file_part(report_id)}.html"


def _file_part(identifier: str) -> str:
    """Returns an identifier as part of a file name; its digest where it has other characters than
    letters, digits, - and _ of ASCII.
    """
    is_plain = identifier.isascii() and identifier.replace("-", "_").replace("_", "a").isalnum()
    return identifier if is_plain else keys.key(identifier)


def counties(state: State, names: Sequence[str]) -> list[Place]:
    """Returns the counties with these names: 桐庐县, or 浙江省/杭州市/桐庐县 with the places above.

    Raises UsageError for a name that no county has, and for one that several have.
    """
    rows = state.rows("counties")
    known = [
        Place(row["province_name"], row["prefecture_name"], row["county_name"]) for row in rows
    ]
    chosen = [_county(name, known) for name in names]
    return list(dict.fromkeys(chosen))


def _county(name: str, known: list[Place]) -> Place:
    *above, county = [part for part in name.strip().split("/") if part] or [""]
    fitting = [
        place
        for place in known
        if place.county == county and set(above) <= {place.province, place.prefecture}
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(
            say("several counties are called {name}: {listed}", name=name, listed=_listed(fitting))
        )
    near = difflib.get_close_matches(county, {str(place.county) for place in known}, 3)
    hint = f"is it {' or '.join(near)}?" if near else "give its full name, as 桐庐县"
    raise UsageError(say("no county with reports is called {name}: {hint}", name=name, hint=hint))


def _listed(places: list[Place]) -> str:
    return ", ".join("/".join(filter(None, place.names().values())) for place in places)


def county(state: State, where: Place) -> Area:
    """Returns the plan of a county: all its bodies, and all its reports with former versions."""
    rows = state.rows("place_reports", year=None, township=None, top=_ALL, **where.names())
    dated = {row["report_year"] for row in rows if row["report_kind"] == "rule_of_law"}
    years = sorted((year for year in dated if year is not None), reverse=True)
    places = {where: years or _newest(state)}
    for township in dict.fromkeys(row["township_id"] for row in rows if row["township_id"]):
        places[Place(township=township)] = years or _newest(state)
    reports = [row["report_id"] for row in rows]
    former = [
        row["report_id"]
        for report in reports
        for row in state.rows("report_versions", report=report)
    ]
    return Area(
        where=where,
        folder=slug(where),
        years=years,
        places=places,
        metrics=_metrics(state, where, years),
        rules=[row["rule_id"] for row in overview.rules(state, **where.names())],
        reports=list(dict.fromkeys([*reports, *former])),
    )


def country(state: State) -> Area:
    """Returns the plan of the country's overview: provinces and prefectures, no texts."""
    years = [int(row["report_year"]) for row in reversed(overview.years(state))]
    if years:  # the year that is shown first is the one that the explorer shows first
        shown = overview.chosen_year(state, None)
        years.sort(key=lambda year: year != shown)
    where = Place()
    places = {where: years}
    for row in state.rows("counties"):
        for place in (
            Place(row["province_name"]),
            Place(row["province_name"], row["prefecture_name"]),
        ):
            if place.level != "country":
                places[place] = years
    return Area(
        where=where,
        folder="country",
        years=years,
        places=places,
        metrics=_metrics(state, where, years),
        rules=[row["rule_id"] for row in overview.rules(state)],
        reports=[],
    )


def _newest(state: State) -> list[int]:
    year = overview.chosen_year(state, None)
    return [] if year is None else [year]


def _metrics(state: State, where: Place, years: list[int]) -> list[str]:
    """Returns the codes of all metrics that bodies of the place reported in one of these years."""
    sheets = (state.rows("place_sheet", year=year, **where.names()) for year in years)
    rows = (row for sheet in sheets for row in sheet)
    return list(dict.fromkeys(row["metric_code"] for row in rows if row["bodies_reported"]))
