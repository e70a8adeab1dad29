"""The pages of a data steward: `quality/index.html` with all runs, and one page a run. They need no network and no other file.

What they show is kept beside them as JSON, a file a run, and the index is made of these.
"""

from __future__ import annotations

import html
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from expectations.gate import Judgement
from expectations.rules import BY_ID
from schemas import tables

SHOWN = 25
_STYLE = """
:root { --ink: #1d2530; --soft: #5d6877; --line: #d9dee5; --ok: #1a7f4b; --bad: #b3261e; --warn: #9a6700; --info: #35618e; --ground: #fff; --band: #f5f7f9 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa5b4; --line: #37404c; --ok: #58c48b; --bad: #ff8a80; --warn: #e3b341; --info: #8ab8e8; --ground: #14181d; --band: #1c2229 } }
* { box-sizing: border-box } body { margin: 2rem auto; max-width: 76rem; padding: 0 1.25rem; font: 15px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: var(--ink); background: var(--ground) }
h1 { font-size: 1.5rem; margin: 0 0 .25rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } p { margin: .25rem 0; color: var(--soft) } a { color: var(--info) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; margin: .5rem 0 } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line) } th { font-weight: 600; background: var(--band) }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } .ok { color: var(--ok) } .bad, .critical { color: var(--bad); font-weight: 600 } .warning { color: var(--warn) } .info { color: var(--info) }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .4rem .7rem } summary { cursor: pointer } code { font-size: .92em } .box { border: 1px solid var(--bad); border-radius: 6px; padding: .6rem .9rem; margin: 1rem 0 }
"""
_WORDS = {
    "expect_arrow_types_to_match_declaration": "types are as declared 类型符合声明",
    "expect_table_columns_to_match_set": "the declared columns are there 列齐全",
    "expect_column_values_to_not_be_null": "is filled in every row 不为空",
    "expect_column_values_to_be_in_set": "has declared values only 取值在允许范围内",
    "expect_column_values_to_be_unique": "names one row 唯一",
}
_CONSEQUENCE = {
    "note": "noted 记录",
    "flag": "figures questioned 数据存疑",
    "hold_report": "report held back 暂缓报告",
    "hold_publication": "publication held back 暂缓发布",
}


