"""The words of the catalogue of metrics, found in a text in one pass."""

from __future__ import annotations

import functools
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from schemas.metrics import metrics

ROLES = (("N", "nouns"), ("V", "verbs"), ("A", "against"))


class Hit(NamedTuple):
    """A word of the catalogue in a text, where it ends, and the entries that name it.

    An entry is (role, code, family): role N for a noun, V for a verb, A for a word against the metric.
    """

    word: str
    end: int
    entries: tuple[tuple[str, str, str], ...]


@functools.cache
def _catalogue() -> tuple[list[str], list[tuple[tuple[str, str, str], ...]], AhoCorasick]:
    entries: dict[str, list[tuple[str, str, str]]] = {}
    for metric in metrics():
        for role, field in ROLES:
            for word in getattr(metric, field):
                entries.setdefault(word, []).append((role, metric.code, metric.family))
    words = sorted(entries)
    return words, [tuple(entries[word]) for word in words], AhoCorasick(words)


@functools.lru_cache(maxsize=20_000)
def words_of_catalogue(text: str) -> tuple[Hit, ...]:
    """Returns every word of the catalogue in a text, overlapping ones too."""
    words, entries, automaton = _catalogue()
    found = automaton.find_matches_as_indexes(text, overlapping=True)
    return tuple(Hit(words[i], end, entries[i]) for i, _, end in found)
