"""Rules of substance: each a query whose rows are what breaks it. All failing rows become findings; what follows is the policy's to say."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from expectations.declaration import Rule
from expectations.policy import Policy
from expectations.rules import arithmetic, form, origin, plausibility, structure
from schemas import tables

RULES: list[Rule] = [*structure.RULES, *form.RULES, *arithmetic.RULES, *plausibility.RULES, *origin.RULES]
BY_ID = {rule.id: rule for rule in RULES}


def findings(connection: duckdb.DuckDBPyConnection, run_id: str, known: pa.Table | None, policy: Policy) -> pa.Table:
    """All failing rows of all rules over the tables visible in `connection`, as rows of quality_findings.

    A row breaks a rule once, however many places show it: the first is the evidence. A finding that stands in `known` (the findings of the
    state before) keeps the number of the run that made it first.
    """
    declared = tables.QUALITY_FINDINGS
    origin.prepare(connection)
    connection.execute(
        "create or replace temp table found (place integer, row_id varchar, report_id varchar, message varchar, evidence varchar, char_start integer)"
    )
    for i, rule in enumerate(RULES):
        connection.execute(
            f"insert into found select {i}, row_id, any_value(report_id), arg_min(message, p), arg_min(evidence, p), min(char_start) "
            f"from (select *, coalesce(char_start, 0) p from ({rule.sql})) group by row_id"
        )
    told = [(i, r.id, r.table, r.severity, policy.consequence(r)) for i, r in enumerate(RULES)]
    connection.register(
        "told",
        pa.table(dict(zip(("place", "rule_id", "table_name", "severity", "consequence"), map(list, zip(*told))))),
    )
    connection.register("known", known if known is not None else tables.arrow_schema(declared).empty_table())
    made = connection.sql(
        f"select {', '.join(c.name if c.name != 'run_id' else 'coalesce(k.run_id, ?) run_id' for c in declared.columns)} "
        "from (select * from found join told using (place)) left join (select table_name, row_id, rule_id, any_value(run_id) run_id from known group by all) k "
        f"using (table_name, row_id, rule_id) order by {', '.join(declared.order)}",
        params=[run_id],
    ).to_arrow_table()
    connection.unregister("known")
    connection.unregister("told")
    return made.select(tables.arrow_schema(declared).names).cast(tables.arrow_schema(declared)).combine_chunks()
