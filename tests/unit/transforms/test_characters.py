"""Characters that look like others or like nothing: understood as what they look like, kept as they stand."""

import pytest

import transforms
from transforms import characters, readers

HEAD = "某镇2023年法治政府建设工作报告\n2023年，全镇坚持依法行政，现将有关情况报告如下：\n一、工作情况\n"
TAIL = "\n二、存在的问题\n人手不足。\n某镇人民政府\n2024年1月10日\n"


def parsed(text):
    report = transforms.parse(readers.read(text.encode()))
    assert report.text == text
    assert "".join(text[s.start : s.end] for s in report.sections) == text
    return report


@pytest.mark.parametrize(
    "sentence, quote, value, high, unit",
    [
        ("受理矛盾纠纷8\u200b6起。", "8\u200b6起", 86, None, "起"),
        ("受理矛盾纠纷86\u00ad起。", "86\u00ad起", 86, None, "起"),
        ("受理矛盾\u200c纠纷\u206086起\ufeff。", "86起", 86, None, "起"),
        ("受理矛盾纠纷80\u201085起。", "80\u201085起", 80, 85, "起"),
        ("受理矛盾纠纷80\u201185起。", "80\u201185起", 80, 85, "起"),
        ("受理矛盾纠纷80\u201285起。", "80\u201285起", 80, 85, "起"),
        ("受理矛盾纠纷80\u201385起。", "80\u201385起", 80, 85, "起"),
        ("受理矛盾纠纷80\u201485起。", "80\u201485起", 80, 85, "起"),
        ("受理矛盾纠纷80\u201585起。", "80\u201585起", 80, 85, "起"),
        ("受理矛盾纠纷80\u221285起。", "80\u221285起", 80, 85, "起"),
        ("受理矛盾纠纷\U0001d7d6\U0001d7d4起。", "\U0001d7d6\U0001d7d4起", 86, None, "起"),
        ("组织培训120\u2f08次。", "120\u2f08次", 120, None, "\u4eba次"),
        ("组织培训\u2f06百\u2f08次。", "\u2f06百\u2f08次", 200, None, "人次"),
        ("受理矛盾纠纷8\u03066起。", "8\u03066起", 86, None, "起"),
        ("受理矛盾纠纷8\ufe0f\u20e36起。", "8\ufe0f\u20e36起", 86, None, "起"),
        ("受理矛盾纠纷86\u2002\u2003起。", "86\u2002\u2003起", 86, None, "起"),
        ("受理矛盾纠纷86\u202f起。", "86\u202f起", 86, None, "起"),
    ],
)
def test_a_figure_is_understood_and_quoted_as_it_stands(sentence, quote, value, high, unit):
    report = parsed(HEAD + sentence + TAIL)
    (figure,) = [r.figure for r in report.readings]
    assert report.text[figure.start : figure.end] == quote
    assert (figure.value, figure.value_high, figure.unit) == (value, high, unit)


@pytest.mark.parametrize("blank", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u202e"])
def test_headings_and_signature_are_understood_behind_invisible_characters(blank):
    text = (HEAD + "受理矛盾纠纷86起。" + TAIL).replace("\n", f"\n{blank}")
    report = parsed(text)
    assert [s.marker for s in report.sections if s.marker] == ["一、", "二、"]
    assert (report.claims.issuer, report.claims.issued_on) == ("某镇人民政府", "2024-01-10")


def test_radicals_are_understood_as_the_characters_that_they_look_like():
    text = HEAD + "受理矛盾纠纷86起。" + TAIL
    radicals = str.maketrans("一二人工月日", "\u2f00\u2f06\u2f08\u2f2f\u2f49\u2f47")
    plain, odd = parsed(text), parsed(text.translate(radicals))
    assert odd.claims == plain.claims and odd.report_id() == plain.report_id()
    assert [s.heading for s in odd.sections] == [s.heading for s in plain.sections]


def test_a_text_of_ordinary_characters_is_understood_as_it_stands():
    understood = characters.understand("全年共受理３件，约１.２万元。")
    assert understood.text is understood.transcription and understood.places is None


@pytest.mark.parametrize("end", ["\r", "\r\n", "\u2028", "\u2029", "\u0085", "\x0b", "\x0c"])
def test_every_kind_of_line_end_ends_a_line(end):
    text = (HEAD + "受理矛盾纠纷86起。" + TAIL).rstrip("\n")
    assert readers.read(text.replace("\n", end).encode()).text == text


def test_a_number_that_a_damaged_character_divides_is_no_figure():
    report = parsed(HEAD + "受理矛盾纠纷35\ufffd0起，调解成功80起。" + TAIL)
    assert [r.figure.value for r in report.readings] == [80]
    assert [report.text[m.start : m.end] for m in report.unexplained] == ["35", "0"]
