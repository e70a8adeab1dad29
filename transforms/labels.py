"""The labels of the block that government sites print above a document: 发布机构, 成文日期, 标题."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from schemas import vocabulary

DATE_FIELDS = ("issued_on", "published_on")
BODY_FIELDS = ("issuer", "source")
_PRINTED_DATE = r"20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}"
_DATE_VALUE = re.compile(
    rf"{_PRINTED_DATE}\s*日?|20\d\d[01]\d[0-3]\d(?!\d)"
    r"|二[〇零○OoО0一二三四五六七八九]{3}年.{1,3}月.{1,3}[日号]"
)
# what a value must begin with where no sign parts it from its label: 发布日期2026-02-11
_SHAPES = {
    DATE_FIELDS: rf"(?={_PRINTED_DATE})",
    BODY_FIELDS: (
        r"(?=[\u4e00-\u9fff]{2,30}?(?:人民政府|政府|办事处|委员会|党委|党工委|司法所|办公室|中心"
        r"|街道|镇|乡|苏木)(?:\s|$|[|│\]】]))"
    ),
    ("index_number",): r"(?=[A-Za-z0-9]{2,}[^\s]*\d)",
    ("document_number",): r"(?=[\u4e00-\u9fff]{1,14}[〔\[（(]20\d\d)",
}
_BEFORE = r"(?:^|(?<=[\s|│【\[（(；;，,：:】\]•·●*\-—/]))"
# a label that the vocabulary lacks ends the value before it all the same
_ANY_LABEL = re.compile(
    r"(?<=\s)[\u4e00-\u9fff][\u4e00-\u9fff \u3000]{1,6}[：:]|[【\[]|[ \u3000]{4,}"
)
_SHORT_VALUE = 10  # characters of a value that follows its label without a sign: 时效性有效


class Pair(NamedTuple):
    """A label on a line: the field it names, its value ("" where none), and where the label
    begins.
    """

    field: str
    value: str
    start: int


@functools.cache
def words(*path: str) -> tuple[str, ...]:
    """A list of `layout.toml` by the names of its tables: words("title", "ends")."""
    found = vocabulary.toml("layout.toml")
    for step in path:
        found = found[step]
    return tuple(found)


@functools.cache
def label_fields() -> dict[str, str]:
    """For each label the field that it names."""
    return {
        label: field
        for field, labels in vocabulary.toml("layout.toml")["metadata"].items()
        for label in labels
    }


def _spaced(labels: list[str]) -> str:
    """A pattern of any of the labels, longest first, with blanks between the characters."""
    longest_first = sorted(labels, key=len, reverse=True)
    return "|".join(r"[ \u3000\t]{0,4}".join(map(re.escape, label)) for label in longest_first)


@functools.cache
def label_pattern() -> re.Pattern[str]:
    """The pattern of a label with the sign behind it: a colon, a bracket or a pipe."""
    return re.compile(
        rf"{_BEFORE}(?P<open>[【\[（(]?)\s{{0,4}}(?P<label>{_spaced(list(label_fields()))})\s{{0,8}}"
        r"(?P<sign>[】\]）)]\s*[:：]?|(?:[（(][盖公]?章[）)])?[:：]|(?=\s*[|│]))"
    )


@functools.cache
def _shaped_pattern() -> re.Pattern[str]:
    """The pattern of a label whose value follows without a sign."""
    parts = []
    for fields, shape in _SHAPES.items():
        labels = [label for label, field in label_fields().items() if field in fields]
        parts.append(rf"(?:{_spaced(labels)})[ \u3000]*[-–—]?[ \u3000]*{shape}")
    return re.compile(rf"{_BEFORE}(?:{'|'.join(parts)})")


@functools.cache
def _lone_label() -> re.Pattern[str]:
    return re.compile(rf"[【\[（(]?\s*({_spaced(list(label_fields()))})\s*[】\]）)]?\s*[:：]?")


@functools.cache
def _label_and_word() -> re.Pattern[str]:
    long_labels = [label for label in label_fields() if len(label) >= 3]
    return re.compile(
        rf"(?:{_spaced(long_labels)})[ \u3000]*[\u4e00-\u9fffA-Za-z0-9]{{1,{_SHORT_VALUE}}}"
    )


def lone_label(stripped: str) -> str | None:
    """The field of a line that is a label and nothing else; None where it is not."""
    match = _lone_label().fullmatch(stripped)
    return label_fields()["".join(match[1].split())] if match else None


def label_and_word(stripped: str) -> bool:
    """Whether a line is a label with one word behind it and no sign between: 时效性有效."""
    return bool(_label_and_word().fullmatch(stripped))


def labelled(flat_line: str, line: str | None = None) -> list[Pair]:
    """The labels of one line with their values, in order.

    Reads `索引号：… 成文日期：2025-01-10`, `[ 发布机构 ] …`, `发布日期2026-02-11` and a row of a table
    in pipes. `line` is the same line as printed; values are taken from it where it is given.
    """
    printed = flat_line if line is None else line
    spans = [
        (match.start(), match.end(), label_fields()["".join(match["label"].split())])
        for match in label_pattern().finditer(flat_line)
        if not (match["open"] in ("（", "(") and not match["sign"].strip().startswith(("）", ")")))
    ]
    for match in _shaped_pattern().finditer(flat_line):
        if not any(start <= match.start() < end for start, end, _ in spans):
            label = "".join(match[0].split()).rstrip("-–—")
            spans.append((match.start(), match.end(), label_fields()[label]))
    spans.sort()
    pairs = []
    for index, (start, end, field) in enumerate(spans):
        limit = spans[index + 1][0] if index + 1 < len(spans) else len(flat_line)
        pairs.append(Pair(field, _value(flat_line, printed, end, limit, field), start))
    return pairs


def _value(flat_line: str, printed: str, start: int, stop: int, field: str) -> str:
    """The value between two offsets of a line, without what does not belong to it."""
    while start < stop and flat_line[start] in " \u3000\t|│：:】]":
        start += 1
    for pattern in ("[|│]", r"[】\]]"):
        if cut := re.compile(pattern).search(flat_line, start, stop):
            stop = cut.start()
    # a title may hold blanks and colons
    if field != "title" and (cut := _ANY_LABEL.search(flat_line, start, stop)):
        stop = cut.start()
    return clean_value(flat_line[start:stop], printed[start:stop], field)


def clean_value(flat_value: str, printed: str, field: str) -> str:
    """A value of a field without the blanks and signs around it; "" where it cannot be one."""
    value = printed.strip(" \u3000\u00a0\t|│【[；;，,")
    if field in DATE_FIELDS:
        dated = _DATE_VALUE.search(flat_value)
        return printed[dated.start() : dated.end()].strip() if dated else ""
    if field in BODY_FIELDS:
        return _body_value(value)
    return value


def _body_value(value: str) -> str:
    """The name of a body: up to a blank, but both of two names that are printed side by side."""
    parts = value.split()
    if not parts:
        return ""
    ends = ("人民政府", "办事处", "委员会", "党委", "党工委", "工作委员会")
    kept = [parts[0]]
    for part in parts[1:]:
        if not (kept[-1].endswith(ends) and part.endswith(ends)):
            break
        kept.append(part)
    return " ".join(kept).strip("（(【[")


def metadata_pairs(line: str) -> dict[str, str]:
    """What the labels of one line hold, by field; the first value of a field counts.

    Fields: title, issuer, source, issued_on, published_on, document_number, index_number, other.
    """
    pairs: dict[str, str] = {}
    for pair in labelled(line):
        if pair.value:
            pairs.setdefault(pair.field, pair.value)
    return pairs


def is_metadata(stripped: str) -> bool:
    """Whether a line begins with a label, or holds labels and no sentence."""
    if len(stripped) >= 400:
        return False
    if lone_label(stripped) or label_and_word(stripped):
        return True
    pairs = labelled(stripped)
    if not pairs:
        return False
    prose = "。" in stripped
    return pairs[0].start <= 2 or (not prose and (len(pairs) > 1 or len(stripped) < 60))
