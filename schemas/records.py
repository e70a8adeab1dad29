"""The tables of the job's own records: quarantine, sources, report history, runs."""

from __future__ import annotations

from schemas.columns import REPORT_YEAR
from schemas.declaration import Column, Table
from schemas.reasons import reasons

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
        Column(
            "message",
            "string",
            "What happened, and what to do about it.",
            "原因及处理办法（英文）。",
        ),
        Column("message_zh", "string", "The same in Chinese.", "原因及处理办法。"),
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
        Column(
            "address",
            "string",
            "Address that was asked for; null where the source was not pulled.",
            "抓取时请求的地址；非抓取来源为空。",
            nullable=True,
        ),
        Column(
            "final_address",
            "string",
            "Address that answered after redirects, where it is another one.",
            "重定向后实际应答的地址（与请求地址不同时）。",
            nullable=True,
        ),
        Column(
            "fetched_at",
            "string",
            "Time at which these bytes were received, UTC.",
            "收到该版本字节的时间（协调世界时）。",
            nullable=True,
        ),
        Column(
            "status", "int32", "HTTP status of that answer.", "该次应答的状态码。", nullable=True
        ),
        Column(
            "etag",
            "string",
            "Mark by which the server tells versions apart.",
            "服务器的版本标记。",
            nullable=True,
        ),
        Column(
            "link_text",
            "string",
            "Title or text of the link that led there.",
            "指向该地址的链接标题或文字。",
            nullable=True,
        ),
        Column(
            "list_address",
            "string",
            "Page that linked to it.",
            "载有该链接的页面。",
            nullable=True,
        ),
        Column(
            "page_address",
            "string",
            "The report's page, where this is an attachment that it links; null for others.",
            "本来源为附件时，载有它的报告页面；其他为空。",
            nullable=True,
        ),
        Column(
            "text_report_id",
            "string",
            "Identifier of the text in these bytes, where it is another text of the same report: "
            "that of its page or of another attachment; found in report_history. Null where the "
            "text is the one of the report.",
            "本来源所含文本的标识：同一报告另有页面或附件文本作为现行文本时填写（见 report_history）；"
            "即为现行文本的为空。",
            nullable=True,
        ),
        Column(
            "pull_problem",
            "string",
            "Why the address did not answer with this content the last time it was asked: a reason "
            "code such as gone or login_page; null where it did.",
            "最近一次请求未得到该内容的原因代码（如 gone、login_page）；正常为空。",
            nullable=True,
        ),
    ),
    order=("source_uri", "version"),
)
REPORT_HISTORY = Table(
    "report_history",
    en=(
        "One row per loaded report that is not current: replaced by a re-issue, not chosen where "
        "a body has several reports for one year, another text of the same report (that of its "
        "page or of an attachment), or withdrawn by a person."
    ),
    zh="每份已载入但非现行的报告一行：被新版替代，与同单位同年度另一报告并存而未选用，为同一报告的另一文本（页面或附件），或已被人工撤回。",
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
            values=("superseded", "other_report_of_body_and_year", "same_report", "withdrawn"),
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
                "newly_received",
                "in_force_before",
                "later_date",
                "more_figures",
                "order_of_keys",
                "same_report",
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
