"""The words of a text for the search index: jieba's, those of the domain, and the words inside
them.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import Any

from schemas import vocabulary
from schemas.metrics import metrics
from transforms.numerals import fold

# as often as ordinary nouns of its dictionary: then jieba takes a word for one, and not for its
# parts
_FREQUENCY = 1000
_HAN_WORD = re.compile("[\u4e00-\u9fff]{2,4}")


@functools.cache
def domain_words() -> tuple[str, ...]:
    """Returns the words of the domain: those of `vocabulary/words.txt`, and nouns of the
    metrics.
    """
    nouns = {noun for metric in metrics() for noun in metric.nouns if _HAN_WORD.fullmatch(noun)}
    return tuple(sorted(nouns | set(vocabulary.lines("words.txt"))))


@functools.cache
def _segmenter() -> Any:
    """Returns rjieba with the words of the domain, or jieba, which cuts alike, where it is
    missing.
    """
    try:
        import rjieba
    except ImportError:
        return jieba_segmenter()
    segmenter = rjieba.Jieba()
    for word in domain_words():
        segmenter.add_word(word, _FREQUENCY, "n")
    return segmenter


def jieba_segmenter() -> Any:
    """Returns jieba with the words of the domain; `cut_all` as rjieba has it."""
    import jieba

    segmenter = jieba.Tokenizer()
    segmenter.initialize()
    for word in domain_words():
        segmenter.add_word(word, _FREQUENCY, "n")
    segmenter.cut_all = lambda text: segmenter.lcut(text, cut_all=True)
    return segmenter


@functools.cache
def _tagger() -> Any:
    """Returns rjieba, or jieba's tagger where rjieba is missing; both know the general dictionary
    alone.
    """
    try:
        import rjieba
    except ImportError:
        return jieba_tagger()
    return rjieba


def jieba_tagger() -> Any:
    """Returns jieba with `cut` and `tag` as rjieba has them.

    The tags of words that its dictionary lacks may be others than rjieba's: both guess them.
    """
    import jieba
    import jieba.posseg

    tokens = jieba.Tokenizer()
    tokens.initialize()
    jieba.posseg.initialize()
    known = jieba.posseg.dt.word_tag_tab

    def tag_words(text: str) -> list[tuple[str, str]]:
        return [(word, known.get(word, "n")) for word in tokens.cut(text)]

    tokens.tag = tag_words
    return tokens


def cut(text: str) -> list[str]:
    """Returns the words of a text in their order, by the general dictionary; joined they are the
    text.
    """
    return list(_tagger().cut(text))


def tag(text: str) -> list[tuple[str, str]]:
    """Returns the words of a text with their parts of speech, by the general dictionary.

    The tags are those of ICTCLAS: n for a noun, v for a verb, p for a preposition.
    """
    return list(_tagger().tag(text))


def words_in(text: str, segmenter: Any = None) -> Counter[str]:
    """Returns how often each word of two or more characters stands in the text.

    These are the words that the segmenter cuts, and every word of its dictionary that stands there
    at all: 顾问 in 法律顾问, 调解 in 协调解决.
    """
    segmenter = _segmenter() if segmenter is None else segmenter
    folded = fold(text)
    cut = Counter(filter(_is_word, segmenter.cut(folded)))
    return cut | Counter(filter(_is_word, segmenter.cut_all(folded)))


def _is_word(token: str) -> bool:
    return len(token) > 1 and token.isalnum() and not token.isdigit()
