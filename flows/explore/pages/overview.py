"""The overview: years, coverage by county, the last night, open findings."""

from __future__ import annotations

from flows.explore import charts
from flows.explore.data import overview, place
from flows.explore.data.states import Row
from flows.explore.page import Page

_SHOWN_COUNTIES = 15


async def draw(page: Page) -> None:
    """Draws the overview for the year of the address."""
    year = page.number("year")
    shown = await page.read(overview.read, year)
    page.html("overview", "head", **shown)
    _draw_years(page, shown["years"])
    if shown["coverage"]:
        _draw_map(page, shown["year"], shown["coverage"])
    page.html("overview", "rest", shown_counties=_SHOWN_COUNTIES, **shown)


def _draw_years(page: Page, years: list[Row]) -> None:
    t = page.texts
    if not years:
        return
    series = {t(name): [row[name] for row in years] for name in ("reports", "bodies", "figures")}
    labels = [row["report_year"] for row in years]
    columns = {name: t(name) for name in ("reports", "bodies", "figures", "questioned")}
    title = t("reports_and_figures")
    options = charts.lines(title, page.citation, labels, series, second=[t("figures")])
    page.chart(options, {"report_year": t("year"), **columns}, years, "years")


def _draw_map(page: Page, year: int, counties: list[Row]) -> None:
    """Draws the counties in their provinces as a tree map."""
    provinces = place.children(page.state, place.Place(), year)
    for province in provinces:
        inside = [row for row in counties if row["province_name"] == province["name"]]
        where = place.Place(province["name"])
        province["link"] = page.addresses.place(where, page.lang, year=year)
        province["children"] = [
            {
                **row,
                "name": row["county_name"] or "—",
                "link": page.addresses.place_of(row, page.lang, year=year),
            }
            for row in inside
        ]
    t = page.texts
    columns = ("province", "prefecture", "county")
    headings = {f"{name}_name": t(name) for name in columns} | {
        name: t(name) for name in ("bodies", "filed", "late", "missing", "coverage")
    }
    options = charts.tree_map(t("coverage_map"), page.citation, provinces)
    page.chart(options, headings, counties, f"coverage-{year}", height=380)
