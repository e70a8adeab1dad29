"""More of what Word documents hold: revisions in odd places, fields, included files, numbers of lists."""

import pytest

from schemas.errors import Rejected
from tests.unit.transforms.readers.test_word import (
    BOX,
    DELETED,
    FIELD,
    INSERTED,
    KIND,
    MAIN,
    PLAIN,
    RELATIONS,
    SPACES,
    cell,
    document,
    paragraph,
    part,
    run,
    table,
)
from transforms import readers
from transforms.readers.package import parse_xml

BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)
INSTRUCTION = "<w:r><w:instrText>IF </w:instrText></w:r>"
OLD_BOX = '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>'
MOVED = '<w:moveFromRangeStart w:id="1" w:name="m"/><w:moveFrom w:id="1">{0}</w:moveFrom><w:moveFromRangeEnd w:id="1"/>'


def content(inner):
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def marked(change):
    return f'<w:rPr><w:{change} w:id="1"/></w:rPr>'


def symbol(font, code):
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


@pytest.mark.parametrize(
    "body, text",
    [
        (table([cell("受理"), paragraph(DELETED, INSERTED, run("起"))]), "| 受理 | 86起 |"),
        (paragraph(run("受理"), f'<w:ins w:id="2">{DELETED}{run("86")}</w:ins>'), "受理86"),
        (f'<w:ins w:id="1">{PLAIN}</w:ins>', "受理86起。"),
        (f'<w:del w:id="1">{PLAIN}</w:del>' + cell("普法"), "普法"),
        (paragraph(MOVED.format(run("受理"))) + PLAIN, "受理86起。"),
        (
            paragraph(MOVED.format(run("68起")), properties=marked("moveFrom")) + PLAIN,
            "受理86起。",
        ),
        (paragraph(run("受理86起。"), properties=marked("ins")) + cell("普法"), "受理86起。\n普法"),
        (
            paragraph(run("86", "<w:rPrChange w:id='1'><w:rPr><w:vanish/></w:rPr></w:rPrChange>")),
            "86",
        ),
        (paragraph(run("正文"), OLD_BOX.format(PLAIN)), "正文\n受理86起。"),
        (
            paragraph(
                run("甲"), BOX.format(paragraph(run("乙"), BOX.format(paragraph(run("丙")))))
            ),
            "甲\n乙\n丙",
        ),
        (table([cell("受理"), paragraph(BOX.format(paragraph(run("86起"))))]), "| 受理 | 86起 |"),
        (paragraph(run("受理"), content(run("86")), run("起")), "受理86起"),
        (table([cell("受理"), content(cell("86起"))]), "| 受理 | 86起 |"),
        (
            f"<w:tbl>{content('<w:tr><w:tc>' + cell('受理') + '</w:tc><w:tc>' + cell('86起') + '</w:tc></w:tr>')}</w:tbl>",
            "| 受理 | 86起 |",
        ),
        (paragraph("<w:hyperlink>" + run("受理86起") + "</w:hyperlink>"), "受理86起"),
        (paragraph(run("受理"), f"<w:fldSimple>{run('86')}</w:fldSimple>"), "受理86"),
        (paragraph(BEGIN, INSTRUCTION, FIELD, SEPARATE, run("80起"), END), "80起"),
        (paragraph(BEGIN, run("受理86起。")) + PLAIN, "受理86起。\n受理86起。"),
        (paragraph("<w:r><w:t>8</w:t><w:softHyphen/><w:t>6起</w:t></w:r>"), "86起"),
        (paragraph("<w:r><w:t>8</w:t><w:lastRenderedPageBreak/><w:t>6起</w:t></w:r>"), "86起"),
        (paragraph(run("80"), symbol("Symbol", "F02D"), run("85起")), "80\u221285起"),
        (paragraph(run("80"), symbol("Symbol", "F07E"), run("85起")), "80~85起"),
        (paragraph(run("受理"), symbol("Times New Roman", "F038"), run("6起")), "受理86起"),
        (paragraph(symbol("Symbol", "f0b3"), run("86起")), "≥86起"),
        (
            f'<mc:AlternateContent><mc:Choice Requires="w14">{PLAIN}</mc:Choice><mc:Fallback>{PLAIN}</mc:Fallback></mc:AlternateContent>',
            "受理86起。",
        ),
        (
            paragraph(run("受理86"), run("1", '<w:vertAlign w:val="superscript"/>'), run("起")),
            "受理86\u00b9起",
        ),
        (
            table([cell("甲"), table([cell("乙"), table([cell("受理"), cell("86起")])])]),
            "| 甲 |  |\n| 乙 |  |\n| 受理 | 86起 |",
        ),
    ],
    ids=range(27),
)
def test_what_word_shows_is_read_once(body, text):
    found = readers.read(document(body))
    assert (found.text, found.defects) == (text, [])


