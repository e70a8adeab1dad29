"""The language in which people are spoken to: English as it stands in the code, or Chinese.

A message is a literal English template in the code, marked by the function it is given to: `say`,
`say_count`, or `marked` where it is said later. Its Chinese text stands in the catalogue,
`locale/zh.po`, with the same names in braces. `make messages` adds templates that the catalogue
lacks; a test compares the two.
"""

from __future__ import annotations

import argparse
import functools
import gettext
import io
import os
import re
import struct
from importlib import resources

from schemas import reasons

LANGUAGES = ("en", "zh")
# as gettext reads them: the first that is set decides
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\"}
_FIELD = re.compile(r"\{(\w+)[^}]*\}")


def language() -> str:
    """Returns the language of messages, `en` or `zh`, by LANGUAGE, LC_ALL, LC_MESSAGES and LANG."""
    wanted = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def use(name: str) -> None:
    """Sets the language of messages, `en` or `zh`, for this process and those that it starts."""
    os.environ["LANGUAGE"] = "zh_CN" if name == "zh" else "en"


def marked(template: str) -> str:
    """Returns the template as it is: it is said later, with `say` or in both languages."""
    return template


def say(template: str, /, **values: object) -> str:
    """Returns a message in the language of today, its names in braces filled with `values`.

    Raises KeyError for a name without a value.
    """
    return say_in(language(), template, **values)


def say_count(one: str, many: str, count: int, /, **values: object) -> str:
    """Returns the message for a number of things; `{count}` in the template is that number."""
    if language() == "zh":
        template = _catalogue().ngettext(one, many, count)
    else:
        template = one if count == 1 else many
    return template.format(count=count, **values)


def say_in(name: str, template: str, /, **values: object) -> str:
    """Returns a message in the language `name`, `en` or `zh`; English where there is no Chinese."""
    if name == "zh" and template:
        template = _catalogue().gettext(template)
    return template.format(**values) if values else template


def choose(en: str, zh: str) -> str:
    """Returns the text in the language of today, of two that stand beside each other."""
    return zh if language() == "zh" else en


def reason_in_chinese(code: str, message: str) -> str:
    """Returns the Chinese message of a quarantined source, from its reason code and its English
    message.

    The English message is stored; its template tells which words of it are values. A message that
    is of no template of this version gives the general text of the code.
    """
    reason = reasons.reasons().get(code)
    if reason is None:
        return message
    for template in (*reason.cases.values(), reason.message):
        if template and (match := _pattern(template).fullmatch(message)):
            chinese = _FIELD.sub(r"{\1}", say_in("zh", template))
            values = match.groupdict()
            return chinese.format(**{name: say_in("zh", text) for name, text in values.items()})
    return f"{reason.zh}{reason.do_zh}"


# the words of a reading (metrics.reason), and values that people see
_PLACES = (
    marked("before"),
    marked("behind"),
    marked("clause before"),
    marked("measure word"),
)
_VALUES = (
    *(marked("actual"), marked("planned"), marked("background")),
    *(marked("exact"), marked("over"), marked("about"), marked("under"), marked("range")),
    *(marked("implied"), marked("unquestioned"), marked("questioned"), marked("confirmed")),
    *(marked("corrected"), marked("rejected"), marked("critical"), marked("warning")),
    *(marked("info"), marked("confirm")),
    *(marked("correct"), marked("reject"), marked("review")),
    *(marked("correction"), marked("withdrawal"), marked("in_force"), marked("lapsed")),
    *(marked("withdraw_report"), marked("withdraw_source"), marked("(none)")),
)


def value_in_words(value: str) -> str:
    """Returns a value of an enumeration (a status, a qualifier, trust ...) in the language of
    today.
    """
    return say(value) if value in _VALUES else value


def reading_in(name: str, reason: str) -> str:
    """Returns why a figure got its code (metrics.reason) in the language `name`, `en` or `zh`.

    The words of the report in it stay as they are.
    """
    if name != "zh":
        return reason
    parts = []
    for part in reason.split("; "):
        place, colon, word = part.partition(": ")
        known = colon and place in _PLACES
        word = say_in("zh", word) if word in _VALUES else word
        parts.append(f"{say_in('zh', place)}：{word}" if known else part)
    return "；".join(parts)


