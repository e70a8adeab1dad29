"""Cost of the extraction beside a plain regex pass over the same texts, and beside what no batch can do without: `make benchmark`.

One core, the labelled reports of the repository. All sides take turns in the same process, so that a slow moment of the machine hits them all;
the ratios of the best times are what is stated.
"""

from __future__ import annotations

import hashlib
import io
import re
import time

import pyarrow.parquet as pq

import transforms
from flows.workers.batch import TOGETHER
from schemas import vocabulary
from tests.support.paths import GOLD
from transforms import readers, rows
from transforms.report import draft_report, understand_drafts

ROUNDS, COPIES = 7, 8  # so that a batch has about as many reports as in a night


def plain_pass(texts: list[str]):
    """What a plain script does: digits with a measure word behind them, and headings at the start of a line."""
    words = sorted((r["word"] for r in vocabulary.rows("measure_words.tsv")), key=len, reverse=True)
    figure = re.compile(
        r"(\d+(?:\.\d+)?)\s*(?:余|多)?\s*(万|亿)?\s*(" + "|".join(map(re.escape, words)) + ")"
    )
    heading = re.compile(
        r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.、．]).*$", re.M
    )

    def run() -> None:
        for text in texts:
            [m.groups() for m in figure.finditer(text)]
            [m.group() for m in heading.finditer(text)]

    return run


def full_pass(texts: list[str]):
    """The extraction: sections, claims, figures with codes, the account of all numerals."""
    documents = [readers.read(text.encode()) for text in texts]

    def run() -> None:
        for at in range(0, len(documents), TOGETHER):
            understand_drafts(
                [draft_report(document) for document in documents[at : at + TOGETHER]]
            )

    return run


def decoding(texts: list[str]):
    """The bytes alone: their digest, and the text in them."""
    data = [text.encode() for text in texts]

    def run() -> None:
        for some in data:
            hashlib.sha256(some).hexdigest()
            readers.read(some)

    return run


def _parsed(texts: list[str]) -> list[tuple]:
    documents = [readers.read(text.encode()) for text in texts]
    return [(f"{i:064x}", d, transforms.parse(d)) for i, d in enumerate(documents)]


def encoding(texts: list[str]):
    """The Parquet of a batch alone, from its tables."""
    parts = rows.staged(_parsed(texts))

    def run() -> None:
        for part in parts:
            pq.write_table(part, io.BytesIO(), compression="zstd")

    return run


def tabling(texts: list[str]):
    """From parsed reports to the tables of a batch: words, fingerprints, rows."""
    parsed = _parsed(texts)
    return lambda: rows.staged(parsed)


def seconds(run) -> float:
    """Of one turn."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def main() -> None:
    """Prints what each costs a report, and the ratios."""
    texts = [
        p.read_text(encoding="utf-8") for p in sorted((GOLD / "reports").glob("*.txt"))
    ] * COPIES
    passes = {
        "plain regex pass": plain_pass(texts),
        "digest and decoding": decoding(texts),
        "Parquet encoding": encoding(texts),
        "full extraction": full_pass(texts),
        "words, fingerprints, rows": tabling(texts),
    }
    for run in passes.values():
        run()
    turns = [{name: seconds(run) for name, run in passes.items()} for _ in range(ROUNDS)]
    cost = {name: min(turn[name] for turn in turns) / len(texts) * 1000 for name in passes}
    characters = sum(map(len, texts)) / len(texts)
    print(
        f"{len(texts)} reports of {characters:,.0f} characters on average, best of {ROUNDS} rounds, one core"
    )
    for name, ms in cost.items():
        print(f"{name:28}{ms:8.3f} ms a report")
    limit = sum(cost[n] for n in ("plain regex pass", "digest and decoding", "Parquet encoding"))
    whole = sum(cost.values()) - cost["plain regex pass"]
    print(f"extraction / regex pass     {cost['full extraction'] / cost['plain regex pass']:8.1f}")
    print(
        f"a batch / its limit         {whole / limit:8.1f}  (limit: decoding, regex pass and Parquet encoding, nothing else)"
    )


if __name__ == "__main__":
    main()
