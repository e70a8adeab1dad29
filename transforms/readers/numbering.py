"""The numbers that Word prints before the paragraphs of a list: 一、 （一） 1. and the like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lxml import etree

from transforms.readers.ooxml import W, find_value, is_on

_DIGITS = "〇一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CHINESE_FORMS = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand",
}  # fmt: skip
_DIGIT_BY_DIGIT = {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"}
# forms that are single characters in a row: the first character, and how many there are
_ROWS = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. `pattern` has %1 to %9 where the counts of the levels stand."""

    form: str = "decimal"
    pattern: str = ""
    start: int = 1
    legal: bool = False
    restart: int | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """One list as paragraphs refer to it: `series` is what it counts together with other lists."""

    series: str
    levels: dict[int, Level]
    starts: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """All lists of a document, and how far each series has been counted."""

    lists: dict[str, ListDefinition] = field(default_factory=dict)
    style_levels: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)

    def label(self, list_id: str | None, level: int | None, style: str | None) -> str:
        """Counts one paragraph and returns what Word prints before it.

        `level` None means that the paragraph's style decides it. Empty for no list and for bullets.
        """
        definition = self.lists.get(list_id or "")
        if definition is None:
            return ""
        if level is None:
            level = self.style_levels.get((list_id or "", style or ""), 0)
        shape = definition.levels.get(level)
        if shape is None:
            return ""
        self._count(list_id or "", definition, level)
        if shape.form in ("bullet", "none"):
            return ""
        counts = self.counts[definition.series]
        text = shape.pattern
        for number in range(level + 1):
            at = definition.levels.get(number, Level())
            form = "decimal" if shape.legal else at.form
            start = definition.starts.get(number, at.start)
            text = text.replace(f"%{number + 1}", counted(counts.get(number, start), form))
        return text

    def _count(self, list_id: str, definition: ListDefinition, level: int) -> None:
        counts = self.counts.setdefault(definition.series, {})
        start = definition.starts.get(level)
        if start is not None and (list_id, level) not in self.started:
            counts[level] = start - 1
            self.started.add((list_id, level))
        counts[level] = counts.get(level, definition.levels[level].start - 1) + 1
        for deeper in [number for number in counts if number > level]:
            shape = definition.levels.get(deeper, Level())
            # a level counts on where its restart is 0, or names a level that did not count now
            if shape.restart is None or level < shape.restart:
                del counts[deeper]


def read_numbering(root: etree._Element | None, style_lists: dict[str, str]) -> Numbering:
    """Returns the lists of a numbering part; none where there is no such part.

    `style_lists` maps the identifier of a list style to the list that it stands for.
    """
    numbering = Numbering()
    if root is None:
        return numbering
    abstract = {
        entry.get(f"{W}abstractNumId") or "": entry for entry in root.iter(f"{W}abstractNum")
    }
    targets = {
        entry.get(f"{W}numId") or "": find_value(entry, "abstractNumId") or ""
        for entry in root.iter(f"{W}num")
    }
    for entry in root.iter(f"{W}num"):
        list_id = entry.get(f"{W}numId") or ""
        series = _linked(targets[list_id], abstract, targets, style_lists)
        if series not in abstract:
            continue
        levels = read_levels(abstract[series].iterchildren(f"{W}lvl"))
        starts: dict[int, int] = {}
        for override in entry.iterchildren(f"{W}lvlOverride"):
            number = _integer(override.get(f"{W}ilvl"), 0)
            levels.update(read_levels(override.iterchildren(f"{W}lvl")))
            start = find_value(override, "startOverride")
            if start is not None:
                starts[number] = _integer(start, 1)
        numbering.lists[list_id] = ListDefinition(series, levels, starts)
        for number, level in levels.items():
            if level.style is not None:
                numbering.style_levels[list_id, level.style] = number
    return numbering


def _linked(
    series: str,
    abstract: dict[str, etree._Element],
    targets: dict[str, str],
    style_lists: dict[str, str],
) -> str:
    """Follows a list that only names a list style to the list that defines it."""
    for _ in range(10):
        entry = abstract.get(series)
        link = find_value(entry, "numStyleLink") if entry is not None else None
        if entry is None or link is None or entry.find(f"{W}lvl") is not None:
            return series
        named = next(
            (key for key, other in abstract.items() if find_value(other, "styleLink") == link),
            targets.get(style_lists.get(link, "")),
        )
        if named is None:
            return series
        series = named
    return series


def read_levels(entries: Iterable[etree._Element]) -> dict[int, Level]:
    levels = {}
    for entry in entries:
        restart = find_value(entry, "lvlRestart")
        legal = entry.find(f"{W}isLgl")
        level = Level(
            find_value(entry, "numFmt") or find_value(entry, "nfc") or "decimal",
            find_value(entry, "lvlText") or "",
            _integer(find_value(entry, "start"), 1),
            legal is not None and is_on(legal),
            None if restart is None else _integer(restart, 0),
            find_value(entry, "pStyle"),
        )
        # Word 2003 XML gives the form of a number as a code
        if level.form.isdigit():
            level = replace(level, form=_FORM_CODES.get(level.form, "decimal"))
        levels[_integer(entry.get(f"{W}ilvl"), 0)] = level
    return levels


_FORM_CODES = {
    "0": "decimal", "1": "upperRoman", "2": "lowerRoman", "3": "upperLetter", "4": "lowerLetter",
    "10": "japaneseCounting", "11": "ideographDigital", "14": "decimalFullWidth",
    "18": "decimalEnclosedCircle", "22": "decimalZero", "23": "bullet",
    "26": "decimalEnclosedFullstop", "27": "decimalEnclosedParen", "28": "decimalEnclosedCircle",
    "29": "ideographEnclosedCircle", "30": "ideographTraditional", "31": "ideographZodiac",
    "33": "taiwaneseCounting", "35": "taiwaneseCountingThousand", "37": "chineseCounting",
    "38": "chineseLegalSimplified", "39": "chineseCountingThousand", "255": "none",
}  # fmt: skip


def _integer(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 7 else default


def counted(number: int, form: str) -> str:
    """Returns a number in one of Word's number forms (w:numFmt); in digits where the form has
    none.
    """
    if number <= 0:
        return str(number) if form != "none" else ""
    if form == "none":
        return ""
    if form in _CHINESE_FORMS:
        return _chinese(number, _DIGITS)
    if form in _DIGIT_BY_DIGIT:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if form == "chineseLegalSimplified":
        return _chinese(number, _FORMAL_DIGITS, "拾佰仟", leading_one=True)
    if form in _ROWS and number <= _ROWS[form][1]:
        return chr(_ROWS[form][0] + number - 1)
    if form == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    if form == "decimalZero":
        return f"{number:02}"
    if form == "ideographTraditional" and number <= len(_STEMS):
        return _STEMS[number - 1]
    if form == "ideographZodiac" and number <= len(_BRANCHES):
        return _BRANCHES[number - 1]
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman.lower() if form == "lowerRoman" else roman
    return str(number)


def _chinese(number: int, digits: str, units: str = "十百千", leading_one: bool = False) -> str:
    """一 to 九千九百九十九; ten to nineteen begin with 十 unless `leading_one`."""
    if number > 9999:
        return str(number)
    zero = "零"
    text, pending_zero = "", False
    for power, unit in ((1000, units[2]), (100, units[1]), (10, units[0]), (1, "")):
        digit = number // power % 10
        if not digit:
            pending_zero = bool(text)
            continue
        text += (zero if pending_zero else "") + digits[digit] + unit
        pending_zero = False
    if not leading_one and 10 <= number < 20:
        return text[1:]
    return text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text
