"""Compares parsed reports with gold answers, the way the project's accuracy is stated."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter

import transforms
from tests.support.paths import GOLD
from transforms.identity import Register, resolve_body
from transforms.readers import Document
from transforms.report import Report


def parse(text: str) -> Report:
    """A plain text, parsed."""
    return transforms.parse(Document(text, "text/plain", "utf-8", "text/1"))


def compare(report: Report, answer: dict) -> Counter:
    """Counts: figures true, said, hit; of the hits value, unit, qualifier, code, status right; exact facts; headings and items."""
    n: Counter = Counter(true=len(answer["figures"]), said=len(report.readings))
    said = {r.figure.start: r for r in report.readings}
    for want in answer["figures"]:
        got = said.get(want["start"])
        if got is None:
            continue
        right = {
            "value": (got.figure.value, got.figure.value_high)
            == (want["value"], want["value_high"]),
            "unit": got.figure.unit.replace("％", "%") == want["unit"].replace("％", "%"),
            "qualifier": got.figure.qualifier == want["qualifier"],
            "code": got.decision.code == want["metric"],
            "status": got.status == want["status"],
        }
        n["hit"] += 1
        n.update({k: int(v) for k, v in right.items()})
        n["exact"] += right["value"] and right["unit"] and right["code"]
    heads = {(s.start, s.level) for s in report.sections if s.marker and s.kind != "item"}
    wanted = {(s["start"], s["level"]) for s in answer["sections"]}
    n.update(heads_said=len(heads), heads_true=len(wanted), heads_hit=len(heads & wanted))
    items = {s.start for s in report.sections if s.kind == "item"}
    n.update(
        items_said=len(items),
        items_true=len(answer["items"]),
        items_hit=len(items & set(answer["items"])),
    )
    return n


def labelled_pages() -> list[tuple[str, dict]]:
    """The labelled texts in the manner of published pages, each with its answer."""
    answers = (GOLD / "real" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    pages = []
    for answer in map(json.loads, answers):
        path = GOLD / "real" / "reports" / f"{answer['doc']}.txt"
        pages.append((path.read_bytes().decode("utf-8"), answer))
    return pages


def wrong_fields(report: Report, answer: dict, register: Register) -> list[str]:
    """The fields of a report's identity that are not as labelled, each as `field: said, right`.

    Without a register the fields of the place are left out.
    """
    claims = report.claims
    place = resolve_body(claims, report.text, register)
    said = {
        "title": claims.title,
        "issuer": claims.issuer,
        "issued_on": claims.issued_on,
        "report_year": claims.report_year,
    }
    if register.by_name:
        for field in ("township", "county", "prefecture", "province"):
            said[field] = getattr(place, field)
    wrong = []
    for field, value in said.items():
        right = [answer[field]] + ([answer.get("title_other")] if field == "title" else [])
        if _plain(value) not in [_plain(x) for x in right[:1] + [x for x in right[1:] if x]]:
            wrong.append(f"{field}: {value}, right {answer[field]}")
    return wrong


def _plain(value: object) -> str | None:
    if value in (None, ""):
        return None
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def f1(hit: int, said: int, true: int) -> float:
    """Harmonic mean of precision and recall; 1 where there is nothing to find and nothing was said."""
    return 2 * hit / (said + true) if said + true else 1.0
