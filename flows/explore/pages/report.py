"""A report: its text with headings, figures and findings in place, and a card of one figure."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from nicegui import App as NiceguiApp
from nicegui import ui
from nicegui.events import GenericEventArguments

from flows.explore import addresses, render
from flows.explore.data import report
from flows.explore.data.states import Row, States
from flows.explore.frame import Page
from schemas.errors import UsageError
from warehouse import landing

# what a browser shows by itself, in a viewer that is shut off from the page
_SHOWN_ORIGINALS = {"application/pdf", "image/jpeg", "image/png"}


async def draw(page: Page) -> None:
    """Draws the report that the address names, with the figure or the place that it names."""
    report_id = page.path.rsplit("/", 1)[-1]
    shown = await page.read(report.read, report_id)
    asked = page.asked.get("figure", "")
    figures = {row["metric_id"]: row for row in shown["figures"]} if shown else {}
    chosen = figures.get(asked)
    became = await page.read(report.what_became, asked)
    if became:
        page.html("report", "became", former=became)
    if shown is None:
        if not became:
            page.html("report", "unknown", report_id=report_id)
        return
    place = chosen or (report.mark_former(shown, became) if became else None)
    original = shown["report"]["media_type"] in _SHOWN_ORIGINALS
    page.html("report", "head", original=original, **shown)
    with ui.element("div").classes("two"):
        page.html("report", "text", chosen=place, **shown)
        with ui.element("aside").props('aria-live="polite"').classes("side"):
            card = page.html("report", "card", figure=chosen, original=original, **shown)
    page.html("report", "rest", **shown)
    await _draw_difference(page, report_id)
    ui.on("figure", lambda event: _choose(page, card, figures, shown, original, event))
    start = place["char_start"] if place else page.number("at")
    if start is not None:
        ui.run_javascript(f"fazhi.show({start})")


def _choose(
    page: Page,
    card: ui.html,
    figures: dict[str, Row],
    shown: Row,
    original: bool,
    event: GenericEventArguments,
) -> None:
    """Shows the figure that the visitor chose in the card."""
    figure = figures.get(str(event.args))
    if figure is not None:
        values: dict[str, Any] = {"page": page, "state": page.state, "original": original, **shown}
        card.set_content(
            render.fragment("report", page.texts, "card", **{**values, "figure": figure})
        )


async def _draw_difference(page: Page, report_id: str) -> None:
    """Draws what differs from the former version that the address names."""
    former = page.asked.get("former")
    if former:
        changes = await page.read(report.difference, former, report_id)
        page.html("report", "difference", changes=changes, former=former)


def add_figure(application: NiceguiApp) -> None:
    """Adds the permanent address of a figure, `/figure/<metric_id>`: it leads to the figure's place
    in its report, or to what became of it.
    """

    @application.get("/figure/{metric_id}")
    def figure(metric_id: str, request: Request) -> Response:
        kept = {name: request.query_params.get(name) for name in ("lang", "state")}
        report_id = metric_id.partition("-")[0]
        target = addresses.report(
            report_id, kept["lang"] or "zh", figure=metric_id, state=kept["state"]
        )
        return RedirectResponse(target)


def add_original(application: NiceguiApp, states: States) -> None:
    """Adds the address under which a browser gets the landed bytes of a PDF or a picture.

    Bytes of other kinds are never sent: a web page of a stranger could act in the explorer's name.
    """

    @application.get("/original/{report_id}")
    def original(report_id: str, request: Request) -> Response:
        try:
            name = request.query_params.get("state")
            state = states.find(name) if name else states.newest()
            row = state.row("report", report=report_id)
            if row is None or row["media_type"] not in _SHOWN_ORIGINALS:
                return PlainTextResponse("no such PDF or picture", 404)
            content = landing.load(state.data_dir, row["source_sha256"])
        except (UsageError, OSError, ValueError) as error:
            return PlainTextResponse(str(error), 404)
        return Response(content, media_type=row["media_type"])
