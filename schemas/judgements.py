"""The tables of what is judged: decisions of people, and findings of the rules."""

from __future__ import annotations

from schemas.columns import CONSEQUENCES, SEVERITIES, STATUSES
from schemas.declaration import Column, Table

DECISIONS = Table(
    "decisions",
    en=(
        "One row per decision of a person: a correction of a known error, a review of a figure, "
        "or the withdrawal of a report or a source. The transcribed figure itself does not change."
    ),
    zh="每个人工决定一行：更正已知错误、复核数据，或撤回报告、来源。原文记录保持不变。",
    key=("decision_id",),
    columns=(
        Column(
            "decision_id",
            "string",
            "Stable identifier: digest of the figure and of where the decision came from.",
            "决定的摘要。",
        ),
        Column(
            "origin",
            "string",
            "correction: from the list of known errors; review: from fazhi review; withdrawal: "
            "from fazhi withdraw.",
            "来源：更正清单、复核或撤回。",
            values=("correction", "review", "withdrawal"),
        ),
        Column(
            "source_uri",
            "string",
            "Where the withdrawn report or source was read from; null for decisions on figures.",
            "被撤回的报告或来源的地址；对数据的决定为空。",
            nullable=True,
        ),
        Column(
            "source_sha256",
            "string",
            "SHA-256 of the file that the decision was made on.",
            "所针对来源的摘要。",
        ),
        Column(
            "quote",
            "string",
            "The figure as printed; null for a withdrawal.",
            "数据原文；撤回时为空。",
            nullable=True,
        ),
        Column(
            "report_id",
            "string",
            "The report, while the decision holds.",
            "所属报告（有效时）。",
            nullable=True,
        ),
        Column(
            "metric_id",
            "string",
            "The figure, while the decision holds.",
            "所属数据（有效时）。",
            nullable=True,
        ),
        Column(
            "action",
            "string",
            "confirm: the figure is right; correct: it should be read otherwise; reject: it is "
            "no figure of the report; withdraw_report: these bytes are left out; withdraw_source: "
            "whatever this address brings is left out.",
            "确认、更正、否定，或撤回报告、撤回来源。",
            values=("confirm", "correct", "reject", "withdraw_report", "withdraw_source"),
        ),
        Column(
            "metric_code",
            "string",
            "The right metric code; null where it stays.",
            "更正后的指标代码。",
            nullable=True,
        ),
        Column(
            "value",
            "float64",
            "The right value; null where it stays.",
            "更正后的数值。",
            nullable=True,
        ),
        Column(
            "status",
            "string",
            "The right status; null where it stays.",
            "更正后的状态。",
            nullable=True,
            values=STATUSES,
        ),
        Column("reason", "string", "Why.", "理由。"),
        Column("decided_by", "string", "Who says so.", "决定人。"),
        Column(
            "state",
            "string",
            "in_force; or lapsed: the text or its reading changed since the decision.",
            "有效，或因文本、识别结果变化而失效。",
            values=("in_force", "lapsed"),
        ),
        Column(
            "message",
            "string",
            "Why it lapsed, and what to do.",
            "失效原因及处理办法（英文）。",
            nullable=True,
        ),
        Column(
            "message_zh",
            "string",
            "The same in Chinese.",
            "失效原因及处理办法。",
            nullable=True,
        ),
    ),
    order=("decision_id",),
    references=(("report_id", "reports"), ("metric_id", "metrics")),
)
QUALITY_FINDINGS = Table(
    "quality_findings",
    en="One row per rule and row that breaks it.",
    zh="每条规则被某行违反记一行。",
    key=("table_name", "row_id", "rule_id"),
    columns=(
        Column(
            "run_id", "string", "Number of the run that found it first.", "首次发现的运行编号。"
        ),
        Column("table_name", "string", "Table that the row is in.", "所在表。"),
        Column("row_id", "string", "Key of the row.", "所在行的键。"),
        Column("report_id", "string", "The report concerned.", "相关报告。", nullable=True),
        Column("rule_id", "string", "The rule.", "规则编号。"),
        Column("rule_zh", "string", "Its name in Chinese.", "规则名称。"),
        Column(
            "severity",
            "string",
            "How serious it is; critical holds the publication back.",
            "严重程度；critical 阻止发布。",
            values=SEVERITIES,
        ),
        Column(
            "consequence",
            "string",
            "What follows by the policy: note; flag: the figures are questioned; hold_report: "
            "the report waits; hold_publication: nothing is published.",
            "按规则策略的处理：记录、标记数据、暂缓报告或暂缓发布。",
            values=CONSEQUENCES,
        ),
        Column("message", "string", "What is wrong, as a sentence.", "问题说明（英文）。"),
        Column("message_zh", "string", "The same in Chinese.", "问题说明。"),
        Column(
            "evidence", "string", "The words or numbers that show it.", "证据原文。", nullable=True
        ),
        Column(
            "char_start",
            "int32",
            "Offset of the evidence.",
            "证据的偏移量。",
            nullable=True,
            unit="code points",
        ),
    ),
    order=("table_name", "row_id", "rule_id"),
)
