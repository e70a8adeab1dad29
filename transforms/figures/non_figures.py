"""Numerals that are no figures: dates, periods, ordinals, slogans, by the patterns of
`non_figures.toml`.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable

# the standard library's own parser: there is no public way to a parsed pattern
from re import _parser as regex_parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from schemas import vocabulary
from transforms import numerals

Matcher = Callable[[str, int], re.Match[str] | None]


class Mark(NamedTuple):
    """A stretch of text, as offsets, and what kind of thing its numerals are (date, title, slogan
    …).
    """

    start: int
    end: int
    kind: str


_C = f"(?:[{numerals.CHINESE}]{{1,12}})"
NUMBER = rf"(?:\d+(?:[,，]\d{{3}})*(?:\.\d+)?|[{numerals.CHINESE}]{{1,12}})"


@functools.cache
def kinds_of_non_figures() -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns the kinds of non-figures in order of precedence, each with its patterns.

    A pattern is (regular expression, the characters that it can begin with, as the inside of
    `[...]`).
    """
    return [
        (kind["name"], [_with_beginnings(entry["pattern"]) for entry in kind["patterns"]])
        for kind in vocabulary.toml("non_figures.toml")["kind"]
    ]


def _with_beginnings(pattern: str) -> tuple[str, str]:
    expanded = expand(pattern)
    return expanded, _beginnings(regex_parser.parse(expanded))[0]


def _beginnings(parsed: Iterable[tuple[object, Any]]) -> tuple[str, bool]:
    """Returns the characters that a parsed pattern can begin with, and whether it can match
    nothing.
    """
    first = ""
    for code, argument in parsed:
        match str(code):
            case "ASSERT" | "ASSERT_NOT" | "AT":
                continue
            case "LITERAL":
                characters, empty = re.escape(chr(argument)), False
            case "IN":
                characters, empty = "".join(_class_item(*item) for item in argument), False
            case "SUBPATTERN":
                characters, empty = _beginnings(argument[-1])
            case "BRANCH":
                each = [_beginnings(branch) for branch in argument[1]]
                characters, empty = "".join(c for c, _ in each), any(e for _, e in each)
            case "MAX_REPEAT" | "MIN_REPEAT":
                characters, empty = _beginnings(argument[2])
                empty |= argument[0] == 0
            case other:
                raise ValueError(
                    f"non_figures.toml: a pattern that begins with {other} is not provided for"
                )
        first += characters
        if not empty:
            return first, False
    return first, True


def _class_item(code: object, argument: Any) -> str:
    """Returns one item of a parsed character class as it is written inside `[...]`."""
    match str(code):
        case "LITERAL":
            return re.escape(chr(argument))
        case "RANGE":
            return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
        case "CATEGORY":
            return {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s"}[str(argument)]
    raise ValueError(
        f"non_figures.toml: a pattern that begins with a class of {code} is not provided for"
    )


@functools.cache
def _beginning() -> re.Pattern[str]:
    """Matches each character at which some pattern can begin, outside numbers.

    The 万户 of 2.9万户 is the end of a number and begins nothing.
    """
    characters = "".join(
        characters for _, patterns in kinds_of_non_figures() for _, characters in patterns
    )
    chinese, numeral = f"[{numerals.CHINESE}]", f"[\\d{numerals.CHINESE}]"
    return re.compile(
        rf"[{characters}](?<!\d\d)(?<!{numeral}{chinese})(?<!{numeral}[余多]{chinese})"
    )


@functools.cache
def _matchers(character: str) -> tuple[Matcher, list[tuple[int, Matcher]]]:
    """Returns how to match the patterns that can begin with `character`: all at once, and per kind.

    The second part has (number of the kind, matcher) for each kind that has such a pattern. All
    digits share one entry, and all Chinese numerals another: compiling takes a second otherwise.
    """
    alike = next(
        (group for group in ("0123456789", numerals.CHINESE) if character in group), character
    )
    kinds = []
    for i, (_, all_patterns) in enumerate(kinds_of_non_figures()):
        beginning_here = tuple(
            pattern for pattern, characters in all_patterns if re.search(f"[{characters}]", alike)
        )
        if beginning_here:
            kinds.append((i, beginning_here))
    each: list[tuple[int, Matcher]] = [(i, _any_of(patterns).match) for i, patterns in kinds]
    together: Matcher = _any_of(tuple(p for _, patterns in kinds for p in patterns)).match
    return together, each


@functools.cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def expand(pattern: str) -> str:
    """Returns a pattern of `non_figures.toml` with its placeholders for numerals filled in."""
    return pattern.replace("{N}", NUMBER).replace("{C}", _C).replace("{D}", r"\d+(?:\.\d+)?")


def find_non_figures(flat: str) -> list[Mark]:
    """Returns the stretches of `flat` whose numerals are dates, periods, ordinals, slogans and the
    like.

    They are in order and do not overlap; where two kinds match, the earlier one of the vocabulary
    wins.
    """
    kinds = kinds_of_non_figures()
    met: list[list[tuple[int, int]]] = [[] for _ in kinds]
    free, all_free = [0] * len(kinds), 0  # where the last match of each kind ended, and of any
    # trying each pattern only where its first character stands takes a third of the time of
    # searching for all of them
    for m in _beginning().finditer(flat):
        at = m.start()
        any_of, each = _matchers(m[0])
        # inside a match the others would be tried at each character of it: quadratic where one
        # pattern covers the text
        if at >= all_free and not any_of(flat, at):
            continue
        for i, match in each:
            if at >= free[i] and (hit := match(flat, at)):
                free[i] = hit.end()
                all_free = max(all_free, free[i])
                met[i].append((at, free[i]))
    taken: list[Mark] = []
    starts: list[int] = []
    for (kind, _), spans in zip(kinds, met):
        fresh = []
        for start, end in spans:
            i = bisect_right(starts, start)
            if (i and taken[i - 1].end > start) or (i < len(taken) and taken[i].start < end):
                continue
            fresh.append(Mark(start, end, kind))
        if fresh:
            taken = sorted(taken + fresh)
            starts = [m.start for m in taken]
    return taken
