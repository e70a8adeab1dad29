"""The head of a page: what stands above the body."""

from __future__ import annotations

import re

from transforms.labels import is_metadata, metadata_pairs
from transforms.layout.lines import Layout, Line
from transforms.layout.shape import FULL_DATE, YEAR, is_furniture, is_title
from transforms.markers import level_of
from transforms.numerals import without_markup

# above the title: when a page was published, as some print it without a label; the name of the paper and its number
_HEAD_DATE = re.compile(
    r"(20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2})\s*日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?(?=\s*$|\s+\S{2,6}[：:])"
)
_BY_AND_WHEN = re.compile(
    rf"(?P<issuer>[^\s，。；：]{{2,30}}(?:人民政府|办事处|委员会|党工委))\s+(?P<date>20\d\d[-./]\d{{1,2}}[-./]\d{{1,2}}|{FULL_DATE})"
    r"(?:\s+\d{1,2}:\d\d(?::\d\d)?)?"
)
# ——某乡人民政府 or （某镇） below the title
_BELOW_TITLE = re.compile(
    r"[—－―-]{1,3}([^，。；：（）]{2,30}(?:人民政府|办事处|委员会|党工委))|[（(][^，。；：（）]{2,20}(?:人民政府|办事处|街道|镇|乡|苏木)[）)]"
)
_RED_HEAD = re.compile(
    r"[^，。；]{4,24}文件|[^，。；\d]{1,12}[〔\[（(]20\d\d[〕\]）)]第?\d{1,4}号(?:签发人[：:].{0,12})?"
)
_TITLE_END = re.compile(r"的?(?:自查|自评|专项|年度|工作|执行|推进|落实|情况)*(?:报告|总结|汇报)")
_SPREAD = re.compile(r"(?:[\u4e00-\u9fff][ \u3000]{1,4}){2,}[\u4e00-\u9fff]")


def read_head(text: str, raw: list[tuple[int, int]], stripped: list[str], result: Layout) -> int:
    """Fills the lines above the first paragraph into `result`; returns the index of the first body line."""
    i = 0
    pending: list[int] = []  # short lines that may be the upper part of a title over several lines
    while i < len(raw):
        a, b = raw[i]
        line = stripped[i]
        squeezed = "".join(line.split())
        if not line:
            kind = "blank"
        elif (
            (dated := _HEAD_DATE.match(line))
            or (labelled := is_metadata(line))
            or is_furniture(line)
        ):
            kind = "metadata" if dated or labelled else "furniture"
            if dated:
                result.metadata.setdefault("published_on", dated[1])
            for key, value in metadata_pairs(text[a:b]).items():
                result.metadata.setdefault(key, value)
        elif result.titles and (by := _BELOW_TITLE.fullmatch(squeezed)):
            kind = "other"
            if by[1]:
                result.metadata.setdefault("issuer", by[1])
        elif result.titles and (by := _BY_AND_WHEN.fullmatch(line)):
            kind = "metadata"
            result.metadata.setdefault("issuer", by["issuer"])
            result.metadata.setdefault("published_on", by["date"])
        elif not result.titles and _RED_HEAD.fullmatch(squeezed):
            kind = "other"
        elif (
            is_title(
                "".join(stripped[j] for j in pending if stripped[j]).replace(" ", "") + squeezed
            )
            and len(squeezed) <= 60
            and level_of(line) is None
        ):
            kind = "title"
            for j in pending:
                if stripped[j]:
                    result.lines[j] = result.lines[j]._replace(kind="title")
            parts = [without_markup(text[slice(*raw[j])]) for j in (*pending, i) if stripped[j]]
            title = "".join(parts)
            if not is_title("".join(title.split())) and is_title(squeezed):
                title = parts[-1]
            result.titles.append(_SPREAD.sub(lambda m: "".join(m[0].split()), title))
            pending = []
        elif result.titles and re.match(rf"[（(]{YEAR}.{{0,12}}[）)]$", squeezed):
            kind = "other"
        elif result.lines and result.lines[-1].kind == "title" and _TITLE_END.fullmatch(squeezed):
            kind = "title"
            result.titles[-1] += squeezed
        elif (
            len(squeezed) <= 40
            and squeezed.endswith(("：", ":"))
            and level_of(line) is None
            and not re.search(r"如下|报告[：:]$", squeezed)
        ):
            kind = "addressee"
        elif (
            len(squeezed) <= 34
            and not re.search(r"[。；，,]", squeezed)
            and level_of(line) is None
            and len(pending) < 3
            and _may_precede_title(stripped, i)
        ):
            kind = "other"
            pending = [*pending, i]
        else:
            break
        result.lines.append(Line(a, b, kind))
        i += 1
    return i


def _may_precede_title(stripped: list[str], i: int) -> bool:
    """Whether one of the next few short lines completes a title."""
    joined = "".join(stripped[i].split())
    if stripped[i].endswith(("：", ":")):
        return False
    for line in stripped[i + 1 : i + 5]:
        squeezed = "".join(line.split())
        if len(squeezed) > 60 or "。" in squeezed or level_of(line):
            return False
        joined += squeezed
        if is_title(squeezed) or is_title(joined):
            return True
    return False
