"""The words of the catalogue of metrics, found in a text in one pass."""

from __future__ import annotations

import functools

from ahocorasick_rs import AhoCorasick

from schemas.metrics import metrics

ROLES = (("N", "nouns"), ("V", "verbs"), ("A", "against"))


Entry = tuple[str, str, str]  # role, code, family
Hit = tuple[str, int]  # a word of the catalogue in a text, and where it ends


@functools.cache
def _entries() -> dict[str, tuple[Entry, ...]]:
    entries: dict[str, list[Entry]] = {}
    for metric in metrics():
        for role, field in ROLES:
            for word in getattr(metric, field):
                entries.setdefault(word, []).append((role, metric.code, metric.family))
    return {word: tuple(entries[word]) for word in sorted(entries)}


def entries_of(word: str) -> tuple[Entry, ...]:
    """Returns the entries that name a word of the catalogue.

    Their role is N where it is a noun, V where a verb, A where a word against the metric.
    """
    return _entries()[word]


@functools.cache
def _automaton() -> tuple[list[str], AhoCorasick]:
    words = list(_entries())
    return words, AhoCorasick(words)


@functools.lru_cache(maxsize=20_000)
def words_of_catalogue(text: str) -> tuple[Hit, ...]:
    """Returns every word of the catalogue in a text, overlapping ones too."""
    words, automaton = _automaton()
    found = automaton.find_matches_as_indexes(text, overlapping=True)
    return tuple((words[i], end) for i, _, end in found)


@functools.lru_cache(maxsize=20_000)
def nouns_of(text: str) -> tuple[str, ...]:
    """Returns every noun of the catalogue in a text, overlapping ones too."""
    return tuple(
        word
        for word, _ in words_of_catalogue(text)
        if any(role == "N" for role, _, _ in entries_of(word))
    )
