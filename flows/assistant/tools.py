"""What each tool answers, as plain data: the same queries as the explorer's and the commands'.

Every figure in an answer has its `metric_id`, `quote` and `trust`; the server adds the identifier
of the state.
"""

from __future__ import annotations

import datetime
import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from flows import former, standing
from flows.explore.data import questions, report, search
from flows.explore.data.states import Row, State
from schemas.errors import UsageError
from schemas.language import say

ROWS = 200
MOST_ROWS = 2_000
SECONDS = 30.0
MOST_CHARACTERS = 200_000  # of an answer: what assistants take in at once is bounded
_LONGEST_CELL = 4_000
_FOUND = 20
_FIGURE = (
    "metric_id",
    "quote",
    "trust",
    "value",
    "value_high",
    "qualifier",
    "unit",
    "status",
    "metric_code",
    "name_zh",
    "name_en",
    "confidence",
    "stated_value",
    "sentence",
    "report_id",
    "char_start",
    "source_name",
    "township_name",
    "report_year",
)
_NO_FIGURES = (
    "No column metric_id: the rows name no figures. Add metric_id (of figures, body_year_metrics, "
    "league_table, year_on_year, rates_recomputed, metrics) to get the quote and trust of each."
)


def relations(state: State, name: str | None) -> Row:
    """Returns the tables and views with the names of their columns; of one alone (`name`) the
    type and meaning of each column. Raises UsageError for a name that is none.
    """
    found = questions.relations(state)
    if name is None:
        listed = [
            {**row, "columns": [column["name"] for column in row["columns"]]} for row in found
        ]
        return {"relations": listed, "totals": state.row("totals")}
    chosen = [row for row in found if row["name"] == name]
    if not chosen:
        known = ", ".join(row["name"] for row in found)
        raise UsageError(
            say("no relation is called {name}; there are: {known}", name=name, known=known)
        )
    return {"relations": chosen}


def list_metrics(state: State, domain: str | None) -> Row:
    """Returns the metrics (of one domain): code, names, unit, kind, and in how many reports a value
    is. Raises UsageError for a domain that is none.
    """
    rows = state.rows("metrics")
    domains = sorted({row["domain"] for row in rows})
    if domain is not None and domain not in domains:
        raise UsageError(
            say(
                "no domain is called {domain}; there are: {domains}",
                domain=domain,
                domains=", ".join(domains),
            )
        )
    names = ("metric_code", "name_zh", "name_en", "domain", "unit", "kind", "aggregation")
    return {
        "domains": domains,
        "metrics": [
            {name: row[name] for name in (*names, "reports", "questioned")}
            for row in rows
            if domain in (None, row["domain"])
        ],
    }


def find_metric(state: State, words: str) -> Row:
    """Returns the metrics that fit the words, the best first. Raises UsageError without words."""
    if not words.strip():
        raise UsageError(say("no words to look for"))
    return {"metrics": plain(state.rows("find_metric", words=words)[:_FOUND])}


def query(state: State, sql: str, limit: int = ROWS, seconds: float = SECONDS) -> Row:
    """Returns the first `limit` rows of a query, with the figures that they name.

    `figures` maps each identifier in a column metric_id (or metric_id_…) to its figure. Raises
    UsageError where the query is wrong, writes, looks at other files, or takes over `seconds`.
    """
    answer = _ask(state, sql, limit, seconds)
    rows: list[list[Any]] = []
    size = 0
    for row in answer.rows:
        cells = [plain(value) for value in row]
        size += len(str(cells))
        if rows and size > MOST_CHARACTERS:
            break
        rows.append(cells)
    is_whole = answer.is_whole and len(rows) == len(answer.rows)
    places = [i for i, name in enumerate(answer.names) if name.startswith("metric_id")]
    ids = {row[i] for row in rows for i in places if isinstance(row[i], str)}
    figures = figures_of(state, ids)
    found: Row = {"columns": answer.names, "rows": rows, "is_whole": is_whole, "figures": figures}
    if not places:
        found["note"] = _NO_FIGURES
    elif missing := sorted(ids - set(figures)):
        found["note"] = f"not in force: {', '.join(missing[:20])}"
    return found


def _ask(state: State, sql: str, limit: int, seconds: float) -> questions.Answer:
    question = questions.Question(state, sql)
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        question.stop()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        return question.ask(limit)
    except UsageError as error:
        if is_late.is_set():
            raise UsageError(too_slow(seconds)) from None
        raise UsageError(" ".join(str(error).split())) from None
    finally:
        timer.cancel()


def too_slow(seconds: float) -> str:
    """Returns the message on a query that was stopped."""
    return f"the query took longer than {seconds:g} s and was stopped: ask for less"


