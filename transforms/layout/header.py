"""The head of a page, line by line: site, menus, labels, title, addressee; and where the body
begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from transforms.labels import (
    BODY_FIELDS,
    DATE_FIELDS,
    clean_value,
    is_metadata,
    labelled,
    lone_label,
    words,
)
from transforms.layout.lines import Layout, Line
from transforms.layout.shape import (
    PRINTED_DATE,
    YEAR,
    below_title,
    government_end,
    is_addressee,
    is_body,
    is_document_number,
    is_file_name,
    is_furniture,
    is_prose,
    is_site_name,
    is_trail,
    names_township,
    signed_on_one_line,
)
from transforms.layout.title_lines import find_titles
from transforms.layout.titles import title_in
from transforms.markers import level_of

_ONLY_SIGNS = re.compile(r"[\s•·●○◆■□▪►*\-–—|│_+~\[\]【】()（）<>《》»›]+")
_BULLET = re.compile(r"[•·●○◆■□▪►*]\s*|[-–]\s+")
# how the opening of a report reads, which a notice of the site does not
_OPENING = re.compile(
    r"如下|^(?:19|20)\d\d\s*年|今年|一年来|近年|以来|领导下|坚持|贯彻|落实|全面|按照|根据|为深入|为进一步"
)
# how a notice of the site ends: 现将《…报告》予以公开
_ANNOUNCES = re.compile(r"(?:公开|公布|公示|发布|公告)(?:如下)?[。：:]?$")
_ANY_DATE = re.compile(r"20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}(?!\d)\s*日?")
_OTHER_DAY = re.compile(
    r"星期|周[一二三四五六日]|今天|今日|现在|农历|更新|截止|有效|废止|失效|\d/20\d\d"
)
_LOOK_AHEAD = 15  # lines in which a title may follow a notice of the site


def _is_printed_date(line: str) -> bool:
    return bool(PRINTED_DATE.match(line))


def _is_full_title(line: str) -> bool:
    title = title_in(line)
    return title is not None and title.full


def _is_way(line: str) -> bool:
    """Whether a line is a breadcrumb and no row of labels that holds one."""
    located = bool(re.match(r"[\W]*(?:首页|主页|.{0,6}位置)", line))
    return is_trail(line) and (
        located or not any(pair.field in (*DATE_FIELDS, *BODY_FIELDS) for pair in labelled(line))
    )


# Tried in order; the first that fits names the kind of a line above the body. A line that none
# fits is furniture: an unknown short line never ends the head.
LINE_KINDS: list[tuple[str, Callable[[str], object]]] = [
    ("furniture", _ONLY_SIGNS.fullmatch),
    ("furniture", _is_way),
    ("metadata", _is_printed_date),
    ("metadata", is_metadata),
    ("other", lambda line: is_document_number("".join(line.split()))),
    ("title", _is_full_title),
    ("other", lambda line: below_title().fullmatch("".join(line.split()))),
    ("metadata", signed_on_one_line().fullmatch),
    ("addressee", lambda line: is_addressee("".join(line.split()))),
    ("furniture", is_furniture),
    ("title", title_in),
    ("other", lambda line: re.match(rf"[（(]{YEAR}.{{0,12}}[）)]$", "".join(line.split()))),
    ("other", is_body),
    ("furniture", is_site_name),
]


def line_kind(stripped: str) -> str | None:
    """The kind of a line above the body, by itself; None where no kind fits."""
    if not stripped:
        return "blank"
    return next((kind for kind, fits in LINE_KINDS if fits(stripped)), None)


def read_head(
    text: str, flat: str, spans: list[tuple[int, int]], stripped: list[str], result: Layout
) -> int:
    """Names the lines above the body; returns the index of the first line of the body.

    `flat` is the text in plain characters, `spans` the offsets of its lines, `stripped` the lines
    of `flat` without the blanks around them. Lines, titles and metadata are added to `result`.
    """
    kinds: list[str | None] = []
    body_from = _body_start(stripped, kinds)
    head = stripped[:body_from]
    named = [kind or "furniture" for kind in kinds[:body_from]]
    printed = []  # the lines as printed, character by character those of `head`
    bulleted = []  # whether a bullet stands before a line; plain characters have a blank for it
    for (start, end), line in zip(spans, head):
        first = end - len(flat[start:end].lstrip())
        printed.append(text[first : first + len(line)])
        bulleted.append(not text[start:first].isspace() and first > start)
    titles = find_titles(printed, head, named, kinds[:body_from])
    for title in titles:
        for index in title.lines:
            named[index] = "title"
    result.titles += [title.text for title in titles]
    _read_metadata(head, printed, named, bulleted, result.metadata)
    result.lines += [Line(*spans[index], kind) for index, kind in enumerate(named)]
    return body_from


def _body_start(stripped: list[str], kinds: list[str | None]) -> int:
    """Index of the first line of the body; fills `kinds` with those of the lines before it."""
    for index, line in enumerate(stripped):
        heading = level_of(line) if line and not is_file_name(line) else None
        kind = None if heading and not PRINTED_DATE.match(line) else line_kind(line)
        if kind is None and (heading or is_prose(line)):
            if not _title_follows(stripped, index):
                return _with_first_lines(stripped, kinds, index)
            kind = "furniture"
        kinds.append(kind)
    return _without_body(stripped, kinds)


def _title_follows(stripped: list[str], index: int) -> bool:
    """Whether the prose at `index` is a notice of the site, above the title of the report."""
    for line in stripped[index : index + _LOOK_AHEAD]:
        if not line:
            continue
        if level_of(line):
            return False
        if _is_full_title(line):
            return True
        announces = line == stripped[index] and _ANNOUNCES.search(line)
        if is_prose(line) and _OPENING.search(line) and not is_furniture(line) and not announces:
            return False
    return False


def _with_first_lines(stripped: list[str], kinds: list[str | None], index: int) -> int:
    """Takes to the body the lines right above its first paragraph that belong to it.

    Such a line is a heading without a number, or the first half of a sentence wrapped by hand.
    """
    first = index
    while first and kinds[first - 1] is None and stripped[first - 1]:
        line = stripped[first - 1]
        half = len(stripped[first]) <= 60 and len(line) >= max(12, 0.75 * len(stripped[first]))
        heading = (
            len(line) <= 24
            and not names_township(line)
            and any(word in line for kind in words("section") for word in words("section", kind))
        )
        if not (half or heading):
            break
        first -= 1
    del kinds[first:]
    return first


def _without_body(stripped: list[str], kinds: list[str | None]) -> int:
    """Where a text without a paragraph or numbered heading begins: behind its last known line."""
    known = [index for index, kind in enumerate(kinds) if kind not in (None, "blank")]
    end = known[-1] + 1 if known else 0
    del kinds[end:]
    return end


def _read_metadata(
    head: list[str],
    printed: list[str],
    named: list[str],
    bulleted: list[bool],
    metadata: dict[str, str],
) -> None:
    """Adds what labels and unlabelled values of the head hold; the first value of a field
    counts.
    """
    pending: str | None = None  # the field of a label whose value may stand on the next line
    for index, line in enumerate(head):
        if not line or (pending and re.fullmatch(r"[：:]", line)):  # a table of one cell a line
            continue
        if pending and named[index] not in ("addressee",) and not is_metadata(line):
            full_title = named[index] == "title"
            if full_title == (pending == "title") and not _is_way(line):
                bare = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
                if value := clean_value(bare, printed[index][-len(bare) :], pending):
                    metadata.setdefault(pending, value)
                    named[index] = "metadata"
                pending = None
                continue
        pending = None
        if field := lone_label(_bare(line)):
            named[index] = "metadata"
            pending = field
            continue
        pairs = labelled(line, printed[index])
        for pair in pairs:
            if pair.value:
                metadata.setdefault(pair.field, pair.value)
        if pairs and not pairs[-1].value and re.search(r"[：:】\]]\s*$", line):
            pending = pairs[-1].field
        if not any(pair.field in DATE_FIELDS and pair.value for pair in pairs):
            _read_unlabelled(line, named[index], bulleted[index], metadata)
    for unlabelled in ("printed_on", "printed_beside"):
        if printed_on := metadata.pop(unlabelled, None):
            metadata.setdefault("published_on", printed_on)


def read_foot_labels(lines: list[str], metadata: dict[str, str]) -> None:
    """Adds what labels below the body hold of publisher, source and dates, where the head lacks
    it.
    """
    for line in lines:
        for pair in labelled(line):
            if pair.value and pair.field in (*DATE_FIELDS, *BODY_FIELDS):
                metadata.setdefault(pair.field, pair.value)


def _read_unlabelled(line: str, kind: str, bulleted: bool, metadata: dict[str, str]) -> None:
    """Values without a label: a date, a body behind a bullet, a body with a date."""
    bare = _bare(line)
    if dated := PRINTED_DATE.match(bare):
        metadata.setdefault("printed_on", dated[1].strip())
    elif signed := signed_on_one_line().fullmatch(line):
        metadata.setdefault("issuer", signed["issuer"])
        metadata.setdefault("published_on", signed["date"])
    elif (by := below_title().fullmatch("".join(line.split()))) and by[1]:
        metadata.setdefault("issuer", by[1])
    elif (
        kind == "other"
        and (bulleted or bare != line)
        and is_body(bare)
        and names_township(bare)
        and government_end().search(bare)
    ):
        metadata.setdefault("issuer", bare)
    elif kind != "other" and (dated := _ANY_DATE.search(line)) and not _OTHER_DAY.search(line):
        # beside words that no rule knows: a picture of a clock, a column, a name
        metadata.setdefault("printed_beside", dated[0].strip())


def _bare(line: str) -> str:
    """A line without the bullet before it and the pipes around it."""
    return _BULLET.sub("", line, count=1).strip(" |│") if line else line
