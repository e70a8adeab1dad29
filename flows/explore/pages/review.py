"""Review: figures that wait in batches of alike ones, what people decide on them, and conflicts."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from nicegui import ui
from nicegui.events import GenericEventArguments

from flows.explore import render
from flows.explore.data import metric, overview, review
from flows.explore.data.states import Row
from flows.explore.frame import Page
from flows.reviewing.batches import Batch
from schemas.tables import STATUSES
from warehouse import decisions, reviews

_COOKIE = "fazhi_reviewer"
_LOOK_AGAIN = 3.0  # seconds between two looks at what others decided
_LONGEST_NAME, _LONGEST_REASON = 60, 500  # characters
_ACTIONS = {"accept": "confirm", "correct": "correct", "reject": "reject"}


async def draw(page: Page) -> None:
    """Draws the figures that the address asks for, the most doubtful batch first."""
    asked = page.asked
    only = review.Only(*(asked.get(name) or None for name in ("code", "rule", "report")))
    rules = await page.read(overview.rules)
    waiting = await page.read(review.queue, only)
    codes = {row["metric_code"]: row for row in await page.read(metric.catalogue)}
    by = reviewer(page.cookies)
    page.html("review", "head", only=only, rules=rules, by=by)
    if not by:
        page.html("review", "name")
        return
    desk = _Desk(page, waiting, codes, by)
    desk.draw()
    await desk.show()
    ui.on("review", desk.answer)
    ui.timer(_LOOK_AGAIN, desk.look, immediate=False)


def reviewer(cookies: Mapping[str, str]) -> str:
    """Returns the name of the person who decides, as an earlier page asked for it; "" before."""
    name = unquote(cookies.get(_COOKIE, "")).strip()
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""


class _Desk:
    """What one person sees: a batch, how far the review is, and conflicts.

    `shown` are the rows of the batch that is shown, `token` its name in the page: an answer to
    another one is not taken.
    """

    def __init__(self, page: Page, waiting: review.Queue, codes: Mapping[str, Row], by: str):
        self.page, self.waiting, self.codes, self.by = page, waiting, codes, by
        self.log = review.Log(page.state)
        self.at = 0
        self.skipped: set[int] = set()
        self.shown: list[Row] = []
        self.token = ""
        self.conflicts: list[Row] = []

    def draw(self) -> None:
        """Draws the places of all parts, empty."""
        self.progress = self._empty()
        self.said = ui.label("").props('role="status"').classes("said")
        self.card = self._empty()
        self.disputed = self._empty()

    def _empty(self) -> ui.html:
        return ui.html("", sanitize=False)

    async def look(self) -> None:
        """Shows what others decided meanwhile."""
        if await asyncio.to_thread(self.log.refresh):
            await self._draw_rest()

    async def show(self) -> None:
        """Shows the next batch in which a figure waits, and how far the review is."""
        await asyncio.to_thread(self.log.refresh)
        batch = self._next()
        self.token = secrets.token_hex(8)
        values: Row = {"batch": batch, "figures": self.shown, "token": self.token}
        values |= {"codes": self.codes, "statuses": STATUSES, "skipped": len(self.skipped)}
        self._fill(self.card, "card", **values)
        await self._draw_rest()
        ui.run_javascript("fazhi.batch()")

    def _next(self) -> Batch | None:
        """Goes on to a batch of which figures wait, and returns it; None behind the last one."""
        for number in range(self.at, len(self.waiting.batches)):
            batch = self.waiting.batches[number]
            waiting = [figure for figure in batch.figures if self._waits(figure)]
            if waiting:
                self.at, self.shown = number, [self.waiting.rows[figure] for figure in waiting]
                return batch
        self.at, self.shown = len(self.waiting.batches), []
        return None

    def _waits(self, figure: int) -> bool:
        row = self.waiting.rows[figure]
        return figure not in self.skipped and self.log.decision(row) is None

    async def _draw_rest(self) -> None:
        totals = await asyncio.to_thread(self.log.totals)
        self.conflicts = await asyncio.to_thread(self.log.conflicts)
        gain = sum(1 - row["confidence"] for row in self.shown)
        self._fill(self.progress, "progress", gain=gain, **totals)
        self._fill(self.disputed, "conflicts", conflicts=self.conflicts, time_of=review.time_of)

    def _fill(self, element: ui.html, block: str, **values: Any) -> None:
        given = {"page": self.page, "state": self.page.state, "by": self.by, **values}
        element.set_content(render.fragment("review", self.page.texts, block, **given))

    # --- what the person answers ------------------------------------------------------------------

    async def answer(self, event: GenericEventArguments) -> None:
        """Takes one answer of the page: {action, batch, ticked, …}, all of it from outside."""
        given = event.args if isinstance(event.args, dict) else {}
        action = given.get("action")
        if action == "settle":
            await self._settle(str(given.get("conflict")), str(given.get("by")))
            return
        if not self.token or given.get("batch") != self.token:
            return  # a second press of a key, on what is decided already
        self.token = ""
        if action == "undo":
            await self._undo()
        elif action == "again":
            self.at, self.skipped = 0, set()
            self._say("")
        elif action == "skip" and self.shown:
            self.skipped |= {*self.waiting.batches[self.at].figures}
            self._say("review_skipped", count=len(self.shown))
        elif action in _ACTIONS and self.shown:
            await self._decide(_ACTIONS[action], given)
        await self.show()

    async def _decide(self, action: str, given: Mapping[str, Any]) -> None:
        """Keeps a decision on the ticked figures; those left out come next."""
        ticked = given.get("ticked")
        ids = {str(one) for one in ticked} if isinstance(ticked, list) else set()
        figures = [row for row in self.shown if row["metric_id"] in ids]
        if not figures:
            self._say("review_nothing_ticked")
            return
        instead = review.changes(figures, self.codes, given) if action == "correct" else {}
        if instead is None or (action == "correct" and not instead):
            self._say("review_not_usable" if instead is None else "review_nothing_changed")
            return
        await asyncio.to_thread(self.log.refresh)
        row = {"action": action, **instead}
        agreed = [one for one in figures if self._is_agreed({**row, "on": one})]
        against = [one for one in figures if self.log.decision(one) and one not in agreed]
        reason = str(given.get("reason") or "").strip()[:_LONGEST_REASON]
        reason = reason or ("accepted in review" if action == "confirm" else "review")
        await self._keep([one for one in figures if one not in agreed], action, instead, reason)
        key = "review_against" if against else "review_kept"
        self._say(key, count=len(figures), what=self._name(action), others=len(against))

    def _is_agreed(self, row: Mapping[str, Any]) -> bool:
        """Whether somebody decided the same meanwhile."""
        before = self.log.decision(row["on"])
        return before is not None and reviews.verdict(before) == reviews.verdict(row)

    async def _keep(
        self, figures: Sequence[Row], action: str, instead: Row, reason: str, **more: Any
    ) -> None:
        if not figures:
            return
        keep, folder = decisions.review_alike, self.page.state.data_dir
        more["batch"] = secrets.token_hex(8)
        await asyncio.to_thread(keep, folder, figures, action, instead, reason, self.by, **more)

    async def _undo(self) -> None:
        """Takes back what this person decided last, and shows it again."""
        await asyncio.to_thread(self.log.refresh)
        rows = self.log.last_batch(self.by)
        if not rows:
            self._say("review_nothing_to_undo")
            return
        figures = [row["on"] for row in rows]
        await self._keep(figures, reviews.WITHDRAW, {}, "undone in review")
        self._say("review_undone", count=len(figures), what=self._name(rows[0]["action"]))
        keys = {reviews.figure_key(figure) for figure in figures}
        for number, batch in enumerate(self.waiting.batches):
            if any(reviews.figure_key(self.waiting.rows[one]) in keys for one in batch.figures):
                self.at = number
                self.skipped -= {*batch.figures}
                return

    async def _settle(self, key: str, by: str) -> None:
        """Decides a conflict by what one of those who contradict each other said."""
        await asyncio.to_thread(self.log.refresh)
        for conflict in await asyncio.to_thread(self.log.conflicts):
            chosen = [row for row in conflict["said"] if row["by"] == by]
            if conflict["key"] == key and chosen:
                row = chosen[0]
                columns = ("metric_code", "value", "status")
                instead = {name: row[name] for name in columns if row.get(name) is not None}
                reason = f"as {by} said: {row['reason']}"[:_LONGEST_REASON]
                await self._keep([row["on"]], row["action"], instead, reason, settles=True)
                self._say("review_settled")
        await asyncio.to_thread(self.log.refresh)
        await self._draw_rest()

    def _name(self, action: str) -> str:
        return self.page.texts(f"action_{action}")

    def _say(self, key: str, **values: Any) -> None:
        self.said.set_text(self.page.texts(key, **values) if key else "")
