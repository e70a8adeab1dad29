"""The metrics, and one of them: definition, distribution, places, years, league table."""

from __future__ import annotations

import itertools

from flows.explore import charts, render
from flows.explore.data import metric
from flows.explore.data.place import Place
from flows.explore.data.states import Row
from flows.explore.page import Page


async def draw_list(page: Page) -> None:
    """Draws the catalogue of metrics at the place of the address, by field of work."""
    rows = await page.read(metric.catalogue, _place(page))
    fields = [
        (field, list(found)) for field, found in itertools.groupby(rows, key=lambda r: r["domain"])
    ]
    page.html("metric", "list", fields=fields)


async def draw(page: Page) -> None:
    """Draws the metric, place and year that the address names; on a static page all years."""
    code = page.path.rsplit("/", 1)[-1]
    where = _place(page)
    asked = page.asked.get("unit")
    shown = await page.read(metric.read, code, where, page.number("year"), asked)
    if shown is None:
        page.html("metric", "unknown", code=code)
        return
    page.html("metric", "head", where=where, **shown)
    if page.is_static:
        await _draw_all_years(page, code, where, shown)
        return
    page.html("metric", "numbers", **shown)
    if shown["distribution"]:
        _draw_distribution(page, shown)
    if shown["trend"]:
        _draw_trend(page, shown)
    page.html("metric", "rest", where=where, **shown)


async def _draw_all_years(page: Page, code: str, where: Place, shown: Row) -> None:
    """Draws the trend, and below it each year and unit in which the metric was reported."""
    reported = []
    for year in reversed(shown["years"]):
        of_year = await page.read(metric.read, code, where, year, None)
        units = [row["unit"] for row in of_year["units"]] if of_year else []
        reported += [(year, unit) for unit in units]
    page.html("metric", "years", reported=list(dict.fromkeys(year for year, _ in reported)))
    if shown["trend"]:
        _draw_trend(page, shown)
    for year, unit in reported:
        of_unit = await page.read(metric.read, code, where, year, unit)
        if of_unit:
            page.html("metric", "year", **of_unit)
            page.html("metric", "numbers", **of_unit)
            _draw_distribution(page, of_unit)
            page.html("metric", "rest", where=where, **of_unit)


def _place(page: Page) -> Place:
    """Returns the place that the address names; the whole country where it names none."""
    return Place(*(page.asked.get(level) or None for level in ("province", "prefecture", "county")))


def _draw_distribution(page: Page, shown: Row) -> None:
    t = page.texts
    rows, unit = shown["distribution"], shown["chosen"]["unit"]
    labels = [
        f"≥ {render.number(row['low'])}" if row["high"] is None else render.number(row["low"])
        for row in rows
    ]
    title = t("distribution_of", metric=t.of(shown["metric"]), year=shown["year"], unit=unit)
    options = charts.bars(
        title, page.citation, labels, [row["bodies"] for row in rows], t("bodies")
    )
    columns = {"low": t("from"), "high": t("below"), "bodies": t("bodies")}
    name = f"distribution-{shown['metric']['metric_code']}-{shown['year']}"
    page.chart(options, columns, rows, name)


def _draw_trend(page: Page, shown: Row) -> None:
    t = page.texts
    rows = shown["trend"]
    labels = [row["report_year"] for row in rows]
    series = {
        t("median"): [row["median"] for row in rows],
        t("mean"): [row["mean"] for row in rows],
        t("reported_by"): [row["bodies_reported"] for row in rows],
    }
    title = t("trend_of", metric=t.of(shown["metric"]))
    second = [t("reported_by")]
    options = charts.lines(
        title, page.citation, labels, series, unit=rows[0]["unit"], second=second
    )
    names = ("total", "mean", "median")
    columns = {"report_year": t("year"), "unit": t("unit"), **{name: t(name) for name in names}}
    columns |= {"bodies_reported": t("reported_by"), "bodies_filed": t("filed")}
    page.chart(options, columns, rows, f"trend-{shown['metric']['metric_code']}")
