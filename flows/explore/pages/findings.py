"""The findings of one rule or of all, each with a way to where it stands in its report."""

from __future__ import annotations

from flows.explore.data import overview
from flows.explore.frame import Page


async def draw(page: Page) -> None:
    """Draws the findings of the rule that the address names."""
    rule = page.asked.get("rule") or None
    rules = await page.read(overview.rules)
    found = await page.read(overview.findings, rule)
    page.html("findings", "body", rules=rules, rule=rule, found=found)
