"""The tables of the figures: metrics, every numeral of a text, and the links between figures."""

from __future__ import annotations

from schemas.columns import (
    CHANGE_DIRECTIONS,
    LINK_KINDS,
    NUMERAL_KINDS,
    QUALIFIERS,
    STATUSES,
    TRUSTS,
    YEAR_OF_REPORT,
)
from schemas.declaration import Column, Table

METRICS = Table(
    "metrics",
    en="One row per figure: a number by which a report says how many, how much or what share.",
    zh="每个数据一行：报告中说明数量、金额或比例的数字。",
    key=("metric_id",),
    columns=(
        Column(
            "metric_id",
            "string",
            "Stable identifier: report and offset.",
            "稳定标识：报告与偏移量。",
        ),
        Column("report_id", "string", "The report.", "所属报告。"),
        Column("section_id", "string", "The section that contains it.", "所在章节。"),
        Column(
            "township_id",
            "string",
            "The reporting body.",
            "报告单位。",
            nullable=True,
            staged=False,
        ),
        YEAR_OF_REPORT,
        Column(
            "metric_code",
            "string",
            "What it measures; see metric_definitions.",
            "指标代码，见 metric_definitions。",
        ),
        Column(
            "confidence",
            "float64",
            "Probability that the code is right, as the classifier estimates it.",
            "指标代码正确的概率（分类器给出）。",
            unit="0 to 1",
        ),
        Column(
            "reason", "string", "The words of the text that decided its code.", "判定依据的词语。"
        ),
        Column(
            "value",
            "float64",
            "The number; of a range the lower end; of a percentage the number before the sign "
            "(93 for 93%).",
            "数值；区间取下限；百分数取原数（93% 为 93）。",
        ),
        Column(
            "value_high",
            "float64",
            "The upper end of a range; null for a single number.",
            "区间上限。",
            nullable=True,
        ),
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
            "Measure word as printed, without 万 or 亿; empty where there is none.",
            "量词原文，不含万、亿；未写则为空串。",
        ),
        Column(
            "status",
            "string",
            "actual: done or existing; planned; background: given for comparison.",
            "实际、计划或对比背景。",
            values=STATUSES,
        ),
        Column(
            "subject",
            "string",
            "What is counted, in the words of the text.",
            "所计对象（原文）。",
            nullable=True,
        ),
        Column("sentence", "string", "The sentence that contains it.", "所在句子。"),
        Column(
            "quote",
            "string",
            "Number and measure word as printed: in Python text[char_start:char_end], in SQL "
            "substring(text, char_start + 1, char_end - char_start), which counts from 1.",
            "数字及量词原文：Python 为 text[char_start:char_end]；SQL 从 1 计数，为 "
            "substring(text, char_start + 1, char_end - char_start)。",
        ),
        Column(
            "char_start",
            "int32",
            "Offset of the number's first character, from 0.",
            "数字首字符的偏移量（从 0 起）。",
            unit="code points",
        ),
        Column(
            "char_end",
            "int32",
            "Offset of the first character after the measure word.",
            "量词之后的偏移量。",
            unit="code points",
        ),
        Column(
            "page",
            "int32",
            "Page number, from 1; null for formats without pages.",
            "所在页码，自 1 起（有分页的格式）。",
            nullable=True,
        ),
        Column(
            "trust",
            "string",
            "How far to trust it: unquestioned; questioned by a rule; confirmed, corrected or "
            "rejected by a person (see decisions).",
            "可信程度：unquestioned 无疑问，questioned 被规则质疑，"
            "confirmed、corrected、rejected 为人工确认、更正、否定（见 decisions）。",
            values=TRUSTS,
            staged=False,
        ),
    ),
    order=("report_year", "report_id", "char_start"),
    references=(
        ("report_id", "reports"),
        ("section_id", "sections"),
        ("township_id", "townships"),
        ("metric_code", "metric_definitions"),
    ),
    partitioned=True,
)
NUMERALS = Table(
    "numerals",
    en=(
        "One row per numeral in a text. Each is a figure, a known kind of non-figure, or "
        "unexplained."
    ),
    zh="文本中每个数字一行：或为数据，或为有名目的非数据，或为未解释。",
    key=("numeral_id",),
    columns=(
        Column(
            "numeral_id",
            "string",
            "Stable identifier: report and offset.",
            "稳定标识：报告与偏移量。",
        ),
        Column("report_id", "string", "The report.", "所属报告。"),
        YEAR_OF_REPORT,
        Column(
            "kind",
            "string",
            "figure, unexplained, or the kind of non-figure.",
            "类别：figure 为数据，unexplained 为未解释，其余为非数据的名目。",
            values=NUMERAL_KINDS,
        ),
        Column(
            "metric_id",
            "string",
            "The figure; null for other kinds.",
            "对应的数据。",
            nullable=True,
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
            "Offset of the first character after it.",
            "结束偏移量。",
            unit="code points",
        ),
    ),
    order=("report_year", "report_id", "char_start"),
    references=(("report_id", "reports"), ("metric_id", "metrics")),
    partitioned=True,
)
METRIC_LINKS = Table(
    "metric_links",
    en=(
        "One row per link between two figures of one text: from a rate to its counts, from a part "
        "to its total, from a settled count to the received count, from a stated change to the "
        "figure that changed."
    ),
    zh="同一文本中数据之间的每条联系一行：比率与其分子分母，其中项与总数，办结数与受理数，变化与变化的数据。",
    key=("metric_id", "kind"),
    columns=(
        Column(
            "metric_id",
            "string",
            "The rate, the part, the settled count or the change.",
            "比率、其中项、办结数或变化。",
        ),
        Column(
            "kind",
            "string",
            "What the other figure is: numerator or denominator of the rate; part_of: total of the "
            "part; out_of: received count of the settled count; change_of: the figure that "
            "changed.",
            "另一数据是什么：比率的分子、分母，所属总数，受理数，或发生变化的数据。",
            values=LINK_KINDS,
        ),
        Column("to_metric_id", "string", "The other figure.", "另一数据。"),
        Column(
            "direction",
            "string",
            "Of a change: up, down or same.",
            "变化的方向：上升、下降或不变。",
            nullable=True,
            values=CHANGE_DIRECTIONS,
        ),
        Column(
            "base_year",
            "int32",
            "Of a change: the year compared with, null where the text does not say.",
            "变化所比较的年份；文本未说明时为空。",
            nullable=True,
        ),
        Column("report_id", "string", "The report.", "所属报告。"),
        YEAR_OF_REPORT,
    ),
    order=("report_year", "report_id", "metric_id", "kind"),
    references=(("report_id", "reports"), ("metric_id", "metrics"), ("to_metric_id", "metrics")),
    partitioned=True,
)
