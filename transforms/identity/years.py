"""The year that a report is on: from its title, opening, headings and signature."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from typing import Protocol

from transforms.identity.dates import SPAN, YEAR, year_of
from transforms.layout import Layout
from transforms.numerals import fold

_PLAN = r"(?:工作)?(?:计划|打算|安排|思路|谋划|要点|重点|目标)"
# 2024年度法治政府建设情况报告如下; what may not stand before it is looked at behind the first two
# digits, so that a search skips to these
_OPENING = re.compile(
    r"((?:19|20)(?<![\d〔\[（(—~-]..)\d\d)\s*(?:年度?|年以来|以来)[^，。\n]{0,14}"
    r"(?:法治|依法|工作|行政)[^。\n]{0,24}(?:报告|汇报|总结|公布|公示)"
)
_BEGINS = re.compile(r"\s*(?:截[至止])?((?:19|20)\d\d)\s*(?:年度?|以来|年以来)")
_SINCE = re.compile(r"(?<![\d—~-])((?:19|20)\d\d)\s*(?:年)?(?:以来|度)")
_HEADING_YEAR = re.compile(
    rf"^[^\n。]{{0,12}}?((?:19|20)\d\d)\s*年度?[^\n。，]{{0,16}}?(?:(?P<plan>{_PLAN})|(?P<work>情况|成效"
    r"|举措|做法))",
    re.M,
)


class Dated(Protocol):
    """What is known of a report before its year is."""

    title: str | None
    issued_on: str | None
    doubts: list[str]


def report_year(flat: str, layout: Layout, claims: Dated, below_title: list[str]) -> int | None:
    """The year reported on; None where nothing says it. Adds a doubt where two years compete.

    `below_title` are the lines printed below the title, such as （2023年度）.
    """
    body = "".join(flat[x.start : x.end] + "\n" for x in layout.lines if x.kind == "body")
    bare = SPAN.sub(lambda match: " " * len(match[0]), body)
    titled = _year_of_titles(layout, claims, below_title)
    opened = _year_of_opening(bare[:6000])
    if titled:
        if opened and opened != titled:
            claims.doubts.append("years_disagree")
        return titled
    headed = _year_of_headings(bare)
    if opened:
        return opened
    signed = _year_before_signature(claims.issued_on)
    years = Counter(int(year) for year in YEAR.findall(bare))
    if headed:
        if signed and signed != headed:
            claims.doubts.append("years_disagree")
        return headed
    claims.doubts.append("year_inferred")
    if signed:
        thin = not years or "今年" in bare or signed in years or "一年来" in bare
        return signed if thin else years.most_common(1)[0][0]
    if since := _SINCE.search(bare[:1500]):
        return int(since[1])
    first = year_of(bare[:1500])
    if first is None and not years:
        claims.doubts.remove("year_inferred")
        claims.doubts.append("year_missing")
    return first or (years.most_common(1)[0][0] if years else None)


def _year_of_titles(layout: Layout, claims: Dated, below_title: list[str]) -> int | None:
    """The year in the title, in the title of the page, or in brackets below it."""
    bracketed = [line[1:] for line in below_title if line.startswith(("（", "("))]
    titles = [claims.title or "", layout.metadata.get("title", ""), *layout.titles[1:], *bracketed]
    for title in map(fold, titles):
        years = [int(year) for year in YEAR.findall(SPAN.sub("", title))]
        planned = re.search(rf"((?:19|20)\d\d)\s*年度?{_PLAN}", title)
        reported = [year for year in years if not (planned and year == int(planned[1]))] or years
        if len(set(reported)) > 1:
            claims.doubts.append("years_disagree")
        if reported:
            return reported[0]
        if year := year_of(title):
            return year
    return None


def _year_of_opening(body: str) -> int | None:
    """The year with which the body begins, or that the opening sentence reports on."""
    match = _OPENING.search(body[:3000]) or _BEGINS.match(body)
    return int(match[1]) if match else None


def _year_of_headings(body: str) -> int | None:
    """The year of a heading on the work done; else the year before that of a plan."""
    planned = None
    for match in _HEADING_YEAR.finditer(body):
        if match["work"]:
            return int(match[1])
        planned = planned or int(match[1]) - 1
    return planned


def _year_before_signature(issued_on: str | None) -> int | None:
    """The year that a report signed then is on: until June the year before."""
    if not issued_on:
        return None
    signed = datetime.date.fromisoformat(issued_on)
    return signed.year if signed.month >= 7 else signed.year - 1
