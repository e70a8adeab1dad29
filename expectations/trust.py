"""How far each figure can be trusted: by the findings on it and by what people decided about it."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

# a person's word on a figure goes before that of a rule
_TRUST = """
with flagged as (
  select row_id metric_id, report_id from findings where table_name = 'metrics' and consequence = 'flag'
  union select m.metric_id, report_id from findings f join metrics m using (report_id) where f.table_name = 'reports' and f.consequence = 'flag'),
decided as (select metric_id, any_value(report_id) report_id, arg_max(action, origin) action from decisions where state = 'in_force' group by metric_id)
select metric_id, report_id, case d.action when 'confirm' then 'confirmed' when 'correct' then 'corrected' when 'reject' then 'rejected' else 'questioned' end trust
from (from flagged union select metric_id, report_id from decided) left join (select metric_id, action from decided) d using (metric_id)
order by metric_id
"""


def trust_of_figures(
    connection: duckdb.DuckDBPyConnection, findings: pa.Table, reports: frozenset[str] | None = None
) -> pa.Table:
    """(metric_id, trust) of every figure, of `reports` if given, that is not `unquestioned`."""
    if reports is not None:
        findings = findings.filter(
            pc.is_in(findings["report_id"], pa.array(sorted(reports), pa.string()))
        )
    connection.register("findings", findings)
    made = connection.sql(_TRUST).to_arrow_table()
    connection.unregister("findings")
    if reports is not None:
        made = made.filter(pc.is_in(made["report_id"], pa.array(sorted(reports), pa.string())))
    return made.drop_columns(["report_id"])


# what the trust in a figure comes from
_GROUNDS = """
select table_name, row_id, report_id from {findings} where consequence = 'flag' and table_name in ('metrics', 'reports')
union select origin || ' ' || action, metric_id, report_id from {decisions} where state = 'in_force'
"""


def otherwise_trusted(
    connection: duckdb.DuckDBPyConnection, findings: pa.Table, known: pa.Table, decided: pa.Table
) -> frozenset[str]:
    """The reports of which other figures are questioned or decided on now, by `findings` and the table decisions in `connection`, than in the
    state before, by `known` and `decided`."""
    for name, rows in (("now_found", findings), ("was_found", known), ("was_decided", decided)):
        connection.register(name, rows)
    now = _GROUNDS.format(findings="now_found", decisions="decisions")
    was = _GROUNDS.format(findings="was_found", decisions="was_decided")
    differing = f"select report_id from (({now}) except ({was})) union select report_id from (({was}) except ({now}))"
    found = frozenset(
        report_id for (report_id,) in connection.execute(differing).fetchall() if report_id
    )
    for name in ("now_found", "was_found", "was_decided"):
        connection.unregister(name)
    return found
