"""The state as a whole: years, coverage, what the last night changed, open findings."""

from __future__ import annotations

from typing import Any

from expectations.rules import BY_ID
from flows.explore.data.states import Row, State

_SHOWN_REPORTS = 12


def years(state: State) -> list[Row]:
    """Returns one row a year, oldest first: report_year, reports, bodies, figures, questioned."""
    return state.rows("years")


def chosen_year(state: State, asked: int | None) -> int | None:
    """Returns the year to show: the one asked for, else the newest with at least half as many
    reports as the fullest year; None where no report has a year.
    """
    rows = years(state)
    if asked is not None or not rows:
        return asked
    most = max(row["reports"] for row in rows)
    return max(int(row["report_year"]) for row in rows if 2 * row["reports"] >= most)


def read(state: State, year: int | None) -> dict[str, Any]:
    """Returns what the overview shows for a year.

    `totals`, `last_run` (None before the first), `years`, `year`, `coverage` (one row a county,
    most missing first), `has_register`, `new_reports` and `rules` (one row a rule with findings).
    """
    totals = state.rows("totals")[0]
    shown = chosen_year(state, year)
    return {
        "totals": totals,
        "last_run": state.row("last_run"),
        "years": years(state),
        "year": shown,
        "has_register": totals["divisions"] > 0,
        "coverage": [] if shown is None else state.rows("coverage", year=shown),
        "new_reports": state.rows("new_reports", top=_SHOWN_REPORTS),
        "rules": rules(state),
    }


def rules(
    state: State,
    province: str | None = None,
    prefecture: str | None = None,
    county: str | None = None,
) -> list[Row]:
    """Returns one row a rule with findings at a place, gravest first, with `name_zh` and
    `name_en`. A place without names is everywhere.
    """
    names = {"province": province, "prefecture": prefecture, "county": county}
    rows = state.rows("findings_by_rule", **names)
    return [{**row, **rule_names(row["rule_id"])} for row in rows]


def rule_names(rule_id: str) -> dict[str, str]:
    """Returns what a rule is called and what must hold, in Chinese and English."""
    rule = BY_ID.get(rule_id)
    if rule is None:  # a rule of another version of the program
        return {"name_zh": rule_id, "name_en": rule_id, "holds_zh": "", "holds_en": ""}
    return {
        "name_zh": rule.name_zh,
        "name_en": rule_id.replace("_", " "),
        "holds_zh": rule.holds_zh,
        "holds_en": rule.holds,
    }


def in_both_languages(finding: Row) -> Row:
    """Returns a finding with the names of its rule and its message in Chinese and English.

    States of an earlier version have the message in English alone.
    """
    message = finding["message"]
    messages = {"message_en": message, "message_zh": finding.get("message_zh") or message}
    return {**finding, **messages, **rule_names(finding["rule_id"])}


def findings(
    state: State,
    rule: str | None,
    province: str | None = None,
    prefecture: str | None = None,
    county: str | None = None,
    top: int = 500,
) -> list[Row]:
    """Returns the first `top` findings of a rule, or of all rules, at a place, gravest first.

    A place without names is everywhere. `total` in each row is how many there are.
    """
    names = {"province": province, "prefecture": prefecture, "county": county}
    rows = state.rows("findings", rule=rule, top=top, **names)
    return [in_both_languages(row) for row in rows]
