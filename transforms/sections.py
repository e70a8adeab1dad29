"""Text -> what each line is, and the heading tree; the sections partition the text, so nothing is lost.

Levels follow the printed numbering: 一、 is 1, （一） is 2, 1. is 3, （1） is 4; the same marker in half width, with blanks or with one
bracket lost is the same level. Enumerators inside a paragraph (一是, 二要, 第一，) are items below the section they stand in.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas import vocabulary
from transforms.numerals import (
    DAY,
    FORMAL,
    MONTH,
    YEAR_DIGITS,
    chinese_integer,
    with_breaks,
    without_markup,
)

_CN = "[一二三四五六七八九十]"
_BRACKETED, _CIRCLED = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"
_STOPPED, _ENCLOSED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂"
_PLAIN = str.maketrans(
    dict(zip(FORMAL + _BRACKETED, 2 * "一二三四五六七八九十"))
    | {c: str(n) for signs in (_CIRCLED, _STOPPED, _ENCLOSED) for n, c in enumerate(signs, 1)}
)
# a number of a sentence, straight behind a marker: of what it counts there are no halves (1.12个村, 2．2024年)
_COUNT = r"(?:\d{1,4}(?:个(?!百|亿|小|月|多|半|工|学)|名|位|户|家|所|处|起|宗|场|期|份|本|张|条|项|篇|支|村|社区)|20\d\d年)"
_LEVELS = [
    (
        1,
        re.compile(
            rf"({_CN}{{1,3}}|[{FORMAL}]{{1,3}})\s*(?:[、，,．]|\.(?!\d)|\.(?=20\d\d年))|第({_CN}{{1,3}})(?:部分|章|篇)[、：:\s]?|({_CN}{{1,3}})[ \u3000]{{1,3}}(?=[\u4e00-\u9fff“][^\n。；，：,;:]{{3,28}}(?:\n|$))"
        ),
    ),
    (
        2,
        re.compile(
            rf"[（(]\s*({_CN}{{1,3}})\s*[）)]\s*[、.．]?|({_CN}{{1,3}})\s*[）)]|[（(]\s*({_CN}{{1,3}})\s*、|([{_BRACKETED}])"
        ),
    ),
    (
        3,
        re.compile(
            rf"(\d{{1,2}})\s*(?:[.．](?!\d)|[.．](?={_COUNT})|、)|\d{{1,2}}\.(\d{{1,2}})(?=[ \u3000]{{1,3}}[\u4e00-\u9fff“\"])(?![ \u3000]*[万亿千百余多])|([{_STOPPED}])"
        ),
    ),
    (
        4,
        re.compile(
            rf"[（(]\s*(\d{{1,2}})\s*[）)]\s*、?|(\d{{1,2}})\s*[）)]|([{_CIRCLED}{_ENCLOSED}])"
        ),
    ),
]
LONGEST_HEADING = 200  # characters; a longer one is a paragraph without punctuation
MARKER_REACH = 80  # characters from which a marker and the words behind it are told
# begins with a class of characters, so that a search skips to them
_ITEM = re.compile(
    rf"[一二三四五六七八九十第](?:(?<=[。；;：:，,！!？?\s）)”\"].)|(?<=^.))(?:(?<!第){_CN}?(?:是|要(?!素|点|闻|件|求|道))|(?<=第){_CN}{{1,2}}[，,、：是])"
)
_ITEM_NUMBER = re.compile(f"{_CN}+")
_NOTHING = re.compile("")
# a full stop in half width ends a sentence where it stands behind a word: 情况如下. 一)
_STOP = re.compile(
    r"(?<=[\u4e00-\u9fff%）)”\"])\.(?=[\s\u4e00-\u9fff（(“]|\d{1,2}[）)、.．]|[①-⒖㈠-㈩]|$)", re.M
)
_INLINE = re.compile(
    rf"(?<=[。；;！？.：:])\s*(?:[（(]\s*{_CN}{{1,3}}\s*[）)]|{_CN}{{1,3}}、|\d{{1,2}}\s*[.．、](?=[^\d\s]|{_COUNT})|[（(]\s*\d{{1,2}}\s*[）)]|\d{{1,2}}\s*[）)](?=[\u4e00-\u9fff“])|[{_CIRCLED}{_BRACKETED}{_STOPPED}{_ENCLOSED}])"
)
# the first heading below another in its line: 一、主要做法（一）学法
_GLUED = re.compile(
    rf"[ \u3000]*(?:{_CN}{{1,3}}[、.．][^\s，。；：,;:（(]{{2,28}}([（(]一[）)])|[（(]{_CN}{{1,3}}[）)][^\s，。；：,;:（(\d]{{2,28}}(1[.、．])(?=[\u4e00-\u9fff“]))"
)
_RUN_IN = re.compile(
    r"[ \u3000]*(?=(?:(?:工作|当前|目前|工作中)?(?:主要)?(?:还)?存在的?(?:主要)?(?:问题|不足|短板|困难)(?:[和与及](?:不足|短板|困难|原因))?"
    r"|(?:主要)?问题[和与及]不足|(?:主要)?不足之处|(?:下一?步|下一?阶段)的?(?:主要)?(?:工作)?(?:打算|计划|安排|思路|措施|重点|方向)?"
    r"|(?:下一年|明年|今后)的?(?:主要)?(?:工作)?(?:打算|计划|安排|思路|措施|重点|方向)"
    r"|(?:主要)?(?:工作)?(?:做法|成效|举措|措施)(?:[和与及](?:做法|成效|举措))?|工作(?:开展|完成|落实|推进)情况)[：:])"
)
_HEADING_END = re.compile(rf"[。：:\n！？；;]|{_STOP.pattern}", re.M)
_GAP = re.compile(r"[ \u3000]{2,}")
_TERMINAL = "。！？!?；;：:"
_YEAR = rf"(?:\d{{4}}|[{YEAR_DIGITS}]{{4}})\s*年\s*"
_MONTH = rf"{MONTH}\s*月\s*"
_DAY = rf"{DAY}\s*[日号]"
_DATE_LINE = re.compile(
    rf"^[（(]?\s*{_YEAR}{_MONTH}(?:{_DAY})?\s*[）)]?$|^\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}$|^20\d\d[01]\d[0-3]\d$"
)
_BODY_END = re.compile(
    r"(?:人民政府|办事处|委员会|党委|党工委|司法所|政府|苏木达|管委会|办公室|党政办|综合办|平安办|综治办|司法办|执法队|大队|中心|街道|镇|乡|苏木)"
    r"\s*(?:[（(](?:盖章|公章|印章|章)[）)])?[）)]?$"
)
_SIGNED = re.compile(
    rf"(?P<issuer>[^\s，。；：]{{3,30}}?(?:人民政府|办事处|委员会|党工委))\s*(?P<date>{_YEAR}{_MONTH}{_DAY})\s*$"
)
# lines beside the signature that are neither body nor date
NOTE = re.compile(
    r"[（(](?:此件|联系人|盖章|公章|此页无正文)|(?:联系人|联系电话|抄送|抄报|附件|印发|校对)[：:]|[^，。；]{2,40}年[^，。；]{3,9}日印发|[（(]?共印\d+份"
)
SIGNED_AS = re.compile(
    r"(?:报告|汇报|报送|填报|落款|发文)(?:单位|机关|时间|日期)(?:[（(][盖公]?章[）)])?[：:]"
)


# above the title: when a page was published, as some print it without a label; the name of the paper and its number
_HEAD_DATE = re.compile(
    r"(20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2})\s*日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?(?=\s*$|\s+\S{2,6}[：:])"
)
_BY_AND_WHEN = re.compile(
    rf"(?P<issuer>[^\s，。；：]{{2,30}}(?:人民政府|办事处|委员会|党工委))\s+(?P<date>20\d\d[-./]\d{{1,2}}[-./]\d{{1,2}}|{_YEAR}{_MONTH}{_DAY})"
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


class Line(NamedTuple):
    """One line of the text: its offsets without the line break, and what it is: blank, metadata, furniture, title, addressee, body, signature, date."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Section:
    """One node of the heading tree. [start, end) is its own text, without its children's; `parent` is an index into the list of sections."""

    start: int
    end: int
    level: int
    kind: str
    parent: int | None = None
    marker: str | None = None
    heading: str | None = None
    body_start: int = 0


