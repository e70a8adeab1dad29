"""The addresses of the explorer's pages; each can be kept and sent on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flows.explore.data.place import Place


def address(path: str, lang: str = "zh", **values: Any) -> str:
    """Returns the address of a page: its path and the values that are not None.

    Chinese is the language of an address that names none.
    """
    given = {name: value for name, value in values.items() if value not in (None, "")}
    if lang != "zh":
        given["lang"] = lang
    return f"{path}?{urlencode(given)}" if given else path


def place(where: Place, lang: str = "zh", **values: Any) -> str:
    """Returns the address of a place."""
    names = {**where.names(), "township": where.township}
    return address("/place", lang, **names, **values)


def place_of(row: Mapping[str, Any], lang: str = "zh", **values: Any) -> str:
    """Returns the address of the body or county in a row with the columns of reports."""
    if row.get("township_id"):
        return place(Place(township=row["township_id"]), lang, **values)
    where = Place(row.get("province_name"), row.get("prefecture_name"), row.get("county_name"))
    return place(where, lang, **values)


def report(report_id: str, lang: str = "zh", figure: str | None = None, **values: Any) -> str:
    """Returns the address of a report, or of one of its figures."""
    return address(f"/report/{quote(report_id)}", lang, figure=figure, **values)


def metric(code: str, lang: str = "zh", **values: Any) -> str:
    """Returns the address of a metric."""
    return address(f"/metric/{quote(code)}", lang, **values)
