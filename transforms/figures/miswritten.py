"""Counts that are written with quotes around them, with letters for digits, or in pieces.

A count is a number with a measure word behind it. The text keeps its length.
"""

from __future__ import annotations

import functools
import re

from schemas import vocabulary
from transforms import numerals

WITH_LETTERS = "\ufdd0"  # each character of a number in which letters were typed for digits
GAP = "\ufffd"  # between the pieces of a number, as where a damaged character divides it

_LIKE_DIGITS = "OoОоΟοlI"  # Latin, Cyrillic and Greek
_MORE_AND_SCALE = " ?[余多]? ?(?:[百千]?[万亿] ?)?[余多]? ?"
_QUOTE = "[\"'“”‘’「」『』〝〞]"
_HOTLINE = r"(?:12[3459]\d\d|96110)(?!\d)"  # 办理“12345”件2718件
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3}){1,3}(?:\.\d+)?")
# 4.15 and 12.4 in quotes are days, but not before these
# two hundred and thirty, not 八五 or 十四五, which are names of plans
_SPELLED = "[零一二两三四五六七八九十百千万]{2,9}"
_WELL_FORMED = re.compile(
    "(?=.*[十百千万])(?:[一二两三四五六七八九]万)?(?:零?[一二两三四五六七八九]千)?"
    "(?:零?[一二两三四五六七八九]百)?(?:零?[一二三四五六七八九]?十)?(?:零?[一二三四五六七八九])?[余多]?"
)
_DAY = re.compile(r"\d{1,2}\.\d{1,2}")
_MEASURED = re.compile(r" ?[百千]?[万亿]| ?(?:%|元|亩|平方|公里|吨|个百分点)")


@functools.cache
def measure_word_pattern() -> str:
    """Returns a regular expression for a measure word, which a line break may divide.

    A line break inside a measure word is a blank in the flat text.
    """
    words = sorted(vocabulary.rows("measure_words.tsv"), key=lambda r: -len(r["word"]))
    return "|".join(
        " ?".join(map(re.escape, r["word"])) + (f"(?!{r['not_before']})" if r["not_before"] else "")
        for r in words
    )


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Returns what matches a count with letters for digits, one in pieces, and one in quotes."""
    counted = f"(?={_MORE_AND_SCALE}(?:{measure_word_pattern()}))"
    run = rf"[\d{_LIKE_DIGITS}]++(?:[.,][\d{_LIKE_DIGITS}]++)*+"
    with_letters = (
        rf"(?<![A-Za-z\d.,])(?:(?:(?=[{_LIKE_DIGITS}.,]*\d)(?=[\d.,]*[{_LIKE_DIGITS}]){run}"
        r"|(?=\d[\d.,]*[〇○])\d[\d.,〇○]*+|[一二三四五六七八九]0{1,2}[一二三四五六七八九]?)"
        r"(?: ?[余多]?[百千]?[万亿])?"
        rf"|(?:(?<=[\u4e00-\u9fff])[{_LIKE_DIGITS}]++|[{_LIKE_DIGITS}]{{2,}}+)(?=[起件次场份名人户]))"
    )
    digits = r"\d++(?:[.,]\d++)*+"
    in_pieces = (
        rf"(?<![\d.,]){digits}(?:[ _]{digits})++"
        # a line ends inside a number, or a full stop stands for its point
        rf"|(?<=[\u4e00-\u9fff])\d{{1,3}}\n\d{{1,3}}|(?<!\d)\d{{1,3}}。\d{{1,2}}(?= ?[万亿%])"
    )
    number = rf"{numerals.ARABIC}(?: ?[余多]?[百千]?[万亿])?"
    in_quotes = (
        rf"{_QUOTE} ?(?!{_HOTLINE})(?P<number>(?:{number}(?: ?{numerals.RANGE_SIGN} "
        rf"?{number})?|{_SPELLED}) ?[余多]?) ?{_QUOTE}"
    )
    return (
        re.compile(with_letters + counted),
        re.compile(in_pieces + counted),
        re.compile(in_quotes + counted),
    )


def mark_miswritten(flat: str) -> str:
    """Returns flat text in which counts that are not written as usual can be told.

    Numbers in which letters stand for digits (1O起, l2起) or Chinese digits stand beside others
    (二00三件) are `WITH_LETTERS`, and the blank, line end or full stop between the pieces of a number
    (8 6起) is `GAP`: neither is read, because nobody can be sure of it. The quotes around a number
    alone (“86”起, “八十六”起) are blanks: with a measure word behind it is a count and no name.
    """
    with_letters, in_pieces, in_quotes = _patterns()
    flat = with_letters.sub(lambda m: WITH_LETTERS * len(m[0]), flat)
    flat = in_pieces.sub(_divided, flat)
    return in_quotes.sub(_without_quotes, flat)


def _divided(match: re.Match[str]) -> str:
    if _THOUSANDS.fullmatch(match[0]):
        return match[0]
    return re.sub("[ _\n。]", GAP, match[0])


def _without_quotes(match: re.Match[str]) -> str:
    if _DAY.fullmatch(match["number"]) and not _MEASURED.match(match.string, match.end()):
        return match[0]
    if not match["number"][0].isdigit() and not _WELL_FORMED.fullmatch(match["number"]):
        return match[0]
    return f" {match[0][1:-1]} "
