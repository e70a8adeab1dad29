"""Applies the rules to a candidate: every failing row becomes a row of quality_findings; what follows is the policy's to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations import sharing
from expectations.declaration import JUDGED_ANEW
from expectations.policy import Policy
from expectations.rules import MACROS, RULES
from schemas import tables


@dataclass(frozen=True, slots=True)
class Change:
    """What changed since the state whose findings are known.

    `reports` are those that came, changed or went, `bodies` all reports of their bodies, `years` the years that they are or were about
    (`unknown` for none). `files` are the Parquet files of each table in which the changed reports lie now, `before` those of text_fingerprints
    in which they lay; `lying` tells in which files of a table some reports lie. `in_force` is the DuckDB file of that state, if there is one:
    it has all other reports as they are.
    """

    reports: frozenset[str]
    bodies: frozenset[str]
    years: frozenset[str]
    files: dict[str, list[str]]
    before: list[str]
    lying: Callable[[set[str], str], list[str]]
    in_force: Path | None = None


_SCHEMAS = (
    "report",
    "body",
    "year",
)  # scopes that have a schema of their own, with the rows to judge anew
FEW = 2_000  # reports whose rows are held while rules look at them; those of more are read by each rule


def collect(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    known: pa.Table | None,
    policy: Policy,
    change: Change | None = None,
) -> pa.Table:
    """All failing rows of all rules over the tables visible in `connection`, as rows of quality_findings.

    A row breaks a rule once, however many places show it: the first is the evidence. A finding that stands in `known` (the findings of the
    state before) keeps the number of the run that made it first. Given a `change`, what `known` says of reports that did not change is taken
    over where a rule judges each report by its own rows, or by the texts it shares (those SHARING): the cost follows what changed.
    """
    declared = tables.QUALITY_FINDINGS
    connection.execute(
        "create or replace temp table found (place integer, row_id varchar, report_id varchar, message varchar, evidence varchar, char_start integer)"
    )
    told = [(i, r.id, r.table, r.severity, policy.consequence(r)) for i, r in enumerate(RULES)]
    connection.register(
        "told",
        pa.table(
            dict(
                zip(
                    ("place", "rule_id", "table_name", "severity", "consequence"),
                    map(list, zip(*told)),
                )
            )
        ),
    )
    connection.execute(MACROS)
    connection.register(
        "known", known if known is not None else tables.arrow_schema(declared).empty_table()
    )
    if change is None:
        sharing.prepare(connection)
    else:
        _show_changed(connection, change)
        sharing.prepare(
            connection,
            changed=True,
            before="in_force" if change.in_force else None,
            lying=lambda those: change.lying(those, "reports"),
        )
        for scope, judged in JUDGED_ANEW.items():
            rule_ids = [rule.id for rule in RULES if rule.scope == scope]
            connection.execute(
                "insert into found select place, row_id, report_id, message, evidence, char_start from known join (select place, rule_id from told) using (rule_id) "
                f"where list_contains(?, rule_id) and report_id not in (from {judged})",
                [rule_ids],
            )
    for i, rule in enumerate(RULES):
        if rule.scope != "year":
            changed_only = change is not None and rule.scope in _SCHEMAS
            _apply(connection, i, f"{rule.scope}_only" if changed_only else "main")
    # year by year: what compares the reports of a year holds those of one at a time
    for (year,) in connection.execute(
        "select distinct report_year from reports where report_year is not null "
        + ("and report_id in (from year_changed) " if change else "")
        + "order by 1"
    ).fetchall():
        _show_year(connection, year)
        for i, rule in enumerate(RULES):
            if rule.scope == "year":
                _apply(connection, i, "year_only")
    made = connection.sql(
        f"select {', '.join(c.name if c.name != 'run_id' else 'coalesce(k.run_id, ?) run_id' for c in declared.columns)} "
        "from (select * from found join told using (place)) left join (select table_name, row_id, rule_id, any_value(run_id) run_id from known group by all) k "
        f"using (table_name, row_id, rule_id) order by {', '.join(declared.order)}",
        params=[run_id],
    ).to_arrow_table()
    connection.unregister("known")
    connection.unregister("told")
    return (
        made.select(tables.arrow_schema(declared).names)
        .cast(tables.arrow_schema(declared))
        .combine_chunks()
    )


def new_or_changed(
    connection: duckdb.DuckDBPyConnection, found: pa.Table, known: pa.Table
) -> pa.Table:
    """The findings in `found` that are not in `known` as they are."""
    connection.register("now_found", found)
    connection.register("was_found", known)
    digest = f"hash({', '.join(found.column_names)})"
    query = f"from now_found where {digest} not in (select {digest} from was_found)"
    made = connection.sql(query).to_arrow_table().cast(found.schema)
    connection.unregister("now_found")
    connection.unregister("was_found")
    return made


def _apply(connection: duckdb.DuckDBPyConnection, place: int, schema: str) -> None:
    """Puts the rows that break the rule at this place, among the tables of a schema, into `found`."""
    connection.execute(f"set schema = '{schema}'")
    connection.execute(
        f"insert into found select {place}, row_id, any_value(report_id), arg_min(message, p), arg_min(evidence, p), min(char_start) "
        f"from (select *, coalesce(char_start, 0) p from ({RULES[place].sql})) group by row_id"
    )
    connection.execute("set schema = 'main'")


def _show_year(connection: duckdb.DuckDBPyConnection, year: int) -> None:
    """The schema `year_only`: of tables that come from reports the rows of those of one year."""
    connection.execute("drop schema if exists year_only cascade; create schema year_only")
    there = {name for (name,) in connection.execute(_THERE).fetchall()}
    for table in (t for t in tables.TABLES if t.name in there):
        of_year = f" where report_year = {year}" if table.partitioned else ""
        connection.execute(f"create view year_only.{table.name} as from main.{table.name}{of_year}")


_THERE = "select view_name from duckdb_views() where schema_name = 'main' and not internal"


def _show_changed(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    """For each scope a schema, as `report_only`: the tables with the rows of the reports to judge again alone; the bands that the changed
    reports have or had; and the tables themselves, of the state in force and the changed reports, where that is faster to read."""
    for scope in _SCHEMAS:
        those = change.bodies if scope == "body" else change.reports
        connection.register("those", pa.table({"report_id": pa.array(sorted(those), pa.string())}))
        connection.execute(f"create or replace temp table {scope}_changed as from those")
        connection.unregister("those")
        connection.execute(
            f"drop schema if exists {scope}_only cascade; create schema {scope}_only"
        )
    kind = "table" if len(change.reports) <= FEW else "view"
    if change.in_force:
        path = str(change.in_force).replace("'", "''")
        connection.execute(f"attach '{path}' as in_force (read_only)")
    years = [f"report_year = {y}" for y in sorted(change.years - {"unknown"})]
    years += ["report_year is null or report_year = 0"] if "unknown" in change.years else []
    for table in tables.TABLES:
        if table.name == "quality_findings":
            continue
        if table.partitioned:
            changed = f"read_parquet({change.files[table.name]!r}, hive_partitioning=false) where report_id in (from report_changed)"
            connection.execute(f"create {kind} report_only.{table.name} as from {changed}")
            if (
                change.in_force and table is not tables.SECTION_TERMS
            ):  # which is a view there, and judged by report
                columns = ", ".join(c.name for c in table.columns)
                others = f"select {columns} from in_force.{table.name} where report_id not in (from report_changed)"
                connection.execute(
                    f"create or replace view {table.name} as {others} union all select {columns} from report_only.{table.name}"
                )
        else:
            connection.execute(f"create view report_only.{table.name} as from main.{table.name}")
        of_bodies = " where report_id in (from body_changed)" if table.partitioned else ""
        connection.execute(
            f"create view body_only.{table.name} as from main.{table.name}{of_bodies}"
        )
    connection.execute(
        f"insert into year_changed select report_id from reports where {' or '.join(years) or 'false'}"
    )
    bands = "select band, hash from report_only.text_fingerprints"
    if change.before:
        bands += f" union select band, hash from read_parquet({change.before!r}, hive_partitioning=false) where report_id in (from report_changed)"
    connection.execute(f"create or replace temp table changed_bands as {bands}")
