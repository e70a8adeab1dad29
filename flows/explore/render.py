"""Fragments of pages from templates that escape by themselves; texts of strangers show as text."""

from __future__ import annotations

import base64
import datetime
import functools
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from markupsafe import Markup, escape

from flows import answers
from flows.explore import addresses
from flows.explore.page import Page
from flows.explore.texts import Texts
from flows.terminal import number as digits
from schemas.language import reading_in
from schemas.marks import written_out

_KEPT_CONTROLS = "\n\t"


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flows", "templates/explore"),
        autoescape=True,
        finalize=written_out,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(
        number=number,
        percent=percent,
        shown=shown,
        csv_address=csv_address,
        addresses=addresses,
        choices=choices,
        reading_in=reading_in,
    )
    return environment


def fragment(name: str, texts: Texts, block: str = "", **values: Any) -> str:
    """Returns a template of `flows/templates/explore`, or one block of it, as escaped HTML.

    It sees the texts as `t`, their language as `lang`, and `values`.
    """
    template = _environment().get_template(f"{name}.html")
    given = {"t": texts, "lang": texts.lang, **values}
    if not block:
        return template.render(given)
    return "".join(template.blocks[block](template.new_context(given)))


def number(value: Any) -> str:
    """Returns a number with separators of thousands and at most two decimals, — for None."""
    if value is None:
        return "—"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float) or abs(value) >= 1e15 or value != value:
        return str(value)
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float | None) -> str:
    """Returns a share (0 to 1) in percent, — for None."""
    return "—" if share is None else f"{100 * share:.1f}".removesuffix(".0") + " %"


def shown(text: Any) -> Markup:
    """Returns a text as escaped HTML in which characters that do not show, or that turn the
    direction of writing, are marked and named.
    """
    given = "" if text is None else str(text)
    if all(c in _KEPT_CONTROLS or c.isprintable() for c in given):
        return escape(given)
    return Markup("").join(
        escape(c) if c in _KEPT_CONTROLS or c.isprintable() else _named(c) for c in given
    )


def _named(character: str) -> Markup:
    code = f"U+{ord(character):04X}"
    title = f"{code} {unicodedata.name(character, '')}".strip()
    return Markup('<span class="ctl" title="{}">{}</span>').format(title, "·")


def choices(page: Page, label: str, name: str, values: Sequence[Any], chosen: Any) -> Markup:
    """Returns links to a page with each of `values` in its address under `name`; the chosen one is
    marked. Values without a page of their own are left out.
    """
    links = [
        Markup('<a href="{}"{}>{}</a>').format(
            target, Markup(' aria-current="true"') if value == chosen else "", shown(value or "—")
        )
        for value in values
        if (target := page.link(**{name: value}))
    ]
    head = Markup('<nav class="choices" aria-label="{0}"><span>{0}</span> ').format(label)
    return head + Markup(" ").join(links) + Markup("</nav>")


def csv_address(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], citation: str
) -> str:
    """Returns rows as a data: address of a CSV file with a byte-order mark.

    `columns` maps column -> its heading. Each row ends with the citation. A text that a
    spreadsheet would run has an apostrophe before it.
    """
    table = [(*(_cell(row.get(column)) for column in columns), citation) for row in rows]
    text = "\ufeff" + answers.as_csv([*columns.values(), "来源 source"], table) + "\n"
    content = base64.b64encode(text.encode("utf-8", errors="replace")).decode()
    return f"data:text/csv;charset=utf-8;base64,{content}"


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return digits(value) if isinstance(value, float) else value
