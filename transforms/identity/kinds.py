"""The kind of a report: on the rule of law, or of another kind that is published beside it."""

from __future__ import annotations

import re

from schemas import vocabulary
from transforms.layout import Layout
from transforms.layout.shape import names_township

RULE_OF_LAW = "rule_of_law"
_OPENING_REACH = 1500  # characters in which a report says what it reports on
_TOPIC = re.compile("法治政府|依法行政|法治建设|依法治|法治")
_COUNTY = re.compile(r"(?:省|县|市|区|旗|州|盟)(?:委|人民政府|政府)?(?:办公室)?$")
_OFFICE = re.compile(
    r"(?:局|厅|法院|检察院|委员会|委员会办公室|委办|大队|支队|中心|管委会|集团|公司)$"
)
_NEWS = re.compile(r"本报讯|[（(](?:通讯员|记者)|(?:通讯员|记者)[ :：]")


def report_kind(flat: str, layout: Layout, title: str, head: str | None, signed_by: str) -> str:
    """The kind of a report, told from its title, its opening and its content.

    One of rule_of_law, leader_duty, enforcement, openness, half_year, county, other. `head` is the
    body at the head of the title, `signed_by` the body that signs: "" where there is none.
    """
    named = "".join(title.split())
    body = "".join(flat[x.start : x.end] + "\n" for x in layout.lines if x.kind == "body")
    if _NEWS.search(body[:200]):
        return "other"
    if kind := _kind_said("words", named):
        return kind
    if _of_county(head) or (not head and not names_township(named) and _of_county(signed_by)):
        return "county"
    if named:
        return RULE_OF_LAW if _TOPIC.search(named) else "other"
    if kind := _kind_said("opening", "".join(body[:_OPENING_REACH].split())):
        return kind
    if "法治政府" not in body and "法治建设" not in body and body.count("行政执法") >= 3:
        return "enforcement"
    return RULE_OF_LAW


def _kind_said(where: str, words: str) -> str | None:
    """The first kind of the vocabulary that the words of a title or an opening say."""
    for kind, patterns in vocabulary.toml("layout.toml")["report_kind"].items():
        match = next((m for p in patterns[where] if (m := re.search(p, words))), None)
        # of an opening only the sentence that says what follows counts
        stretch = words if where == "words" else match[0] if match else ""
        if match and not any(re.search(pattern, stretch) for pattern in patterns["unless"]):
            return str(kind)
    return None


def _of_county(name: str | None) -> bool:
    """Whether a body is a county, a prefecture, or an office of one, and no township."""
    if not name:
        return False
    squeezed = "".join(name.split())
    if _COUNTY.search(squeezed):
        return not re.search(r"(?:街道|镇|乡|苏木|社区)$", squeezed)
    return bool(_OFFICE.search(squeezed)) and not names_township(squeezed)
