"""Judges a candidate: which reports it holds back, and whether it may be published at all."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from expectations import floors
from expectations.judging import Judging
from expectations.policy import Policy
from expectations.rules import BY_ID
from expectations.suites import Verdict
from schemas.language import choose, marked, say


@dataclass(slots=True)
class Judgement:
    """What rules, suites and floors say of a candidate.

    `findings` are rows of quality_findings, `counts` says how much the candidate holds, `reasons`
    say why it may not be published; none where it may.
    """

    findings: pa.Table
    counts: floors.Counts
    verdicts: list[Verdict] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def held_reports(findings: pa.Table) -> dict[str, str]:
    """Returns report_id -> reason for the reports that the policy holds back."""
    held: dict[str, str] = {}
    for row in findings.filter(pc.equal(findings["consequence"], "hold_report")).to_pylist():
        if row["report_id"]:
            held.setdefault(row["report_id"], f"{row['rule_id']}: {row['message']}")
    return held


def judgement(
    judging: Judging,
    before: floors.Counts | None,
    after: floors.Counts,
    findings: pa.Table,
    policy: Policy,
    accepted_loss: str | None,
) -> Judgement:
    """Returns what suites, findings and floors say of a candidate.

    `before` is what the state in force holds that may be missed (None: nothing is in force),
    `after` what the candidate holds. `accepted_loss` is why losing rows is in order, None where
    nobody said so.
    """
    reasons = _holding_rules(findings)
    verdicts = judging.verdicts()
    for verdict in verdicts:
        if not verdict.success:
            text = marked("{table}: {expectation} failed ({count:,} rows)")
            if verdict.column:
                text = marked("{table}: {expectation} on {column} failed ({count:,} rows)")
            values = {"table": verdict.table, "column": verdict.column}
            values |= {"expectation": verdict.expectation}
            reasons.append(say(text, count=verdict.unexpected, **values))
    if before is not None and accepted_loss is None:
        losses = floors.losses(before, after, policy.floors)
        text = marked("{problem} (if that is right: --accept-loss REASON)")
        reasons += [say(text, problem=loss) for loss in losses]
    return Judgement(findings, after, verdicts, reasons)


def _holding_rules(findings: pa.Table) -> list[str]:
    """One line for each rule whose findings hold the publication back."""
    holding = findings.filter(pc.equal(findings["consequence"], "hold_publication"))
    counts = {row["values"]: row["counts"] for row in holding["rule_id"].value_counts().to_pylist()}
    text = marked("{rule}: {count:,} rows")
    return [
        say(text, rule=choose(rule_id, _in_chinese(rule_id)), count=count)
        for rule_id, count in sorted(counts.items())
    ]


def _in_chinese(rule_id: str) -> str:
    rule = BY_ID.get(rule_id)
    return f"{rule.name_zh}（{rule_id}）" if rule else rule_id
