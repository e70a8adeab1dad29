"""Draws the pages of a site: most as the explorer does, and those that a server answers there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from markupsafe import Markup

from flows.explore.data import overview as overview_data
from flows.explore.data import place as place_data
from flows.explore.data import report as report_data
from flows.explore.page import Page
from flows.explore.pages import findings, metric, overview, place
from flows.site.page import SitePage, in_languages
from flows.site.plan import Area
from flows.site.texts import data_file
from schemas.errors import UsageError
from schemas.language import say

_AS_IN_THE_EXPLORER: dict[str, Callable[[Page], Awaitable[None]]] = {
    "overview": overview.draw,
    "place": place.draw,
    "metrics": metric.draw_list,
    "metric": metric.draw,
    "findings": findings.draw,
}


async def draw(page: SitePage, areas: Sequence[Area]) -> None:
    """Draws what a page but that of a report shows; `areas` are those of the whole site."""
    kind = page.planned.kind
    if kind in _AS_IN_THE_EXPLORER:
        await _AS_IN_THE_EXPLORER[kind](page)
    elif kind == "search":
        data = page.site.to_shared(data_file(page.site.folder))
        page.html(
            "search", "static", data=data, folder=data.rsplit("/", 1)[0] if "/" in data else "."
        )
    else:
        _draw_counties(page, areas)


async def draw_report(pages: Sequence[SitePage]) -> None:
    """Draws a report into the first of its pages, one a language: the text once, and a card for
    each figure, of which the browser shows the chosen one.
    """
    first = pages[0]
    report_id = first.path.rsplit("/", 1)[-1]
    shown = await first.read(report_data.read, report_id)
    if shown is None:
        raise UsageError(
            say("the state {id} has no report {report_id}", id=first.state.id, report_id=report_id)
        )

    def both(block: str, **values: Any) -> Markup:
        given = {"original": False, **shown, **values}
        return in_languages(pages, [page.fragment("report", block, **given) for page in pages])

    first.add(both("head"))
    text = first.fragment("report", "text", chosen=None, **shown)
    cards = [both("card", figure=figure) for figure in (None, *shown["figures"])]
    first.html("site", "report", text=text, cards=cards)
    first.add(both("rest"))
    newer = shown["report"]["replaced_by"]
    if newer:
        changes = await first.read(report_data.difference, report_id, newer)
        first.add(both("difference", changes=changes, former=report_id))


def _draw_counties(page: SitePage, areas: Sequence[Area]) -> None:
    """Draws the counties of a site, each with its coverage in its newest year."""
    rows = []
    for area in areas:
        year = area.years[0] if area.years else None
        found = [] if year is None else place_data.children(page.state, area.where, year)
        rows.append(
            {
                **area.where.names(),
                "year": year,
                "bodies": len(found),
                "missing": sum(row["state"] == "missing" for row in found),
                "late": sum(row["state"] == "late" for row in found),
                "findings": sum(
                    row["findings"] for row in overview_data.rules(page.state, **area.where.names())
                ),
                "link": page.addresses.place(area.where, page.lang),
            }
        )
    page.html("site", "counties", counties=rows)
