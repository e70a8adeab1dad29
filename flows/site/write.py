"""Writes a site: every page of its areas in Chinese and English, texts to search, tables as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from flows.explore.data.states import State
from flows.explore.texts import LANGUAGES
from flows.site import texts
from flows.site.addresses import SiteAddresses, file_in
from flows.site.draw import draw, draw_report
from flows.site.page import SitePage, document
from flows.site.plan import Area, Key, Planned
from warehouse import export

_ASSETS = ("explore.css", "site.css", "site.js")
_ENTRIES = {"metric": "metrics", "report": "place"}  # of the navigation, where named otherwise
# name of a table -> the mart that it is; None for the figures themselves
TABLES = {"sheet": "township_year_sheet", "figures": None}


def write(state: State, areas: Sequence[Area], folder: Path) -> int:
    """Writes all pages of the areas into an empty folder; returns how many files they are.

    `index.html` shows the first page of a single area, else a list of the areas.
    """
    plans = [(area, area.pages()) for area in areas]
    by_key = {key: page for _, pages in plans for page in pages for key in page.keys}
    front = Planned("index.html", "counties", "/")
    if len(areas) == 1:
        first = plans[0][1][0]
        front = Planned(front.file, first.kind, first.path, first.asked)
    for lang in LANGUAGES:
        for area in areas:
            (folder / file_in(lang, area.folder)).mkdir(parents=True)
    asyncio.run(_write_pages(state, [(areas[0], [front]), *plans], by_key, areas, folder))
    for area in areas:
        if not area.is_country:
            texts.write(state, area, folder)
            _write_tables(state, area, folder)
    assets = folder / "assets"
    assets.mkdir()
    for name in _ASSETS:
        source = resources.files("flows").joinpath("templates", "explore", "assets", name)
        (assets / name).write_bytes(source.read_bytes())
    planned = [front, *(page for _, pages in plans for page in pages)]
    return sum(1 if page.is_shared else len(LANGUAGES) for page in planned)


async def _write_pages(
    state: State,
    plans: Sequence[tuple[Area, Sequence[Planned]]],
    by_key: dict[Key, Planned],
    areas: Sequence[Area],
    folder: Path,
) -> None:
    for area, planned_pages in plans:
        first = planned_pages[0]
        for planned in planned_pages:
            pages = [
                SitePage(state, planned, SiteAddresses(by_key, planned, area.folder, lang), lang)
                for lang in LANGUAGES
            ]
            entries = {page.lang: _navigation(page, len(areas) > 1) for page in pages}
            current = _ENTRIES.get(planned.kind, planned.kind)
            if planned.is_shared:
                await draw_report(pages)
                _save(folder / planned.file, document(pages, entries, current))
                continue
            for page in pages:
                await draw(page, areas)
                if (planned.path, planned.asked) == (first.path, first.asked):
                    _draw_tables(page, area)
                path = folder / file_in(page.lang, planned.file)
                _save(path, document([page], entries, current))


def _save(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", errors="replace")


def _navigation(page: SitePage, has_front: bool) -> list[tuple[str, str, str]]:
    """Returns the entries of the navigation as (kind, text, address)."""
    t, lang = page.texts, page.lang
    front = Planned("index.html", "counties", "/")
    entries = [("counties", t("nav_overview"), page.site.to_page(lang, front))]
    paths = {"overview": "/", "place": "/place", "metrics": "/metric", "findings": "/findings"}
    for kind, path in {**paths, "search": "/search"}.items():
        name = "metric" if kind == "metrics" else kind
        entries.append((kind, t(f"nav_{name}"), page.addresses.address(path, lang)))
    is_front = page.planned.kind == "counties"
    shown = entries[:1] if is_front else entries[0 if has_front else 1 :]
    return [entry for entry in shown if entry[2]]


def _table_file(state: State, area: Area, table: str) -> str:
    return f"{area.folder}/{table}-{state.id}.csv"


def _draw_tables(page: SitePage, area: Area) -> None:
    """Draws where the tables of a county are."""
    if not area.is_country:
        tables = [
            (page.texts(f"table_{name}"), page.site.to_shared(_table_file(page.state, area, name)))
            for name in TABLES
        ]
        page.html("site", "tables", tables=tables)


def _write_tables(state: State, area: Area, folder: Path) -> None:
    """Writes the tables of a county as CSV files."""
    places = {level: name for level, name in area.where.names().items() if name}
    for name, mart in TABLES.items():
        path = folder / _table_file(state, area, name)
        export.export(state.path, str(path), places, [], [], mart=mart)
