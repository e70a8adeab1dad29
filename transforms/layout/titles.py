"""Titles: which stretch of a line is the title of a report, and lines that hold one together."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from transforms.labels import label_fields, words
from transforms.layout.shape import FULL_DATE, is_body, names_township
from transforms.numerals import YEAR_DIGITS

LONGEST_TITLE = 90  # characters without blanks
_LONGEST_LINE = 400  # characters of a line that can hold a title
_YEAR = re.compile(rf"(?:(?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})\s*年")
_MORE = re.compile(
    r"的?(?:自查|自评|专项|年度|工作|执行|推进|落实|建设|情况)*(?:报告|总结|汇报|情况)"
)
# between the title of a page and the names of its column and site
_BETWEEN = re.compile(
    r"[_|│┃丨]|\s[-–—]+\s|\s*[-–—]{1,2}\s*(?=[^-–—_|]*(?:网|门户|政府)$)|[ \u3000]{2,}"
)
_BEHIND = re.compile(
    rf"[\s（(\[【]*(?:{FULL_DATE}|20\d\d[-./]\d{{1,2}}[-./]\d{{1,2}})[\s\d:：）)\]】]*$"
    r"|[\s\[【（(]*(?:打印|关闭|字体|字号|大\s*中\s*小|分享|收藏|全文).*$"
)
_BEFORE = re.compile(
    r"[\s•·●○◆■□▪►*|│]*(?:[-–]\s+)?(?:20\d\d[-./]\d{1,2}[-./]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)"
    r"?\s+)?"
)


_TAG = re.compile(r"[\[【]([^\]】]{2,12})[\]】]\s*(?=\S)")

_NAMED = re.compile(r"\s*([^：:，。]{2,16})[：:]\s*")
_HYPHEN = re.compile(r"\s*[-–]\s*|\s*—{1,2}\s*")
_QUOTES = {("“", "”"), ('"', '"'), ("《", "》"), ("「", "」")}


class Title(NamedTuple):
    """A title on a line: its offsets in it. `full` where it names a body, a year or its subject."""

    start: int
    end: int
    full: bool


def is_title(squeezed: str) -> bool:
    """Whether words without blanks read as the title of a report, of any kind."""
    if len(squeezed) > LONGEST_TITLE or re.search(r"。|[，,].*[，,].*[，,]", squeezed):
        return False
    if not any(
        word in squeezed for word in (*words("title", "words"), *words("title", "other_words"))
    ):
        return False
    bare = re.sub(r"[（(][^）)]*[）)]$", "", squeezed).rstrip('》”"')
    if re.search(r"(?:印发|呈报|报送|上报|转发).*(?:报告|总结|情况).*通知$", bare):
        return True
    return bare.endswith(words("title", "ends")) and not re.search(r"如下|的问题$", bare)


def is_full(squeezed: str) -> bool:
    """Whether a title says more than a column does: a year, a body, or 关于."""
    return bool(_YEAR.search(squeezed) or names_township(squeezed) or "关于" in squeezed)


def completes_title(squeezed: str) -> bool:
    """Whether a line can only be the end of the title above it: 工作报告."""
    return bool(_MORE.fullmatch(squeezed))


def title_in(flat_line: str) -> Title | None:
    """The title on a line; None where it holds none.

    What stands around it is left out: bullets, a date, buttons, the name of the site.
    """
    if len(flat_line) > _LONGEST_LINE:
        return None
    before = _BEFORE.match(flat_line)
    start = before.end() if before else 0
    tag = _TAG.match(flat_line, start)
    if tag and not is_body(tag[1]):  # 【年度报告】 is a column, 【某镇】 the body
        start = tag.end()
    behind = _BEHIND.search(flat_line, start)
    end = len(flat_line.rstrip())
    if behind and is_title("".join(flat_line[start : behind.start()].split())):
        end = behind.start()
    start, end = _inside(flat_line, start, end)
    whole = flat_line[start:end]
    if is_title("".join(whole.split())) and not re.search(r"[_|│]", whole):
        return _without_site(flat_line, start, end)
    position = start
    for separator in [*_BETWEEN.finditer(flat_line, start, end), None]:
        stop = separator.start() if separator else end
        squeezed = "".join(flat_line[position:stop].split())
        if is_title(squeezed) and is_full(squeezed):
            return _trimmed(flat_line, position, stop)
        position = separator.end() if separator else end
    return None


def _inside(flat_line: str, start: int, end: int) -> tuple[int, int]:
    """A line without what a site puts before its title, behind it, or around it.

    平川县人民政府网站：…报告, …报告-年度报告 and “…报告” hold one title each; what stands before the
    colon in 某镇：… is part of it.
    """
    labelled = _title_label().match(flat_line, start, end)
    if labelled and _is_whole(flat_line[labelled.end() : end]):
        start = labelled.end()
    named = _NAMED.match(flat_line, start, end)
    if named and not is_body(named[1]) and _is_whole(flat_line[named.end() : end]):
        start = named.end()
    for hyphen in _HYPHEN.finditer(flat_line, start, end):
        if _is_whole(flat_line[start : hyphen.start()]):
            end = hyphen.start()
            break
    if (flat_line[start : start + 1], flat_line[end - 1 : end]) in _QUOTES:
        start, end = start + 1, end - 1
    return start, end


@functools.cache
def _title_label() -> re.Pattern[str]:
    """A label of a title with blanks behind it, as in a table: 名称  某镇…报告."""
    labels = [label for label, field in label_fields().items() if field == "title"]
    return re.compile(rf"(?:{'|'.join(sorted(labels, key=len, reverse=True))})\s+")


def _is_whole(words_of_line: str) -> bool:
    squeezed = "".join(words_of_line.split())
    return is_title(squeezed) and is_full(squeezed)


def _without_site(flat_line: str, start: int, end: int) -> Title:
    """A title without the name of a site, or of a body above the township, that stands before
    it.
    """
    for blank in re.finditer(r"\s+", flat_line[start:end]):
        head = flat_line[start : start + blank.start()].strip()
        rest = "".join(flat_line[start + blank.end() : end].split())
        own = names_township(head) and is_body(head)
        if len(head) < 3 or own or not is_title(rest):
            continue
        if names_township(rest) and is_full(rest) and not _YEAR.search(head):
            return _trimmed(flat_line, start + blank.end(), end)
    return _trimmed(flat_line, start, end)


def _trimmed(flat_line: str, start: int, end: int) -> Title:
    while start < end and flat_line[start].isspace():
        start += 1
    while start < end and flat_line[end - 1].isspace():
        end -= 1
    return Title(start, end, is_full("".join(flat_line[start:end].split())))
