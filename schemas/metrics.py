"""What a figure can measure: the catalogue of metrics, and the measure words.

To add a metric, add one entry to `vocabulary/metrics.toml` and run `make model`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from schemas import vocabulary

# From this probability on a code counts as certain: it is more likely right than wrong.
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the catalogue of metrics.

    `nouns`, `verbs` and `against` are words as reports write them: what is counted, what was done
    with it, and words that speak for another metric. `measure_words` go with the number, the usual
    ones first. Metrics of one `family` often stand in one sentence. `aggregation` says how several
    figures of one report become one value: sum, max (what exists at the end of a year), first (a
    rate) or none. `numerator` and `denominator` are the codes of the counts that a rate is made of;
    `out_of` is the code of the count that this one is a settled part of. `official_item` names the
    item of an official form that counts the same thing, where there is one. `counter_example` is a
    clause that may be taken for this metric, and `counter_code` the code that it has instead; None
    for `other` alone. `sheet`: the metric has a column in the mart `township_year_sheet`.
    """

    code: str
    domain: str
    family: str
    name_zh: str
    name_en: str
    kind: str
    aggregation: str
    unit: str
    measure_words: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    against: tuple[str, ...]
    example: str
    counter_example: str | None = None
    counter_code: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    out_of: str | None = None
    official_item: str | None = None
    sheet: bool = False


@functools.cache
def metrics() -> tuple[Metric, ...]:
    """Returns the catalogue in its order. The last entry, `other`, is for what no other code fits.

    Raises TypeError where an entry lacks a field or has an unknown one.
    """
    return tuple(_metric(entry) for entry in vocabulary.toml("metrics.toml")["metric"])


def _metric(entry: dict[str, Any]) -> Metric:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Metric(**fields)


@functools.cache
def codes() -> tuple[str, ...]:
    """Returns all metric codes in the order of the catalogue.

    The scores of the classifier have this order.
    """
    return tuple(metric.code for metric in metrics())


def sheet_metrics() -> tuple[Metric, ...]:
    """Returns the metrics that have a column in the mart `township_year_sheet`.

    They are in the order of the catalogue.
    """
    return tuple(metric for metric in metrics() if metric.sheet)


@functools.cache
def measure_words() -> Mapping[str, str]:
    """Returns measure word -> group. Words of one group are comparable (件 and 起); read-only."""
    return MappingProxyType(
        {row["word"]: row["group"] for row in vocabulary.rows("measure_words.tsv")}
    )
