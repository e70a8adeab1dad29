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
from schemas.marks import written_out

SHOWN_ROWS = 25  # of each rule
_SHOWN_EVIDENCE = 80  # characters
_KEPT_FINDINGS = 1_000  # of a candidate that is not published
# texts are (Chinese, English)
_WORDS = {
    "expect_arrow_types_to_match_declaration": ("类型符合声明", "types are as declared"),
    "expect_table_columns_to_match_set": ("列齐全", "the declared columns are there"),
    "expect_column_values_to_not_be_null": ("不为空", "is filled in every row"),
    "expect_column_values_to_be_in_set": ("取值在允许范围内", "has declared values only"),
    "expect_column_values_to_be_unique": ("唯一", "names one row"),
}
_SEVERITIES = {
    "critical": ("严重", "critical"),
    "warning": ("警告", "warning"),
    "info": ("提示", "note"),
}
_CONSEQUENCES = {
    "note": ("仅记录", "noted"),
    "flag": ("数据标为存疑", "figures questioned"),
    "hold_report": ("报告暂缓", "report held back"),
    "hold_publication": ("暂缓发布", "publication held back"),
}
# what a clerk can do about a finding, by its consequence
_TO_DO = {
    "note": (
        "对照原文看一看；无需处理。",
        "Compare with the text; nothing has to be done.",
    ),
    "flag": (
        "用 fazhi review --rule 加规则代码逐个核对：属实、更正或剔除；原文有误的，请报送单位更正后重发。",
        "Go through the figures with fazhi review --rule and the code of the rule: accept, correct "
        "or reject. Where the report itself is wrong, ask the body to issue it anew.",
    ),
    "hold_report": (
        "报告在隔离区，仍沿用旧版：用 fazhi quarantine list 查看，核实后接受或退回。",
        "The report waits and its former version stays: see fazhi quarantine list, then accept or "
        "dismiss it.",
    ),
    "hold_publication": (
        "未发布新版本：改正来源或政策后再运行。",
        "Nothing was published: mend the sources or the policy, and run again.",
    ),
}
# the first findings of each rule, with the body and the file of their report
_FIRST_FINDINGS = """
select
  f.rule_id,
  concat(r.county_name, r.township_name, ' ' || r.report_year) as body,
  r.source_name,
  f.message,
  f.message_zh,
  coalesce(f.evidence, '')[:$evidence] as evidence,
  f.char_start
from (
  select * from findings
  qualify row_number() over (partition by rule_id order by table_name, row_id) <= $rows
) f
left join read_parquet($state) r using (report_id)
order by f.rule_id, f.row_id
"""


# what the index shows of a run -> its type
_SHOWN_OF_A_RUN = {
    "run_id": str,
    "judged_at": str,
    "held_back_because": list,
    "reports": int,
    "figures": int,
    "findings": dict,
    "expectations": list,
}


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
        loader=jinja2.PackageLoader("expectations"),
        autoescape=True,
        finalize=written_out,
        trim_blocks=True,
    )
    environment.globals["number"] = lambda value: f"{value or 0:,}"
    return environment


def _render(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(values)


def _index_page(folder: Path) -> str:
    runs = [run for path in folder.glob("*.json") if (run := _earlier(path)) is not None]
    newest_first = sorted(runs, key=lambda run: str(run["run_id"]), reverse=True)
    return _render(
        "index.html", runs=newest_first, severities=tables.SEVERITIES, severity_words=_SEVERITIES
    )


def _earlier(path: Path) -> dict[str, Any] | None:
    """Returns what is kept of a judgement, with `passed`; None for a file that is not as `write`
    left it: the page of its run remains.
    """
    try:
        if not path.is_file():
            return None
        run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        run["passed"] = sum(bool(verdict["success"]) for verdict in run["expectations"])
        is_whole = all(type(run[name]) is kind for name, kind in _SHOWN_OF_A_RUN.items())
        is_counted = all(type(run["findings"][name]) is int for name in tables.SEVERITIES)
        return run if is_whole and is_counted else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _run_page(record: dict[str, Any], findings: pa.Table, state: Path) -> str:
    return _render(
        "run.html",
        run=record,
        findings=_findings_by_rule(findings, state),
        tables=_verdicts_by_table(record["expectations"]),
        words=_WORDS,
        consequences=_CONSEQUENCES,
        severity_words=_SEVERITIES,
        to_do=_TO_DO,
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
