"""Dates and years as reports print them."""

from __future__ import annotations

import datetime
import re
from urllib.parse import unquote

from transforms.numerals import DAY, MONTH, YEAR_DIGITS, chinese_integer, fold

YEAR = re.compile(r"(?<![\d〔\[（(—~-])((?:19|20)\d\d)\s*年(?!\s*[—~-]{1,2}\s*(?:19|20)\d\d)")
SPAN = re.compile(r"(?:19|20)\d\d\s*年?\s*(?:[—~-]{1,2}|至|到)\s*(?:19|20)\d\d\s*年?")
_CHINESE_YEAR = re.compile(rf"([{YEAR_DIGITS}]{{4}})\s*年")
_DATE = re.compile(
    rf"((?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})[年\-./]({MONTH})[月\-./]({DAY})"
    r"|((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)"
)


def iso_date(printed: str) -> str | None:
    """`2023年12月7日`, `2025-01-10` or `二〇二二年十二月二十六日` as an ISO date; None where it is none."""
    m = _DATE.search("".join(fold(printed).split()))
    try:
        return datetime.date(*(_in_date(g) for g in m.groups() if g)).isoformat() if m else None
    except ValueError:
        return None


def _in_date(numeral: str) -> int:
    """A year, month or day as it is printed in a date, 0 where it is none."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    plain = (
        re.sub("[0OoОоΟο]", "〇", numeral)
        .replace("元", "一")
        .replace("廿", "二十")
        .replace("卅", "三十")
    )
    return chinese_integer(plain) or 0


def year_of_address(address: str) -> int | None:
    """The year that the address or file name of a source says a report is on; None where none.

    Only a year with its sign counts (2023年, 2023nian): digits alone are the day of publication.
    """
    match = re.search(r"(?<!\d)((?:19|20)\d\d)(?:年|nian|nd(?![a-z]))", unquote(address))
    return int(match[1]) if match else None


def year_of(printed: str) -> int | None:
    """The first single year in a stretch of text; the years of a plan's span (2021—2025年) do not
    count.
    """
    bare = SPAN.sub("", fold(printed))
    m = YEAR.search(bare)
    if m:
        return int(m[1])
    m = _CHINESE_YEAR.search(bare)
    return _in_date(m[1]) or None if m else None
