"""A place: the year's sheet, a metric over the years, ranks, what is missing, its reports."""

from __future__ import annotations

from flows.explore import charts
from flows.explore.data import place
from flows.explore.data.states import Row
from flows.explore.page import Page


async def draw(page: Page) -> None:
    """Draws the place that the address names; the whole country where it names none."""
    asked = page.asked
    where = place.Place(
        *(asked.get(level) for level in ("province", "prefecture", "county", "township"))
    )
    year, metric = page.number("year"), asked.get("metric")
    shown = await page.read(place.read, where, year, metric)
    page.html("place", "head", where=where, crumbs=_crumbs(page, where, shown), **shown)
    if shown["trend"]:
        _draw_trend(page, where, shown["metric"], shown["trend"], shown)
    if where.level in ("country", "province", "prefecture") and shown["children"]:
        _draw_map(page, shown["year"], shown["children"])
    page.html("place", "rest", where=where, below=_below(page, shown), **shown)
    # one page a year: the trends are the same on all, and stand on the one that others link to
    if page.is_static and page.link() == page.addresses.place(where, page.lang):
        await _draw_other_trends(page, where, shown)


async def _draw_other_trends(page: Page, where: place.Place, shown: Row) -> None:
    """Draws the trends of all other metrics that have values of several years."""
    trends = {}
    for row in shown["sheet"]:
        code = row["metric_code"]
        if code != shown["metric"] and code not in trends:
            trends[code] = await page.read(place.trend, where, code)
    drawn = {code: rows for code, rows in trends.items() if len(rows) > 1}
    if drawn:
        page.html("place", "trends_begin", count=len(drawn))
        for code, rows in drawn.items():
            _draw_trend(page, where, code, rows, shown)
        page.html("place", "trends_end")


def _crumbs(page: Page, where: place.Place, shown: Row) -> list[tuple[str, str]]:
    """Returns the places above and the place itself as (name, address), the country first."""
    body = shown["body"]
    names = {level: getattr(where, level) for level in ("province", "prefecture", "county")}
    if body is not None:
        names = {level: body[f"{level}_name"] for level in names}
    year = page.number("year")
    country = page.addresses.place(place.Place(), page.lang, year=year)
    found = [(page.texts("country"), country)]
    parts: dict[str, str] = {}
    for level, name in names.items():
        if name:
            parts[level] = name
            upper = place.Place(**parts)
            found.append((name, page.addresses.place(upper, page.lang, year=year)))
    if body is not None:
        found.append((body["township_name"] or "—", page.link()))
    return found


def _below(page: Page, shown: Row) -> list[Row]:
    """Returns the places below, each with its address."""
    return [{**row, "link": _link(page, row, shown["year"])} for row in shown["children"]]


def _link(page: Page, row: Row, year: int) -> str:
    if row["level"] == "township":
        where = place.Place(township=row["township_id"])
    else:
        where = place.Place(row["province"], row["prefecture"], row["county"])
    return page.addresses.place(where, page.lang, year=year)


def _draw_trend(page: Page, where: place.Place, code: str, rows: list[Row], shown: Row) -> None:
    """Draws a metric over the years; `rows` are those of `place.trend`."""
    t = page.texts
    names = {row["metric_code"]: t.of(row) for row in [*shown["sheet"], *shown["not_reported"]]}
    name = names.get(code, code)
    labels = [row["report_year"] for row in rows]
    series = {t("value"): [row["median"] for row in rows]}
    if where.level != "township":
        series = {t("median"): series[t("value")], t("mean"): [row["mean"] for row in rows]}
        if rows[0]["total"] is not None:
            series[t("total")] = [row["total"] for row in rows]
    second = [t("total")] if t("total") in series else []
    title = t("trend_of", metric=name)
    options = charts.lines(
        title, page.citation, labels, series, unit=rows[0]["unit"], second=second
    )
    columns = {
        "report_year": t("year"),
        "unit": t("unit"),
        "total": t("total"),
        "mean": t("mean"),
        "median": t("median"),
        "bodies_reported": t("reported_by"),
        "bodies_filed": t("filed"),
        "bodies_questioned": t("questioned"),
    }
    page.chart(options, columns, rows, f"trend-{code}")


def _draw_map(page: Page, year: int, children: list[Row]) -> None:
    t = page.texts
    rows = [{**row, "link": _link(page, row, year)} for row in children]
    columns = {name: t(name) for name in ("name", "bodies", "filed", "late", "missing", "coverage")}
    options = charts.tree_map(t("map_of_places"), page.citation, rows)
    page.chart(options, columns, rows, f"places-{year}", height=280)
