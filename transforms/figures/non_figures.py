"""Numerals that are no figures: dates, periods, ordinals, slogans, by the patterns of `non_figures.toml`."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Callable
from re import (
    _parser as regex_parser,
)  # the standard library's own; there is no public way to a parsed pattern
from typing import NamedTuple

from schemas import vocabulary
from transforms import numerals


class Mark(NamedTuple):
    """A stretch of text whose numerals are no figures, and the kind of thing it is."""

    start: int
    end: int
    kind: str


_C = f"(?:[{numerals.CHINESE}]{{1,12}})"


NUMBER = rf"(?:\d+(?:[,，]\d{{3}})*(?:\.\d+)?|[{numerals.CHINESE}]{{1,12}})"


@functools.cache
def kinds_of_non_figures() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each kind of non-figure with its patterns, and for each pattern the characters it can begin with, as a class of a regular expression."""
    return [
        (
            kind["name"],
            [(expand(p), _beginnings(regex_parser.parse(expand(p)))[0]) for p in kind["patterns"]],
        )
        for kind in vocabulary.toml("non_figures.toml")["kind"]
    ]


def _beginnings(parsed) -> tuple[str, bool]:
    """The characters that a parsed pattern can begin with, and whether it can match nothing."""
    found = ""
    for code, what in parsed:
        match str(code):
            case "ASSERT" | "ASSERT_NOT" | "AT":
                continue
            case "LITERAL":
                characters, empty = re.escape(chr(what)), False
            case "IN":
                characters, empty = "".join(_class_item(*item) for item in what), False
            case "SUBPATTERN":
                characters, empty = _beginnings(what[-1])
            case "BRANCH":
                each = [_beginnings(branch) for branch in what[1]]
                characters, empty = "".join(c for c, _ in each), any(e for _, e in each)
            case "MAX_REPEAT" | "MIN_REPEAT":
                characters, empty = _beginnings(what[2])
                empty |= what[0] == 0
            case other:
                raise ValueError(
                    f"non_figures.toml: a pattern that begins with {other} is not provided for"
                )
        found += characters
        if not empty:
            return found, False
    return found, True


def _class_item(code, what) -> str:
    match str(code):
        case "LITERAL":
            return re.escape(chr(what))
        case "RANGE":
            return f"{re.escape(chr(what[0]))}-{re.escape(chr(what[1]))}"
        case "CATEGORY":
            return {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s"}[str(what)]
    raise ValueError(
        f"non_figures.toml: a pattern that begins with a class of {code} is not provided for"
    )


@functools.cache
def _beginning() -> re.Pattern:
    """What any pattern of non-figures can begin with, but not in the midst of a number: the 万户 of 2.9万户 is the end of one."""
    characters = "".join(characters for _, patterns in kinds_of_non_figures() for _, characters in patterns)
    chinese, numeral = f"[{numerals.CHINESE}]", f"[\\d{numerals.CHINESE}]"
    return re.compile(
        rf"[{characters}](?<!\d\d)(?<!{numeral}{chinese})(?<!{numeral}[余多]{chinese})"
    )


@functools.cache
def _beginning_with(character: str) -> tuple[Callable, list[tuple[int, Callable]]]:
    """How all patterns beginning with this character are matched at once; and for each kind that has some: its number, and how they are.
    Digits are one character here, and so are Chinese numerals: compiling takes a second otherwise."""
    alike = next(
        (group for group in ("0123456789", numerals.CHINESE) if character in group), character
    )
    kinds = []
    for i, (_, patterns) in enumerate(kinds_of_non_figures()):
        those = tuple(
            pattern for pattern, characters in patterns if re.search(f"[{characters}]", alike)
        )
        if those:
            kinds.append((i, those))
    return _any_of(tuple(p for _, those in kinds for p in those)).match, [
        (i, _any_of(t).match) for i, t in kinds
    ]


@functools.cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def expand(pattern: str) -> str:
    """A pattern of `non_figures.toml` with its placeholders for numerals filled in."""
    return pattern.replace("{N}", NUMBER).replace("{C}", _C).replace("{D}", r"\d+(?:\.\d+)?")


def find_non_figures(flat: str) -> list[Mark]:
    """Stretches whose numerals are dates, periods, ordinals, slogans, ...: in order, not overlapping; earlier kinds win."""
    kinds = kinds_of_non_figures()
    met: list[list[tuple[int, int]]] = [[] for _ in kinds]
    free, all_free = [0] * len(kinds), 0  # where the last match of each kind ended, and of any
    # trying each pattern only where its first character stands takes a third of the time of searching for all of them
    for m in _beginning().finditer(flat):
        at = m.start()
        any_of, each = _beginning_with(m[0])
        # inside a match the others would be tried at each character of it: quadratic where one pattern covers the text
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