def reading(reason: str) -> str:
    """Returns why a figure got its code in the language of today."""
    return reading_in(language(), reason)


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    """Returns a pattern that matches what a template says, with a group for each of its fields."""
    parts, position = [], 0
    for field in _FIELD.finditer(template):
        parts.append(re.escape(template[position : field.start()]))
        is_first = f"(?P<{field[1]}>" not in "".join(parts)
        parts.append(f"(?P<{field[1]}>.*?)" if is_first else f"(?P={field[1]})")
        position = field.end()
    return re.compile("".join([*parts, re.escape(template[position:])]), re.DOTALL)


# --- the words of the parser of command lines ---------------------------------------------------

# what argparse itself says, in the versions of Python that this project runs on
_OF_ARGPARSE = (
    marked("usage: "),
    marked("options"),
    marked("positional arguments"),
    marked("show this help message and exit"),
    marked("%(prog)s: error: %(message)s\n"),
    marked("argument %(argument_name)s: %(message)s"),
    marked("the following arguments are required: %s"),
    marked("one of the arguments %s is required"),
    marked("not allowed with argument %s"),
    marked("invalid choice: %(value)r (choose from %(choices)s)"),
    marked("invalid %(type)s value: %(value)r"),
    marked("expected one argument"),
    marked("expected at most one argument"),
    marked("expected at least one argument"),
    marked("ignored explicit argument %r"),
    marked("unrecognized arguments: %s"),
    marked("unknown parser %(parser_name)r (choices: %(choices)s)"),
)


def speak_in_argparse() -> None:
    """Makes argparse say its own words in the language of messages."""
    for name, function in (("_", _of_argparse), ("ngettext", _counted_of_argparse)):
        setattr(argparse, name, function)  # it took the functions of gettext at its import


def _of_argparse(text: str) -> str:
    return say(text) if text in _OF_ARGPARSE else text


def _counted_of_argparse(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


# --- the catalogue ------------------------------------------------------------------------------


@functools.cache
def _catalogue() -> gettext.GNUTranslations:
    text = resources.files("schemas").joinpath("locale", "zh.po").read_text(encoding="utf-8")
    return gettext.GNUTranslations(io.BytesIO(compiled(text)))


def entries(text: str) -> dict[tuple[str, str], str]:
    """Returns (English, English plural or "") -> Chinese, of a catalogue in the format .po.

    The entry ("", "") is its head. Of the format it knows comments, msgid, msgid_plural and msgstr.
    """
    found: dict[tuple[str, str], str] = {}
    parts: dict[str, str] = {}
    keyword = ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if "msgid" in parts:
                key = (parts["msgid"], parts.get("msgid_plural", ""))
                found[key] = parts.get("msgstr", parts.get("msgstr[0]", ""))
            parts, keyword = {}, ""
        elif not line.startswith("#"):
            if not line.startswith('"'):
                keyword = line.split(" ", 1)[0]
            string = "".join(_STRING.findall(line))
            read = re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), string)
            parts[keyword] = parts.get(keyword, "") + read
    return found


def compiled(text: str) -> bytes:
    """Returns a catalogue in the format .mo, which gettext reads, from one in the format .po.

    Source: the GNU gettext manual, "The Format of GNU MO Files". Entries without a translation are
    left out.
    """
    pairs = {}
    for (one, many), chinese in entries(text).items():
        if chinese:
            pairs["\0".join([one, many]) if many else one] = chinese
    keys = sorted(key.encode() for key in pairs)
    values = [pairs[key.decode()].encode() for key in keys]
    start = 7 * 4
    offset = start + 16 * len(keys)
    tables, strings = [], b""
    for column in (keys, values):
        for string in column:
            tables.append(struct.pack("<2I", len(string), offset + len(strings)))
            strings += string + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), start, start + 8 * len(keys), 0, 0)
    return head + b"".join(tables) + strings
