"""The findings of one rule or of all, each with a way to where it stands in its report."""

from __future__ import annotations

from flows.explore.data import overview
from flows.explore.page import Page


async def draw(page: Page) -> None:
    """Draws the findings of the rule and the place that the address names."""
    rule = page.asked.get("rule") or None
    names = [page.asked.get(level) or None for level in ("province", "prefecture", "county")]
    rules = await page.read(overview.rules, *names)
    found = await page.read(overview.findings, rule, *names)
    page.html("findings", "body", rules=rules, rule=rule, found=found)
