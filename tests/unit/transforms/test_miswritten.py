"""Counts in quotes, with letters for digits and in pieces: read right, or told as unexplained."""

import pytest

from transforms import figures


def read(text):
    """Returns the figures of a text as (number, value, high end, unit), and its other numerals."""
    flat = figures.flatten_text(text)
    marks = figures.find_non_figures(flat)
    found = figures.find_figures(text, flat, marks)
    numerals = figures.account_numerals(flat, found, marks)
    return (
        [(f.number, f.value, f.value_high, f.unit) for f in found],
        [(text[m.start : m.end], m.kind) for m in numerals if m.kind != "figure"],
    )


@pytest.mark.parametrize(
    "text, figure",
    [
        ('印发"3500"份。', ("3500", 3500, None, "份")),
        ("化解纠纷“86”起。", ("86", 86, None, "起")),
        ("化解纠纷'86'起。", ("86", 86, None, "起")),
        ("化解纠纷＂８６＂起。", ("８６", 86, None, "起")),
        ("化解纠纷「86」 起。", ("86", 86, None, "起")),
        ("发放资料“3,500”余份。", ("3,500", 3500, None, "份")),
        ("投入资金“3.5万”元。", ("3.5万", 35_000, None, "元")),
        ("开展活动“3-5”次。", ("3-5", 3, 5, "次")),
        ("化解纠纷“八十六”起。", ("八十六", 86, None, "起")),
        ("发放资料「三千五百」余份。", ("三千五百", 3500, None, "份")),
        ("投入资金3点5万元。", ("3点5万", 35_000, None, "元")),
    ],
)
def test_a_number_in_quotes_before_a_measure_word_is_a_figure(text, figure):
    assert read(text) == ([figure], [])


@pytest.mark.parametrize(
    "text, numerals",
    [
        ("推进“八五”普法。", [("八五", "slogan")]),
        ("落实“四个”清单。", [("四", "slogan")]),
        ("“十四五”期间。", [("十四五", "slogan")]),
        ("办好“12345”热线。", [("12345", "telephone")]),
        ("办理“12345”件。", [("12345", "telephone")]),
        ("建立“1+3+N”模式。", [("1", "slogan"), ("3", "slogan")]),
        ("开展“88”行动。", [("88", "slogan")]),
        ("开展“4.15”宣传。", [("4", "date"), ("15", "date")]),
        ("“110”人民警察节。", [("110", "telephone")]),
    ],
)
def test_a_name_in_quotes_is_no_figure(text, numerals):
    found, others = read(text)
    assert found == []
    assert others == numerals


@pytest.mark.parametrize(
    "text, numeral",
    [
        ("受理纠纷1O起。", "1O"),
        ("受理纠纷l2起。", "l2"),
        ("审查合同I5件。", "I5"),
        ("发放资料3,5OO份。", "3,5OO"),
        ("投入资金1O.5万元。", "1O.5万"),
        ("投入资金1O余万元。", "1O余万"),
        ("办结率9O%。", "9O"),
        ("受理纠纷lO起。", "lO"),
        ("受理纠纷1О起。", "1О"),  # Cyrillic
        ("受理纠纷1〇起。", "1〇"),
        ("办理案件二00三件。", "二00三"),
        ("受理纠纷１Ｏ起。", "１Ｏ"),
    ],
)
def test_a_letter_in_place_of_a_digit_is_told(text, numeral):
    assert read(text) == ([], [(numeral, "unexplained")])


def test_codes_of_letters_and_digits_are_no_counts():
    found, others = read("G205线旁的5A级景区安装O2O系统，O型血，I类事项，3.5w份资料。")
    assert found == [("3.5w", 35_000, None, "份")]
    assert [kind for _, kind in others] == ["document_number"] * 3


@pytest.mark.parametrize(
    "text, pieces",
    [
        ("受理纠纷8 6起。", ["8", "6"]),
        ("受理纠纷8\u30006起。", ["8", "6"]),
        ("受理纠纷8_6起。", ["8", "6"]),
        ("受理纠纷8\n6起。", ["8", "6"]),
        ("投入资金3。5万元。", ["3", "5"]),
        ("受理纠纷1 2 3起。", ["1", "2", "3"]),
        ("办结率8 6%。", ["8", "6"]),
        ("投入资金1 2万元。", ["1", "2"]),
    ],
)
def test_a_number_in_pieces_is_told(text, pieces):
    assert read(text) == ([], [(piece, "unexplained") for piece in pieces])


def test_thousands_parted_by_blanks_and_two_lines_are_read():
    assert read("发放资料12 345份。")[0] == [("12 345", 12_345, None, "份")]
    assert read("受理纠纷：8\n6起。")[0][-1] == ("6", 6, None, "起")
    assert read("2023年 86起。")[0] == [("86", 86, None, "起")]
