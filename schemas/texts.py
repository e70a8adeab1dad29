"""The tables of the texts: reports, their sections, and two indexes over them."""

from __future__ import annotations

from schemas.columns import KINDS, PLACE, REPORT_KINDS, YEAR_OF_REPORT
from schemas.declaration import Column, Table

REPORTS = Table(
    "reports",
    en="One row per current report.",
    zh="每份现行报告一行。",
    key=("report_id",),
    columns=(
        Column(
            "report_id",
            "string",
            "Stable identifier: digest of the text without its blanks.",
            "稳定标识：去空白文本的摘要。",
        ),
        Column("source_name", "string", "File name as received.", "收到时的文件名。", staged=False),
        Column(
            "source_uri", "string", "Where the file was read from.", "文件来源地址。", staged=False
        ),
        Column(
            "source_sha256",
            "string",
            "SHA-256 of the bytes as received; names the file in landing/.",
            "原始字节的 SHA-256，即 landing/ 中的文件名。",
        ),
        Column(
            "township_id",
            "string",
            "The reporting body; null where the text does not name it.",
            "报告单位；文中未写明则为空。",
            nullable=True,
            staged=False,
        ),
        *PLACE,
        YEAR_OF_REPORT,
        Column(
            "title",
            "string",
            "Title as printed, lines joined.",
            "标题（多行合并）。",
            nullable=True,
        ),
        Column(
            "title_other",
            "string",
            "A second title that differs from the first; null without one.",
            "另一标题。",
            nullable=True,
        ),
        Column(
            "issuer",
            "string",
            "Who issued it: from the signature, else from the page's metadata, else from the "
            "start of the title.",
            "署名单位：落款，其次网页元数据，其次标题。",
            nullable=True,
        ),
        Column(
            "issued_on",
            "date",
            "Date of issue: from the signature, else from the page's metadata.",
            "落款日期，其次元数据日期。",
            nullable=True,
        ),
        Column(
            "report_kind",
            "string",
            "Kind of report: on the rule of law in a whole year, on the duty of a leader, on "
            "enforcement, on openness, on half a year or a plan, of a county or its offices, "
            "other.",
            "报告类别：法治政府建设年度报告、述法报告、行政执法报告、信息公开报告、半年报告或计划、县级及部门报告、其他。",
            values=REPORT_KINDS,
        ),
        Column(
            "doubts",
            "string",
            "What is uncertain in the text as a whole, as codes between blanks: years_disagree, "
            "year_inferred, year_missing, dates_disagree, issuers_disagree, cut_off, emptied; "
            "null where nothing is.",
            "全文存疑之处的代码，以空格分隔；无则为空。",
            nullable=True,
        ),
        Column(
            "other_place",
            "string",
            "Name of another place in a campaign of this report (法治某镇): "
            "the passage is probably copied.",
            "文中冠以其他地名的“法治”“平安”提法，可能系抄用。",
            nullable=True,
            staged=False,
        ),
        Column(
            "other_place_start",
            "int32",
            "Offset of other_place.",
            "other_place 的偏移量。",
            nullable=True,
            unit="code points",
            staged=False,
        ),
        Column(
            "media_type",
            "string",
            "Format of the file, found from its bytes and not from its name.",
            "文件类型（按内容判断）。",
        ),
        Column("encoding", "string", "Character encoding of the bytes.", "字符编码。"),
        Column(
            "reader",
            "string",
            "Program, with its version, that turned the bytes into text.",
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
        Column(
            "text_lost",
            "int32",
            "Characters of the file that a second reading shows and the text lacks; null for none.",
            "第二次独立读取发现而正文缺少的字数；无则为空。",
            nullable=True,
            unit="code points",
        ),
        Column(
            "text_invented",
            "int32",
            "Characters of the text that the file does not show; null for none.",
            "正文中有而文件并未显示的字数；无则为空。",
            nullable=True,
            unit="code points",
        ),
        Column(
            "pages_unread",
            "string",
            "Numbers of the pages that are pictures and were not read, such as 2, 5; null for "
            "none.",
            "因是图片而未读取的页码，如 2, 5；无则为空。",
            nullable=True,
        ),
        Column(
            "reading_evidence",
            "string",
            "Up to 60 characters of what was lost or invented; null for nothing.",
            "缺少或多出文字的片段（至多 60 字）；无则为空。",
            nullable=True,
        ),
        Column("parser_version", "string", "Version of the extraction.", "抽取程序版本。"),
        Column(
            "text",
            "string",
            "The decoded text that all offsets point into (Unicode code points).",
            "解码后的全文；所有偏移量均指向此文本（Unicode 码点）。",
        ),
    ),
    order=("report_year", "province_name", "county_name", "township_name", "report_id"),
    references=(("township_id", "townships"),),
    partitioned=True,
)
SECTIONS = Table(
    "sections",
    en=(
        "One row per node of the heading tree of a report; the rows of a report, in order, "
        "partition its text."
    ),
    zh="报告标题树的每个节点一行；同一报告各行依次覆盖全文，不重不漏。",
    key=("section_id",),
    columns=(
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
            "The section that this one belongs to; null at the top.",
            "上级标题。",
            nullable=True,
        ),
        YEAR_OF_REPORT,
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
            "Text of this section after its heading, without the text of its subsections.",
            "标题之后的正文（不含下级各节）。",
        ),
        Column(
            "char_start",
            "int32",
            "Offset of its numbering; without numbering, of its first character.",
            "起始偏移量。",
            unit="code points",
        ),
        Column(
            "char_end",
            "int32",
            "Offset where the next section starts.",
            "结束偏移量，即下一节起点。",
            unit="code points",
        ),
    ),
    order=("report_year", "report_id", "ordinal"),
    references=(("report_id", "reports"), ("parent_section_id", "sections")),
    partitioned=True,
)
SECTION_TERMS = Table(
    "section_terms",
    en="One row per section and word: the index of the macro search().",
    zh="每节每词一行：search() 所用的索引。",
    key=("term", "section_id"),
    columns=(
        Column(
            "term",
            "string",
            "A word of two characters or more, as jieba segments Chinese text.",
            "两字以上的词（jieba 切分）。",
        ),
        Column("section_id", "string", "The section.", "所在章节。"),
        Column("report_id", "string", "The report.", "所属报告。"),
        YEAR_OF_REPORT,
        Column(
            "occurrences",
            "int32",
            "How often the word occurs in the section.",
            "出现次数。",
            unit="times",
        ),
    ),
    order=("term", "section_id"),
    references=(("report_id", "reports"), ("section_id", "sections")),
    partitioned=True,
)
TEXT_FINGERPRINTS = Table(
    "text_fingerprints",
    en=(
        "One row per report and band of its MinHash: reports that share a band share much of "
        "their text."
    ),
    zh="每份报告的 MinHash 每段一行：同段相同的报告文本高度相似。",
    key=("report_id", "band"),
    columns=(
        Column("report_id", "string", "The report.", "所属报告。"),
        YEAR_OF_REPORT,
        Column("band", "int32", "Number of the band, from 0.", "段号，自 0 起。"),
        Column("hash", "int64", "Digest of the band.", "该段的摘要。"),
    ),
    order=("report_id", "band"),
    references=(("report_id", "reports"),),
    partitioned=True,
)
