"""Text beside the text: under merged cells, in unfilled controls, in boxes and objects."""

import shutil

import pytest

from tests.unit.transforms.readers.test_pages import TEXT, page
from tests.unit.transforms.readers.test_word import PLAIN, document, paragraph, run
from transforms import readers

FALLBACK = "全年受理信访事项57件，办结55件。"
BOX = rb"""{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\f0 A86B\par
{\shp{\*\shpinst\shpleft100\shptop100\shpright3000\shpbottom2000\shpfhdr0\shpbxcolumn\shpbypara
\shpwr3\shpfblwtxt0\shpz0{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard\plain C35D\par}}}
E12F\par}"""


def rows(*each):
    """Returns a table of rows of (text, properties of the cell)."""
    cells = (
        "".join(
            f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"
            for text, properties in row
        )
        for row in each
    )
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


START, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
WIDE = '<w:gridSpan w:val="2"/>'


@pytest.mark.parametrize(
    "body, text",
    [
        (
            rows([("纠纷", START), ("86起", "")], [("68起", GOES_ON), ("80起", "")]),
            "| 纠纷 | 86起 |\n|  | 80起 |",
        ),
        (
            rows([("86起", "")], [("80起", GOES_ON)]),
            "86起\n80起",  # nothing above begins the merge
        ),
        (
            rows(
                [("甲", ""), ("乙", ""), ("纠纷", START)],
                [("86起", WIDE), ("68起", '<w:vMerge w:val="continue"/>')],
                [("80起", WIDE), ("60起", "")],
            ),
            "| 甲 | 乙 | 纠纷 |\n| 86起 |  |\n| 80起 | 60起 |",
        ),
    ],
)
def test_text_under_a_merged_cell_is_not_shown(body, text):
    read = readers.read(document(body))
    assert (read.text.replace("|  |", "| |"), read.defects) == (text.replace("|  |", "| |"), [])


def control(text, properties="<w:showingPlcHdr/>"):
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{paragraph(run(text))}</w:sdtContent></w:sdt>"


def test_a_number_in_a_control_that_nobody_filled_in_is_told():
    read = readers.read(document(control("如：调解68起") + PLAIN))
    assert read.text == "如：调解68起\n受理86起。"
    assert [(d.kind, d.amount, d.place) for d in read.defects] == [
        ("text_invented", 7, "如：调解68起")
    ]


@pytest.mark.parametrize(
    "inner",
    [
        control("单击此处输入文字。"),
        control("调解68起", ""),
        control("68", '<w:showingPlcHdr w:val="0"/>'),
    ],
)
def test_other_controls_are_as_any_text(inner):
    assert readers.read(document(inner + PLAIN)).defects == []


def test_text_hidden_in_the_web_view_is_printed():
    assert (
        readers.read(document(paragraph(run("受理86起。", "<w:webHidden/>")))).text == "受理86起。"
    )


def test_an_object_that_names_nothing_shows_what_stands_inside():
    read = readers.read(page(f"<div>{TEXT}<object><p>{FALLBACK}</p></object></div>"))
    assert FALLBACK in read.text and read.defects == []


@pytest.mark.parametrize("name", ["data='a.pdf'", "classid='clsid:0'"])
def test_text_in_place_of_an_object_is_told_and_not_read(name):
    read = readers.read(page(f"<div>{TEXT}<object {name}><p>{FALLBACK}</p></object></div>"))
    assert FALLBACK not in read.text
    assert [(d.kind, d.place) for d in read.defects] == [("text_lost", FALLBACK)]
    note = "您的浏览器不支持预览，请下载后查看。"
    assert readers.read(page(f"<div>{TEXT}<object {name}>{note}</object></div>")).defects == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_text_box_of_rtf_is_read():
    assert readers.read(BOX).text.split("\n") == ["A86B", "E12F", "C35D"]