@dataclass(slots=True)
class Layout:
    """The lines of a text with their kinds, the titles found, the metadata pairs, the breaks that are only hard wraps, and the blanks that
    stand for breaks."""

    lines: list[Line] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    wraps: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)


@functools.cache
def _labels() -> tuple[re.Pattern, dict[str, str]]:
    held = {
        label: holds
        for holds, labels in vocabulary.toml("layout.toml")["metadata"].items()
        for label in labels
    }
    spaced = "|".join(
        r"[ \u3000\t]*".join(map(re.escape, label)) for label in sorted(held, key=len, reverse=True)
    )
    return re.compile(
        rf"(?:^|(?<=[\s|│【\[；;，,]))[【\[]?\s*(?P<label>{spaced})\s*(?P<sign>[】\]]\s*[:：]?|(?:[（(][盖公]?章[）)])?[:：]|(?=\s*[|│]))"
    ), held


@functools.cache
def _words(*path: str) -> tuple[str, ...]:
    found = vocabulary.toml("layout.toml")
    for step in path:
        found = found[step]
    return tuple(found)


@functools.cache
def _file_name() -> re.Pattern:
    return re.compile(vocabulary.toml("layout.toml")["furniture"]["files"])


@functools.cache
def _page_number() -> re.Pattern:
    return re.compile("|".join(_words("furniture", "pages")))


