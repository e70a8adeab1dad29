"""The tables of the job's own records: decisions, findings, quarantine, sources, history, runs."""

from __future__ import annotations

from schemas.columns import CONSEQUENCES, REPORT_YEAR, SEVERITIES, STATUSES
from schemas.declaration import Column, Table
from schemas.reasons import reasons

DECISIONS = Table(
    "decisions",
    en=(
        "One row per decision of a person about a figure: a correction of a known error, or a "
        "review. The transcribed figure itself does not change."
    ),
    zh="每个人工决定一行：更正已知错误，或复核结论。原文记录保持不变。",
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
            "correction: from the list of known errors; review: from fazhi review.",
            "来源。",
            values=("correction", "review"),
        ),
        Column(
            "source_sha256",
            "string",
            "SHA-256 of the file that the decision was made on.",
            "所针对来源的摘要。",
        ),
        Column("quote", "string", "The figure as printed.", "数据原文。"),
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
            "no figure of the report.",
            "确认、更正或否定。",
            values=("confirm", "correct", "reject"),
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
        Column("message", "string", "What is wrong, as a sentence.", "问题说明。"),
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
QUARANTINE = Table(
    "quarantine",
    en="One row per source that could not be loaded.",
    zh="每个未能载入的来源一行。",
    key=("source_uri",),
    columns=(
        Column("source_name", "string", "File name.", "文件名。"),
        Column("source_uri", "string", "Where it was read from.", "来源地址。"),
        Column(
            "source_sha256",
            "string",
            "SHA-256 of its bytes; null where they could not be read.",
            "字节摘要；无法读取则为空。",
            nullable=True,
        ),
        Column(
            "reason_code",
            "string",
            "Why it could not be loaded; see the reason codes at the end of the data dictionary.",
            "原因代码，见数据字典末尾的隔离原因代码。",
            values=tuple(reasons()),
        ),
        Column("message", "string", "What happened, and what to do about it.", "原因及处理办法。"),
        Column(
            "first_seen_run",
            "string",
            "Number of the run that met it first.",
            "首次遇到的运行编号。",
        ),
        Column(
            "last_seen_run",
            "string",
            "Number of the run that met it last, as of this publication.",
            "截至本次发布最近一次遇到的运行编号。",
        ),
        Column(
            "state",
            "string",
            "waiting: someone should look at it; dismissed: someone decided that nothing is to "
            "be done.",
            "待处理或已搁置。",
            values=("waiting", "dismissed"),
        ),
        Column("dismissed_because", "string", "Why it was dismissed.", "搁置理由。", nullable=True),
    ),
    order=("source_uri",),
)
SOURCES = Table(
    "sources",
    en=(
        "One row per version of a source that was ever read. It links files to reports, older "
        "versions included."
    ),
    zh="每个来源的每个版本一行：文件与报告的对应关系，含历史版本。",
    key=("source_uri", "version"),
    columns=(
        Column("source_uri", "string", "Where it was read from.", "来源地址。"),
        Column("source_name", "string", "File name.", "文件名。"),
        Column("source_sha256", "string", "SHA-256 of this version's bytes.", "该版本字节的摘要。"),
        Column("size", "int64", "Size of the bytes.", "字节数。", unit="bytes"),
        Column(
            "report_id",
            "string",
            "The report in it; found in reports or in report_history.",
            "所含报告，见 reports 或 report_history。",
        ),
        Column(
            "is_current",
            "bool",
            "Whether it is the newest version of this source.",
            "是否该来源的最新版本。",
        ),
        Column(
            "version",
            "int32",
            "Number of the version of this source, from 1.",
            "该来源的版本号，自 1 起。",
        ),
        Column("first_seen_run", "string", "Number of the run that loaded it.", "载入的运行编号。"),
        Column(
            "url",
            "string",
            "Web address as the manifest gives it.",
            "清单所记网址。",
            nullable=True,
        ),
        Column(
            "publisher",
            "string",
            "Publisher as the manifest gives it.",
            "清单所记发布机构。",
            nullable=True,
        ),
        Column(
            "received",
            "string",
            "Time of fetching as the manifest gives it.",
            "清单所记获取时间。",
            nullable=True,
        ),
        Column(
            "stated_place",
            "string",
            "The reporting body as the manifest names it: province/prefecture/county/township, "
            "unknown parts empty.",
            "清单所记所属：省/市/县/乡镇，未知留空。",
            nullable=True,
        ),
    ),
    order=("source_uri", "version"),
)
REPORT_HISTORY = Table(
    "report_history",
    en=(
        "One row per loaded report that is not current: replaced by a re-issue, or not chosen "
        "where a body has several reports for one year."
    ),
    zh="每份已载入但非现行的报告一行：被新版替代，或与同单位同年度另一报告并存而未选用。",
    key=("report_id",),
    columns=(
        Column("report_id", "string", "The report.", "报告标识。"),
        Column("source_name", "string", "File name.", "文件名。"),
        Column("source_uri", "string", "Where it was read from.", "来源地址。"),
        Column("source_sha256", "string", "SHA-256 of its bytes.", "字节摘要。"),
        Column(
            "township_name",
            "string",
            "Name of the body, as identified when the report was loaded.",
            "载入时识别的单位。",
            nullable=True,
        ),
        REPORT_YEAR,
        Column("title", "string", "Title.", "标题。", nullable=True),
        Column(
            "reason",
            "string",
            "Why it is not current.",
            "非现行的原因。",
            values=("superseded", "other_report_of_body_and_year"),
        ),
        Column(
            "replaced_by",
            "string",
            "The current report that replaces it.",
            "取代它的现行报告。",
            nullable=True,
        ),
        Column(
            "chosen_because",
            "string",
            "Why the current report of the same body and year was chosen. A later date or another "
            "folder alone does not displace a report in force.",
            "选用同单位同年度现行报告的依据；仅凭较晚日期或不同文件夹不能取代现行报告。",
            nullable=True,
            values=(
                "chosen_by_person",
                "revised_version",
                "in_force_before",
                "later_date",
                "more_figures",
                "order_of_keys",
            ),
        ),
        Column("issued_on", "date", "Date of its signature.", "其落款日期。", nullable=True),
        Column("figure_count", "int64", "Number of its figures.", "数据个数。", unit="figures"),
        Column("text", "string", "Its text.", "全文。"),
    ),
    order=("report_id",),
)
RUNS = Table(
    "runs",
    en="One row per run up to this publication; seen = loaded + unchanged + quarantined.",
    zh="截至本次发布每次运行一行；seen = loaded + unchanged + quarantined。",
    key=("run_id",),
    columns=(
        Column(
            "run_id",
            "string",
            "Number of the run; an interrupted run and the one that finishes its work share it.",
            "运行编号；被中断的运行与接续它的运行同号。",
        ),
        Column("attempts", "int32", "How often it was started.", "启动次数。"),
        Column(
            "started_at",
            "timestamp",
            "Start of the last attempt.",
            "最近一次启动时间。",
            unit="UTC",
        ),
        Column("finished_at", "timestamp", "End.", "结束时间。", unit="UTC"),
        Column("code_version", "string", "Version of the program.", "程序版本。"),
        Column("parser_version", "string", "Version of the extraction.", "抽取程序版本。"),
        Column("schema_version", "string", "Version of these tables.", "表结构版本。"),
        Column(
            "register_vintage",
            "string",
            "Date for which the imported register of divisions is valid.",
            "所用区划名录的时点。",
            nullable=True,
        ),
        Column("seen", "int64", "Sources found.", "发现的来源数。", unit="sources"),
        Column(
            "loaded",
            "int64",
            "Sources loaded: new, changed, or read again by a newer version.",
            "载入的来源数（新增、更新或重新读取）。",
            unit="sources",
        ),
        Column(
            "unchanged", "int64", "Sources that did not change.", "未变化的来源数。", unit="sources"
        ),
        Column(
            "quarantined",
            "int64",
            "Sources that could not be loaded.",
            "隔离的来源数。",
            unit="sources",
        ),
        Column(
            "superseded",
            "int64",
            "Reports replaced by a re-issue.",
            "被新版替代的报告数。",
            unit="reports",
        ),
        Column(
            "figures",
            "int64",
            "Figures in the published state.",
            "已发布数据总数。",
            unit="figures",
        ),
        Column(
            "accepted_loss",
            "string",
            "Why a loss of rows was accepted, as given on the command line (--accept-loss).",
            "命令行给出的、允许数据减少的理由。",
            nullable=True,
        ),
        Column(
            "outcome",
            "string",
            "How the run ended.",
            "结果。",
            values=("published", "unchanged", "held", "prepared", "failed", "interrupted"),
        ),
        Column(
            "failure",
            "string",
            "Why it failed: the last line of the traceback in state/failures/ of the data folder.",
            "失败原因：数据目录 state/failures/ 中报错信息的最后一行。",
            nullable=True,
        ),
    ),
    order=("run_id",),
)
