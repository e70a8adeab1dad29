"""Applies the rules to a candidate: every row that breaks a rule becomes a row of quality_findings.

The rules read tables that the caller must make visible on the connection, in these schemas:

- `main`: every table of the candidate
- `changed`, only with a `Change`: the tables whose rows come from reports, with the rows of the
  changed reports only
- `published`, only with a `Change`: reports and text_fingerprints of the state in force
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from expectations import sharing
from expectations.declaration import JUDGED_ANEW
from expectations.policy import Policy
from expectations.rules import MACROS, RULES
from schemas import tables


@dataclass(frozen=True, slots=True)
class Change:
    """What changed since the state in force; reports are named by their report_id.

    `reports` are those that came, changed or went. `reports_of_bodies` are all reports of the
    bodies of those. `years` are the years that the changed reports are or were about, as text,
    `unknown` for no year. `files_of(report_ids, table)` returns the paths of the Parquet files of
    the candidate in which the rows of these reports lie.
    """

    reports: frozenset[str]
    reports_of_bodies: frozenset[str]
    years: frozenset[str]
    files_of: Callable[[set[str], str], list[str]]


# columns that a rule fills; the other columns of a finding follow from its rule and from the run
_SAYS = "row_id, report_id, message, message_zh, evidence, char_start"

_FOUND = """
create or replace temp table found (
    place integer,
    row_id varchar,
    report_id varchar,
    message varchar,
    message_zh varchar,
    evidence varchar,
    char_start integer
)
"""
# a row breaks a rule once, however many places show it: the first is the evidence
_APPLY = """
insert into found
select
    {place},
    row_id,
    any_value(report_id),
    arg_min(message, position),
    arg_min(message_zh, position),
    arg_min(evidence, position),
    min(char_start)