def figures_of(state: State, ids: Iterable[str]) -> dict[str, Row]:
    """Returns identifier -> figure, of those that are in force."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    rows = state.rows("figures", ids=wanted)
    return {row["metric_id"]: figure_row(row) for row in rows}


def figure_row(row: Mapping[str, Any]) -> Row:
    """Returns what an assistant is told of a figure, of the columns that a row has."""
    return {name: plain(row[name]) for name in _FIGURE if row.get(name) is not None}


def find_text(
    state: State,
    words: str,
    year: int | None,
    province: str | None,
    county: str | None,
    limit: int = _FOUND,
) -> Row:
    """Returns the sections that best fit the words, each with its best sentence and the figures
    in that. Raises UsageError without words.
    """
    if not words.strip():
        raise UsageError(say("no words to look for"))
    hits = search.read(state, words, year, province, county)["hits"][:limit]
    sections = sorted({hit["section_id"] for hit in hits})
    inside = state.rows("section_figures", sections=sections) if sections else []
    ids = {
        hit["section_id"]: [
            row["metric_id"]
            for row in inside
            if row["section_id"] == hit["section_id"] and _stands_in(row, hit["sentence"] or "")
        ]
        for hit in hits
    }
    figures = figures_of(state, {name for names in ids.values() for name in names})
    names = ("province_name", "county_name", "township_name", "report_year", "title", "heading")
    return {
        "hits": [
            {
                **{name: hit[name] for name in names},
                "sentence": hit["sentence"],
                "score": hit["score"],
                "report_id": hit["report_id"],
                "section_id": hit["section_id"],
                "char_start": hit["char_start"],
                "figures": [figures[name] for name in ids[hit["section_id"]] if name in figures],
            }
            for hit in hits
        ]
    }


def _stands_in(figure: Row, sentence: str) -> bool:
    """Returns whether a figure stands in a sentence that a search found: both may be cut."""
    here, there = ("".join(text.split()) for text in (figure["sentence"], sentence))
    return "".join(figure["quote"].split()) in there and (here in there or there in here)


def passage(state: State, report_id: str, at: int | None, characters: int) -> Row:
    """Returns a stretch of a report's text around the offset `at` (None: its beginning), with the
    figures and findings in it. Raises UsageError for a report that is none.
    """
    shown = report.read(state, report_id)
    if shown is None:
        raise UsageError(say("no report is called {report_id}", report_id=report_id))
    row, text = shown["report"], shown["report"]["text"]
    if at is not None and not 0 <= at <= len(text):
        raise UsageError(
            say("the report has {count} characters: {at} is outside", count=len(text), at=at)
        )
    start = 0 if at is None else max(0, min(at - characters // 4, len(text) - characters))
    end = min(len(text), start + characters)
    names = ("report_id", "title", "township_name", "report_year", "issued_on", "source_name")
    inside = [figure for figure in shown["figures"] if start <= figure["char_start"] < end]
    return {
        "report": plain(
            {name: row[name] for name in (*names, "source_sha256", "is_current", "replaced_by")}
        ),
        "text": text[start:end],
        "char_start": start,
        "char_end": end,
        "length": len(text),
        "figures": [
            figure_row({**figure, **{name: row[name] for name in names if name in _FIGURE}})
            for figure in inside
        ],
        "findings": [
            {
                "rule_id": finding["rule_id"],
                "severity": finding["severity"],
                "message": finding["message_en"],
                "message_zh": finding["message_zh"],
                "char_start": finding["char_start"],
            }
            for finding in shown["findings"]
            if finding["char_start"] is None or start <= finding["char_start"] < end
        ],
    }


def explain_figure(state: State, metric_id: str) -> Row:
    """Returns a figure with its sentence, why it was read so, findings, decisions and links; of one
    that is not in force what became of it. Raises UsageError for an identifier of no figure.
    """
    report_id = standing.report_of_figure(state.path, metric_id)
    if report_id is None:
        became = former.what_became(state.path, state.data_dir, metric_id)
        if became is None:
            raise UsageError(say("no figure is called {metric_id}", metric_id=metric_id[:60]))
        return _former(became)
    stands = standing.of_report(state.path, report_id, metric_id)
    shown = report.read(state, report_id)
    read = shown["figures"] if shown else []
    links: list[Row] = next((row["links"] for row in read if row["metric_id"] == metric_id), [])
    bearer = former.other_bearer(state.path, state.data_dir, metric_id)
    return {
        "is_in_force": True,
        "mind": former.bearer_line(bearer) if bearer else None,
        "figure": figure_row({**stands.figures[0], "report_id": report_id}),
        "reason": stands.figures[0]["reason"],
        "findings": plain(stands.findings),
        "decisions": plain(stands.decisions),
        "links": [
            {
                "kind": link["kind"],
                "forward": link["forward"],
                "figure": figure_row({**link["other"], "report_id": report_id}),
            }
            for link in links
        ],
        "explorer_page": f"/figure/{metric_id}",
        "text": standing.figure_as_text(stands),
    }


def _former(became: former.Former) -> Row:
    """Returns what became of a figure that is not in force."""
    successor, like = became.successor, became.like
    return {
        "is_in_force": False,
        "metric_id": became.metric_id,
        "outcome": became.outcome,
        "former_figure": plain(became.figure),
        "report_in_force": successor["report_id"] if successor else None,
        "likeness": became.likeness or None,
        "like_figure": figure_row({**like, "report_id": successor["report_id"]})
        if like and successor
        else None,
        "earlier_state": became.state,
        "explorer_page": f"/figure/{became.metric_id}",
        "text": former.as_text(became),
    }


def plain(value: Any) -> Any:
    """Returns a value as JSON can hold it; long texts are cut, and say so."""
    if isinstance(value, str):
        if len(value) <= _LONGEST_CELL:
            return value
        return f"{value[:_LONGEST_CELL]}… ({len(value)} characters in all)"
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(item) for item in value]
    return plain(str(value))


ERRORS = (UsageError, duckdb.Error)
