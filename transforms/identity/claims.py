"""What a document says of itself: title, issuer, date, year and the names of its body."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

from transforms.identity.dates import iso_date
from transforms.identity.kinds import report_kind
from transforms.identity.names import HAN, places
from transforms.identity.years import report_year
from transforms.layout import Layout
from transforms.layout.shape import NOTE, SIGNED_AS, is_body, is_site_name, names_township
from transforms.markers import level_of
from transforms.numerals import YEAR_DIGITS, fold, without_markup

_SEAL = re.compile(r"[（(](?:盖章|公章|印章|章)[）)]$")
_TAG = re.compile(r"[\[【]([^\]】]{2,12})[\]】]")
_DATED = re.compile(rf"[（(]?\s*(?:(?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})\s*[-./年]")
_YEAR_WORDS = rf"(?:(?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})年度?"
_SUBJECT = (
    rf"(?=关于|贯彻|落实|(?:19|20)\d\d|{_YEAR_WORDS}|年度|法治|依法|推进|全面|党政|党委|党工委"
    r"|行政执法|政府信息|政务公开|[上下]半年|[：:])"
)
_LONGEST_NAME = 200  # characters of what can name a body; strangers write the labels of a page
_NO_SOURCE = (
    "本网",
    "本站",
    "网站",
    "原创",
    "转载",
    "网",
    "报社",
    "日报",
    "融媒体中心",
    "新闻中心",
)


@dataclass(slots=True)
class Claims:
    """What a document says of itself.

    `issued_on` is an ISO date. `bodies` name the reporting body, most reliable first; `context` are
    the other words of the page that may name the place: breadcrumb, site, source. `kind` is the
    kind of report. `doubts` are codes of what is uncertain or contradictory in it.
    """

    title: str | None = None
    issuer: str | None = None
    issued_on: str | None = None
    report_year: int | None = None
    bodies: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    kind: str = "rule_of_law"
    doubts: list[str] = field(default_factory=list)


def read_claims(text: str, flat: str, layout: Layout) -> Claims:
    """What title, signature, metadata and opening of `text` say of the report.

    `flat` is the text folded to plain characters, of the same length.
    """
    metadata = layout.metadata
    result = Claims()
    result.title = layout.titles[0] if layout.titles else metadata.get("title")
    titles = [title for title in (*layout.titles, metadata.get("title")) if title]
    head = title_head(result.title)
    below_title = _lines(text, layout, "other")
    signature = [SIGNED_AS.sub("", line, count=1) for line in _lines(text, layout, "signature")]
    signed_by = _signing_body(signature)
    result.issuer = (
        signed_by
        or metadata.get("issuer")
        or _government_source(metadata.get("source"))
        or next((body for title in titles if (body := _issuer_of_title(title))), None)
        or next(
            (line for line in below_title if names_government(line) and names_township(line)), None
        )
    )
    if _of_two_townships(signed_by, metadata.get("issuer")):
        result.doubts.append("issuers_disagree")
    _read_date(result, text, layout, [*signature, *below_title])
    printed_below = [line for line in below_title if not iso_date(line)]
    result.report_year = report_year(flat, layout, result, printed_below)
    named = [
        head,
        result.issuer,
        metadata.get("issuer"),
        metadata.get("source"),
        title_head(metadata.get("title")),
        *(title_head(title) for title in layout.titles[1:]),
        *printed_below,
    ]
    short = [
        name[:_LONGEST_NAME] for name in named if name and not _DATED.match(fold(name).strip())
    ]
    squeezed = ["".join(fold(name).split()) for name in short if not iso_date(name)]
    result.bodies = list(dict.fromkeys(squeezed))
    result.context = _context(text, layout)
    result.kind = report_kind(flat, layout, fold(result.title or ""), head, fold(signed_by or ""))
    return result


def _lines(text: str, layout: Layout, kind: str) -> list[str]:
    return [
        without_markup(text[line.start : line.end]).lstrip("•·●○◆■□▪►* ")
        for line in layout.lines
        if line.kind == kind
    ]


def _signing_body(signature: list[str]) -> str | None:
    """The body that signs, as printed, without its seal and the date beside it."""
    plain = [fold(line) for line in signature]
    # the second attachment of a list stands on a line of its own: 2.某镇2023年执法台账
    signing = [
        i
        for i, line in enumerate(plain)
        if not NOTE.match("".join(line.split())) and level_of(line.strip()) is None
    ]
    named = [i for i in signing if _names_body(plain[i])] or [
        i for i in signing if is_body(plain[i])
    ]
    if not named:
        return None
    line, printed = plain[named[0]], signature[named[0]]
    ends = "|".join(sorted(places()["government"], key=len, reverse=True))
    dated = re.match(rf"(.*?(?:{ends}))\s*(?=[\d二〇（(]|$)", line)
    end = dated.end(1) if dated else len(_SEAL.sub("", line))
    bare = _SEAL.sub("", printed[:end]).strip()
    return re.sub(r"^[（(](.*?)[）)]?$", r"\1", bare)


def _of_two_townships(signed_by: str | None, publisher: str | None) -> bool:
    """Whether signature and publisher of a page name two townships: 白沙镇 and 石桥镇."""
    names = []
    for body in (signed_by, publisher):
        found = re.findall(rf"{HAN}{{2}}(?:{'|'.join(places()['township'])})", fold(body or ""))
        names.append(found[-1] if found else None)
    return None not in names and names[0] != names[1]


def names_government(line: str) -> bool:
    """Whether a line ends as the name of a government, committee or office: no bare 镇."""
    bare = _without_date(line)
    return bare.endswith((*places()["government"], *places()["offices"]))


def _names_body(line: str) -> bool:
    bare = _without_date(line)
    return bare.endswith((*places()["government"], *places()["township"]))


def _without_date(line: str) -> str:
    bare = re.split(r"\s*(?:19|20)\d\d|\s*二[〇零○]", fold(line))[0].strip()
    return _SEAL.sub("", bare)


def _government_source(source: str | None) -> str | None:
    """The source of a page where it names a body of government; never the site or a login."""
    if not source or source.endswith(_NO_SOURCE) or is_site_name(source):
        return None
    return source if names_government(source) else None


def _issuer_of_title(title: str) -> str | None:
    """The body at the head of a title where it is named as a government or committee."""
    head = title_head(title)
    if not head or not head.endswith(tuple(places()["government"])):
        return None
    squeezed = "".join(title.split())
    start = fold(squeezed).find(head)
    party = "中共" if squeezed[:start].endswith("中共") else ""
    return party + squeezed[start : start + len(head)]


def _read_date(result: Claims, text: str, layout: Layout, lines: list[str]) -> None:
    """Sets the date of issue: signed, else of the metadata; and says where two disagree."""
    metadata = layout.metadata
    signed = [text[line.start : line.end] for line in layout.lines if line.kind == "date"]
    labelled = [metadata.get(field, "") for field in ("issued_on", "published_on")]
    dates = [iso for iso in map(iso_date, [*signed, *lines, *labelled]) if iso]
    if not dates:
        return
    result.issued_on = dates[0]
    written = iso_date(metadata.get("issued_on", ""))
    published = iso_date(metadata.get("published_on", ""))
    # a paper may be published long after its date, but not before it
    early = published and _days(published, dates[0]) > 1
    if (written and abs(_days(written, dates[0])) > 31) or early:
        result.doubts.append("dates_disagree")


def _days(earlier: str, later: str) -> int:
    return (datetime.date.fromisoformat(later) - datetime.date.fromisoformat(earlier)).days


def title_head(title: str | None) -> str | None:
    """The body at the head of a title: what stands before 关于, the year, or the subject."""
    if not title:
        return None
    squeezed = "".join(fold(title).split())
    # 【年度报告】 is a mark of the site, [某镇] is the body
    if (tag := _TAG.match(squeezed)) and not _names_body(tag[1]):
        squeezed = squeezed[tag.end() :]
    squeezed = re.sub(r"[\[\]【】]", "", squeezed).removeprefix("关于")
    match = re.match(rf"(?:中共)?({HAN}{{2,40}}?){_SUBJECT}", squeezed)
    if not match:
        # 2024年青山镇法治政府建设情况的报告: behind a year a body must end as one
        suffixes = "|".join((*places()["township"], *places()["government"]))
        match = re.match(
            rf"{_YEAR_WORDS}(?:中共)?({HAN}{{1,39}}?(?:{suffixes})){_SUBJECT}", squeezed
        )
    return match[1] if match else None


def _context(text: str, layout: Layout) -> list[str]:
    """Short lines above and below the body that may name the place: breadcrumb, site, labels."""
    found = [
        "".join(fold(text[line.start : line.end]).split())
        for line in layout.lines
        if line.kind in ("furniture", "metadata", "addressee")
    ]
    return [line for line in found if 2 < len(line) <= 200]
