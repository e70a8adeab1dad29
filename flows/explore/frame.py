"""What all pages share: head, navigation, language, colors, the notice of a newer state, charts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import duckdb
from fastapi import Request
from nicegui import ui

from flows.explore import addresses, render
from flows.explore.data.states import Row, State, States
from flows.explore.page import Addresses
from flows.explore.texts import Texts
from schemas.errors import UsageError

ASSETS = "/explore-assets"
_Answer = TypeVar("_Answer")

_PAGES = ("overview", "place", "metric", "findings", "search", "sql")
_LOOK_AGAIN = 5.0  # seconds between two looks for a newer state
_DARK = {"dark": True, "light": False}


class Page:
    """One page that is being drawn for one visitor: its state, language and address.

    `asked` are the values in the address. All that the page shows comes from `state`, whatever is
    published while it is open.
    """

    is_static = False

    def __init__(self, request: Request, states: States) -> None:
        """Opens the state that the address names, else the one in force. Raises UsageError."""
        self.states = states
        self.path = request.url.path
        self.asked: Mapping[str, str] = dict(parse_qsl(request.url.query))
        self.addresses: Addresses = addresses
        self.texts = Texts(self.asked.get("lang", "zh"))
        self.lang = self.texts.lang
        self.cookies = request.cookies
        pinned = self.asked.get("state")
        self.state: State = states.find(pinned) if pinned else states.newest()
        self.dark = _DARK.get(request.cookies.get("fazhi_colors", ""))
        # what the system of the visitor prefers, as an earlier page told
        prefers_dark = request.cookies.get("fazhi_system") == "dark"
        self.is_dark = prefers_dark if self.dark is None else self.dark

    @property
    def citation(self) -> str:
        """Where the numbers of this page come from, in a line."""
        return self.texts("citation", id=self.state.id, date=self.state.published_on)

    async def read(self, ask: Callable[..., _Answer], *values: Any) -> _Answer:
        """Returns what `ask` reads of this page's state, in a thread of its own."""
        return await asyncio.to_thread(ask, self.state, *values)

    def number(self, name: str) -> int | None:
        """Returns a whole number of the address, None where it gives none."""
        text = self.asked.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def html(self, name: str, block: str = "", **values: Any) -> ui.html:
        """Puts a fragment into the page and returns its element."""
        values = {"page": self, "state": self.state, "addresses": self.addresses, **values}
        # templates escape what they are given
        return ui.html(render.fragment(name, self.texts, block, **values), sanitize=False)

    def link(self, **changes: Any) -> str:
        """Returns the address of this page with some of its values changed; None leaves one out."""
        kept = {**self.asked, **changes}
        kept.pop("lang", None)
        return addresses.address(self.path, changes.get("lang", self.lang), **kept)

    def chart(
        self,
        options: dict[str, Any],
        columns: Mapping[str, str],
        rows: Sequence[Row],
        name: str,
        height: int = 320,
    ) -> None:
        """Draws a chart with buttons that save it as PNG and its rows as CSV.

        `columns` maps column -> heading in the CSV; `name` is that of the files.
        """
        with ui.element("figure").classes("card chart"):
            element = ui.echart(options).style(f"height: {height}px")
            self.html(
                "chart",
                element_id=element.html_id,
                number_of_element=element.id,
                csv=render.csv_address(columns, rows, self.citation),
                file_name=f"{name}-{self.state.id}",
            )


Draw = Callable[[Page], Awaitable[None]]


async def draw(request: Request, states: States, current: str, title: str, body: Draw) -> None:
    """Draws one page: the frame, and in it what `body` draws.

    `current` is the page's entry in the navigation, `title` the key of its title. What the state
    cannot answer is said in the page.
    """
    try:
        page = await asyncio.to_thread(Page, request, states)
    except UsageError as error:
        ui.label(str(error))
        return
    ui.page_title(f"{page.texts(title)} · {page.texts('app')}")
    if page.dark is not None:
        ui.dark_mode(page.dark)
    ui.add_head_html(render.fragment("head", page.texts, assets=ASSETS))
    pages = [
        (name, page.texts(f"nav_{name}"), addresses.address(_path(name), page.lang))
        for name in (*_PAGES, *(["review"] if states.may_decide else []))
    ]
    page.html("frame", "top", pages=pages, current=current)
    _notice(page)
    with ui.element("main").props('id="content" tabindex="-1"'):
        try:
            await body(page)
        except (duckdb.Error, UsageError) as error:
            page.html("frame", "failed", why=str(error).splitlines()[0])
    page.html("frame", "foot")


def _path(name: str) -> str:
    return "/" if name == "overview" else f"/{name}"


def _notice(page: Page) -> None:
    """Says that a newer state is in force as soon as one is, and offers to reload."""
    place = ui.element("div").props('role="status"')

    def look() -> None:
        newest = page.states.newest_id()
        if newest and newest != page.state.id:
            timer.cancel()
            with place:
                page.html("frame", "newer", newest=newest)

    timer = ui.timer(_LOOK_AGAIN, look, immediate=True)
