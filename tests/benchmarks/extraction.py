"""Cost of the extraction beside a plain regex pass over the same texts: `make benchmark`.

One core, the labelled reports of the repository. Both sides take turns in the same process, so that a slow moment of the machine hits both;
the ratio of the best times is what is stated.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import transforms
from schemas import vocabulary
from transforms import readers

GOLD = Path(__file__).resolve().parent.parent / "gold"
ROUNDS = 15


def plain_pass(texts: list[str]):
    """What a plain script does: digits with a measure word behind them, and headings at the start of a line."""
    words = sorted((r["word"] for r in vocabulary.rows("measure_words.tsv")), key=len, reverse=True)
    figure = re.compile(r"(\d+(?:\.\d+)?)\s*(?:余|多)?\s*(万|亿)?\s*(" + "|".join(map(re.escape, words)) + ")")
    heading = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.、．]).*$", re.M)

    def run() -> None:
        for text in texts:
            [m.groups() for m in figure.finditer(text)]
            [m.group() for m in heading.finditer(text)]

    return run


def full_pass(texts: list[str]):
    """The extraction: sections, claims, figures with codes, the account of all numerals."""
    documents = [readers.read(text.encode()) for text in texts]

    def run() -> None:
        for document in documents:
            transforms.parse(document)

    return run


def best(run) -> float:
    """Seconds of one turn."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def main() -> None:
    """Prints both costs a report and their ratio."""
    texts = [p.read_text(encoding="utf-8") for p in sorted((GOLD / "reports").glob("*.txt"))]
    plain, full = plain_pass(texts), full_pass(texts)
    full()
    times = [(best(plain), best(full)) for _ in range(ROUNDS)]
    a, b = min(t[0] for t in times), min(t[1] for t in times)
    characters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} reports of {characters:,.0f} characters on average, best of {ROUNDS} rounds, one core")
    print(f"plain regex pass   {a / len(texts) * 1000:8.3f} ms a report")
    print(f"full extraction    {b / len(texts) * 1000:8.3f} ms a report")
    print(f"ratio              {b / a:8.2f}")


if __name__ == "__main__":
    main()
