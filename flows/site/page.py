"""A page of a site while it is drawn: what `flows.explore.page.Page` asks for, as a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from markupsafe import Markup

from flows.explore import render
from flows.explore.data.states import Row, State
from flows.explore.page import Addresses
from flows.explore.texts import Texts
from flows.site import svg
from flows.site.addresses import SiteAddresses
from flows.site.plan import Planned

_Answer = TypeVar("_Answer")
_HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_NO_TARGET = ' href=""'  # of a page that the site lacks: its link is text


class SitePage:
    """One page of a site in one language."""

    is_static = True

    def __init__(self, state: State, planned: Planned, addresses: SiteAddresses, lang: str) -> None:
        """`addresses` are those of this page."""
        self.state = state
        self.planned = planned
        self.path = planned.path
        self.asked: Mapping[str, str] = planned.asked
        self.texts = Texts(lang)
        self.lang = self.texts.lang
        self.site = addresses
        self.addresses: Addresses = addresses
        self._parts: list[Markup] = []

    @property
    def citation(self) -> str:
        """Where the numbers of this page come from, in a line."""
        return self.texts("citation", id=self.state.id, date=self.state.published_on)

    async def read(self, ask: Callable[..., _Answer], *values: Any) -> _Answer:
        """Returns what `ask` reads of this page's state."""
        return ask(self.state, *values)

    def number(self, name: str) -> int | None:
        """Returns a whole number of the page's address, None where it gives none."""
        text = self.asked.get(name, "")
        return int(text) if text else None

    def html(self, name: str, block: str = "", **values: Any) -> None:
        """Adds a fragment to the page."""
        self.add(Markup(self.fragment(name, block, **values)))

    def add(self, html: Markup) -> None:
        """Adds HTML to the page."""
        self._parts.append(html)

    def fragment(self, name: str, block: str = "", **values: Any) -> str:
        """Returns a fragment of this page as HTML. A link to a page that the site lacks is text."""
        given = {"page": self, "state": self.state, "addresses": self.addresses, **values}
        # quotes of foreign texts are escaped: only a template writes an empty target
        return render.fragment(name, self.texts, block, **given).replace(_NO_TARGET, "")

    def link(self, **changes: Any) -> str:
        """Returns the address of this page with some of its values changed; "" for a page that the
        site lacks.
        """
        lang = changes.pop("lang", self.lang)
        changed = {**self.asked, **changes}
        kept = {name: str(value) for name, value in changed.items() if value is not None}
        return self.site.same(lang, kept)

    def chart(
        self,
        options: dict[str, Any],
        columns: Mapping[str, str],
        rows: Sequence[Row],
        name: str,
        height: int = 320,
    ) -> None:
        """Draws a chart as SVG, with its rows as a CSV file."""
        self.html(
            "site",
            "chart",
            drawing=svg.draw(options, height),
            csv=render.csv_address(columns, rows, self.citation),
            file_name=f"{name}-{self.state.id}",
        )

    def drawn(self) -> Markup:
        """Returns all that was drawn."""
        return Markup("\n".join(self._parts))


def document(
    pages: Sequence[SitePage], entries: Mapping[str, Sequence[tuple[str, str, str]]], current: str
) -> str:
    """Returns a file of a site as an HTML document: one page, or one page in both languages.

    Of the latter all but the frame is drawn in the first. `entries` maps a language to the entries
    of the navigation as (kind, text, address), `current` is the kind of this one. Its title is the
    first heading.
    """
    first = pages[0]
    heading = _HEADING.search(first.drawn())
    bars = [
        page.fragment("frame", "top", pages=entries[page.lang], current=current) for page in pages
    ]
    return first.fragment(
        "document",
        title=Markup(heading[1]).striptags() if heading else "",
        bar=in_languages(pages, bars),
        body=first.drawn(),
        foot=in_languages(pages, [page.fragment("site", "foot") for page in pages]),
    )


def in_languages(pages: Sequence[SitePage], fragments: Sequence[str]) -> Markup:
    """Returns a fragment, or those of several languages, of which the browser shows one."""
    if len(pages) == 1:
        return Markup(fragments[0])
    return Markup("").join(
        Markup('<div class="in {}" lang="{}">{}</div>').format(page.lang, page.lang, Markup(text))
        for page, text in zip(pages, fragments)
    )
