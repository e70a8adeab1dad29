"""Figures that wait for a person, in batches of alike ones, and what people have decided."""

from __future__ import annotations

import datetime
import threading
import weakref
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flows.explore.data.overview import rule_names
from flows.explore.data.states import Row, State
from flows.reviewing.batches import Batch, batches
from flows.reviewing.constructions import Construction, Said, of_sentence
from schemas.tables import STATUSES
from warehouse import decisions, engine, reviews
from warehouse.folder import DataFolder

# figures that are put in order, the most doubtful ones: nobody gets through more in weeks
WAITING = 20_000
_KEPT_QUEUES = 4  # of a state, by what was asked for
_SHOWN_CONFLICTS = 50
_NO_CONSTRUCTION = Construction("", "", "")


class Only(NamedTuple):
    """Which figures are asked for: of a metric code, a rule and a report (its report_id or
    source_name); None for all.
    """

    code: str | None = None
    rule: str | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """The figures of a state that wait, as `rows`, and the batches that they are shown in."""

    rows: list[Row]
    batches: list[Batch]


_queues: weakref.WeakKeyDictionary[State, dict[Only, Queue]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def queue(state: State, only: Only) -> Queue:
    """Returns the figures of a state that nobody had decided on when it was published, the most
    doubtful WAITING of them.

    Each row has `findings` (rows with name_zh, name_en, message_zh, message_en) and `parts`: its
    sentence as (text, what it is), which is "figure" for the figure itself and "other" for others.
    """
    with _lock:
        kept = _queues.setdefault(state, {})
        if only not in kept:
            if len(kept) >= _KEPT_QUEUES:
                kept.pop(next(iter(kept)))
            kept[only] = _queue(state, only)
        return kept[only]


def _queue(state: State, only: Only) -> Queue:
    asked = {**only._asdict(), "by_doubt": True, "top": WAITING}
    rows = _ask(state, engine.script("review/queue.sql"), asked)
    ids = {"ids": [row["metric_id"] for row in rows]}
    neighbours = _ask(state, engine.script("explore/review_neighbours.sql"), ids)
    constructions = _constructions(rows, neighbours)
    readings = [(row["metric_code"], row["status"]) for row in rows]
    found = batches(constructions, readings, [row["doubt"] for row in rows])
    return Queue(rows, found)


def _ask(state: State, query: str, values: Mapping[str, Any]) -> list[Row]:
    with state.cursor() as cursor:
        cursor.execute(query, dict(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def _constructions(rows: list[Row], neighbours: list[Row]) -> list[Construction]:
    """Returns the construction of each row, and gives each row its `parts`.

    `neighbours` are all figures of their sentences.
    """
    by_report: dict[str, list[Row]] = defaultdict(list)
    for row in neighbours:
        by_report[row["report_id"]].append(row)
    found: dict[str, Construction] = {}
    said: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        sentence, start = row["sentence"], row["sentence_start"]
        place = (row["report_id"], start)
        if place not in said:
            inside = range(start, start + len(sentence))
            said[place] = [one for one in by_report[place[0]] if one["char_start"] in inside]
            given = [
                Said(one["char_start"] - start, one["quote"], one["unit"], one["value"])
                for one in said[place]
            ]
            named = zip(said[place], of_sentence(sentence, given))
            found.update((one["metric_id"], construction) for one, construction in named)
        row["parts"] = _parts(row, said[place])
        row["findings"] = _rules(row)
    return [found.get(row["metric_id"], _NO_CONSTRUCTION) for row in rows]


def _parts(row: Row, figures: list[Row]) -> list[tuple[str, str]]:
    """Returns a sentence cut at its figures."""
    sentence, parts, done = row["sentence"], [], 0
    for one in figures:
        start = one["char_start"] - row["sentence_start"]
        end = start + len(one["quote"])
        if start < done:
            continue  # figures that share characters
        kind = "figure" if one["metric_id"] == row["metric_id"] else "other"
        parts += [(sentence[done:start], ""), (sentence[start:end], kind)]
        done = end
    return [part for part in [*parts, (sentence[done:], "")] if part[0]]


def _rules(row: Row) -> list[Row]:
    found = zip(row["rules"] or (), row["messages"] or (), row["messages_zh"] or ())
    return [
        {**rule_names(rule), "message_en": message, "message_zh": message_zh or message}
        for rule, message, message_zh in found
    ]


# --- what people decided ------------------------------------------------------------------------


class Log:
    """What people decided, as the log of the data folder has it now: read again when it changed."""

    def __init__(self, state: State) -> None:
        """`state` is the one that the figures are shown of."""
        self.state = state
        self._path = DataFolder(state.data_dir).reviews
        self._stamp: tuple[int, int] | None = None
        self.standing: list[dict[str, Any]] = []
        self.counting: Mapping[reviews.FigureKey, Mapping[str, Any]] = {}

    def refresh(self) -> bool:
        """Reads the log again if it changed; returns whether it did. The first time it always
        does.
        """
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)
        if stamp == self._stamp:
            return False
        self.standing = decisions.read(self.state.data_dir).reviews()
        self.counting = reviews.latest(self.standing)
        self._stamp = stamp
        return True

    def decision(self, figure: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Returns the decision that counts for a figure with this reading, None where nobody
        decided on it.
        """
        return reviews.decision_on(figure, self.counting)

    def last_batch(self, by: str) -> list[Mapping[str, Any]]:
        """Returns the decisions that a person made last, with one answer; none where there are
        none.
        """
        own: list[Mapping[str, Any]] = [row for row in self.standing if row["by"] == by]
        if not own:
            return []
        batch = own[-1].get("batch")
        return [row for row in own if row.get("batch") == batch] if batch else own[-1:]

    def totals(self) -> Row:
        """Returns how far the review is.

        `figures`, `decided` and `waiting` count the figures of the state; `wrong_before` and
        `wrong_now` are how many of their codes are expected to be wrong, by the confidences, with
        none checked and with those that people decided on taken as right.
        """
        totals = self.state.rows("review_totals")[0]
        on = [row["on"] for row in self.counting.values()]
        asked = {
            "digests": [figure["source_sha256"] for figure in on],
            "quotes": [figure["quote"] for figure in on],
            "starts": [figure["char_start"] for figure in on],
            "codes": [figure["metric_code"] for figure in on],
            "values": [float(figure["value"]) for figure in on],
            "statuses": [figure["status"] for figure in on],
        }
        since = _ask(self.state, engine.script("explore/review_decided.sql"), asked)[0]
        waiting = totals["waiting"] - since["decided"]
        return {
            "figures": totals["figures"],
            "waiting": waiting,
            "decided": totals["figures"] - waiting,
            "since": since["decided"],
            "wrong_before": totals["wrong_unchecked"],
            "wrong_now": max(0.0, totals["wrong_checked"] - since["wrong"]),
        }

    def conflicts(self) -> list[Row]:
        """Returns the figures of which people say different things, the newest first.

        Each row has `key`, `figure` (what was decided on), `said` (one decision a person, the one
        that counts last) and `report` (its row, None where the source is not in force any more).
        """
        found = reviews.conflicts(self.standing)[:_SHOWN_CONFLICTS]
        digests = sorted({said[-1]["on"]["source_sha256"] for said in found})
        reports = self.state.rows("review_reports", digests=digests) if digests else []
        by_digest = {row["source_sha256"]: row for row in reports}
        return [
            {
                "key": conflict_key(said[-1]["on"]),
                "figure": said[-1]["on"],
                "said": said,
                "report": by_digest.get(said[-1]["on"]["source_sha256"]),
            }
            for said in found
        ]


def conflict_key(figure: Mapping[str, Any]) -> str:
    """Returns the name of a figure in the page."""
    return f"{figure['source_sha256']}:{figure['char_start']}:{figure['quote']}"


def changes(
    figures: Sequence[Row], codes: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Returns what should stand instead of the reading that `figures` have in common, {} for
    nothing, None where an answer cannot be used.

    `given` has texts from the page: metric_code, status and, for a single figure, value. `codes`
    are the known metric codes.
    """
    first = figures[0]
    found: dict[str, Any] = {}
    code, status = given.get("metric_code") or None, given.get("status") or None
    if code not in (None, *codes) or status not in (None, *STATUSES):
        return None
    if code not in (None, first["metric_code"]):
        found["metric_code"] = code
    if status not in (None, first["status"]):
        found["status"] = status
    if len(figures) == 1 and str(given.get("value") or "").strip():
        value = _number(str(given["value"]))
        if value is None:
            return None
        if value != first["value"]:
            found["value"] = value
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        return None
    return value if abs(value) < 2**53 else None


def time_of(row: Mapping[str, Any]) -> str:
    """Returns when a decision was made, to the minute, in the time of this machine; "" where it is
    not known.
    """
    try:
        at = datetime.datetime.fromisoformat(str(row.get("at")))
    except ValueError:
        return ""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
