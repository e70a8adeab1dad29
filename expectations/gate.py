"""Judges a candidate: which figures it would not sign, which reports it holds back, and whether it may be published at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from expectations import floors, rules
from expectations.judging import Judging
from expectations.policy import Policy
from expectations.suites import Verdict


@dataclass(slots=True)
class Judgement:
    """All findings, all verdicts, how much the candidate holds, and the reasons (none if it may be published) to hold the publication back."""

    findings: pa.Table
    counts: floors.Counts
    verdicts: list[Verdict] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def version(policy: Policy) -> str:
    """Digest of rules and policy: another one judges every state anew."""
    told = "\n".join(f"{r.id} {r.severity} {r.scope} {r.table} {r.sql}" for r in rules.RULES)
    told += rules.MACROS
    return hashlib.sha256(f"{told}\n{policy.digest()}".encode()).hexdigest()[:16]


def held_reports(findings: pa.Table) -> dict[str, str]:
    """report_id -> why, of the reports that the policy holds back."""
    held: dict[str, str] = {}
    for row in findings.filter(pc.equal(findings["consequence"], "hold_report")).to_pylist():
        if row["report_id"]:
            held.setdefault(row["report_id"], f"{row['rule_id']}: {row['message']}")
    return held


def verdict(
    judging: Judging,
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
