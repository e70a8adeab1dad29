"""Columns that several tables share, and the values that enumerations allow."""

from __future__ import annotations

from dataclasses import replace

from schemas.declaration import Column
from schemas.vocabulary import toml

REPORT_YEAR = Column(
    "report_year",
    "int32",
    "Year the report is about, not the year it was issued in.",
    "报告所述年度（不是发文年度）。",
    nullable=True,
    unit="year",
)
# the same year in the rows that belong to a report: copied from the report once its body is known
YEAR_OF_REPORT = replace(REPORT_YEAR, staged=False)
PLACE = (
    Column(
        "township_name",
        "string",
        "Name of the body with its suffix (河西镇); null where the text never names it.",
        "乡镇（街道）全称；文中未出现则为空。",
        nullable=True,
        staged=False,
    ),
    Column(
        "county_name",
        "string",
        "Official name of its county-level division; null where neither text nor register decides.",
        "所属县级行政区名称；无法确定则为空。",
        nullable=True,
        staged=False,
    ),
    Column(
        "prefecture_name",
        "string",
        "Official name of its prefecture; null for counties directly under a province or "
        "municipality.",
        "所属地级行政区名称；直辖市及省直辖县为空。",
        nullable=True,
        staged=False,
    ),
    Column(
        "province_name",
        "string",
        "Official name of its province.",
        "所属省级行政区名称。",
        nullable=True,
        staged=False,
    ),
)

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
REPORT_KINDS = (
    "rule_of_law",
    "leader_duty",
    "enforcement",
    "openness",
    "half_year",
    "county",
    "other",
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
LINK_KINDS = ("numerator", "denominator", "part_of", "out_of", "change_of")
CHANGE_DIRECTIONS = ("up", "down", "same")
SEVERITIES = ("critical", "warning", "info")
CONSEQUENCES = ("note", "flag", "hold_report", "hold_publication")
TRUSTS = ("unquestioned", "questioned", "confirmed", "corrected", "rejected")
