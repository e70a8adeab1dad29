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
_APART = r"[ \u3000]*[-–—]?[ \u3000]*"
_SHAPES = {
    DATE_FIELDS: re.compile(rf"{_APART}(?={_PRINTED_DATE})"),
    BODY_FIELDS: re.compile(
        rf"{_APART}"
        r"(?=[\u4e00-\u9fff]{2,30}?(?:人民政府|政府|办事处|委员会|党委|党工委|司法所|办公室|中心"
        r"|街道|镇|乡|苏木)(?:\s|$|[|│\]】]))"
    ),
    ("index_number",): re.compile(rf"{_APART}(?=[A-Za-z0-9]{{2,}}[^\s]*\d)"),
    ("document_number",): re.compile(rf"{_APART}(?=[\u4e00-\u9fff]{{1,14}}[〔\[（(]20\d\d)"),
}
_BLANKS = r"[ \u3000\t]{0,4}"  # between the characters of a label
_BEFORE = r"(?:^|(?<=[\s|│【\[（(；;，,：:】\]•·●*\-—/]))"
# a label that the vocabulary lacks ends the value before it all the same
_ANY_LABEL = re.compile(
    r"(?<=\s)[\u4e00-\u9fff][\u4e00-\u9fff \u3000]{1,6}[：:]|[【\[]|[ \u3000]{4,}"
)
# a value of one word that follows its label without a sign: 时效性有效
_ONE_WORD = re.compile(r"[ \u3000]*[\u4e00-\u9fffA-Za-z0-9]{1,10}")
_VALUE_END = re.compile(r"[|│】\]]")


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


class _Label(NamedTuple):
    """A label on a line, with what parts it from its value: offsets of both together, the bracket
    before it, and the sign behind it ("" where there is none)."""

    start: int
    end: int
    field: str
    open: str = ""
    sign: str = ""


@functools.cache
def _characters() -> str:
    """All characters of labels, as the inside of `[...]`."""
    return re.escape("".join(sorted(set("".join(label_fields())))))


@functools.cache
def _spread() -> str:
    """A pattern of what can be a label: so many of its characters, with blanks between them.

    The labels themselves are looked up: a pattern of all of them takes long to compile.
    """
    return rf"[{_characters()}](?:{_BLANKS}[{_characters()}]){{1,{_longest() - 1}}}"


@functools.cache
def _longest() -> int:
    """How many characters a label has at most."""
    return max(map(len, label_fields()))


@functools.cache
def _label_with_sign() -> re.Pattern[str]:
    """What can be a label, with the sign behind it: a colon, a bracket or a pipe."""
    return re.compile(
        rf"{_BEFORE}(?P<open>[【\[（(]?)\s{{0,4}}(?P<label>{_spread()})\s{{0,8}}"
        r"(?P<sign>[】\]）)]\s*[:：]?|(?:[（(][盖公]?章[）)])?[:：]|(?=\s*[|│]))"
    )


@functools.cache
def _only_label() -> re.Pattern[str]:
    return re.compile(rf"[【\[（(]?\s*({_spread()})\s*[】\]）)]?\s*[:：]?")


@functools.cache
def _first_character() -> re.Pattern[str]:
    """The first character of what can be a label."""
    first = re.escape("".join(sorted({label[0] for label in label_fields()})))
    return re.compile(rf"{_BEFORE}[{first}]")


@functools.cache
def _next_character() -> re.Pattern[str]:
    return re.compile(rf"{_BLANKS}([{_characters()}])")


def _labels_from(line: str, start: int) -> list[tuple[str, int]]:
    """The labels that begin at an offset, longest first, each with the offset behind it."""
    found = []
    name, at = line[start : start + 1], start + 1
    while len(name) < _longest() and (following := _next_character().match(line, at)):
        name, at = name + following[1], following.end()
        if name in label_fields():
            found.append((name, at))
    return found[::-1]


def labels_with_sign(flat: str, stop: int | None = None) -> list[_Label]:
    """The labels of a text up to an offset that have a sign behind them."""
    stop = len(flat) if stop is None else stop
    found, position = [], 0
    while match := _label_with_sign().search(flat, position, stop):
        position = match.start() + 1
        if field := label_fields().get("".join(match["label"].split())):
            found.append(_Label(match.start(), match.end(), field, match["open"], match["sign"]))
            position = match.end()
    return found


def _labels_with_shape(flat_line: str) -> list[_Label]:
    """The labels of a line whose value follows without a sign, known by its shape."""
    found, position = [], 0
    while match := _first_character().search(flat_line, position):
        label = _label_with_shape(flat_line, match.start())
        position = match.start() + 1
        if label:
            found.append(label)
            position = label.end
    return found


def _label_with_shape(flat_line: str, start: int) -> _Label | None:
    labels = _labels_from(flat_line, start)
    for fields, shape in _SHAPES.items() if labels else ():
        for name, end in labels:
            field = label_fields()[name]
            if field in fields and (value := shape.match(flat_line, end)):
                return _Label(start, value.end(), field)
    return None


def lone_label(stripped: str) -> str | None:
    """The field of a line that is a label and nothing else; None where it is not."""
    match = _only_label().fullmatch(stripped)
    return label_fields().get("".join(match[1].split())) if match else None


def label_and_word(stripped: str) -> bool:
    """Whether a line is a label with one word behind it and no sign between: 时效性有效."""
    return any(
        len(label) >= 3 and _ONE_WORD.fullmatch(stripped, end)
        for label, end in _labels_from(stripped, 0)
    )


def labelled(flat_line: str, line: str | None = None) -> list[Pair]:
    """The labels of one line with their values, in order.

    Reads `索引号：… 成文日期：2025-01-10`, `[ 发布机构 ] …`, `发布日期2026-02-11` and a row of a table
    in pipes. `line` is the same line as printed; values are taken from it where it is given.
    """
    printed = flat_line if line is None else line
    labels = [
        label
        for label in labels_with_sign(flat_line)
        if not (label.open in ("（", "(") and not label.sign.strip().startswith(("）", ")")))
    ]
    signed = tuple(labels)
    labels += [
        label
        for label in _labels_with_shape(flat_line)
        if not any(other.start <= label.start < other.end for other in signed)
    ]
    labels.sort()
    ends = [*(label.start for label in labels[1:]), len(flat_line)]
    return [
        Pair(x.field, _value(flat_line, printed, x.end, end, x.field), x.start)
        for x, end in zip(labels, ends)
    ]


def _value(flat_line: str, printed: str, start: int, stop: int, field: str) -> str:
    """The value between two offsets of a line, without what does not belong to it."""
    while start < stop and flat_line[start] in " \u3000\t|│：:】]":
        start += 1
    if cut := _VALUE_END.search(flat_line, start, stop):
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