RTF = "{\\rtf1\\ansi " + "".join(f"\\u{ord(c)}?" for c in "受理86起。") + "\\par}"


@pytest.mark.parametrize(
    "name, stored",
    [
        ("c.html", "<html><body><p>受理86起。</p></body></html>".encode()),
        ("c.docx", document(PLAIN)),
        ("c.txt", "受理86起。".encode()),
        ("c.xml", f"<w:document {SPACES}><w:body>{PLAIN}</w:body></w:document>".encode()),
    ],
)
@pytest.mark.parametrize("element", ["altChunk", "subDoc"])
def test_an_included_file_is_read_where_it_stands_or_refused(element, name, stored):
    body = cell("正文") + f'<w:{element} r:id="aFChunk"/>'
    data = document(body, parts={f"word/{name}": stored}, relations=part("aFChunk", name))
    assert readers.read(data).text == "正文\n受理86起。"
    with pytest.raises(Rejected) as error:
        readers.read(document(body))
    assert error.value.reason_code == "unsupported_format"


def test_xml_of_an_unknown_kind_is_refused():
    with pytest.raises(Rejected) as error:
        readers.read('<?xml version="1.0"?><report><line>受理86起。</line></report>'.encode())
    assert error.value.reason_code == "unsupported_format"


FLAT = (
    '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
    f'<pkg:part pkg:name="/_rels/.rels"><pkg:xmlData><Relationships xmlns="{RELATIONS}"><Relationship Id="a" '
    f'Type="{KIND}/officeDocument" Target="word/document.xml"/></Relationships></pkg:xmlData></pkg:part>'
    f'<pkg:part pkg:name="/word/document.xml" pkg:contentType="{MAIN}"><pkg:xmlData><w:document {SPACES}>'
    f"<w:body>{PLAIN}</w:body></w:document></pkg:xmlData></pkg:part></pkg:package>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_a_flat_package_is_read_in_every_encoding(encoding):
    named = FLAT.replace('"1.0"', f'"1.0" encoding="{encoding.removesuffix("-sig")}"')
    assert readers.read(named.encode(encoding)).text == "受理86起。"


# --- numbers that Word counts by itself -------------------------------------------------------------


def level(number, form, shape, start=1, more=""):
    form = form if form.startswith("<") else f'<w:numFmt w:val="{form}"/>'
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/>{form}{more}<w:lvlText w:val="{shape}"/></w:lvl>'


def definition(number, levels, more=""):
    return f'<w:abstractNum w:abstractNumId="{number}">{more}{levels}</w:abstractNum>'


def listed(number, of, override=""):
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{override}</w:num>'


def item(text, number=1, depth=0, more=""):
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(run(text), properties=more + place)


def styled(text, style, more=""):
    return paragraph(run(text), properties=f'<w:pStyle w:val="{style}"/>{more}')


def style(identifier, number=None, based_on=None, kind="paragraph"):
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    place = f'<w:numPr><w:numId w:val="{number}"/></w:numPr>' if number is not None else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{identifier}">{base}<w:pPr>{place}</w:pPr></w:style>'
    )


CHAPTERS = level(0, "chineseCounting", "%1、")
THREE = CHAPTERS + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")
LIST = definition(0, THREE) + listed(1, 0)
OVERRIDE = '<w:lvlOverride w:ilvl="0">{}</w:lvlOverride>'
CUSTOM = (
    '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, ..."/></mc:Choice>'
    '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
)


