"""Judges a candidate: findings of all rules, verdicts of all suites, and whether it may be published."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations import rules, suites
from schemas import tables


@dataclass(slots=True)
class Judgement:
    """All findings, all verdicts, and the reasons (empty if none) why the candidate may not be published."""

    findings: pa.Table
    verdicts: list[suites.Verdict]
    reasons: list[str]


def judge(
    paths: dict[str, list[str]], run_id: str, known: pa.Table | None, connection: duckdb.DuckDBPyConnection
) -> Judgement:
    """Judges the tables whose Parquet files are `paths`. `known` are the findings of the state before."""
    for table in tables.TABLES:
        if paths.get(table.name):
            connection.execute(
                f"create or replace view {table.name} as select * from read_parquet({paths[table.name]!r}, hive_partitioning=false)"
            )
    found = rules.findings(connection, run_id, known)
    batches = {t.name: _columns(paths[t.name], suites.judged_columns(t)) for t in tables.TABLES if paths.get(t.name)}
    batches["quality_findings"] = found.select(suites.judged_columns(tables.QUALITY_FINDINGS))
    verdicts = suites.validate(batches)
    broken: dict[str, int] = {}
    for rule_id, severity in zip(found["rule_id"].to_pylist(), found["severity"].to_pylist()):
        if severity == "critical":
            broken[rule_id] = broken.get(rule_id, 0) + 1
    reasons = [f"{rule_id}: {count:,} rows" for rule_id, count in sorted(broken.items())]
    reasons += [
        f"{v.table}: {v.expectation}{f' on {v.column}' if v.column else ''} failed ({v.unexpected:,} rows)"
        for v in verdicts
        if not v.success
    ]
    return Judgement(found, verdicts, reasons)


def _columns(paths: list[str], columns: list[str]) -> pa.Table:
    return pa.concat_tables([pq.read_table(p, columns=columns, partitioning=None) for p in paths])
