"""Judges a candidate: which figures it would not sign, which reports it holds back, and whether it may be published at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from expectations import floors, rules, suites
from expectations.policy import Policy


@dataclass(slots=True)
class Judgement:
    """All findings, all verdicts, how much the candidate holds, and the reasons (none if it may be published) to hold the publication back."""

    findings: pa.Table
    counts: floors.Counts
    verdicts: list[suites.Verdict] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def version(policy: Policy) -> str:
    """Digest of rules and policy: another one judges every state anew."""
    told = "\n".join(f"{r.id} {r.severity} {r.table} {r.sql}" for r in rules.RULES)
    return hashlib.sha256(f"{told}\n{policy.digest()}".encode()).hexdigest()[:16]


def show(connection: duckdb.DuckDBPyConnection, paths: dict[str, list[str]]) -> None:
    """Makes the tables whose Parquet files are `paths` visible in `connection`."""
    for name, files in paths.items():
        if files:
            connection.execute(
                f"create or replace view {name} as select * from read_parquet({files!r}, hive_partitioning=false)"
            )


def held_reports(findings: pa.Table) -> dict[str, str]:
    """report_id -> why, of the reports that the policy holds back."""
    held: dict[str, str] = {}
    for row in findings.filter(pc.equal(findings["consequence"], "hold_report")).to_pylist():
        if row["report_id"]:
            held.setdefault(row["report_id"], f"{row['rule_id']}: {row['message']}")
    return held


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


def trust(
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


def verdict(
    judging: suites.Judging,
    before: floors.Counts | None,
    now: floors.Counts,
    findings: pa.Table,
    policy: Policy,
    accepted: str | None,
) -> Judgement:
    """What suites, findings and floors say of a candidate. `before` is what the state in force holds that may be missed, `now` what the
    candidate holds; `accepted` is the reason for which losing rows is in order."""
    holding = findings.filter(pc.equal(findings["consequence"], "hold_publication"))
    broken = {v["values"]: v["counts"] for v in holding["rule_id"].value_counts().to_pylist()}
    reasons = [f"{rule_id}: {count:,} rows" for rule_id, count in sorted(broken.items())]
    lost = floors.lost(before, now, policy.floors) if before and not accepted else []
    verdicts = judging.verdicts()
    reasons += [
        f"{v.table}: {v.expectation}{f' on {v.column}' if v.column else ''} failed ({v.unexpected:,} rows)"
        for v in verdicts
        if not v.success
    ]
    reasons += [f"{line} (if that is right: --accept-loss REASON)" for line in lost]
    return Judgement(findings, now, verdicts, reasons)