def write(folder: Path, run: dict, judgement: Judgement, state: Path) -> None:
    """Keeps what was judged of a run (a row of the table runs) as `<run>.json` and `<run>.html`, and brings the index up to date; `state` is the
    file that tells whose the reports are (see `Snapshot.state`)."""
    folder.mkdir(parents=True, exist_ok=True)
    findings = judgement.findings
    counts = dict.fromkeys(tables.SEVERITIES, 0)
    counts |= {v["values"]: v["counts"] for v in findings["severity"].value_counts().to_pylist()}
    summary = {
        "run_id": run["run_id"],
        "judged_at": run["finished_at"].isoformat(),
        "outcome": "held" if judgement.reasons else "may be published",
        "held_back_because": judgement.reasons,
        "accepted_loss": run["accepted_loss"],
        "reports": judgement.counts.rows["reports"],
        "figures": judgement.counts.rows["metrics"],
        "findings": counts,
        "expectations": [
            {
                k: getattr(v, k)
                for k in ("table", "expectation", "column", "success", "unexpected", "rows")
            }
            for v in judgement.verdicts
        ],
    }
    if judgement.reasons:  # the candidate is dropped: what held it back must not go with it
        holding = findings.filter(pc.equal(findings["consequence"], "hold_publication"))
        summary["holding_findings"] = holding.slice(0, 1000).to_pylist()
    _write(
        folder / f"{run['run_id']}.json",
        json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
    )
    _write(folder / f"{run['run_id']}.html", _run_page(summary, findings, state))
    _write(folder / "index.html", _index_page(folder))


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{_e(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _e(value: object) -> str:
    return html.escape("" if value is None else str(value))


def _table(heads: list[tuple[str, bool]], rows: list[list[str]]) -> str:
    head = "".join(f"<th{' class=n' if number else ''}>{h}</th>" for h, number in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=n' if number else ''}>{c}</td>" for c, (_, number) in zip(row, heads)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _index_page(folder: Path) -> str:
    runs = [json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json")]
    rows = []
    for r in sorted(runs, key=lambda r: r["run_id"], reverse=True):
        failed = sum(not v["success"] for v in r["expectations"])
        rows.append(
            [
                f'<a href="{_e(r["run_id"])}.html">{_e(r["run_id"])}</a>',
                _e(r.get("judged_at", "")).replace("T", " "),
                f'<span class="{"bad" if r["held_back_because"] else "ok"}">{_e(r.get("outcome"))}</span>',
                f"{r.get('reports', 0):,}",
                f"{r.get('figures', 0):,}",
                f"{len(r['expectations']) - failed:,} / {len(r['expectations']):,}",
                *(
                    f"{r['findings'].get(s, 0):,}" if isinstance(r["findings"], dict) else ""
                    for s in tables.SEVERITIES
                ),
            ]
        )
    heads = [("run 运行", False), ("judged, UTC 时间", False), ("verdict 结论", False)]
    heads += [
        (h, True)
        for h in ("reports 报告", "figures 数据", "expectations 检查通过", *tables.SEVERITIES)
    ]
    return _page(
        "Quality 数据质量",
        "<h1>Quality of the warehouse 数据质量</h1><p>Every run that assembled a state, the latest first. 每次生成数据的运行，最新在前。</p>"
        + _table(heads, rows),
    )


def _run_page(summary: dict, findings: pa.Table, state: Path) -> str:
    held = summary["held_back_because"]
    parts = [
        f'<p><a href="index.html">all runs 全部运行</a></p><h1>Run {_e(summary["run_id"])}: {"held back 暂缓发布" if held else "may be published 可发布"}</h1>',
        f"<p>{summary['reports']:,} reports 份报告, {summary['figures']:,} figures 个数据; judged {_e(summary['judged_at']).replace('T', ' ')} UTC</p>",
    ]
    if summary["accepted_loss"]:
        parts.append(f"<p>Loss accepted 已确认减少: {_e(summary['accepted_loss'])}</p>")
    if held:
        lines = "".join(f"<li>{_e(r)}</li>" for r in held)
        parts.append(
            f'<div class="box"><strong>Held back because 暂缓原因</strong><ul>{lines}</ul></div>'
        )
    parts += [
        "<h2>Findings by rule 规则发现</h2>",
        _findings(findings, state),
        "<h2>Expectations by table 分表检查</h2>",
    ]
    by_table: dict[str, list[dict]] = {}
    for v in summary["expectations"]:
        by_table.setdefault(v["table"], []).append(v)
    for name, verdicts in by_table.items():
        failed = [v for v in verdicts if not v["success"]]
        rows = [
            [
                f'<span class="{"ok" if v["success"] else "bad"}">{"✓" if v["success"] else "✗"}</span>',
                _e(v["column"]) or "(table 整表)",
                _e(_WORDS.get(v["expectation"], v["expectation"])),
                f"{v['rows']:,}",
                f"{v['unexpected']:,}",
            ]
            for v in sorted(verdicts, key=lambda v: (v["success"], v["column"] or ""))
        ]
        heads = [
            ("", False),
            ("column 列", False),
            ("expectation 检查", False),
            ("rows 行数", True),
            ("broken 不符", True),
        ]
        said = (
            f'<span class="bad">{len(failed)} failed 项不符</span>'
            if failed
            else '<span class="ok">✓</span>'
        )
        parts.append(
            f"<details{' open' if failed else ''}><summary><code>{_e(name)}</code> {_e(tables.BY_NAME[name].zh)} {said} {len(verdicts) - len(failed)} / {len(verdicts)}</summary>{_table(heads, rows)}</details>"
        )
    return _page(f"Run {summary['run_id']} quality", "".join(parts))


def _findings(findings: pa.Table, state: Path) -> str:
    """Each rule that found something, the gravest first, with its first rows."""
    if not len(findings):
        return '<p class="ok">No rule is broken. 无规则被违反。</p>'
    with duckdb.connect() as connection:
        connection.register("f", findings)
        counts = connection.execute(
            "select rule_id, severity, consequence, count(*) from f group by all"
        ).fetchall()
        rows = connection.execute(
            "select f.rule_id, r.county_name, r.township_name, r.report_year, r.source_name, f.message, f.evidence, f.char_start from "
            "(select * from f qualify row_number() over (partition by rule_id order by table_name, row_id) <= ?) f left join "
            "read_parquet(?) r using (report_id) order by f.rule_id, f.row_id",
            [SHOWN, str(state)],
        ).fetchall()
    parts = []
    for rule_id, severity, consequence, n in sorted(
        counts, key=lambda c: (tables.SEVERITIES.index(c[1]), -c[3], c[0])
    ):
        rule = BY_ID[rule_id]
        cells = [
            [
                _e(
                    "".join(x or "" for x in (county, township)) + (f" {year}" if year else "")
                    or "—"
                ),
                _e(source),
                _e(message),
                f"<code>{_e((evidence or '')[:80])}</code>",
                _e(start),
            ]
            for r, county, township, year, source, message, evidence, start in rows
            if r == rule_id
        ]
        heads = [
            ("body, year 单位年度", False),
            ("source 来源", False),
            ("what is wrong 问题", False),
            ("evidence 证据", False),
            ("offset 位置", True),
        ]
        more = (
            f"<p>{n - SHOWN:,} more in <code>quality_findings</code> 其余见 quality_findings</p>"
            if n > SHOWN
            else ""
        )
        parts.append(
            f'<details><summary><span class="{severity}">{severity}</span> <code>{_e(rule_id)}</code> <strong>{n:,}</strong> — {_e(_CONSEQUENCE[consequence])}</summary>'
            f"<p>{_e(rule.holds)}</p><p>e.g. {_e(rule.broken_by)} · source: {_e(rule.source)}</p>{_table(heads, cells)}{more}</details>"
        )
    return "".join(parts)
