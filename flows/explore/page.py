"""What the drawing functions need of a page, whoever shows it: the explorer or the static site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from flows.explore.data.place import Place
from flows.explore.data.states import Row, State
from flows.explore.texts import Texts

_Answer = TypeVar("_Answer")


class Addresses(Protocol):
    """The addresses of pages; "" for a page that there is not."""

    def address(self, path: str, lang: str = "zh", **values: Any) -> str:
        """Returns the address of a page by its path."""

    def place(self, where: Place, lang: str = "zh", **values: Any) -> str:
        """Returns the address of a place."""

    def place_of(self, row: Mapping[str, Any], lang: str = "zh", **values: Any) -> str:
        """Returns the address of the body or county in a row with the columns of reports."""

    def report(
        self, report_id: str, lang: str = "zh", figure: str | None = None, **values: Any
    ) -> str:
        """Returns the address of a report, or of one of its figures."""

    def metric(self, code: str, lang: str = "zh", **values: Any) -> str:
        """Returns the address of a metric."""


class Page(Protocol):
    """One page that is being drawn: its state, language and address.

    `asked` are the values in the address. `is_static`: nobody answers when it is shown, so it asks
    nothing and holds what it can show.
    """

    path: str
    asked: Mapping[str, str]
    lang: str
    texts: Texts
    state: State
    is_static: bool
    addresses: Addresses

    @property
    def citation(self) -> str:
        """Where the numbers of this page come from, in a line."""

    async def read(self, ask: Callable[..., _Answer], *values: Any) -> _Answer:
        """Returns what `ask` reads of this page's state."""

    def number(self, name: str) -> int | None:
        """Returns a whole number of the address, None where it gives none."""

    def html(self, name: str, block: str = "", **values: Any) -> object:
        """Puts a fragment into the page."""

    def link(self, **changes: Any) -> str:
        """Returns the address of this page with some of its values changed; None leaves one out."""

    def chart(
        self,
        options: dict[str, Any],
        columns: Mapping[str, str],
        rows: Sequence[Row],
        name: str,
        height: int = 320,
    ) -> None:
        """Draws a chart, with its rows as a CSV file."""
