"""Texts that are no annual report on the rule of law are refused."""

from __future__ import annotations

import re

from schemas.errors import Rejected
from transforms import sections
from transforms.layout import Layout
from transforms.layout.titles import is_title
from transforms.numerals import fold

_ARTICLE = re.compile(r"^\s*第[一二三四五六七八九十百]{1,5}条", re.M)
_OPENING = re.compile(
    r"(?:报告|汇报|总结|小结|情况|自查)[^。]{0,12}如下"
    r"|现将[^。]{0,60}(?:报告|汇报|总结|小结)|如下报告"
)
_TOPIC = re.compile("法治|依法行政|依法治")
_ENFORCEMENT = re.compile("行政执法|综合执法|执法人员|行政处罚")
# to whom townships report on it: 县委全面依法治县委员会办公室：
_ADDRESSED = re.compile(
    r"^\s*(?!各)[\u4e00-\u9fff]{0,12}(?:依法治.{1,3}委员会|法治政府建设).{0,10}[：:]\s*$", re.M
)
_HEAD = 400  # characters in which an addressee stands
# who speaks: the body of itself
_OWN_VOICE = re.compile(
    "我镇|我乡|我街|本镇|本乡|全镇|全乡|镇党委|乡党委|党工委|街道办|该镇|该乡|街道"
)
_NAMED_TOPIC = re.compile("法治政府|依法行政")
_TOWNSHIP = re.compile(r"[\u4e00-\u9fff]{2}(?:镇|乡|街道|苏木)")
_WHOLE_YEAR = re.compile(r"全年|一年来|年内|本年度|截[至止]|20\d\d年(?![\s]*\d{1,2}月)")
_SHORTCOMING = re.compile("问题|不足|短板|困难")
_NEXT_YEAR = re.compile("下一步|明年|来年|打算|下一年|下年度|20\\d\\d年.{0,12}(?:计划|拟|将|争取)")
_COUNTED = re.compile(r"\d+余?(?:万余?)?[\u4e00-\u9fff%％]")
_NEWS = re.compile(r"本报讯|(?:记者|通讯员)[ :：]|[（(](?:记者|通讯员)")
_LONG_REVIEW = 300  # characters of a review without headings that tells of no shortcoming
_FEWEST_COUNTS = 5  # numbers that a review of a year states at least


def refuse_other_texts(flat: str, layout: Layout, tree: list[sections.Section]) -> None:
    """Raises Rejected where the text is no report of a year.

    A law, a news item of one event, a notice and any other text are refused; the message says
    what is missing.
    """
    if len(_ARTICLE.findall(flat)) >= 5:
        raise Rejected("not_a_report", case="law")
    topic = len(_TOPIC.findall(flat))
    titles = [*layout.titles, layout.metadata.get("title", "")]
    titled = any(is_title("".join(fold(title).split())) for title in titles if title)
    headings = [s for s in tree if s.marker and s.kind != "item" and s.level <= 2]
    tops = sum(section.level == 1 for section in headings)
    opening = bool(_OPENING.search(flat[:3000]))
    if titled or ("title" in layout.metadata and topic) or (opening and topic >= 2):
        return
    if _ADDRESSED.search(flat[:_HEAD]) and _WHOLE_YEAR.search(flat):
        return
    # a text that was cut off in the middle has only headings of a lower level
    if (tops >= 2 or len(headings) >= 3) and topic >= 3:
        return
    if _reviews_a_year(flat, topic, len(headings)):
        return
    raise Rejected("not_a_report", case=_missing(topic, len(headings)))


def _reviews_a_year(flat: str, topic: int, headings: int) -> bool:
    """Whether a text without title and opening tells what a township did in a year."""
    governed = topic + len(_ENFORCEMENT.findall(flat))
    named = bool(headings >= 2 and governed >= 2 and _NAMED_TOPIC.search(flat))
    own_voice = _OWN_VOICE.search(flat) or len(_TOWNSHIP.findall(flat)) >= 3
    if not (topic >= 3 or governed >= 4 or named) or not (own_voice and _WHOLE_YEAR.search(flat)):
        return False
    if len(_COUNTED.findall(flat)) < _FEWEST_COUNTS:
        return False
    shortcoming, later = bool(_SHORTCOMING.search(flat)), bool(_NEXT_YEAR.search(flat))
    if headings >= 2:
        return shortcoming or later
    if _NEWS.search(flat[:400]):
        return shortcoming and later
    return later and (shortcoming or len(flat) >= _LONG_REVIEW)


def _missing(topic: int, headings: int) -> str:
    """The case of a refusal: which of topic, title and headings the text lacks."""
    if not topic:
        return "off_topic"
    return "no_title" if headings else "other_text"
