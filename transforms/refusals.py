"""Texts that are no annual report on the rule of law are refused."""

from __future__ import annotations

import re

from schemas.errors import Rejected
from transforms import sections
from transforms.layout import Layout

_ARTICLE = re.compile(r"^\s*第[一二三四五六七八九十百]{1,5}条", re.M)


_OPENING = re.compile(
    r"(?:报告|汇报|总结|小结|情况|自查)[^。]{0,12}如下|现将[^。]{0,60}(?:报告|汇报|总结|小结)|如下报告"
)


def refuse_other_texts(flat: str, layout: Layout, tree: list[sections.Section]) -> None:
    """Raises Rejected where the text is no annual report on the rule of law: a law, a news page, anything else."""
    if len(_ARTICLE.findall(flat)) >= 5:
        raise Rejected("not_a_report", case="law")
    topic = len(re.findall("法治|依法行政|依法治", flat))
    heads = sum(1 for s in tree if s.level == 1 and s.marker and s.kind != "item")
    if (
        layout.titles
        or ("title" in layout.metadata and topic)
        or (_OPENING.search(flat[:3000]) and topic >= 2)
        or (heads >= 2 and topic >= 3)
    ):
        return
    raise Rejected("not_a_report", case="other_text")
