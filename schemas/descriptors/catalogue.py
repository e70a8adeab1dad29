"""The state for a Chinese catalogue of government information: `catalogue.xml`.

It has the core elements of GB/T 21063.3-2007 (政务信息资源目录体系 第3部分：核心元数据) as XML with
Chinese element names.

The six mandatory elements are there, and keywords and the address online of the optional ones. The
code of the class (类目编码) is given by whoever keeps the catalogue.
"""

from __future__ import annotations

from html import escape
from typing import TypeAlias

from schemas.descriptors.facts import KEYWORDS, NAME, TITLE, StateFacts

STANDARD = "GB/T 21063.3-2007"
Element: TypeAlias = "tuple[str, str | list[Element]]"


def content(facts: StateFacts) -> str:
    """Returns the descriptor as XML in UTF-8."""
    publisher = facts.publisher
    provider: list[Element] = [("资源提供单位", publisher.chinese_name())]
    if publisher.email:
        provider.append(("电子邮件地址", publisher.email))
    coverage = ""
    if span := facts.span():
        coverage += f"时间范围：{span[0]} 至 {span[1]} 年。"
    if facts.provinces:
        coverage += f"空间范围：{'、'.join(facts.provinces)}。"
    elements: list[Element] = [
        ("信息资源名称", TITLE["zh"]),
        ("信息资源摘要", facts.description()["zh"] + coverage),
        ("信息资源提供方", provider),
        (
            "信息资源分类",
            [("分类方式", "主题分类"), ("类目名称", "公安、安全、司法")],
        ),
        ("信息资源标识符", f"{NAME}/{facts.id}"),
        ("元数据标识符", f"{NAME}/{facts.id}/catalogue.xml"),
        ("关键字说明", [("关键字", word) for word in KEYWORDS["zh"]]),
    ]
    if publisher.url:
        elements.append(("在线资源链接地址", publisher.url))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<核心元数据 标准="{escape(STANDARD)}">\n'
    return head + "".join(_lines(elements, " ")) + "</核心元数据>\n"


def _lines(elements: list[Element], indent: str) -> list[str]:
    lines = []
    for name, value in elements:
        if isinstance(value, str):
            lines.append(f"{indent}<{name}>{escape(value, quote=False)}</{name}>\n")
        else:
            lines += [f"{indent}<{name}>\n", *_lines(value, indent + " "), f"{indent}</{name}>\n"]
    return lines
