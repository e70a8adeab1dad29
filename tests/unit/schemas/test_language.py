"""Every message has a Chinese text with the same names in braces, and comes out in either language."""

from __future__ import annotations

import argparse
import re
import string

import pytest

from flows import cli
from schemas import language
from schemas.reasons import message
from tests.tools import messages

CATALOGUE = language.entries(messages.CATALOGUE.read_text(encoding="utf-8"))


def fields(template: str) -> set[str | None]:
    """The names in braces of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template)} - {None}


def test_every_marked_message_has_a_chinese_text_with_the_same_fields():
    code = messages.in_code()
    assert {key for key in code if not CATALOGUE.get(key)} == set(), "make messages"
    assert {key for key in CATALOGUE if key not in code} - {("", "")} == set(), "make messages"
    differing = {
        one: chinese
        for (one, many), chinese in CATALOGUE.items()
        if one and fields(many or one) != fields(chinese)
    }
    assert differing == {}


def test_the_catalogue_is_as_the_tool_writes_it():
    assert messages.written(CATALOGUE, messages.in_code()) == messages.CATALOGUE.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_says_the_language(monkeypatch, environment, expected):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.language() == expected


def test_a_catalogue_is_read_as_gettext_reads_it():
    text = 'msgid ""\nmsgstr "Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    text += '#: a.py\nmsgid "say \\"{word}\\"\\n"\nmsgstr ""\n"说“{word}”"\n"\\n"\n\n'
    text += 'msgid "{count} row"\nmsgid_plural "{count} rows"\nmsgstr[0] "{count}行"\n'
    read = language.entries(text)
    assert read['say "{word}"\n', ""] == "说“{word}”\n"
    assert read["{count} row", "{count} rows"] == "{count}行"


@pytest.mark.parametrize(
    ("code", "case", "values", "expected"),
    [
        (
            "cut_off_character",
            "",
            {"offset": 1234, "size": 5678},
            "文件在一个字符中间结束（第1,234字节，共5,678字节），传输时被截断。请重新获取。",
        ),
        (
            "unsupported_format",
            "format",
            {"what": "an OFD document", "advice": "Save it as PDF and put that in its place"},
            "不论名称如何，该文件实为 OFD 文档。请另存为 PDF 并替换。",
        ),
        ("broken_link", "", {}, "链接指向的文件不存在。请恢复该文件或删除链接。"),
    ],
)
def test_a_stored_english_reason_comes_out_in_chinese_with_its_values(code, case, values, expected):
    assert language.reason_in_chinese(code, message(code, case, **values)) == expected


def test_a_message_of_an_earlier_version_gives_what_its_code_says():
    assert language.reason_in_chinese("broken_link", "Words of old.").startswith("链接指向")


def test_why_a_figure_got_its_code_is_said_in_chinese_and_the_words_of_the_report_stay():
    reason = "before: 成功; clause before: 调解; behind: behind; measure word: 起"
    assert language.reading_in("zh", reason) == "前文：成功；前句：调解；后文：behind；量词：起"
    assert language.reading_in("zh", "measure word: (none)") == "量词：（无）"
    assert language.reading_in("zh", "given by hand: 起") == "given by hand: 起"
    assert language.reading_in("en", reason) == reason


def _helps(parser, path="fazhi"):
    """Yields (where, help) of every option and command below a parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                yield f"{path} {listed.dest}", listed.help
            for name, below in action.choices.items():
                yield from _helps(below, f"{path} {name}")
        elif action.help not in (None, argparse.SUPPRESS) and action.dest != "help":
            yield f"{path} {'/'.join(action.option_strings) or action.dest}", action.help
    for text in (parser.description, parser.epilog):
        if text:
            yield path, text


def test_every_help_is_in_chinese(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    language.speak_in_argparse()
    helps = dict(_helps(cli.parser()))
    assert len(helps) > 150
    same = {where for where, text in helps.items() if not re.search("[\u4e00-\u9fff]", text)}
    assert same == set()