def _raw_lines(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for part in text.split("\n"):
        spans.append((start, start + len(part)))
        start += len(part) + 1
    return spans


_ROLLED_UP = re.compile(
    rf"[ \u3000](?:{_CN}{{1,3}}[、.．]|第{_CN}{{1,3}}部分|\d{{1,2}}[.、．][\u4e00-\u9fff])"
)
_BREAK = re.compile(
    rf"(?<=[。！？：:；;])[ \u3000]|(?<=\d日)[ \u3000](?=[ \u3000]*[\u4e00-\u9fff（(])|(?<=[\u4e00-\u9fff）)》”])[ \u3000](?=[ \u3000]*(?:{_CN}{{1,3}}[、.．]|[（(]{_CN}{{1,3}}[）)]|\d{{1,2}}[.、．](?!\d)|第{_CN}{{1,3}}部分))"
)
_BREAK_HEADING = re.compile(
    rf"(?<=[ \u3000])(?:{_CN}{{1,3}}[、.．]|[（(]{_CN}{{1,3}}[）)])[^\s。；：;:]{{2,40}}([ \u3000])"
)
_BREAK_ABOVE = re.compile(
    r"(?<=[\u4e00-\u9fff][\u4e00-\u9fff）)》])[ \u3000](?=[ \u3000]*[\u4e00-\u9fff（(《][\u4e00-\u9fff〇])|(?<=报告|总结|汇报|情况|计划)[ \u3000](?=[ \u3000]*\d)"
)
ROLLED_UP_FROM = 100  # characters of a line


def _breaks(flat: str) -> list[int]:
    """Offsets of the blanks that stand for breaks, in a text whose lines somebody joined into one."""
    lines = [x for x in flat.split("\n") if x.strip()]
    if len(lines) > 3 or not lines or len(max(lines, key=len)) < ROLLED_UP_FROM:
        return []
    first = _ROLLED_UP.search(flat)
    if not first or not _ROLLED_UP.search(flat, first.end()):
        return []
    above = [m.start() for m in _BREAK_ABOVE.finditer(flat, 0, first.start())]
    above += [
        m.start() - 1
        for m in _labels()[0].finditer(flat, 0, first.start())
        if m.start() and flat[m.start() - 1] in " \u3000"
    ]
    behind = [m.start(1) for m in _BREAK_HEADING.finditer(flat)]
    return [*above, *behind, *(m.start() for m in _BREAK.finditer(flat))]


def level_of(flat_line: str) -> tuple[int, re.Match] | None:
    """Level and match of the heading marker at the start of a line (blanks before it allowed)."""
    stripped = flat_line.lstrip()
    offset = len(flat_line) - len(stripped)
    for level, pattern in _LEVELS:
        m = pattern.match(flat_line, offset)
        if m:
            return level, m
    return None


def metadata_pairs(line: str) -> dict[str, str]:
    """What the labels of one line hold: `索引号：… 成文日期：2025-01-10`, `【发布机构】…`, or a row of a pipe table."""
    pattern, held = _labels()
    found = list(pattern.finditer(line))
    pairs = {}
    for i, m in enumerate(found):
        value = line[m.end() : found[i + 1].start() if i + 1 < len(found) else len(line)]
        if m[0][0] in "【[" and m["sign"] in "：:":  # 【发布机构：某镇】【字号 大 中 小】
            value = re.split(r"[】\]]", value)[0]
        key = held["".join(m["label"].split())]
        value = value.strip(" \u3000\u00a0\t|│【[；;")
        if "|" in line or "│" in line:
            value = re.split(r"[|│]", value)[0].strip()
        if value and (key not in pairs):
            pairs[key] = value
    return pairs


def _is_metadata(stripped: str) -> bool:
    pattern, _ = _labels()
    first = pattern.match(stripped.lstrip("|│ \u3000"))
    return len(stripped) < 400 and (
        bool(first) or ("。" not in stripped and len(pattern.findall(stripped)) > 1)
    )


def _is_furniture(stripped: str) -> bool:
    if _page_number().match(stripped) or (len(stripped) < 80 and _file_name().search(stripped)):
        return True
    prose = re.search(r"。[”’」』）)]?$", stripped) or ("。" in stripped and "，" in stripped)
    return (
        len(stripped) < 200
        and not prose
        and any(word in stripped for word in _words("furniture", "lines"))
    )


def _is_title(squeezed: str) -> bool:
    if (
        len(squeezed) > 60
        or "。" in squeezed
        or not any(w in squeezed for w in _words("title", "words"))
    ):
        return False
    bare = re.sub(r"[（(][^）)]*[）)]$", "", squeezed).rstrip("》")
    if re.search(r"(?:印发|呈报|报送|上报|转发).*(?:报告|总结|情况).*通知$", bare):
        return True
    return bare.endswith(_words("title", "ends")) and not re.search(r"如下|汇报如下", bare)


def layout(text: str, flat: str) -> Layout:
    """Says of every line what it is. `flat` is the text folded to half width, same length."""
    result = Layout(breaks=_breaks(flat))
    flat = with_breaks(flat, result.breaks)
    raw = _raw_lines(flat)
    stripped = [flat[a:b].strip() for a, b in raw]
    body_from = _header(text, raw, stripped, result)
    signature_from, body_to = _footer(raw, stripped, body_from)
    for i, (a, b) in enumerate(raw):
        if i < body_from:
            continue
        if not stripped[i]:
            kind = "blank"
        elif i >= body_to:
            kind = "furniture"
        elif i >= signature_from:
            kind = "date" if _DATE_LINE.match(stripped[i]) else "signature"
        else:
            kind = "furniture" if _page_number().match(stripped[i]) else "body"
        result.lines.append(Line(a, b, kind))
    result.wraps = _wraps(flat, result.lines)
    return result


def _header(text: str, raw: list[tuple[int, int]], stripped: list[str], result: Layout) -> int:
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
            or (labelled := _is_metadata(line))
            or _is_furniture(line)
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
            _is_title(
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
            if not _is_title("".join(title.split())) and _is_title(squeezed):
                title = parts[-1]
            result.titles.append(_SPREAD.sub(lambda m: "".join(m[0].split()), title))
            pending = []
        elif result.titles and re.match(rf"[（(]{_YEAR}.{{0,12}}[）)]$", squeezed):
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
        if _is_title(squeezed) or _is_title(joined):
            return True
    return False


def _footer(raw: list[tuple[int, int]], stripped: list[str], body_from: int) -> tuple[int, int]:
    """Index of the first line of the signature block, and of the page furniture after it."""
    end = len(raw)
    while end > body_from and (not stripped[end - 1] or _is_furniture(stripped[end - 1])):
        end -= 1
    body_to = end
    start = _attachments(stripped, body_from, end)
    end = start
    while start > body_from and end - start < 8:
        squeezed = "".join(stripped[start - 1].split())
        dated = _DATE_LINE.match(squeezed)
        signed = is_body(squeezed) and level_of(stripped[start - 1]) is None
        both = len(squeezed) <= 60 and _SIGNED.fullmatch(squeezed)
        note = NOTE.match(squeezed) or (len(squeezed) <= 40 and SIGNED_AS.match(squeezed))
        if not squeezed or dated or signed or both or note:
            start -= 1
            continue
        break
    start = _attachments_above(stripped, body_from, start)
    while start < end and not stripped[start]:
        start += 1
    while body_to < len(raw) and not stripped[body_to]:
        body_to += 1
    return start, body_to


def is_body(line: str) -> bool:
    """Whether a line is no more than the name of a body that signs."""
    squeezed = "".join(line.split())
    return (
        len(squeezed) <= 34
        and bool(_BODY_END.search(squeezed))
        and not re.search(r"[，。；：]", squeezed)
    )


def _attachments(stripped: list[str], body_from: int, end: int) -> int:
    """Index of the line that begins a list of attachments (附件：1.… 2.…) behind the signature, or `end` where there is none."""
    for i in range(end - 1, max(body_from, end - 12), -1):
        squeezed = "".join(stripped[i].split())
        if re.match(r"附(?:件|表|图)?\d{0,2}[：:]", squeezed):
            above = next((stripped[k] for k in range(i - 1, body_from - 1, -1) if stripped[k]), "")
            above = "".join(above.split())
            return i if _DATE_LINE.match(above) or is_body(above) else end
        if squeezed and (len(squeezed) > 40 or "。" in squeezed):
            break
    return end


def _attachments_above(stripped: list[str], body_from: int, signature: int) -> int:
    """Index of the line that begins a list of attachments right above the signature, or `signature` where there is none."""
    for i in range(signature - 1, max(body_from, signature - 12), -1):
        if re.match(r"附\s*(?:件|表)\s*\d{0,2}\s*[：:]", stripped[i]):
            return i
        if len(stripped[i]) > 40 or re.search("[。；]", stripped[i]):
            break
    return signature


def _wraps(flat: str, lines: list[Line]) -> list[tuple[int, int]]:
    """Breaks (with the blanks around them) that stand inside a sentence: the line before ends in mid-clause, the one after goes on."""
    wraps = []
    body = [x for x in lines if x.kind == "body"]
    width = _page_width([len(flat[x.start : x.end].rstrip()) for x in body])
    for before, after in itertools.pairwise(body):
        a, b = flat[before.start : before.end].rstrip(), flat[after.start : after.end].lstrip()
        if (
            a[-1] in _TERMINAL
            or (a[-1] in '”"』」）)》' and a[-2:-1] in tuple(_TERMINAL))
            or level_of(b)
        ):
            continue
        gap = flat[before.start + len(a) : after.end - len(b)]
        if gap.count("\n") > 4 or b[0] == "|":
            continue
        prose = re.search(r"[，,。；、]", a)
        heading = level_of(a) and not prose and len(b) >= width - 2
        if width - 2 <= len(a) <= width + 3 and not heading and not _indented(flat, after):
            wraps.append((before.start + len(a), after.end - len(b)))
            continue
        if level_of(a) and not (prose and len(a) >= 30 and re.search(r"[。：:]|[，,]$", a)):
            continue
        if (len(a.strip()) < 20 and not prose) or (not prose and len(a) < 30):
            continue
        wraps.append((before.start + len(a), after.end - len(b)))
    return wraps


def _page_width(lengths: list[int]) -> int:
    """How many characters a line of a hard-wrapped text holds; 0 where the lines are paragraphs, whose lengths are not alike."""
    longest = sorted(lengths)[-max(1, len(lengths) // 20) :][0] if lengths else 0
    alike = sum(longest - 2 <= n <= longest + 3 for n in lengths)
    return longest if 20 <= longest <= 60 and alike >= 6 and alike >= len(lengths) // 3 else 0


def _indented(flat: str, line: Line) -> bool:
    return flat[line.start : line.start + 2].isspace()


# --- the tree ---------------------------------------------------------------------------------------------------------


def _ordinal(m: re.Match) -> int:
    printed = next((g for g in m.groups() if g), "").translate(_PLAIN)
    return int(printed) if printed.isdigit() else chinese_integer(printed) or 0


def _headings(flat: str, lines: list[Line]) -> list[tuple[int, int, re.Match]]:
    """(start of the marker, level, match), at line starts, and inside paragraphs where the number is the one expected next."""
    found = []
    body_starts = {}
    for line in lines:
        if line.kind != "body":
            continue
        at = level_of(flat[line.start : line.end])
        if at and _plausible(flat, line, at):
            level, m = at
            found.append(
                (
                    line.start + m.start(),
                    level,
                    _LEVELS[level - 1][1].match(flat, line.start + m.start()),
                )
            )
        body_starts[line.start] = line
    body = [line for line in lines if line.kind == "body"]
    unnumbered = _unnumbered(flat, body)
    if not unnumbered and not any(level == 1 for _, level, _ in found):
        unnumbered = _run_in(flat, body)
    expected: dict[int, int] = {}
    starts = {f[0]: f for f in found}
    inline = []
    for line in body_starts.values():
        for m in _INLINE.finditer(flat, line.start, line.end):
            if flat[m.start() - 1] == "." and not _STOP.match(flat, m.start() - 1):
                continue
            begin = m.end() - len(m[0].lstrip())
            at = level_of(flat[begin : min(line.end, begin + MARKER_REACH)])
            if at and begin not in starts:
                inline.append((begin, at[0], _LEVELS[at[0] - 1][1].match(flat, begin)))
        if (m := _GLUED.match(flat, line.start, line.end)) and line.start + len(m[0]) - len(
            m[0].lstrip()
        ) in starts:
            level = 2 if m[1] else 3
            at = m.start(m.lastindex)
            starts[at] = (at, level, _LEVELS[level - 1][1].match(flat, at))
            found.append(starts[at])
    # where the last number two of each level stands
    second = {level: start for start, level, m in inline if _ordinal(m) == 2}
    merged = []
    for start, level, m in sorted([*found, *inline], key=lambda x: x[0]):
        n = _ordinal(m)
        if (
            start in starts
            or (n == expected.get(level, 0) + 1 and n > 1)
            or (n == 1 and level > 1 and second.get(level, 0) > start)
        ):
            merged.append((start, level, m))
            expected[level] = n
            for deeper in range(level + 1, 5):
                expected.pop(deeper, None)
    return sorted([*_below_their_number(merged), *unnumbered], key=lambda x: x[0])


def _below_their_number(found: list[tuple[int, int, re.Match]]) -> list[tuple[int, int, re.Match]]:
    """1.1 and 1.2 lie below a heading that is numbered 1; elsewhere they have the level of their own."""
    out, number = [], 0
    for start, level, m in found:
        chapter = re.match(r"\s*(\d{1,2})\.\d", m[0]) if level == 3 else None
        if chapter and int(chapter[1]) == number:
            level = 4
        elif level <= 3:
            number = _ordinal(m) if level == 3 and not chapter else 0
        out.append((start, level, m))
    return out


def _unnumbered(flat: str, body: list[Line]) -> list[tuple[int, int, re.Match]]:
    """Lines that are top-level headings without a number: short, alone, without punctuation, in the words such headings use."""
    words = [
        w
        for kind in ("problems", "plan", "suggestions", "work", "other")
        for w in _words("section", kind)
    ]
    found = []
    for before, line, after in zip(body, body[1:], body[2:]):
        text = flat[line.start : line.end].strip()
        if (
            len(text) > 24
            or re.search(r"[，。；：、,;:！？\d.]$|[，。；：]|[\u4e00-\u9fff][,;]", text)
            or level_of(text)
            or not any(w in text for w in words)
        ):
            continue
        above, below = (
            flat[before.start : before.end].rstrip(),
            flat[after.start : after.end].strip(),
        )
        if (above[-1] in _TERMINAL or level_of(above)) and (
            len(below) > len(text) or level_of(below)
        ):
            start = line.start + flat[line.start : line.end].index(text[0])
            found.append((start, 1, _NOTHING.match(flat, start)))
    return found


def _run_in(flat: str, body: list[Line]) -> list[tuple[int, int, re.Match]]:
    """Paragraphs that begin with a heading and a colon (存在的问题：一是…), in a text whose top-level headings bear no numbers."""
    found = []
    for line in body:
        if m := _RUN_IN.match(flat, line.start, line.end):
            found.append((m.end(), 1, _NOTHING.match(flat, m.end())))
    return found


def _plausible(flat: str, line: Line, at: tuple[int, re.Match]) -> bool:
    level, m = at
    rest = flat[line.start + m.end() : line.end].lstrip()
    if (
        level == 1
        and m[0].rstrip().endswith(("，", ","))
        and len(rest) > 40
        and "。" not in rest[:40]
    ):
        return False
    if level == 3 and re.match(r"\d|[万亿%]", rest):
        # 2. 16人持证: a blank parts the marker from a number that has its own measure word
        apart = flat[line.start + m.end()] in " \u3000" and re.match(
            r"\d{1,4} ?[\u4e00-\u9fff](?<![万亿千百余多])", rest
        )
        return bool(apart or re.match(_COUNT, rest))
    return bool(rest) or level <= 2


def _heading_text(flat: str, text: str, start: int, stop: int) -> tuple[str, int]:
    """Heading after its marker, and the offset at which the section's body begins."""
    while start < stop and flat[start] in " \u3000":
        start += 1
    m = _HEADING_END.search(flat, start, stop)
    gap = _GAP.search(flat, min(start + 4, stop), m.start() if m else stop)
    m = gap or m
    end = m.start() if m else stop
    after = m.end() if m else stop
    heading = text[start:end]
    if len(heading) > 60:
        comma = re.search(r"[，,；;]", heading)
        at = min(comma.start() if comma else len(heading), LONGEST_HEADING)
        if at < len(heading):
            heading, after = heading[:at], start + at
    return " ".join(heading.split()).strip("，,、 ") if "\n" in heading else heading.strip().strip(
        "，,、"
    ), after


def section_kind(heading: str, report_year: int | None = None) -> str:
    """Kind of a top-level section by the words of its heading."""
    bare = "".join(heading.split())
    has = {
        kind: any(w in bare for w in _words("section", kind))
        for kind in ("problems", "plan", "suggestions", "work", "other")
    }
    year = re.search(r"(20\d\d)年", bare)
    if has["problems"] and has["plan"]:
        return "problems_and_plan"
    if has["suggestions"] and not has["problems"] and not has["plan"]:
        return "suggestions"
    if has["work"] and has["plan"] and not (year and report_year and int(year[1]) > report_year):
        return "work"
    if has["problems"] and not has["work"]:
        return "problems"
    if has["plan"] or (year and report_year and int(year[1]) > report_year):
        return "plan"
    return "other" if has["other"] and not has["work"] else "work"


def tree(text: str, flat: str, found: Layout, report_year: int | None = None) -> list[Section]:
    """The sections in order of their offsets; their own spans [start, end) partition `text`."""
    cuts: list[tuple[int, str, int, re.Match | None]] = []  # (start, what, level, match)
    previous = None
    for line in found.lines:
        if line.kind == "blank":
            continue
        region = {"body": "body", "signature": "signature", "date": "signature"}.get(
            line.kind, "other"
        )
        printed = flat[
            line.start : line.end
        ].strip()  # nothing where a sentence goes on behind a page number
        if (
            line.kind == "furniture"
            and previous == "body"
            and (not printed or _page_number().match(printed))
        ):
            continue
        if region != previous:
            cuts.append((line.start, region, 0, None))
            previous = region
    heads = _headings(flat, found.lines)
    cuts += [(start, "heading", level, m) for start, level, m in heads]
    taken = {c[0] for c in cuts if c[1] == "heading"}
    cuts = [c for c in cuts if not (c[1] == "body" and c[0] in taken)]
    for line in found.lines:
        if line.kind == "body":
            for m in _ITEM.finditer(flat, line.start, line.end):
                if m.start() not in taken and not _in_heading(flat, m.start(), heads):
                    cuts.append((m.start(), "item", 0, m))
    return _assemble(text, flat, sorted(cuts, key=lambda c: (c[0], c[1] != "body")), report_year)


def _in_heading(flat: str, position: int, heads: list) -> bool:
    """Whether an enumerator directly follows the marker of a heading (（一）一是 is possible, 一、是 is not an item)."""
    return any(start < position < m.end() for start, _, m in heads)


def _assemble(text: str, flat: str, cuts: list, report_year: int | None) -> list[Section]:
    sections: list[Section] = []
    stack: list[tuple[int, int]] = []  # (level, index) of the open headings
    items: list[tuple[int, int, int]] = []  # (level, index, ordinal) of the open items
    if not cuts or cuts[0][0] > 0:
        first = cuts[0] if cuts else (0, "body", 0, None)
        cuts = [
            (0, first[1] if first[1] in ("other", "signature", "body") else "other", 0, None),
            *(cuts[1:] if first[1] in ("other", "signature", "body") else cuts),
        ]
    for i, (start, what, level, m) in enumerate(cuts):
        stop = cuts[i + 1][0] if i + 1 < len(cuts) else len(text)
        if what == "heading":
            stack = [s for s in stack if s[0] < level]
            heading, body_start = _heading_text(flat, text, m.end(), stop)
            parent = stack[-1][1] if stack else None
            kind = section_kind(heading, report_year) if parent is None else sections[parent].kind
            if (
                parent is not None
                and kind == "problems_and_plan"
                and any(
                    w in heading
                    for w in (*_words("section", "problems"), *_words("section", "plan"))
                )
            ):
                kind = section_kind(heading, report_year)
            marker = text[start : m.end()].strip() or None
            sections.append(Section(start, stop, level, kind, parent, marker, heading, body_start))
            stack.append((level, len(sections) - 1))
            items = []
        elif what == "item":
            n = chinese_integer(_ITEM_NUMBER.search(m[0])[0]) or 0
            while items and not (n == items[-1][2] + 1 or n == 1):
                items.pop()
            if items and n == items[-1][2] + 1:
                items.pop()
            base = stack[-1] if stack else None
            parent = items[-1][1] if items else base[1] if base else None
            depth = (base[0] if base else 0) + len(items) + 1
            sections.append(
                Section(
                    start,
                    stop,
                    depth,
                    "item",
                    parent,
                    text[m.start() : m.end()].strip(),
                    None,
                    m.end(),
                )
            )
            items.append((depth, len(sections) - 1, n))
        else:
            seen_heading = any(s.heading or s.marker for s in sections)
            kind = {"signature": "signature", "other": "other"}.get(what) or (
                "other" if seen_heading else "preamble"
            )
            sections.append(Section(start, stop, 0, kind, None, None, None, start))
            if what != "body":
                stack, items = [], []
    return sections


def marker_spans(flat: str, sections: list[Section]) -> list[tuple[int, int]]:
    """Where the markers stand, so that their numerals are no figures."""
    return [(s.start, s.start + len(s.marker)) for s in sections if s.marker]


def headings_of(sections: list[Section]) -> list[tuple[int, str]]:
    """(offset, headings from the top down, joined) of each heading and region of its own, for telling what a passage is about."""
    out = []
    for s in sections:
        if s.kind == "item":
            continue
        chain, at = [], s
        while at is not None:
            if at.heading:
                chain.append(at.heading)
            at = sections[at.parent] if at.parent is not None else None
        out.append((s.start, "｜".join(reversed(chain))))
    return out
