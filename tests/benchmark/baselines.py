"""Answers to be scored: of a plain regular expression, of a linear model, and of the program itself.

usage: python -m tests.benchmark.baselines (regex | linear | program) > ANSWERS.jsonl
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from schemas.errors import Rejected
from schemas.metrics import codes, measure_words, metrics
from tests.support.scoring import parse
from tests.tools.training import is_held_out, logistic, real_texts

WINDOW, BUCKETS = 12, 1 << 15
Figures = list[dict[str, Any]]
_WORDS = "|".join(sorted(map(re.escape, measure_words()), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<number>\d+(?:\.\d+)?)(?P<scale>[万亿]?)(?P<more>[余多]?)(?P<unit>{_WORDS})"
)
_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}


def numbers(text: str) -> list[tuple[dict[str, Any], str]]:
    """Returns each number with a measure word behind it, without a code, and the text before it."""
    flat = unicodedata.normalize("NFKC", text)
    if len(flat) != len(text):
        flat = text
    out = []
    for m in _NUMBER.finditer(flat):
        figure = {
            "start": m.start(),
            "value": float(m["number"]) * _SCALE[m["scale"]],
            "value_high": None,
            "qualifier": "over" if m["more"] else "exact",
            "unit": m["unit"],
            "metric": "other",
            "status": "actual",
        }
        out.append((figure, flat[max(0, m.start() - WINDOW) : m.start()]))
    return out


def regex() -> Callable[[str], Figures]:
    """Returns a reader that takes the metric whose noun stands nearest before the number."""
    nouns = [(noun, metric.code) for metric in metrics() for noun in metric.nouns]

    def read(text: str) -> Figures:
        figures = []
        for figure, before in numbers(text):
            ends = [
                (before.rfind(noun) + len(noun), len(noun), code)
                for noun, code in nouns
                if noun in before
            ]
            figures.append({**figure, "metric": max(ends)[2] if ends else "other"})
        return figures

    return read


def linear() -> Callable[[str], Figures]:
    """Returns a reader that decides the code by logistic regression over pairs of characters."""
    rows, targets = [], []
    for text, gold in real_texts():
        if is_held_out(gold["doc"]):
            continue
        labels = {label["start"]: label["metric"] for label in gold["figures"]}
        for figure, before in numbers(text):
            if figure["start"] in labels:
                rows.append(_pairs(before, figure["unit"]))
                targets.append(codes().index(labels[figure["start"]]))
    own, bias = logistic(_matrix(rows), np.eye(len(codes()))[targets])

    def read(text: str) -> Figures:
        found = numbers(text)
        if not found:
            return []
        scores = _matrix([_pairs(before, figure["unit"]) for figure, before in found]) @ own + bias
        best = scores.argmax(axis=1)
        return [{**f, "metric": codes()[b]} for (f, _), b in zip(found, best.tolist())]

    return read


def _pairs(before: str, unit: str) -> list[int]:
    import zlib

    names = [before[i : i + 2] for i in range(len(before) - 1)]
    names += [f"{unit}|{before[-2:]}", f"unit {unit}", f"last {before[-1:]}"]
    return [zlib.crc32(name.encode()) % BUCKETS for name in names]


def _matrix(rows: list[list[int]]) -> csr_matrix:
    flat = [column for row in rows for column in set(row)]
    begins = np.cumsum([0, *(len(set(row)) for row in rows)])
    return csr_matrix((np.ones(len(flat)), flat, begins), shape=(len(rows), BUCKETS))


def program() -> Callable[[str], Figures]:
    """Returns the reader of this project; a text that it refuses has no figures."""

    def read(text: str) -> Figures:
        try:
            readings = parse(text).readings
        except Rejected:
            return []
        return [
            {
                "start": r.figure.start,
                "value": r.figure.value,
                "value_high": r.figure.value_high,
                "qualifier": r.figure.qualifier,
                "unit": r.figure.unit,
                "metric": r.decision.code,
                "status": r.status,
            }
            for r in readings
        ]

    return read


READERS = {"regex": regex, "linear": linear, "program": program}


def main() -> None:
    """Prints the answers of one reader on all marked texts, one JSON object a line."""
    if len(sys.argv) != 2 or sys.argv[1] not in READERS:
        sys.exit(__doc__)
    read = READERS[sys.argv[1]]()
    for text, gold in real_texts():
        print(json.dumps({"doc": gold["doc"], "figures": read(text)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