@pytest.mark.parametrize(
    "lists, styles, body, text",
    [
        (
            LIST,
            "",
            item("甲") + item("乙", depth=1) + item("丙", depth=2) + item("丁", depth=1),
            "一、甲\n（一）乙\n1.丙\n（二）丁",
        ),
        (LIST + listed(2, 0), "", item("甲") + item("乙", 2), "一、甲\n二、乙"),
        (
            LIST + listed(2, 0, OVERRIDE.format('<w:startOverride w:val="5"/>')),
            "",
            item("甲") + item("乙", 2) + item("丙", 2),
            "一、甲\n五、乙\n六、丙",
        ),
        (
            LIST + listed(2, 0, OVERRIDE.format(level(0, "decimal", "%1)"))),
            "",
            item("甲") + item("乙", 2),
            "一、甲\n2)乙",
        ),
        (LIST, style("a", 1) + style("b", based_on="a"), styled("甲", "b"), "一、甲"),
        (LIST, style("a", 1) + style("b", 0, "a"), styled("甲", "a") + styled("乙", "b"), "一、甲\n乙"),
        (LIST, style("a", 1), item("甲", 0, more='<w:pStyle w:val="a"/>'), "甲"),
        (
            LIST,
            style("a", 1),
            styled("甲", "a") + styled("乙", "a", '<w:numPr><w:ilvl w:val="1"/></w:numPr>'),
            "一、甲\n（一）乙",
        ),
        (
            definition(0, "", '<w:numStyleLink w:val="L"/>')
            + definition(1, CHAPTERS, '<w:styleLink w:val="L"/>')
            + listed(1, 0)
            + listed(2, 1),
            style("L", 2, kind="numbering"),
            item("甲") + item("乙", 2),
            "一、甲\n二、乙",
        ),
        (definition(0, level(0, CUSTOM, "%1.")) + listed(1, 0), "", item("甲"), "1.甲"),
        (definition(0, level(0, "decimal", "%1.")) + listed(1, 0), "", item("86起。"), "1. 86起。"),
        (
            definition(0, level(0, "chineseCounting", "%1")) + listed(1, 0),
            "",
            item("十件事"),
            "一 十件事",
        ),
        (
            definition(0, CHAPTERS + level(1, "decimal", "%1.%2 ", more="<w:isLgl/>")) + listed(1, 0),
            "",
            item("甲") + item("乙", depth=1),
            "一、甲\n1.1 乙",
        ),
        (LIST, "", item("甲", more='<w:rPr><w:del w:id="1"/></w:rPr>') + item("乙"), "一、甲乙"),
        (LIST, "", paragraph(run("甲"), properties="<w:pPrChange w:id='1'><w:pPr/></w:pPrChange>"), "甲"),
        (LIST, "", item("甲") + table([item("乙"), cell("86起")]) + item("丙"), "一、甲\n| 二、乙 | 86起 |\n三、丙"),
    ],
    ids=range(16),
)  # fmt: skip
def test_numbers_of_lists_are_those_that_word_prints(lists, styles, body, text):
    data = document(
        body,
        parts={
            "word/numbering.xml": f"<w:numbering {SPACES}>{lists}</w:numbering>",
            "word/styles.xml": f"<w:styles {SPACES}>{styles}</w:styles>",
        },
        relations=part("numbering", "numbering.xml") + part("styles", "styles.xml"),
    )
    found = readers.read(data)
    assert (found.text, found.defects) == (text, [])


NEST = {
    "tables": ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
    "controls": ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
    "text boxes": ("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(NEST))
def test_what_lies_deep_is_read(kind):
    begin, end = NEST[kind]
    for depth in (61, 250, 600):
        data = document(begin * depth + PLAIN + end * depth)
        assert "受理86起。" in readers.read(data).text


@pytest.mark.parametrize("kind", sorted(NEST))
def test_what_lies_too_deep_is_refused_by_name(kind):
    begin, end = NEST[kind]
    with pytest.raises(Rejected) as error:
        readers.read(document(begin * 20_000 + PLAIN + end * 20_000))
    assert error.value.reason_code == "too_deep"


def test_entities_are_refused_before_they_are_looked_at():
    laughs = "".join(f'<!ENTITY {b} "&{a};&{a};&{a};&{a};">' for a, b in zip("abcdefghijkl", "bcdefghijklm"))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{"起" * 9000}">{laughs}]><w:document {SPACES}><w:body><w:p w:x="&m;"/></w:body></w:document>'
    with pytest.raises(Rejected, match="entities of its own"):
        parse_xml(xml.encode(), "word/document.xml")
