"""The addresses of a site's pages: from one file to another, so that it works anywhere."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flows.explore.data.place import LEVELS, Place
from flows.site.plan import Key, Planned


def file_in(lang: str, file: str) -> str:
    """Returns the path of a page's file in a language, from the folder of the site."""
    return file if lang == "zh" else f"{lang}/{file}"


class SiteAddresses:
    """The addresses of a site's pages as they are written in one of its pages.

    They are relative, as in `../en/index.html`. A page that the site lacks has the address "". A
    year for which a place has no page of its own leads to its newest one.
    """

    def __init__(self, pages: Mapping[Key, Planned], page: Planned, folder: str, lang: str) -> None:
        """`pages` maps their keys to all pages, `page` is the one that holds the addresses,
        `folder` the folder of its area.
        """
        self._pages = pages
        self._page = page
        self.folder = folder
        self._here = page.file if page.is_shared else file_in(lang, page.file)

    def to_page(self, lang: str, page: Planned) -> str:
        """Returns the address of a page in a language."""
        if page.is_shared:
            return self.to_shared(page.file) + ("" if lang == "zh" else f"?lang={lang}")
        return self.to_shared(file_in(lang, page.file))

    def to_shared(self, file: str) -> str:
        """Returns the address of a file that all languages share, by its path in the site."""
        return quote(posixpath.relpath(file, posixpath.dirname(self._here) or "."))

    def address(self, path: str, lang: str = "zh", **values: Any) -> str:
        """Returns the address of one of the pages that the navigation names."""
        if path == "/findings":
            return self._first(lang, [(self.folder, "findings", values.get("rule"))])
        return self._first(lang, [(self.folder, path)])

    def place(self, where: Place, lang: str = "zh", **values: Any) -> str:
        """Returns the address of a place."""
        year = values.get("year")
        return self._first(lang, [("place", where, year), ("place", where, None)])

    def place_of(self, row: Mapping[str, Any], lang: str = "zh", **values: Any) -> str:
        """Returns the address of the body or county in a row with the columns of reports."""
        if row.get("township_id"):
            return self.place(Place(township=row["township_id"]), lang, **values)
        where = Place(row.get("province_name"), row.get("prefecture_name"), row.get("county_name"))
        return self.place(where, lang, **values)

    def report(
        self, report_id: str, lang: str = "zh", figure: str | None = None, **values: Any
    ) -> str:
        """Returns the address of a report, of one of its figures, or of its difference from the
        version `former`, which stands below that version.
        """
        former, position = values.get("former"), values.get("at")
        found = self._first(lang, [("report", former or report_id)])
        if found and figure:
            return f"{found}#{quote(figure)}"
        return f"{found}#c{position}" if found and position is not None else found

    def metric(self, code: str, lang: str = "zh", **values: Any) -> str:
        """Returns the address of a metric in the area of this page."""
        found, year = self._first(lang, [(self.folder, "metric", code)]), values.get("year")
        return f"{found}#y{year}" if found and year else found

    def same(self, lang: str, asked: Mapping[str, Any]) -> str:
        """Returns the address of a page like this one for other values, "" where there is none."""
        year = int(asked["year"]) if asked.get("year") else None
        if asked == self._page.asked:
            return self.to_page(lang, self._page)
        if self._page.kind == "findings":
            return self._first(lang, [(self.folder, "findings", asked.get("rule"))])
        if self._page.kind == "place":
            where = Place(*(asked.get(level) for level in LEVELS[1:]))
            return self._first(lang, [("place", where, year)])
        return self._first(lang, [(self.folder, self._page.path, year)])

    def _first(self, lang: str, keys: list[Key]) -> str:
        """Returns the address of the first of these pages that there is; "" where none is."""
        page = next((self._pages[key] for key in keys if key in self._pages), None)
        return "" if page is None else self.to_page(lang, page)
