"""The twenty questions of docs/questions.toml, answered on the samples: `make questions` writes docs/questions.md.

usage: python -m tests.tools.questions WAREHOUSE
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import duckdb

from tests.support.paths import ROOT

DOCS = ROOT / "docs"


def questions() -> list[dict]:
    """ask, zh and sql of each."""
    return tomllib.loads((DOCS / "questions.toml").read_text(encoding="utf-8"))["question"]


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple]]:
    """Names of the columns, and the rows."""
    cursor = connection.execute(sql)
    return [d[0] for d in cursor.description], cursor.fetchall()


def page(warehouse: Path) -> str:
    """The whole page as Markdown."""
    lines = [
        "# Twenty questions · 二十个问题",
        "",
        "What analysts ask, in SQL, with the answers on the samples of this repository (their figures are made up). Run any of them with",
        "`fazhi sql`, or in any DuckDB from 1.2 on that opens `data/warehouse.duckdb`; where the file is attached under a name, say `use` that name first.",
        "",
        "Written by `make questions`.",
        "",
    ]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for number, one in enumerate(questions(), 1):
            names, rows = answer(connection, one["sql"])
            lines += [
                f"## {number}. {one['ask']}",
                "",
                one["zh"],
                "",
                "```sql",
                one["sql"],
                "```",
                "",
            ]
            lines += [
                "| " + " | ".join(names) + " |",
                "| " + " | ".join("---" for _ in names) + " |",
            ]
            lines += ["| " + " | ".join(_cell(v) for v in row) + " |" for row in rows]
            lines += ["" if rows else "(no row)", ""] if not rows else [""]
    return "\n".join(lines)


def _cell(value: object) -> str:
    shown = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    shown = shown.replace("|", "\\|").replace("\n", " ")
    return shown if len(shown) <= 70 else shown[:69] + "…"


if __name__ == "__main__":
    (DOCS / "questions.md").write_text(page(Path(sys.argv[1])), encoding="utf-8")
    print("docs/questions.md")
