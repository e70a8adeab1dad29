"""The words of the catalogue of metrics, found in a text in one pass, and what each says of a metric."""

from __future__ import annotations

import functools
import re
from itertools import chain

import numpy as np
from ahocorasick_rs import AhoCorasick

from schemas.metrics import codes, measure_words, metrics
from transforms.codes import features

FLAGS = re.compile(
    r"其中|分别|平均|人均|每|共|累计|合计|同比|下降|增长|增加|减少|比例|占|其余|剩余|另|尚|新增|超过"
)
PLACES = "nfsbah"  # near: own clause before the number; far: clauses before; s: sentence before; behind; after; heading


class Lexicon:
    """All words of the catalogue: their automaton, the metrics in whose entries each stands, and what field of work each speaks of."""

    def __init__(self) -> None:
        entries: dict[str, list[tuple[int, int]]] = {}
        for i, metric in enumerate(metrics()):
            for role, key in enumerate(("nouns", "verbs", "against")):
                for word in getattr(metric, key):
                    entries.setdefault(word, []).append((role, i))
        self.words = sorted(entries)
        self.automaton = AhoCorasick(self.words)
        self.sizes = np.array([len(w) for w in self.words])
        roles = [entries[w] for w in self.words]
        self.counts = np.array([len(r) for r in roles])
        self.begins = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        self.roles = np.array([role for r in roles for role, _ in r])
        self.metrics = np.array([metric for r in roles for _, metric in r])
        self.own = np.zeros(
            (len(metrics()), len(self.words)), bool
        )  # the nouns and verbs of each metric
        of_word, counts_it = np.repeat(np.arange(len(self.words)), self.counts), self.roles < 2
        self.own[self.metrics[counts_it], of_word[counts_it]] = True
        self.domains, self.domain_of = self._votes("domain", roles)
        self.families, self.family_of = self._votes("family", roles)
        named = features.letters(self.words, max(map(len, self.words)))
        self.keys = features.whole(named, "word")
        self.codes = np.array(
            [*(features.seed(f"code {c}") for c in codes()), 0], np.uint64
        )  # the last: of no code
        self.flags = {f: features.seed(f"flag {f}") for f in FLAGS.pattern.split("|")}
        self.same_domain = self.domain_of == self.domain_of[:, None]
        self.same_family = self.family_of == self.family_of[:, None]

    def _votes(self, key: str, roles: list[list[tuple[int, int]]]) -> tuple[np.ndarray, np.ndarray]:
        """For each word its vote for each field of work (nouns alone vote), and the number of each metric's field."""
        names = sorted({getattr(m, key) for m in metrics()})
        of = np.array([names.index(getattr(m, key)) for m in metrics()])
        votes = np.zeros((len(self.words), len(names)), np.float32)
        for i, word in enumerate(self.words):
            said = {of[metric] for role, metric in roles[i] if role == 0}
            for name in said:
                votes[i, name] = min(len(word), 4) / len(said)
        return votes, of


@functools.cache
def load_lexicon() -> Lexicon:
    return Lexicon()


@functools.cache
def other_code() -> int:
    return codes().index("other")


# how much a word says of the field of work, by where it stands
WEIGHT_OF_PLACE = np.array(
    [{"n": 2.0, "b": 2.0, "f": 1.0, "s": 1.0, "a": 0.7, "h": 0.3}[p] for p in PLACES], np.float32
)


@functools.cache
def unit_table() -> tuple[dict[str, int], np.ndarray]:
    """Number of each measure word; a row each: for each metric 0 (its usual one), 1 (another of its own), 2 (same group as one of its
    own), 3 (none of these)."""
    groups = measure_words()
    numbers = {unit: i for i, unit in enumerate(["", *(u for u in groups if u)])}
    table = np.full((len(numbers), len(codes())), 3, np.int8)
    for unit, row in numbers.items():
        for i, metric in enumerate(metrics()):
            own = metric.measure_words
            if unit in own:
                table[row, i] = 0 if own.index(unit) < 2 else 1
            elif unit and any(groups.get(w) == groups[unit] for w in own):
                table[row, i] = 2
    return numbers, table


@functools.cache
def settled_metrics() -> tuple[np.ndarray, np.ndarray]:
    """Which metrics count what was settled of another, and which are that other."""
    wholes = [m.out_of for m in metrics()]
    return np.array([w is not None for w in wholes]), np.array([c in wholes for c in codes()])


def find_words(text: str) -> np.ndarray:
    """(words, 3): number of the word, start and end of every word of the catalogue in `text`, overlapping ones too."""
    found = load_lexicon().automaton.find_matches_as_indexes(text, overlapping=True)
    return np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
