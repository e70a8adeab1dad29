"""The explorer as a web application: its pages, files and guard, and the server that runs it."""

from __future__ import annotations

import threading
from importlib import resources
from pathlib import Path

import duckdb
import uvicorn
from fastapi import FastAPI, Request
from nicegui import app as nicegui_app
from nicegui import ui

from flows.explore import frame
from flows.explore.data import metric as metric_data
from flows.explore.data import overview as overview_data
from flows.explore.data import place as place_data
from flows.explore.data import review as review_data
from flows.explore.data.states import States
from flows.explore.guard import App, Guard
from flows.explore.pages import findings, metric, overview, place, report, review, search, sql
from schemas.errors import UsageError

# path, entry in the navigation, key of the title, what draws it
_PAGES = (
    ("/", "overview", "nav_overview", overview.draw),
    ("/place", "place", "nav_place", place.draw),
    ("/metric", "metric", "nav_metric", metric.draw_list),
    ("/metric/{code}", "metric", "nav_metric", metric.draw),
    ("/report/{report_id}", "place", "report", report.draw),
    ("/findings", "findings", "nav_findings", findings.draw),
    ("/search", "search", "nav_search", search.draw),
    ("/sql", "sql", "nav_sql", sql.draw),
)
_REVIEW = ("/review", "review", "nav_review", review.draw)
_ANSWER_SECONDS = 60.0


def build(data_dir: Path, token: str | None, may_decide: bool = False) -> App:
    """Returns the application on the published states of a data folder.

    Without `token` it answers requests to loopback names only. With `may_decide` there is a page
    on which visitors decide on figures; without, nothing writes. One process can build one.
    """
    states = States(data_dir, may_decide)
    for path, current, title, draw in (*_PAGES, *([_REVIEW] if may_decide else [])):
        _add(states, path, current, title, draw)
    assets = resources.files("flows").joinpath("templates", "explore", "assets")
    nicegui_app.add_static_files(frame.ASSETS, str(assets), max_cache_age=0)
    report.add_original(nicegui_app, states)
    report.add_figure(nicegui_app)
    nicegui_app.on_startup(
        lambda: threading.Thread(target=_warm, args=[states], daemon=True).start()
    )
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    ui.run_with(
        outer,
        title="fazhi",
        dark=None,
        language="zh-CN",
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=30.0,
    )
    return Guard(outer, token)


def _add(states: States, path: str, current: str, title: str, body: frame.Draw) -> None:
    async def page(request: Request) -> None:
        await frame.draw(request, states, current, title, body)

    ui.page(path, response_timeout=_ANSWER_SECONDS)(page)


def _warm(states: States) -> None:
    """Reads what the first visitor is likely to ask for: a state keeps its answers."""
    try:
        state = states.newest()
        overview_data.read(state, None)
        place_data.read(state, place_data.Place(), None, None)
        metric_data.catalogue(state)
        if states.may_decide:
            review_data.queue(state, review_data.Only())
    except (UsageError, duckdb.Error):
        return  # the pages themselves say what is wrong


def serve(data_dir: Path, host: str, port: int, token: str | None, may_decide: bool) -> None:
    """Runs the explorer until it is stopped by Ctrl-C or SIGTERM."""
    application = build(data_dir, token, may_decide)
    uvicorn.run(application, host=host, port=port, log_level="warning", ws="wsproto", lifespan="on")