from (select *, coalesce(char_start, 0) as position from ({query}))
group by row_id
"""
# takes over the known findings of one scope on reports that are not judged anew
_TAKE_OVER = """
insert into found
select place, {says}
from known_findings
join (select place, rule_id from rule_list where scope = ?) using (rule_id)
where report_id not in (from {judged_anew})
"""
# a known finding keeps the run_id of the run that found it first
_ROWS = """
select {columns}
from (select * from found join rule_list using (place))
left join (
    select table_name, row_id, rule_id, any_value(run_id) as first_run
    from known_findings
    group by all
) using (table_name, row_id, rule_id)
order by {order}
"""


def collect(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    known: pa.Table | None,
    policy: Policy,
    change: Change | None = None,
) -> pa.Table:
    """Returns all rows that break a rule, as rows of quality_findings.

    The result has the declared columns and order. `known` are the findings of the state in force,
    None where there are none: a finding that is among them keeps its run_id, a new one gets
    `run_id`. `policy` decides what follows from a finding.

    With a `change` only what it touches is judged; the known findings on all else are taken over,
    where the scope of the rule allows it. Without one (None) everything is judged.
    """
    connection.execute("set schema = 'main'")
    connection.execute(MACROS)
    connection.execute(_FOUND)
    connection.register("rule_list", _rule_list(policy))
    empty = tables.arrow_schema(tables.QUALITY_FINDINGS).empty_table()
    connection.register("known_findings", known if known is not None else empty)
    if change is None:
        sharing.find_shared_texts(connection)
    else:
        _show_changed(connection, change)
        sharing.find_shared_texts_of_changed(connection, change.files_of)
        for scope, judged_anew in JUDGED_ANEW.items():
            connection.execute(_TAKE_OVER.format(says=_SAYS, judged_anew=judged_anew), [scope])
    _apply_rules(connection, changed_only=change is not None)
    findings = _as_findings(connection, run_id)
    connection.unregister("known_findings")
    connection.unregister("rule_list")
    return findings


def new_or_changed(
    connection: duckdb.DuckDBPyConnection, found: pa.Table, known: pa.Table
) -> pa.Table:
    """Returns the rows of `found` that are not in `known` with the same value in every column."""
    connection.register("now_found", found)
    connection.register("was_found", known)
    digest = f"hash({', '.join(found.column_names)})"
    query = f"from now_found where {digest} not in (select {digest} from was_found)"
    differing = connection.sql(query).to_arrow_table().cast(found.schema)
    connection.unregister("now_found")
    connection.unregister("was_found")
    return differing


def _rule_list(policy: Policy) -> pa.Table:
    """Returns what a finding has from its rule: one row per rule; `place` is its index in RULES."""
    return pa.table(
        {
            "place": range(len(RULES)),
            "rule_id": [rule.id for rule in RULES],
            "rule_zh": [rule.name_zh for rule in RULES],
            "scope": [rule.scope for rule in RULES],
            "table_name": [rule.table for rule in RULES],
            "severity": [rule.severity for rule in RULES],
            "consequence": [policy.consequence(rule) for rule in RULES],
        }
    )


def _apply_rules(connection: duckdb.DuckDBPyConnection, changed_only: bool) -> None:
    """Adds the rows that break a rule to the table `found`.

    With `changed_only` rules about a report, a body or a year look only at what is judged anew.
    """
    schemas = {"report": "changed", "body": "bodies_only"} if changed_only else {}
    for place, rule in enumerate(RULES):
        if rule.scope != "year":
            _apply(connection, place, schemas.get(rule.scope, "main"))
    # year by year: a rule that compares the reports of a year holds those of one year at a time
    years = "select distinct report_year from reports where report_year is not null"
    if changed_only:
        years += " and report_id in (from year_changed)"
    for (year,) in connection.execute(f"{years} order by 1").fetchall():
        _show_year(connection, year)
        for place, rule in enumerate(RULES):
            if rule.scope == "year":
                _apply(connection, place, "year_only")


def _apply(connection: duckdb.DuckDBPyConnection, place: int, schema: str) -> None:
    """Adds the rows that break the rule RULES[place] to `found`; it sees the tables of `schema`."""
    connection.execute(f"set schema = '{schema}'")
    connection.execute(_APPLY.format(place=place, query=RULES[place].sql))
    connection.execute("set schema = 'main'")


def _as_findings(connection: duckdb.DuckDBPyConnection, run_id: str) -> pa.Table:
    """Returns the rows of `found` as the declared table of findings, in its order."""
    declared = tables.QUALITY_FINDINGS
    schema = tables.arrow_schema(declared)
    columns = ", ".join(
        "coalesce(first_run, ?) as run_id" if name == "run_id" else name for name in schema.names
    )
    query = _ROWS.format(columns=columns, order=", ".join(declared.order))
    return connection.sql(query, params=[run_id]).to_arrow_table().cast(schema).combine_chunks()


def _show_year(connection: duckdb.DuckDBPyConnection, year: int) -> None:
    """Makes the schema `year_only`: every table, those of reports with the rows of one year only.

    These are the tables that are declared as `partitioned`.
    """
    connection.execute("drop schema if exists year_only cascade; create schema year_only")
    visible = connection.execute(
        "select table_name from information_schema.tables"
        " where table_schema = 'main' and table_catalog = current_database()"
    ).fetchall()
    existing = {name for (name,) in visible}
    for table in tables.TABLES:
        if table.name in existing:
            of_year = f" where report_year = {year}" if table.partitioned else ""
            connection.execute(
                f"create view year_only.{table.name} as from main.{table.name}{of_year}"
            )


def _show_changed(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    """Makes the schema `bodies_only`, and the tables of what has to be judged anew.

    `bodies_only` has every table but the findings, those of reports with the rows of
    `change.reports_of_bodies` only. The tables are report_changed, body_changed and year_changed,
    each with the one column report_id, and changed_bands: the bands of fingerprints (band, hash)
    that a changed report has or had.
    """
    relations = {"report_changed": change.reports, "body_changed": change.reports_of_bodies}
    for name, report_ids in relations.items():
        ids = pa.table({"report_id": pa.array(sorted(report_ids), pa.string())})
        connection.register("report_ids", ids)
        connection.execute(f"create or replace temp table {name} as from report_ids")
        connection.unregister("report_ids")
    years = [int(year) for year in change.years if year != "unknown"]
    connection.execute(
        """
        create or replace temp table year_changed as
        from report_changed
        union
        select report_id from reports
        where list_contains($years, report_year) or ($unknown and coalesce(report_year, 0) = 0)
        """,
        {"years": years, "unknown": "unknown" in change.years},
    )
    connection.execute(
        """
        create or replace temp table changed_bands as
        select band, hash from changed.text_fingerprints
        union
        select band, hash from published.text_fingerprints
        where report_id in (from report_changed)
        """
    )
    connection.execute("drop schema if exists bodies_only cascade; create schema bodies_only")
    for table in tables.TABLES:
        if table.name != "quality_findings":
            of_bodies = " where report_id in (from body_changed)" if table.partitioned else ""
            connection.execute(
                f"create view bodies_only.{table.name} as from main.{table.name}{of_bodies}"
            )
