"""Word text that does not show: by a style of its table, paragraph or characters, by color or size, in hidden shapes."""

import pytest

from tests.unit.transforms.readers.test_word import (
    PLAIN,
    SPACES,
    cell,
    document,
    paragraph,
    part,
    run,
    table,
)
from transforms import readers

HIDDEN = "<w:rPr><w:vanish/></w:rPr>"
WHITE = '<w:color w:val="FFFFFF"/>'
BLUE = '<w:shd w:val="clear" w:fill="1F4E79"/>'
FILL = '<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">{0}</w14:textFill>'
SOLID = '<w14:solidFill><w14:srgbClr w14:val="{0}">{1}</w14:srgbClr></w14:solidFill>'
MERGED = '<w:tcPr><w:hMerge w:val="{0}"/></w:tcPr>'
FIRST_ROW = f'<w:tblStylePr w:type="firstRow">{HIDDEN}</w:tblStylePr>'
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
BOX = "<v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox>"
DRAWN = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> EQ \\o(86) </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
CHOICE = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
    '<w:listEntry w:val="68"/><w:listEntry w:val="86"/></w:ddList></w:ffData></w:fldChar></w:r>'
    '<w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def style(name, content, kind="paragraph", more=""):
    return f'<w:style w:type="{kind}" w:styleId="{name}" {more}>{content}</w:style>'


def based_on(name):
    return f'<w:basedOn w:val="{name}"/>'


def styled(name, text="原68起"):
    return paragraph(run(text), properties=f'<w:pStyle w:val="{name}"/>')


def marked(name, text="原68起"):
    return paragraph(run("受理86起"), run(text, f'<w:rStyle w:val="{name}"/>'))


def styled_table(name, *rows, look=""):
    properties = f'<w:tblPr><w:tblStyle w:val="{name}"/>{look}</w:tblPr>'
    return table(*rows).replace("<w:tbl>", f"<w:tbl>{properties}", 1)


def read(body, styles=""):
    sheet = f"<w:styles {SPACES}>{styles}</w:styles>"
    data = document(body, parts={"word/styles.xml": sheet}, relations=part("styles", "styles.xml"))
    found = readers.read(data)
    return found.text, found.defects


@pytest.mark.parametrize(
    "body, styles, text",
    [
        (PLAIN + styled("B"), style("A", HIDDEN) + style("B", based_on("A")), "受理86起。"),
        (styled("B", "受理"), style("A", HIDDEN) + style("B", based_on("A") + '<w:rPr><w:vanish w:val="0"/></w:rPr>'), "受理"),
        (marked("B"), style("A", "<w:rPr><w:strike/></w:rPr>", "character") + style("B", based_on("A"), "character"), "受理86起"),
        (PLAIN + styled_table("B", [cell("68起")]), style("A", HIDDEN, "table") + style("B", based_on("A"), "table"), "受理86起。"),
        (PLAIN + table([cell("68起")]), style("A", HIDDEN, "table", 'w:default="1"'), "受理86起。"),
        (styled_table("A", [cell("68起")], [cell("86起")], look='<w:tblLook w:val="0020"/>'), style("A", FIRST_ROW, "table"), "86起"),
        (styled_table("A", [cell("68起")], [cell("86起")], look='<w:tblLook w:val="0000"/>'), style("A", FIRST_ROW, "table"), "68起\n86起"),
        (
            paragraph(run("受理86起", '<w:rStyle w:val="B"/>'), properties='<w:pStyle w:val="A"/>'),
            style("A", HIDDEN) + style("B", HIDDEN, "character"), "受理86起",
        ),
        (marked("A", "1"), style("A", '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>', "character"), "受理86起¹"),
    ],
    ids=range(9),
)  # fmt: skip
def test_styles_hide_and_raise_text_as_word_resolves_them(body, styles, text):
    assert read(body, styles) == (text, [])


@pytest.mark.parametrize(
    "body, text",
    [
        (PLAIN + paragraph(run("原68起", WHITE)), "受理86起。"),
        (PLAIN + paragraph(run("原68起", '<w:color w:themeColor="background1"/>')), "受理86起。"),
        (paragraph(run("受理", WHITE), properties=BLUE), "受理"),
        (paragraph(run("受理", WHITE + '<w:highlight w:val="black"/>')), "受理"),
        (table([f"<w:tcPr>{BLUE}</w:tcPr>" + paragraph(run("受理", WHITE)), cell("86起")]), "| 受理 | 86起 |"),
        (PLAIN + paragraph(run("原68起", '<w:sz w:val="2"/>')), "受理86起。"),
        (PLAIN + paragraph(run("原68起", '<w:w w:val="1"/>')), "受理86起。"),
        (PLAIN + paragraph(run("原68起", FILL.format("<w14:noFill/>"))), "受理86起。"),
        (PLAIN + paragraph(run("原68起", FILL.format(SOLID.format("FFFFFF", "")))), "受理86起。"),
        (PLAIN + paragraph(run("原68起", FILL.format(SOLID.format("000000", '<w14:alpha w14:val="100000"/>')))), "受理86起。"),
        (paragraph(run("受理", WHITE + FILL.format(SOLID.format("000000", '<w14:alpha w14:val="40000"/>')))), "受理"),
        (table([MERGED.format("restart") + paragraph(run("86起")), MERGED.format("continue") + paragraph(run("68起"))]), "| 86起 |  |"),
        (table([cell("86起"), MERGED.format("continue") + paragraph(run("80起"))]), "| 86起 | 80起 |"),
        (paragraph(run("受理86起"), run("1", '<w:position w:val="8"/>')), "受理86起¹"),
        (PLAIN + paragraph(f'<w:r><w:pict><v:shape {VML} style="visibility: hidden">{BOX.format(cell("68起"))}</v:shape></w:pict></w:r>'), "受理86起。\n"),
        (PLAIN + paragraph(f'<w:r><w:pict><v:shape {VML}><v:textpath string="发放500份"/></v:shape></w:pict></w:r>'), "受理86起。\n\n发放500份"),
        (paragraph(run("受理"), CHOICE, run("起")), "受理86起"),
        (paragraph(run("受理86起"), run("\uf06e", '<w:rFonts w:ascii="Wingdings"/>')), "受理86起■"),
    ],
    ids=range(18),
)  # fmt: skip
def test_what_a_run_shows_is_read(body, text):
    found, defects = read(body)
    assert (found, defects) == (text.rstrip("\n"), [])


def test_what_word_draws_by_itself_is_told_as_lost():
    text, (defect,) = read(paragraph(run("受理"), DRAWN, run("起")))
    assert (text, defect.kind, defect.place) == ("受理起", "text_lost", "EQ \\o(86)")
