"""What a document says of itself: title, issuer, date, year and the names of its body."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field

from transforms.identity.dates import SPAN, YEAR, iso_date, year_of
from transforms.identity.names import HAN, places
from transforms.layout import Layout
from transforms.layout.shape import NOTE, SIGNED_AS, is_body
from transforms.numerals import YEAR_DIGITS, fold, without_markup


@dataclass(slots=True)
class Claims:
    """What a document says of itself. `bodies` are strings that name the reporting body, most reliable first; `issued_on` is an ISO date."""

    title: str | None = None
    issuer: str | None = None
    issued_on: str | None = None
    report_year: int | None = None
    bodies: list[str] = field(default_factory=list)


def read_claims(text: str, flat: str, found: Layout) -> Claims:
    """What title, signature, metadata and opening of `text` say. `flat` is the folded text of the same length."""
    result = Claims()
    meta = found.metadata
    result.title = found.titles[0] if found.titles else meta.get("title")
    signature = [
        SIGNED_AS.sub("", without_markup(text[x.start : x.end]), count=1)
        for x in found.lines
        if x.kind == "signature"
    ]
    dates = [text[x.start : x.end] for x in found.lines if x.kind == "date"]
    heads = [without_markup(text[x.start : x.end]) for x in found.lines if x.kind == "other"]
    signing = [s for s in signature if not NOTE.match("".join(fold(s).split()))]
    signed = next((s for s in signing if _names_body(s)), None) or next(
        (s for s in signing if is_body(s)), None
    )
    if signed:
        m = re.match(rf"(.*?(?:{'|'.join(places()['government'])}))\s*(?=[\d二〇（(]|$)", signed)
        bare = re.sub(r"[（(](?:盖章|公章|印章|章)[）)]$", "", m[1] if m else signed).strip()
        result.issuer = re.sub(r"^[（(](.*?)[）)]?$", r"\1", bare)
    head = _title_head(result.title)
    party = "中共" if head and f"中共{head}" in "".join(result.title.split()) else ""
    result.issuer = (
        result.issuer
        or meta.get("issuer")
        or (party + head if head and head.endswith(tuple(places()["government"])) else None)
        or next((h for h in heads if _names_body(h)), None)
    )
    result.issued_on = next(
        (
            d
            for d in map(
                iso_date,
                [
                    *dates,
                    *signature,
                    *heads,
                    meta.get("issued_on", ""),
                    meta.get("published_on", ""),
                ],
            )
            if d
        ),
        None,
    )
    result.report_year = _report_year(flat, found, result, [h for h in heads if not iso_date(h)])
    result.bodies = [
        b
        for b in dict.fromkeys(
            "".join(x.split())
            for x in [
                head,
                result.issuer,
                meta.get("issuer"),
                _title_head(meta.get("title")),
                *heads,
            ]
            if x and not iso_date(x)
        )
    ]
    return result


def _names_body(line: str) -> bool:
    bare = re.sub(
        r"[（(](?:盖章|公章|印章)[）)]$",
        "",
        re.split(r"\s*(?:19|20)\d\d|\s*二[〇零○]", fold(line))[0].strip(),
    )
    return bare.endswith(tuple(places()["government"])) or bare.endswith(
        tuple(places()["township"])
    )


_TAG = re.compile(r"[\[【]([^\]】]{2,12})[\]】]")


def _title_head(title: str | None) -> str | None:
    """The body at the head of a title: what stands before 关于, the year, or the subject."""
    if not title:
        return None
    squeezed = "".join(fold(title).split())
    if (tag := _TAG.match(squeezed)) and not _names_body(
        tag[1]
    ):  # 【年度报告】, but [某镇] is the body
        squeezed = squeezed[tag.end() :]
    squeezed = re.sub(r"[\[\]【】]", "", squeezed).removeprefix("关于")
    year = rf"(?:(?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})年度?"
    ends = rf"(?=关于|贯彻|落实|(?:19|20)\d\d|{year}|年度|法治|依法|推进|全面|党政|党委|党工委)"
    m = re.match(rf"(?:中共)?({HAN}{{2,40}}?){ends}", squeezed)
    if (
        not m
    ):  # 2024年青山镇法治政府建设情况的报告: what follows the year is a body only if it ends as one
        suffixes = "|".join((*places()["township"], *places()["government"]))
        m = re.match(rf"{year}(?:中共)?({HAN}{{1,39}}?(?:{suffixes})){ends}", squeezed)
    return m[1] if m else None


def _report_year(flat: str, found: Layout, so_far: Claims, heads: list[str]) -> int | None:
    below = [h[1:] for h in heads if h.startswith(("（", "("))]  # （2023年度）
    for said in (so_far.title or "", found.metadata.get("title", ""), *below):
        if year := year_of(said):
            return year
    body = "".join(flat[x.start : x.end] + "\n" for x in found.lines if x.kind == "body")
    bare = SPAN.sub("", body[:6000])
    m = re.search(
        r"((?:19|20)\d\d)\s*年(?:度|以来)?[^，。]{0,12}(?:法治|依法|工作)[^。]{0,20}(?:报告|汇报|总结)",
        bare,
    ) or re.match(r"\s*((?:19|20)\d\d)\s*年", bare)
    if m:
        return int(m[1])
    years = Counter(int(y) for y in YEAR.findall(bare))
    signed = so_far.issued_on and datetime.date.fromisoformat(so_far.issued_on)
    if signed:
        likely = signed.year if signed.month >= 7 else signed.year - 1
        return (
            likely if likely in years or not years or "今年" in bare else years.most_common(1)[0][0]
        )
    return year_of(bare[:1500])
