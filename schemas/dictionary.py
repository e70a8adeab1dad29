"""The data dictionary, from the declarations. `make dictionary` writes it to docs/; a test keeps it true.

usage: python -m schemas.dictionary
"""

from __future__ import annotations

from pathlib import Path

from schemas import tables
from schemas.metrics import metrics
from schemas.reasons import reasons

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[str, str]:
    """File name -> content, in English and in Chinese."""
    return {"data-dictionary.md": _page("en"), "data-dictionary.zh.md": _page("zh")}


def _page(language: str) -> str:
    zh = language == "zh"
    lines = [
        "# 数据字典" if zh else "# Data dictionary",
        "",
        "本页由表结构声明生成，请勿手工修改（`make dictionary`）。每张表在 `warehouse.duckdb` 与 `parquet/<表名>/` 中内容相同。"
        if zh
        else "Generated from the declarations; do not edit (`make dictionary`). Each table is the same in `warehouse.duckdb` and in `parquet/<table>/`.",
        "",
    ]
    for table in tables.TABLES:
        lines += [
            f"## {table.name}",
            "",
            table.zh if zh else table.en,
            "",
            ("主键：" if zh else "Key: ") + ", ".join(f"`{k}`" for k in table.key),
            "",
        ]
        lines += [
            "| 列 | 类型 | 可空 | 单位 | 说明 |"
            if zh
            else "| column | type | null | unit | meaning |",
            "| --- | --- | --- | --- | --- |",
        ]
        references = dict(table.references)
        for c in table.columns:
            said = c.zh if zh else c.en
            if c.values:
                said += (
                    (" 取值：" if zh else " One of ")
                    + ", ".join(f"`{v}`" for v in c.values)
                    + ("。" if zh else ".")
                )
            if c.name in references:
                said += (
                    f" 引用 `{references[c.name]}`。"
                    if zh
                    else f" Refers to `{references[c.name]}`."
                )
            nullable = ("是" if zh else "yes") if c.nullable else ""
            lines.append(f"| `{c.name}` | {c.type} | {nullable} | {c.unit or ''} | {said} |")
        lines.append("")
    lines += [
        "## 指标代码" if zh else "## Metric codes",
        "",
        "| 代码 | 领域 | 名称 | 类型 | 单位 | 示例 |"
        if zh
        else "| code | domain | name | kind | unit | example |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for m in metrics():
        lines.append(
            f"| `{m.code}` | {m.domain} | {m.name_zh if zh else m.name_en} | {m.kind} | {m.unit} | {m.example} |"
        )
    lines += [
        "",
        "## 隔离原因" if zh else "## Reason codes of the quarantine",
        "",
        "| 代码 | 情况 | 处理办法 |" if zh else "| code | what happened | what to do |",
        "| --- | --- | --- |",
    ]
    for reason in reasons().values():
        happened, to_do = (reason.zh, reason.do_zh) if zh else (reason.en, reason.do_en)
        lines.append(f"| `{reason.code}` | {happened} | {to_do} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes both pages."""
    DOCS.mkdir(exist_ok=True)
    for name, content in pages().items():
        (DOCS / name).write_text(content, encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
