"""The twenty questions and a search on a warehouse, beside plain LIKE over the raw texts.

usage: python -m tests.tools.benchmarks.questions DATA_DIR
"""

from __future__ import annotations

import sys
import time
import tomllib
from pathlib import Path

import duckdb

from tests.support.paths import ROOT


def best(connection: duckdb.DuckDBPyConnection, sql: str, rounds: int = 3) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        connection.execute(sql).fetchall()
        times.append(time.perf_counter() - begin)
    return min(times)


def main() -> None:
    """Prints a line a question, and the sizes."""
    data = Path(sys.argv[1])
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        reports, figures, raw = connection.execute(
            "select (select count(*) from reports), (select count(*) from metrics), (select sum(strlen(text)) from reports)"
        ).fetchone()
        print(f"{reports:,} reports, {figures:,} figures, {raw / 1e6:,.0f} MB of text")
        like = best(
            connection,
            "select count(*) from reports where text like '%网格员%' and text like '%调解%'",
        )
        print(f"{like:8.3f} s  LIKE over the raw texts, no ranking, no sentence")
        print(f"{best(connection, 'from search($$网格员 调解$$)'):8.3f} s  search('网格员 调解')")
        for number, one in enumerate(
            tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))[
                "question"
            ],
            1,
        ):
            print(f"{best(connection, one['sql']):8.3f} s  {number:2}. {one['ask']}")
    size = (data / "warehouse.duckdb").resolve().stat().st_size
    parquet = sum(
        p.stat().st_size for p in (data / "current" / "parquet").resolve().rglob("*.parquet")
    )
    print(
        f"warehouse.duckdb {size / 1e6:,.0f} MB ({size / raw:.2f} of the text), Parquet {parquet / 1e6:,.0f} MB ({parquet / raw:.2f})"
    )


if __name__ == "__main__":
    main()
