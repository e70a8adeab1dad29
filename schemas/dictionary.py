"""The data dictionary, written from the declarations into docs/, in English and in Chinese.

`make dictionary` writes both pages; a test compares them with the declarations.

usage: python -m schemas.dictionary
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from schemas.declaration import Column, Table
from schemas.descriptors import DESCRIPTORS
from schemas.metrics import metrics
from schemas.reasons import reasons
from schemas.tables import TABLES

DOCS = Path(__file__).resolve().parent.parent / "docs"

# a longer list of values than this is not repeated in a table cell
MAX_LISTED_VALUES = 20

_HEADS = {
    "en": """# Data dictionary

Generated from the declarations in `schemas/`; do not edit (`make dictionary`). Each table is the
same in `warehouse.duckdb` and in `parquet/<table>/`.
""",
    "zh": """# 数据字典

本页由 `schemas/` 中的表结构声明生成，请勿手工修改（`make dictionary`）。
每张表在 `warehouse.duckdb` 与 `parquet/<表名>/` 中内容相同。
""",
}


def pages() -> dict[str, str]:
    """Returns file name -> content of the dictionary's two pages."""
    return {"data-dictionary.md": page("en"), "data-dictionary.zh.md": page("zh")}


def page(language: str) -> str:
    """Returns the dictionary in one language, `en` or `zh`, as Markdown."""
    parts = [_HEADS[language], *(_table(table, language) for table in TABLES)]
    parts += [_metric_codes(language), _descriptors(language), _reason_codes(language)]
    return "\n".join(parts)


def _table(table: Table, language: str) -> str:
    zh = language == "zh"
    key = ("主键：" if zh else "Key: ") + ", ".join(f"`{name}`" for name in table.key)
    heads = (
        ("列", "类型", "可空", "单位", "说明")
        if zh
        else ("column", "type", "null", "unit", "meaning")
    )
    references = dict(table.references)
    rows = [
        (
            f"`{column.name}`",
            column.type,
            ("是" if zh else "yes") if column.nullable else "",
            column.unit or "",
            _meaning(column, references.get(column.name), zh),
        )
        for column in table.columns
    ]
    description = table.zh if zh else table.en
    return f"## {table.name}\n\n{description}\n\n{key}\n\n{_markdown(heads, rows)}"


def _meaning(column: Column, target: str | None, zh: bool) -> str:
    """Returns the description of a column, its values and the table that it refers to."""
    text = column.zh if zh else column.en
    if 0 < len(column.values) <= MAX_LISTED_VALUES:
        values = ", ".join(f"`{value}`" for value in column.values)
        text += f" 取值：{values}。" if zh else f" One of {values}."
    if target:
        text += f" 引用 `{target}`。" if zh else f" Refers to `{target}`."
    return text


def _metric_codes(language: str) -> str:
    zh = language == "zh"
    heads = (
        ("代码", "领域", "名称", "类型", "单位", "示例", "易混写法")
        if zh
        else ("code", "domain", "name", "kind", "unit", "example", "not to be taken for it")
    )
    rows = [
        (
            f"`{m.code}`",
            m.domain,
            m.name_zh if zh else m.name_en,
            m.kind,
            m.unit,
            m.example,
            f"{m.counter_example}: `{m.counter_code}`" if m.counter_example else "",
        )
        for m in metrics()
    ]
    return f"## {'指标代码' if zh else 'Metric codes'}\n\n{_markdown(heads, rows)}"


def _descriptors(language: str) -> str:
    zh = language == "zh"
    title = "发布状态的描述文件" if zh else "Descriptors of a state"
    heads = ("文件", "用途") if zh else ("file", "what it is for")
    rows = [(f"`{d.name}`", d.zh if zh else d.en) for d in DESCRIPTORS]
    return f"## {title}\n\n{_markdown(heads, rows)}"


def _reason_codes(language: str) -> str:
    zh = language == "zh"
    title = "隔离原因代码" if zh else "Reason codes of the quarantine"
    heads = ("代码", "情况", "处理办法") if zh else ("code", "what happened", "what to do")
    rows = [
        (f"`{r.code}`", r.zh if zh else r.en, r.do_zh if zh else r.do_en)
        for r in reasons().values()
    ]
    return f"## {title}\n\n{_markdown(heads, rows)}"


def _markdown(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Returns a Markdown table that ends with a line break."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> None:
    """Writes both pages and prints their names."""
    DOCS.mkdir(exist_ok=True)
    for name, content in pages().items():
        (DOCS / name).write_text(content, encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
