"""Search: the words of a visitor in the texts, ranked, with filters and hits highlighted."""

from __future__ import annotations

from flows.explore.data import search
from flows.explore.page import Page


async def draw(page: Page) -> None:
    """Draws the form and, where the address has words, what fits them."""
    words = page.asked.get("q", "")
    province, county = (page.asked.get(name) or None for name in ("province", "county"))
    shown = await page.read(search.read, words, page.number("year"), province, county)
    page.html("search", "body", words=words, **shown)
