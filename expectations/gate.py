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
    """All findings, all verdicts, and the reasons (none if it may be published) to hold the publication back."""

    findings: pa.Table
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
  select row_id metric_id from findings where table_name = 'metrics' and consequence = 'flag'
  union select m.metric_id from findings f join metrics m using (report_id) where f.table_name = 'reports' and f.consequence = 'flag'),
decided as (select metric_id, arg_max(action, origin) action from decisions where state = 'in_force' group by metric_id)
select metric_id, case d.action when 'confirm' then 'confirmed' when 'correct' then 'corrected' when 'reject' then 'rejected' else 'questioned' end trust
from (select metric_id from flagged union select metric_id from decided) left join decided d using (metric_id)
order by metric_id
"""


def trust(connection: duckdb.DuckDBPyConnection, findings: pa.Table) -> pa.Table:
    """(metric_id, trust) of every figure that is not `unquestioned`."""
    connection.register("findings", findings)
    made = connection.sql(_TRUST).to_arrow_table()
    connection.unregister("findings")
    return made


def verdict(
    judging: suites.Judging,
    paths: dict[str, list[str]],
    before: dict[str, list[str]] | None,
    findings: pa.Table,
    policy: Policy,
    accepted: str | None,
    held: frozenset[str] = frozenset(),
) -> Judgement:
    """What suites, findings and floors say of the candidate with the Parquet files `paths`. `before` are those of the state in force;
    `accepted` is the reason for which losing rows is in order, `held` the reports that the policy holds back."""
    holding = findings.filter(pc.equal(findings["consequence"], "hold_publication"))
    broken = {v["values"]: v["counts"] for v in holding["rule_id"].value_counts().to_pylist()}
    reasons = [f"{rule_id}: {count:,} rows" for rule_id, count in sorted(broken.items())]
    lost = floors.lost(before, paths, policy.floors, held) if before and not accepted else []
    verdicts = judging.verdicts()
    reasons += [
        f"{v.table}: {v.expectation}{f' on {v.column}' if v.column else ''} failed ({v.unexpected:,} rows)"
        for v in verdicts
        if not v.success
    ]
    reasons += [f"{line} (if that is right: --accept-loss REASON)" for line in lost]
    return Judgement(findings, verdicts, reasons)
