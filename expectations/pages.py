"""The pages of a data steward: `quality/index.html` with all runs, and one page a run.

They need no network and no other file. What they show is kept beside them as JSON, one file a run,
and the index is made from these.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pyarrow as pa
import pyarrow.compute as pc

from expectations.gate import Judgement
from expectations.rules import BY_ID
from schemas import tables

SHOWN_ROWS = 25  # of each rule
_SHOWN_EVIDENCE = 80  # characters
_KEPT_FINDINGS = 1_000  # of a candidate that is not published
_WORDS = {
    "expect_arrow_types_to_match_declaration": "types are as declared 类型符合声明",
    "expect_table_columns_to_match_set": "the declared columns are there 列齐全",
    "expect_column_values_to_not_be_null": "is filled in every row 不为空",
    "expect_column_values_to_be_in_set": "has declared values only 取值在允许范围内",
    "expect_column_values_to_be_unique": "names one row 唯一",
}
_CONSEQUENCES = {
    "note": "noted 记录",
    "flag": "figures questioned 数据存疑",
    "hold_report": "report held back 暂缓报告",
    "hold_publication": "publication held back 暂缓发布",
}
# the first findings of each rule, with the body and the file of their report
_FIRST_FINDINGS = """
select
  f.rule_id,
  concat(r.county_name, r.township_name, ' ' || r.report_year) as body,
  r.source_name,
  f.message,
  coalesce(f.evidence, '')[:$evidence] as evidence,
  f.char_start
from (
  select * from findings
  qualify row_number() over (partition by rule_id order by table_name, row_id) <= $rows
) f
left join read_parquet($state) r using (report_id)
order by f.rule_id, f.row_id
"""


def write(folder: Path, run: dict[str, Any], judgement: Judgement, state: Path) -> None:
    """Writes `<run>.json` and `<run>.html` of a run into `folder`, and the index anew.

    `run` is its row of the table runs. `state` is the Parquet file that says which body and which
    file each report of the candidate has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = _record(run, judgement)
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _write(folder / f"{run['run_id']}.json", text)
    _write(folder / f"{run['run_id']}.html", _run_page(record, judgement.findings, state))
    _write(folder / "index.html", _index_page(folder))


def _record(run: dict[str, Any], judgement: Judgement) -> dict[str, Any]:
    """What is kept of a judgement."""
    findings = judgement.findings
    counts = dict.fromkeys(tables.SEVERITIES, 0)
    for row in findings["severity"].value_counts().to_pylist():
        counts[row["values"]] = row["counts"]
    record = {
        "run_id": run["run_id"],
        "judged_at": run["finished_at"].isoformat(),
        "outcome": "held" if judgement.reasons else "may be published",
        "held_back_because": judgement.reasons,
        "accepted_loss": run["accepted_loss"],
        "reports": judgement.counts.rows["reports"],
        "figures": judgement.counts.rows["metrics"],
        "findings": counts,
        "expectations": [asdict(verdict) for verdict in judgement.verdicts],
    }
    if judgement.reasons:  # the candidate is dropped: what held it back must not go with it
        holding = findings.filter(pc.equal(findings["consequence"], "hold_publication"))
        record["holding_findings"] = holding.slice(0, _KEPT_FINDINGS).to_pylist()
    return record


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8", errors="replace")
    temporary.replace(path)


@functools.cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("expectations"), autoescape=True, trim_blocks=True
    )
    environment.globals["number"] = lambda value: f"{value or 0:,}"
    return environment


def _render(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(values)


def _index_page(folder: Path) -> str:
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    for run in runs:
        run["passed"] = sum(verdict["success"] for verdict in run["expectations"])
    newest_first = sorted(runs, key=lambda run: str(run["run_id"]), reverse=True)
    return _render("index.html", runs=newest_first, severities=tables.SEVERITIES)


def _run_page(record: dict[str, Any], findings: pa.Table, state: Path) -> str:
    return _render(
        "run.html",
        run=record,
        findings=_findings_by_rule(findings, state),
        tables=_verdicts_by_table(record["expectations"]),
        words=_WORDS,
        consequences=_CONSEQUENCES,
    )


def _verdicts_by_table(verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The verdicts of each table, failed ones first."""
    by_table: dict[str, list[dict[str, Any]]] = {}
    for verdict in verdicts:
        by_table.setdefault(verdict["table"], []).append(verdict)
    return [
        {
            "name": name,
            "zh": tables.BY_NAME[name].zh,
            "failed": sum(not verdict["success"] for verdict in found),
            "verdicts": sorted(found, key=lambda v: (v["success"], v["column"] or "")),
        }
        for name, found in by_table.items()
    ]


def _findings_by_rule(findings: pa.Table, state: Path) -> list[dict[str, Any]]:
    """Each rule that found something, the gravest first, with its first rows."""
    if not len(findings):
        return []
    with duckdb.connect() as connection:
        connection.register("findings", findings)
        counts = connection.execute(
            "select rule_id, severity, consequence, count(*) from findings group by all"
        ).fetchall()
        limits = {"evidence": _SHOWN_EVIDENCE, "rows": SHOWN_ROWS, "state": str(state)}
        found = connection.execute(_FIRST_FINDINGS, limits)
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row)) for row in found.fetchall()]
    by_rule: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_rule.setdefault(row["rule_id"], []).append(row)
    counts.sort(key=lambda count: (tables.SEVERITIES.index(count[1]), -count[3], count[0]))
    return [
        {
            "rule": BY_ID[rule_id],
            "severity": severity,
            "consequence": consequence,
            "count": count,
            "rows": by_rule[rule_id],
        }
        for rule_id, severity, consequence, count in counts
    ]
