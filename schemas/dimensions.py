"""The tables that describe: townships, metric codes, units."""

from __future__ import annotations

from schemas.columns import PLACE, RESOLUTIONS
from schemas.declaration import Column, Table

TOWNSHIPS = Table(
    "townships",
    en="One row per reporting body.",
    zh="每个报告单位一行。",
    key=("township_id",),
    columns=(
        Column(
            "township_id",
            "string",
            "Stable identifier: digest of province, prefecture, county and name. Where the body "
            "is not resolved, the source is part of the digest.",
            "稳定标识：省、市、县、名称的摘要；单位未能确定时含来源。",
        ),
        *PLACE,
        Column(
            "division_code",
            "string",
            "Statistical division code (12 digits) in the register of divisions.",
            "所用区划名录中的统计用区划代码（12 位）。",
            nullable=True,
        ),
        Column(
            "resolution",
            "string",
            "How certain the body is: exact, inferred (from parts of the name or from folders), "
            "ambiguous (several divisions fit) or unresolved.",
            "识别方式。",
            values=RESOLUTIONS,
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
    order=("province_name", "prefecture_name", "county_name", "township_name", "township_id"),
)
TOWNSHIP_CANDIDATES = Table(
    "township_candidates",
    en="One row per possible division of an ambiguous body.",
    zh="名称有歧义的报告单位，每个可能的区划一行。",
    key=("township_id", "division_code"),
    columns=(
        Column("township_id", "string", "The ambiguous body.", "有歧义的报告单位。"),
        Column(
            "division_code", "string", "Code of the division in the register.", "名录中的区划代码。"
        ),
        *PLACE,
    ),
    order=("township_id", "division_code"),
    references=(("township_id", "townships"),),
)
DIVISIONS = Table(
    "divisions",
    en=(
        "One row per township-level division of the register that the run used; empty without a "
        "register."
    ),
    zh="运行所用区划名录中的每个乡级区划一行；未导入名录时为空。",
    key=("township_id", "division_code"),
    columns=(
        Column(
            "township_id",
            "string",
            "The body, as in reports and townships.",
            "报告单位，与 reports、townships 一致。",
        ),
        Column(
            "division_code", "string", "Code of the division in the register.", "名录中的区划代码。"
        ),
        *PLACE,
        Column(
            "from_year",
            "int32",
            "First year under this name; null where the register does not say.",
            "使用该名称的首年；名录未注明时为空。",
            nullable=True,
        ),
        Column(
            "to_year",
            "int32",
            "Last year under this name; null where the register does not say.",
            "使用该名称的末年；名录未注明时为空。",
            nullable=True,
        ),
    ),
    order=("township_id", "division_code"),
)
METRIC_DEFINITIONS = Table(
    "metric_definitions",
    en="One row per metric code.",
    zh="每个指标代码一行。",
    key=("metric_code",),
    columns=(
        Column("metric_code", "string", "The code.", "指标代码。"),
        Column("domain", "string", "Field of work.", "工作领域。"),
        Column("name_zh", "string", "Name in Chinese.", "中文名称。"),
        Column("name_en", "string", "Name in English.", "英文名称。"),
        Column("kind", "string", "count, rate, amount or any.", "类型：数量、比率、金额或其他。"),
        Column("unit", "string", "Usual unit.", "常用单位。", nullable=True),
        Column("example", "string", "Example of how a report writes it.", "报告中的写法示例。"),
        Column(
            "counter_example",
            "string",
            "A clause that may be taken for this metric and is another, null for the code other.",
            "容易误作本指标、其实属于别的指标的写法；“其他”为空。",
            nullable=True,
        ),
        Column(
            "counter_code",
            "string",
            "The code that the counter-example has, null where there is none.",
            "上述易混写法实际所属的指标代码；没有时为空。",
            nullable=True,
        ),
        Column(
            "aggregation",
            "string",
            "How the figures of one report make one value: sum, max (what exists at the end of a "
            "year), first (a rate) or none.",
            "同一报告内多个数据的合并方式：求和、取最大（年末存量）、取首个（比率）或不合并。",
            values=("sum", "max", "first", "none"),
        ),
        Column(
            "official_item",
            "string",
            "The item of an official form that counts the same thing, null where there is none.",
            "官方统计表中含义相同的项目；没有时为空。",
            nullable=True,
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
            "Words that reports use for it, separated by blanks.",
            "报告中的各种叫法，以空格分隔。",
        ),
    ),
    order=("metric_code",),
)
UNITS = Table(
    "units",
    en="One row per measure word, with its conversion to a base unit.",
    zh="每个量词一行：可与哪些量词合计。",
    key=("unit",),
    columns=(
        Column("unit", "string", "Measure word as reports write it.", "量词。"),
        Column(
            "unit_group",
            "string",
            "Group of measure words that count the same kind of thing.",
            "量词类别。",
        ),
        Column(
            "base_unit",
            "string",
            "Unit that values are converted to before they are added up.",
            "折算后的单位。",
        ),
        Column("factor", "float64", "How many base units one of this unit is.", "折算系数。"),
    ),
    order=("unit",),
)
