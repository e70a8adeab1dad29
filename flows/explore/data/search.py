"""Sections that fit the words of a visitor, by the relation `search` of the warehouse."""

from __future__ import annotations

import itertools
import re
from typing import Any

from flows.explore.data import overview
from flows.explore.data.states import Row, State

_SHOWN = 50
_LOOKED_AT = 1_000  # best sections in all, of which the filters leave some
_BLANKS = re.compile(r"[\s,，、]+")


def read(
    state: State, words: str, year: int | None, province: str | None, county: str | None
) -> dict[str, Any]:
    """Returns `hits` (the best sections, each with `parts`), and what the filters offer: `years`
    and `provinces`.

    `parts` is the sentence of a hit cut into (text, whether it is one of the words).
    """
    hits: list[Row] = []
    if words.strip():
        filtered = year is not None or province is not None or county is not None
        hits = state.rows(
            "search",
            words=words,
            looked=_LOOKED_AT if filtered else _SHOWN,
            top=_SHOWN,
            year=year,
            province=province,
            county=county,
        )
    return {
        "hits": [{**row, "parts": parts(row["sentence"] or "", words)} for row in hits],
        "years": [row["report_year"] for row in overview.years(state)],
        "provinces": [row["province_name"] for row in state.rows("provinces")],
    }


def parts(sentence: str, words: str) -> list[tuple[str, bool]]:
    """Returns a sentence cut at the words, as (text, whether it is one of them).

    A word that the sentence lacks as a whole is marked by its parts of two characters.
    """
    given = [word for word in _BLANKS.split(words.strip()) if word]
    wanted = [word for word in given if word in sentence]
    for word in given:
        if word not in sentence:
            wanted += [pair for pair in map("".join, itertools.pairwise(word)) if pair in sentence]
    if not wanted:
        return [(sentence, False)]
    pattern = "|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True))
    cut = re.split(f"({pattern})", sentence)
    return [(text, index % 2 == 1) for index, text in enumerate(cut) if text]
