"""The descriptors of a published state: what catalogues, tools and people outside read of it.

They are derived from the declared tables and from the facts of the state alone, without a clock, so
the same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from schemas.descriptors import catalogue, citation, contract, croissant, datapackage, dbt
from schemas.descriptors.facts import Publisher, StateFacts

__all__ = ["DESCRIPTORS", "NAMES", "Descriptor", "Publisher", "StateFacts", "contents"]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One descriptor: the name of its file, what it is for (`en`, `zh`), and what writes it."""

    name: str
    en: str
    zh: str
    write: Callable[[StateFacts], str]


DESCRIPTORS = (
    Descriptor(
        "datapackage.json",
        "Data Package v2: tables, types, keys, references, units, descriptions in two languages.",
        "Data Package v2：各表的类型、主键、引用、单位与中英文说明。",
        datapackage.content,
    ),
    Descriptor(
        "croissant.json",
        "schema.org/Dataset in JSON-LD with Croissant 1.0: search engines, machine learning.",
        "schema.org/Dataset（JSON-LD，Croissant 1.0），供搜索引擎与机器学习工具使用。",
        croissant.content,
    ),
    Descriptor(
        "catalogue.xml",
        "Core elements of GB/T 21063.3-2007 for Chinese catalogues: XML with Chinese names.",
        "GB/T 21063.3-2007 核心元数据（XML，元素名为中文），供政务信息资源目录使用。",
        catalogue.content,
    ),
    Descriptor(
        "CITATION.cff",
        "How to cite this state, by its identifier and digest: Citation File Format 1.2.",
        "引用本发布状态的方式（状态编号与摘要），Citation File Format 1.2。",
        citation.content,
    ),
    Descriptor(
        "sources.yml",
        "Sources of dbt with the tests that follow from keys, nulls, values and references.",
        "dbt 数据源定义，含由主键、空值、取值与引用得出的检验。",
        dbt.content,
    ),
    Descriptor(
        "contract.odcs.yaml",
        "Open data contract, ODCS 3.1.",
        "开放数据契约（ODCS 3.1）。",
        contract.content,
    ),
)
NAMES = tuple(descriptor.name for descriptor in DESCRIPTORS)


def contents(facts: StateFacts) -> dict[str, bytes]:
    """Returns file name -> bytes of every descriptor of a state."""
    return {descriptor.name: descriptor.write(facts).encode() for descriptor in DESCRIPTORS}
