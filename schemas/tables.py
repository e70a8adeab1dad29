"""Every published table and column, declared once: type, unit, nullability, description in English and Chinese.

The Arrow schema, the null checks, the comments in DuckDB, the data dictionary and the expectation suites are all derived from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.vocabulary import toml

SCHEMA_VERSION = "8"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is string, int32, int64, float64, bool, date or timestamp; `values` lists what an enumeration allows."""

    name: str
    type: str
    en: str
    zh: str
    nullable: bool = False
    unit: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its grain, its key, its columns, the order of its rows, and the tables its columns refer to.

    `partitioned` tables lie in one file a year and province (split further where that is large); the others in one file.
    """

    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    partitioned: bool = False


_REPORT_YEAR = Column(
    "report_year",
    "int32",
    "Year the report is about, not the year it was issued in.",
    "报告所述年度（不是发文年度）。",
    nullable=True,
    unit="year",
)
_PLACE = (
    Column(
        "township_name",
        "string",
        "Name of the body with its suffix (河西镇); null where the text never names it.",
        "乡镇（街道）全称；文中未出现则为空。",
        nullable=True,
    ),
    Column(
        "county_name",
        "string",
        "Official name of its county-level division; null where neither text nor register decides.",
        "所属县级行政区名称；无法确定则为空。",
        nullable=True,
    ),
    Column(
        "prefecture_name",
        "string",
        "Official name of its prefecture; null for counties directly under a province or municipality.",
        "所属地级行政区名称；直辖市及省直辖县为空。",
        nullable=True,
    ),
    Column(
        "province_name",
        "string",
        "Official name of its province.",
        "所属省级行政区名称。",
        nullable=True,
    ),
)
_RUN = "Number of the run"

KINDS = (
    "work",
    "problems",
    "plan",
    "problems_and_plan",
    "suggestions",
    "other",
    "item",
    "preamble",
    "signature",
)
QUALIFIERS = ("exact", "over", "about", "under", "range", "implied")
STATUSES = ("actual", "planned", "background")
RESOLUTIONS = ("exact", "inferred", "ambiguous", "unresolved")
NUMERAL_KINDS = (
    "figure",
    "unexplained",
    *(kind["name"] for kind in toml("non_figures.toml")["kind"]),
    "marker",
    "title",
    "metadata",
    "page_furniture",
    "signature",
)
LINK_ROLES = ("numerator", "denominator", "part_of", "out_of")
SEVERITIES = ("critical", "warning", "info")
CONSEQUENCES = ("note", "flag", "hold_report", "hold_publication")
TRUSTS = ("unquestioned", "questioned", "confirmed", "corrected", "rejected")

REPORTS = Table(
    "reports",
    "One row per current report.",
    "每份现行报告一行。",
    ("report_id",),
    (
        Column(
            "report_id",
            "string",
            "Stable identifier: digest of the text without its blanks.",
            "稳定标识：去空白文本的摘要。",
        ),
        Column("source_name", "string", "File name as received.", "收到时的文件名。"),
        Column("source_uri", "string", "Where the file was read from.", "文件来源地址。"),
        Column(
            "source_sha256",
            "string",
            "SHA-256 of the bytes as received; names the file in landing/.",
            "原始字节的 SHA-256，即 landing/ 中的文件名。",
        ),
        Column(
            "township_id",
            "string",
            "The reporting body; null where the text names none.",
            "报告单位；文中未写明则为空。",
            nullable=True,
        ),
        *_PLACE,
        _REPORT_YEAR,
        Column(
            "title",
            "string",
            "Title as printed, lines joined.",
            "标题（多行合并）。",
            nullable=True,
        ),
        Column("title_other", "string", "A second, different title.", "另一标题。", nullable=True),
        Column(
            "issuer",
            "string",
            "Who signed: the signature, else the page's metadata, else the head of the title.",
            "署名单位：落款，其次网页元数据，其次标题。",
            nullable=True,
        ),
        Column(
            "issued_on",
            "date",
            "Date of the signature, else of the metadata.",
            "落款日期，其次元数据日期。",
            nullable=True,
        ),
        Column(
            "other_place",
            "string",
            "A campaign in the text that bears another place's name (法治 and another town), which suggests a copied passage.",
            "文中冠以其他地名的“法治”“平安”提法，可能系抄用。",
            nullable=True,
        ),
        Column(
            "other_place_start",
            "int32",
            "Offset of other_place.",
            "other_place 的偏移量。",
            nullable=True,
            unit="code points",
        ),
        Column(
            "media_type",
            "string",
            "What the bytes are, told by content.",
            "文件类型（按内容判断）。",
        ),
        Column("encoding", "string", "Character encoding of the bytes.", "字符编码。"),
        Column(
            "reader",
            "string",
            "Reader and version that turned the bytes into text.",
            "读取程序及版本。",
        ),
        Column(
            "page_count",
            "int32",
            "Pages, for formats that have pages.",
            "页数（有分页的格式）。",
            nullable=True,
            unit="pages",
        ),
        Column("parser_version", "string", "Version of the extraction.", "抽取程序版本。"),
        Column(
            "text",
            "string",
            "The decoded text that all offsets point into (Unicode code points).",
            "解码后的全文；所有偏移量均指向此文本（Unicode 码点）。",
        ),
    ),
    ("report_year", "province_name", "county_name", "township_name", "report_id"),
    (("township_id", "townships"),),
    partitioned=True,
)
TOWNSHIPS = Table(
    "townships",
    "One row per reporting body.",
    "每个报告单位一行。",
    ("township_id",),
    (
        Column(
            "township_id",
            "string",
            "Stable identifier: digest of province, prefecture, county and name; of the source too, where the body is not resolved.",
            "稳定标识：省、市、县、名称的摘要；单位未能确定时含来源。",
        ),
        *_PLACE,
        Column(
            "division_code",
            "string",
            "Statistical division code (12 digits) of the register that was used.",
            "所用区划名录中的统计用区划代码（12 位）。",
            nullable=True,
        ),
        Column(
            "resolution", "string", "How the body was identified.", "识别方式。", values=RESOLUTIONS
        ),
        Column(
            "first_report_year",
            "int32",
            "First year with a report.",
            "最早报告年度。",
            nullable=True,
            unit="year",
        ),
        Column(
            "last_report_year",
            "int32",
            "Last year with a report.",
            "最近报告年度。",
            nullable=True,
            unit="year",
        ),
        Column(
            "report_count", "int64", "Number of current reports.", "现行报告份数。", unit="reports"
        ),
    ),
    ("province_name", "prefecture_name", "county_name", "township_name", "township_id"),
)
TOWNSHIP_CANDIDATES = Table(
    "township_candidates",
    "One row per division that an ambiguous body may be.",
    "名称有歧义的报告单位，每个可能的区划一行。",
    ("township_id", "division_code"),
    (
        Column("township_id", "string", "The ambiguous body.", "有歧义的报告单位。"),
        Column(
            "division_code", "string", "Code of the division in the register.", "名录中的区划代码。"
        ),
        *_PLACE,
    ),
    ("township_id", "division_code"),
    (("township_id", "townships"),),
)
SECTIONS = Table(
    "sections",
    "One row per node of the heading tree of a report; the rows of a report, in order, partition its text.",
    "报告标题树的每个节点一行；同一报告各行依次覆盖全文，不重不漏。",
    ("section_id",),
    (
        Column(
            "section_id",
            "string",
            "Stable identifier: report and offset.",
            "稳定标识：报告与偏移量。",
        ),
        Column("report_id", "string", "The report.", "所属报告。"),
        Column(
            "parent_section_id",
            "string",
            "The heading it stands under.",
            "上级标题。",
            nullable=True,
        ),
        _REPORT_YEAR,
        Column("ordinal", "int32", "Position in the report, from 1.", "在报告中的次序，自 1 起。"),
        Column(
            "level",
            "int32",
            "Level of its numbering: 一、 1, （一） 2, 1. 3, （1） 4; 0 without one.",
            "层级：一、为 1，（一）为 2，1. 为 3，（1）为 4；无编号为 0。",
        ),
        Column("marker", "string", "Numbering as printed.", "编号原文。", nullable=True),
        Column(
            "heading",
            "string",
            "Heading without its numbering.",
            "标题文字（不含编号）。",
            nullable=True,
        ),
        Column("kind", "string", "What the section is about.", "内容类别。", values=KINDS),
        Column(
            "term_count",
            "int32",
            "Words in its heading and body.",
            "标题与正文词数。",
            unit="words",
        ),
        Column(
            "body",
            "string",
            "Its own text after the heading, without that of the sections below it.",
            "标题之后的自有文字（不含下级各节）。",
        ),
        Column(
            "char_start",
            "int32",
            "Offset of the marker, or of the first character.",
            "起始偏移量。",
            unit="code points",
        ),
        Column(
            "char_end",
            "int32",
            "Offset behind its own text: where the next section starts.",
            "结束偏移量，即下一节起点。",
            unit="code points",
        ),
    ),
    ("report_year", "report_id", "ordinal"),
    (("report_id", "reports"), ("parent_section_id", "sections")),
    partitioned=True,
)
METRICS = Table(
    "metrics",
    "One row per figure: a number by which a report says how many, how much or what share.",
    "每个数据一行：报告中说明数量、金额或比例的数字。",
    ("metric_id",),
    (
        Column(
            "metric_id",
            "string",
            "Stable identifier: report and offset.",
            "稳定标识：报告与偏移量。",
        ),
        Column("report_id", "string", "The report.", "所属报告。"),
        Column("section_id", "string", "The section it stands in.", "所在章节。"),
        Column("township_id", "string", "The reporting body.", "报告单位。", nullable=True),
        _REPORT_YEAR,
        Column(
            "metric_code",
            "string",
            "What it measures: a code of metric_definitions.",
            "指标代码，见 metric_definitions。",
        ),
        Column(
            "confidence",
            "float64",
            "Probability that the code is right, by the classifier.",
            "指标代码正确的概率（分类器给出）。",
            unit="0 to 1",
        ),
        Column("reason", "string", "The words that decided for the code.", "判定依据的词语。"),
        Column(
            "value",
            "float64",
            "Its value; the low end of a range; a percentage as printed (93 for 93%).",
            "数值；区间取下限；百分数取原数（93% 为 93）。",
        ),
        Column("value_high", "float64", "The high end of a range.", "区间上限。", nullable=True),
        Column(
            "qualifier",
            "string",
            "Exact, over (余), about (约), under (不足), or a range.",
            "精确、以上、约、以下或区间。",
            values=QUALIFIERS,
        ),
        Column(
            "unit",
            "string",
            "Measure word as written, without 万 or 亿; empty where none is.",
            "量词原文，不含万、亿；未写则为空串。",
        ),
        Column(
            "status",
            "string",
            "Done or existing, planned, or given for comparison.",
            "实际、计划或对比背景。",
            values=STATUSES,
        ),
        Column(
            "subject", "string", "What is counted, as written.", "所计对象（原文）。", nullable=True
        ),
        Column("sentence", "string", "The sentence it stands in.", "所在句子。"),
        Column(
            "quote",
            "string",
            "Number and measure word as printed: text[char_start:char_end].",
            "数字及量词原文，即 text[char_start:char_end]。",
        ),
        Column(
            "char_start",
            "int32",
            "Offset of the number's first character.",
            "数字首字符的偏移量。",
            unit="code points",
        ),
        Column(
            "char_end",
            "int32",
            "Offset behind the measure word.",
            "量词之后的偏移量。",
            unit="code points",
        ),
        Column(
            "page",
            "int32",
            "Page it stands on, from 1, for formats that have pages.",
            "所在页码，自 1 起（有分页的格式）。",
            nullable=True,
        ),
        Column(
            "trust",
            "string",
            "Whether the warehouse would sign it: questioned by a rule, or confirmed, corrected or rejected by a person (see decisions).",
            "可信程度：unquestioned 无疑问，questioned 被规则质疑，confirmed、corrected、rejected 为人工确认、更正、否定（见 decisions）。",
            values=TRUSTS,
        ),
    ),
    ("report_year", "report_id", "char_start"),
    (
        ("report_id", "reports"),
        ("section_id", "sections"),
        ("township_id", "townships"),
        ("metric_code", "metric_definitions"),
    ),
    partitioned=True,
)
NUMERALS = Table(
    "numerals",
    "One row per numeral of a text: it is a figure, a named kind of non-figure, or unexplained.",
    "文本中每个数字一行：或为数据，或为有名目的非数据，或为未解释。",
    ("numeral_id",),
    (
        Column(
            "numeral_id",
            "string",
            "Stable identifier: report and offset.",
            "稳定标识：报告与偏移量。",
        ),
        Column("report_id", "string", "The report.", "所属报告。"),
        _REPORT_YEAR,
        Column(
            "kind",
            "string",
            "figure, unexplained, or what it is instead.",
            "类别：figure 为数据，unexplained 为未解释，其余为非数据的名目。",
            values=NUMERAL_KINDS,
        ),
        Column(
            "metric_id", "string", "The figure, where it is one.", "对应的数据。", nullable=True
        ),
        Column("quote", "string", "The digits as printed.", "数字原文。"),
        Column(
            "char_start",
            "int32",
            "Offset of its first character.",
            "起始偏移量。",
            unit="code points",
        ),
        Column(
            "char_end",
            "int32",
            "Offset behind its last character.",
            "结束偏移量。",
            unit="code points",
        ),
    ),
    ("report_year", "report_id", "char_start"),
    (("report_id", "reports"), ("metric_id", "metrics")),
    partitioned=True,
)
METRIC_LINKS = Table(
    "metric_links",
    "One row per link from a figure to another of the same text: a rate to its counts, a part to its total, a settled count to the received one.",
    "同一文本中数据之间的每条联系一行：比率与其分子分母，其中项与总数，办结数与受理数。",
    ("metric_id", "role"),
    (
        Column(
            "metric_id",
            "string",
            "The rate, the part or the settled count.",
            "比率、其中项或办结数。",
        ),
        Column(
            "role",
            "string",
            "What the other figure is to it: numerator or denominator of the rate, the total it is part_of, the count it was settled out_of.",
            "另一数据的角色：比率的分子、分母，所属总数，或受理数。",
            values=LINK_ROLES,
        ),
        Column("to_metric_id", "string", "The other figure.", "另一数据。"),
        Column("report_id", "string", "The report.", "所属报告。"),
        _REPORT_YEAR,
    ),
    ("report_year", "report_id", "metric_id", "role"),
    (("report_id", "reports"), ("metric_id", "metrics"), ("to_metric_id", "metrics")),
    partitioned=True,
)
METRIC_DEFINITIONS = Table(
    "metric_definitions",
    "One row per metric code.",
    "每个指标代码一行。",
    ("metric_code",),
    (
        Column("metric_code", "string", "The code.", "指标代码。"),
        Column("domain", "string", "Field of work.", "工作领域。"),
        Column("name_zh", "string", "Name in Chinese.", "中文名称。"),
        Column("name_en", "string", "Name in English.", "英文名称。"),
        Column("kind", "string", "count, rate, amount or any.", "类型：数量、比率、金额或其他。"),
        Column("unit", "string", "Usual unit.", "常用单位。", nullable=True),
        Column("example", "string", "How a report writes it.", "报告中的写法示例。"),
        Column(
            "aggregation",
            "string",
            "How the figures of one report make one value: sum, max (what is there at the end of a year), first (a rate) or none.",
            "同一报告内多个数据的合并方式：求和、取最大（年末存量）、取首个（比率）或不合并。",
            values=("sum", "max", "first", "none"),
        ),
        Column(
            "occurrences",
            "int64",
            "Figures with this code in the published state.",
            "已发布数据中该指标的数据个数。",
            unit="figures",
        ),
        Column(
            "words",
            "string",
            "How reports call it, separated by blanks.",
            "报告中的各种叫法，以空格分隔。",
        ),
    ),
    ("metric_code",),
)
UNITS = Table(
    "units",
    "One row per measure word: what it can be added up with.",
    "每个量词一行：可与哪些量词合计。",
    ("unit",),
    (
        Column("unit", "string", "Measure word as reports write it.", "量词。"),
        Column("unit_group", "string", "Kind of measure word.", "量词类别。"),
        Column("base_unit", "string", "What it is expressed in.", "折算后的单位。"),
        Column("factor", "float64", "How many base units one is.", "折算系数。"),
    ),
    ("unit",),
)
SECTION_TERMS = Table(
    "section_terms",
    "One row per section and word: the index that search() reads.",
    "每节每词一行：search() 所用的索引。",
    ("term", "section_id"),
    (
        Column(
            "term",
            "string",
            "A word of two characters or more, cut as jieba cuts.",
            "两字以上的词（jieba 切分）。",
        ),
        Column("section_id", "string", "The section.", "所在章节。"),
        Column("report_id", "string", "The report.", "所属报告。"),
        _REPORT_YEAR,
        Column("occurrences", "int32", "How often it stands there.", "出现次数。", unit="times"),
    ),
    ("term", "section_id"),
    (("report_id", "reports"), ("section_id", "sections")),
    partitioned=True,
)
TEXT_FINGERPRINTS = Table(
    "text_fingerprints",
    "One row per report and band of its MinHash: reports that share a band share much of their text.",
    "每份报告的 MinHash 每段一行：同段相同的报告文本高度相似。",
    ("report_id", "band"),
    (
        Column("report_id", "string", "The report.", "所属报告。"),
        _REPORT_YEAR,
        Column("band", "int32", "Number of the band, from 0.", "段号，自 0 起。"),
        Column("hash", "int64", "Digest of the band.", "该段的摘要。"),
    ),
    ("report_id", "band"),
    (("report_id", "reports"),),
    partitioned=True,
)
DECISIONS = Table(
    "decisions",
    "One row per decision of a person on a figure: a correction of a known error, or a review. The transcription stays as it is.",
    "每个人工决定一行：更正已知错误，或复核结论。原文记录保持不变。",
    ("decision_id",),
    (
        Column("decision_id", "string", "Digest of what was decided on what.", "决定的摘要。"),
        Column(
            "origin", "string", "Where it comes from.", "来源。", values=("correction", "review")
        ),
        Column(
            "source_sha256", "string", "SHA-256 of the source it was made on.", "所针对来源的摘要。"
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
            "It is right, it means something else, or it is no figure of the report.",
            "确认、更正或否定。",
            values=("confirm", "correct", "reject"),
        ),
        Column(
            "metric_code", "string", "The code it should have.", "更正后的指标代码。", nullable=True
        ),
        Column("value", "float64", "The value it should have.", "更正后的数值。", nullable=True),
        Column(
            "status",
            "string",
            "The status it should have.",
            "更正后的状态。",
            nullable=True,
            values=STATUSES,
        ),
        Column("reason", "string", "Why.", "理由。"),
        Column("decided_by", "string", "Who says so.", "决定人。"),
        Column(
            "state",
            "string",
            "in_force, or lapsed: the text or its reading is not the one it was made on.",
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
    ("decision_id",),
    (("report_id", "reports"), ("metric_id", "metrics")),
)
QUALITY_FINDINGS = Table(
    "quality_findings",
    "One row per rule broken by a row.",
    "每条规则被某行违反记一行。",
    ("table_name", "row_id", "rule_id"),
    (
        Column("run_id", "string", f"{_RUN} that found it first.", "首次发现的运行编号。"),
        Column("table_name", "string", "Table of the row.", "所在表。"),
        Column("row_id", "string", "Key of the row.", "所在行的键。"),
        Column("report_id", "string", "The report concerned.", "相关报告。", nullable=True),
        Column("rule_id", "string", "The rule.", "规则编号。"),
        Column(
            "severity",
            "string",
            "critical holds the publication back.",
            "严重程度；critical 阻止发布。",
            values=SEVERITIES,
        ),
        Column(
            "consequence",
            "string",
            "What the policy makes of it: a note, a flag on its figures, or holding back the report or the publication.",
            "按规则策略的处理：记录、标记数据、暂缓报告或暂缓发布。",
            values=CONSEQUENCES,
        ),
        Column("message", "string", "What is wrong, in a sentence.", "问题说明。"),
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
    ("table_name", "row_id", "rule_id"),
)
QUARANTINE = Table(
    "quarantine",
    "One row per source that could not be loaded.",
    "每个未能载入的来源一行。",
    ("source_uri",),
    (
        Column("source_name", "string", "File name.", "文件名。"),
        Column("source_uri", "string", "Where it was read from.", "来源地址。"),
        Column(
            "source_sha256",
            "string",
            "SHA-256 of its bytes; null where they could not be read.",
            "字节摘要；无法读取则为空。",
            nullable=True,
        ),
        Column("reason_code", "string", "Why, as a code.", "原因代码。"),
        Column("message", "string", "Why, and what to do about it.", "原因及处理办法。"),
        Column("first_seen_run", "string", f"{_RUN} that met it first.", "首次遇到的运行编号。"),
        Column(
            "last_seen_run",
            "string",
            f"{_RUN} that met it last, as of this publication.",
            "截至本次发布最近一次遇到的运行编号。",
        ),
        Column(
            "state",
            "string",
            "Whether it waits for someone or was dismissed.",
            "待处理或已搁置。",
            values=("waiting", "dismissed"),
        ),
        Column("dismissed_because", "string", "Why it was dismissed.", "搁置理由。", nullable=True),
    ),
    ("source_uri",),
)
SOURCES = Table(
    "sources",
    "One row per version of a source that was ever read: the link from files to reports, former versions included.",
    "每个来源的每个版本一行：文件与报告的对应关系，含历史版本。",
    ("source_uri", "version"),
    (
        Column("source_uri", "string", "Where it was read from.", "来源地址。"),
        Column("source_name", "string", "File name.", "文件名。"),
        Column("source_sha256", "string", "SHA-256 of this version's bytes.", "该版本字节的摘要。"),
        Column("size", "int64", "Size of the bytes.", "字节数。", unit="bytes"),
        Column(
            "report_id",
            "string",
            "The report it holds; in reports, or in report_history.",
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
        Column("first_seen_run", "string", f"{_RUN} that loaded it.", "载入的运行编号。"),
        Column(
            "url",
            "string",
            "Address it was fetched from, by its manifest.",
            "清单所记网址。",
            nullable=True,
        ),
        Column(
            "publisher",
            "string",
            "Who published it, by its manifest.",
            "清单所记发布机构。",
            nullable=True,
        ),
        Column(
            "received",
            "string",
            "When it was fetched, as its manifest says.",
            "清单所记获取时间。",
            nullable=True,
        ),
        Column(
            "stated_place",
            "string",
            "Whose report it is by its manifest: province/prefecture/county/township, unknown ones empty.",
            "清单所记所属：省/市/县/乡镇，未知留空。",
            nullable=True,
        ),
    ),
    ("source_uri", "version"),
)
REPORT_HISTORY = Table(
    "report_history",
    "One row per report that was loaded and is not current: superseded by a re-issue, or second to another report of its body and year.",
    "每份已载入但非现行的报告一行：被新版替代，或与同单位同年度另一报告并存而未选用。",
    ("report_id",),
    (
        Column("report_id", "string", "The report.", "报告标识。"),
        Column("source_name", "string", "File name.", "文件名。"),
        Column("source_uri", "string", "Where it was read from.", "来源地址。"),
        Column("source_sha256", "string", "SHA-256 of its bytes.", "字节摘要。"),
        Column(
            "township_name",
            "string",
            "The body as identified when it was loaded.",
            "载入时识别的单位。",
            nullable=True,
        ),
        _REPORT_YEAR,
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
            "The current report in its place.",
            "取代它的现行报告。",
            nullable=True,
        ),
        Column("figure_count", "int64", "Number of figures it had.", "数据个数。", unit="figures"),
        Column("text", "string", "Its text.", "全文。"),
    ),
    ("report_id",),
)
RUNS = Table(
    "runs",
    "One row per run up to this publication; seen = loaded + unchanged + quarantined.",
    "截至本次发布每次运行一行；seen = loaded + unchanged + quarantined。",
    ("run_id",),
    (
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
            "Date that the imported register of divisions holds for.",
            "所用区划名录的时点。",
            nullable=True,
        ),
        Column("seen", "int64", "Sources found.", "发现的来源数。", unit="sources"),
        Column(
            "loaded",
            "int64",
            "Sources loaded: new, or with new bytes, or read by a newer version.",
            "载入的来源数（新增、更新或重新读取）。",
            unit="sources",
        ),
        Column("unchanged", "int64", "Sources as they were.", "未变化的来源数。", unit="sources"),
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
            "Reports that gave way to a re-issue.",
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
            "Why losing rows against the state before was accepted, as told on the command line.",
            "命令行给出的、允许数据减少的理由。",
            nullable=True,
        ),
        Column(
            "outcome",
            "string",
            "What became of it.",
            "结果。",
            values=("published", "unchanged", "held", "prepared", "failed", "interrupted"),
        ),
    ),
    ("run_id",),
)
TABLES: tuple[Table, ...] = (
    REPORTS,
    TOWNSHIPS,
    TOWNSHIP_CANDIDATES,
    SECTIONS,
    METRICS,
    NUMERALS,
    METRIC_LINKS,
    METRIC_DEFINITIONS,
    UNITS,
    SECTION_TERMS,
    TEXT_FINGERPRINTS,
    DECISIONS,
    QUALITY_FINDINGS,
    QUARANTINE,
    SOURCES,
    REPORT_HISTORY,
    RUNS,
)
BY_NAME: dict[str, Table] = {t.name: t for t in TABLES}


def arrow_schema(table: Table):
    """The `pa.Schema` of a table, with the descriptions as field metadata."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
    }
    return pa.schema(
        [
            pa.field(
                c.name,
                types[c.type],
                nullable=c.nullable,
                metadata={
                    "description": c.en,
                    "description_zh": c.zh,
                    **({"unit": c.unit} if c.unit else {}),
                },
            )
            for c in table.columns
        ]
    )
