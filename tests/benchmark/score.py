"""Scores anyone's answers on the marked texts.

usage: python -m tests.benchmark.score ANSWERS.jsonl [HAND ...]

ANSWERS has one JSON object a line: {"doc": "R2_01", "figures": [{"start": 326, "value": 40, "value_high": null,
"qualifier": "over", "unit": "条", "metric": "public_participation", "status": "actual"}, ...]}. `start` is the
offset of the number in the text, in Unicode code points. Only the texts of the hands that are named
(R1, R2, ...) count; without a name the hands that train nothing. A text without an answer counts as
one in which nothing was found.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

from tests.tools.training import is_held_out, real_texts

FIELDS = ("value", "qualifier", "unit", "metric", "status")


def same(field: str, answer: dict[str, Any], label: dict[str, Any]) -> bool:
    """Whether a field of an answer is right. Units are compared after NFKC, values with their high end."""
    if field == "value":
        return _near(answer.get("value"), label["value"]) and _near(
            answer.get("value_high"), label["value_high"]
        )
    if field == "unit":
        one, other = (unicodedata.normalize("NFKC", x.get("unit") or "") for x in (answer, label))
        return one == other
    return bool(answer.get(field) == label[field])


def _near(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return abs(a - b) <= 1e-6 * max(1.0, abs(b))


def count(figures: list[dict[str, Any]], labels: list[dict[str, Any]]) -> Counter[str]:
    """Returns true, given, hit, the right fields of the hits, and `fact` (value, unit and metric right)."""
    n: Counter[str] = Counter(true=len(labels), given=len(figures))
    by_start = {figure["start"]: figure for figure in figures}
    for label in labels:
        figure = by_start.get(label["start"])
        if figure is None:
            continue
        right = {field: same(field, figure, label) for field in FIELDS}
        n["hit"] += 1
        n.update({field: int(value) for field, value in right.items()})
        n["fact"] += right["value"] and right["unit"] and right["metric"]
    return n


def score(answers: dict[str, list[dict[str, Any]]], hands: list[str]) -> dict[str, float]:
    """Returns the measures over the texts of some hands; `answers` are the figures of each text."""
    n: Counter[str] = Counter()
    for _, gold in real_texts():
        hand = gold["doc"].rsplit("_", 1)[0]
        if hand in hands or (not hands and is_held_out(gold["doc"])):
            n.update(count(answers.get(gold["doc"], []), gold["figures"]))
    total = n["true"] + n["given"]
    shares = {field: n[field] / n["hit"] if n["hit"] else 0.0 for field in FIELDS}
    return {
        "figures": n["true"],
        "figure F1": 2 * n["hit"] / total if total else 1.0,
        "fact F1": 2 * n["fact"] / total if total else 1.0,
        **shares,
    }


def main() -> None:
    """Prints the measures, a line each."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    answers = {answer["doc"]: answer["figures"] for answer in map(json.loads, lines)}
    for name, value in score(answers, sys.argv[2:]).items():
        print(f"{name:12} {value:.4f}" if name != "figures" else f"{name:12} {value:.0f}")


if __name__ == "__main__":
    main()
