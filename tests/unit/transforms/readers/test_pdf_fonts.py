"""A PDF that does not carry its fonts reads the same whatever fonts the machine has."""

import pypdfium2
import pytest

from tests.support import formats
from transforms import readers
from transforms.readers.pdf_characters import Character, page_characters
from transforms.readers.pdf_visibility import read_ground

LINES = [
    "分水镇2023年法治政府建设情况报告",
    "2023年，分水镇认真落实上级部署，报告如下：",
    "一、主要工作",
    "全年受理矛盾纠纷86起，调解成功80起。",
    "分水镇人民政府",
]


def without_font(lines, encoding, codec, each, described=True):
    """A PDF whose font is only named; with `each`, every character is a text object of its own."""
    drawn = ""
    for row, line in enumerate(lines):
        for at, piece in enumerate(line if each else [line]):
            drawn += f"BT /F1 14 Tf 1 0 0 1 {70 + 14 * at} {760 - 24 * row} Tm <{piece.encode(codec).hex()}> Tj ET\n"
    descriptor = "/FontDescriptor 6 0 R" if described else ""
    return formats.pdf_of(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
            f"<</Length {len(drawn)}>>stream\n{drawn}endstream",
            f"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/{encoding}/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun"
            f"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>{descriptor}/DW 1000>>]>>",
            "<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>",
        ]
    )


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("each", [True, False])
@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("GBK-EUC-H", "gbk"), ("UniGB-UCS2-H", "utf-16-be"), ("GBK2K-H", "gb18030")],
)
def test_each_character_is_read_also_one_that_stands_alone(encoding, codec, each, described):
    document = readers.read(without_font(LINES, encoding, codec, each, described))
    assert (document.text, document.defects) == ("\n".join(LINES), [])


def test_the_boxes_of_characters_follow_from_the_file_alone():
    pdf = pypdfium2.PdfDocument(without_font(["镇8"], "GBK-EUC-H", "gbk", False))
    found = page_characters(pdf[0], read_ground(pdf[0], frozenset()))
    boxes = [Character(*(round(x, 2) for x in c[:4]), c.text) for c in found.by_turns[0]]
    assert boxes == [
        Character(70.0, 84.0, 758.32, 772.32, "镇"),
        Character(84.0, 98.0, 758.32, 772.32, "8"),
    ]
    pdf.close()


def test_a_sign_alone_on_the_last_line_of_a_paragraph_is_its_end():
    title = "临川县东下东镇人民政府2023年法治政府建设工作报告"
    opening = "2023年，东下东镇认真推进法治政府建设，现将工作情况报告如下："
    printed = formats.printed(f"{title}\n{opening}\n一、工作开展情况\n聘请法律顾问2名。")
    assert readers.read(printed).text == f"{title}\n{opening}\n一、工作开展情况\n聘请法律顾问2名。"


def test_the_title_is_a_line_of_its_own_where_no_line_is_wrapped():
    document = readers.read(without_font(LINES, "GBK-EUC-H", "gbk", False))
    assert document.text.split("\n")[:2] == LINES[:2]
