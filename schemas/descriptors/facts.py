"""What the descriptors say of every state, and what differs from one state to the next."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "fazhi-warehouse"
TITLE = {
    "en": "Annual rule-of-law reports of Chinese townships: figures with their sources",
    "zh": "乡镇（街道）法治政府建设年度报告数据仓库",
}
KEYWORDS = {
    "en": ("rule of law", "townships", "government reports", "China"),
    "zh": ("法治政府建设", "年度报告", "乡镇", "街道", "依法行政"),
}
SOURCE = {
    "en": "Annual reports on the rule of law of township governments, as they were received; the "
    "table sources has the address and the digest of each",
    "zh": "乡镇人民政府、街道办事处的法治政府建设年度报告（收到时的文件）；每份的地址和摘要见 sources 表",
}
# the licence identifier that says that none was stated
NO_LICENCE = "notspecified"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes the states of a data folder, and under which licence.

    `name_zh` is the name in Chinese; `licence` an SPDX identifier, `licence_url` the address of its
    text, `email` and `url` where to ask and where the data is offered. "" where nothing is stated.
    """

    name: str = NAME
    name_zh: str = ""
    email: str = ""
    url: str = ""
    licence: str = ""
    licence_url: str = ""

    def chinese_name(self) -> str:
        """Returns the name in Chinese, else the other one."""
        return self.name_zh or self.name


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What the descriptors say of one published state.

    `id` and `digest` (SHA-256) name it; `years` are the years of its reports and `provinces` their
    provinces, both sorted; `reports` and `figures` are numbers of rows.
    """

    id: str
    digest: str
    parser_version: str
    schema_version: str
    reports: int
    figures: int
    years: tuple[int, ...] = ()
    provinces: tuple[str, ...] = ()
    publisher: Publisher = Publisher()

    def version(self) -> str:
        """Returns a semantic version: that of the tables, and the number of the run: 16.0.12."""
        return f"{self.schema_version}.0.{int(self.id[1:].split('-')[0])}"

    def span(self) -> tuple[int, int] | None:
        """Returns the first and the last year of the reports; None where no year is known."""
        return (min(self.years), max(self.years)) if self.years else None

    def description(self) -> dict[str, str]:
        """Returns one paragraph on the state, in English (`en`) and Chinese (`zh`)."""
        span = self.span()
        years = years_zh = ""
        if span:
            first, last = span
            years = f" on {first} to {last}" if last > first else f" on {first}"
            years_zh = (
                f"，所述年度 {first} 至 {last} 年" if last > first else f"，所述年度 {first} 年"
            )
        return {
            "en": f"{self.reports:,} reports{years} with {self.figures:,} figures, each with its "
            "value, unit, status and meaning, and with the place in the text that it was read "
            "from. Figures that rules or people doubt are marked in metrics.trust. "
            f"State {self.id}.",
            "zh": f"报告 {self.reports:,} 份{years_zh}，数据 {self.figures:,} 项；每项数据附数值、单位、"
            "状态、指标含义及其在原文中的位置，存疑数据在 metrics.trust 中标明。"
            f"发布状态 {self.id}。",
        }
