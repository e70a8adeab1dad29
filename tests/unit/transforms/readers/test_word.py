"""Word documents as people have them, written by hand: what Word shows is read, once, and nothing else."""

import io
import zipfile

import pytest

from schemas.errors import Rejected
from transforms import readers

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def run(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*content, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(content)}</w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def cell(text):
    return paragraph(run(text))


def document(body, main="word/document.xml", kind=MAIN, parts=None, relations=""):
    folder, name = main.rsplit("/", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/{main}" ContentType="{kind}"/></Types>',
        )
        z.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{KIND}/officeDocument" Target="/{main}"/></Relationships>',
        )
        z.writestr(
            f"{folder}/_rels/{name}.rels",
            f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>',
        )
        z.writestr(main, f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        for part, content in (parts or {}).items():
            z.writestr(part, content)
    return out.getvalue()


def part(kind, target):
    return f'<Relationship Id="{kind}" Type="{KIND}/{kind}" Target="{target}"/>'


DELETED = '<w:del w:id="1"><w:r><w:delText>68</w:delText></w:r></w:del>'
INSERTED = '<w:ins w:id="2"><w:r><w:t>86</w:t></w:r></w:ins>'
BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{0}'
    "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}"
    "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>= 68</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>86</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
RUBY = "<w:r><w:ruby><w:rt><w:r><w:t>jiū</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>纠</w:t></w:r></w:rubyBase></w:ruby></w:r>"
PLAIN = paragraph(run("受理86起。"))


@pytest.mark.parametrize(
    "body, text",
    [
        (paragraph(run("受理"), DELETED, INSERTED, run("起。")), "受理86起。"),
        (paragraph(run("受理"), f'<w:bdo w:val="rtl">{run("68")}</w:bdo>', run("起。")), "受理86起。"),
        (paragraph(run("受理"), f'<w:bdo w:val="ltr">{run("86")}</w:bdo>', run("起。")), "受理86起。"),
        (paragraph(f'<w:moveFrom w:id="1">{run("受理86起。")}</w:moveFrom>') + PLAIN, "受理86起。"),
        (paragraph(run("受理86"), run("（原68）", "<w:vanish/>"), run("起。")), "受理86起。"),
        (paragraph(run("受理86", '<w:vanish w:val="0"/>'), run("起。")), "受理86起。"),
        (paragraph(run("68", "<w:strike/>"), run("受理86起。")), "受理86起。"),
        (paragraph(run("68", "<w:dstrike/>"), run("受理86起。")), "受理86起。"),
        (paragraph(run("80"), "<w:r><w:noBreakHyphen/></w:r>", run("85起")), "80\u201185起"),
        (
            paragraph(run("受理"), '<w:r><w:sym w:font="宋体" w:char="0038"/></w:r>', run("起")),
            "受理8起",
        ),
        (paragraph(run("第"), '<w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r>'), "第①"),
        (paragraph(run("受理"), FIELD, run("起。")), "受理86起。"),
        (paragraph(RUBY, run("纷86起")), "纠纷86起"),
        (paragraph(run("正文"), BOX.format(PLAIN)), "正文\n受理86起。"),
        (f"<w:sdt><w:sdtContent>{PLAIN}</w:sdtContent></w:sdt>", "受理86起。"),
        (f"<w:customXml><w:customXmlPr/>{PLAIN}</w:customXml>", "受理86起。"),
        (
            paragraph(run("受理8"), properties='<w:rPr><w:del w:id="1"/></w:rPr>')
            + paragraph(run("6起。")),
            "受理86起。",
        ),
        (table([cell("受理"), cell("86起")]), "| 受理 | 86起 |"),
        (
            table([cell("调处"), cell("如下：") + table([cell("受理"), cell("86起")])]),
            "| 调处 | 如下： |\n| 受理 | 86起 |",
        ),
        (
            f"<w:sdt><w:sdtContent>{table([cell('受理'), cell('86起')])}</w:sdtContent></w:sdt>",
            "| 受理 | 86起 |",
        ),
        (
            "<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>"
            + cell("68起")
            + "</w:tc></w:tr><w:tr><w:tc>"
            + cell("86起")
            + "</w:tc></w:tr></w:tbl>",
            "86起",
        ),
        (table([cell("一、工作") + PLAIN]), "一、工作\n受理86起。"),
    ],
    ids=range(22),
)
def test_what_word_shows_is_read_once(body, text):
    found = readers.read(document(body))
    assert (found.text, found.defects) == (text, [])


@pytest.mark.parametrize(
    "main, kind",
    [
        ("word/document2.xml", MAIN),
        ("report/main.xml", MAIN),
        ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("word/document.xml", MAIN.replace("document.main", "template.main")),
    ],
)
def test_the_main_part_may_have_any_name_and_kind(main, kind):
    assert readers.read(document(PLAIN, main, kind)).text == "受理86起。"


def test_the_strict_standard_is_read_too():
    strict = document(PLAIN).replace(
        W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    with zipfile.ZipFile(io.BytesIO(document(PLAIN))) as z:
        parts = {name: z.read(name) for name in z.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in parts.items():
            z.writestr(name, content)
    assert strict and readers.read(out.getvalue()).text == "受理86起。"


def test_text_hidden_by_a_style_is_out():
    styles = (
        f'<w:styles {SPACES}><w:style w:type="character" w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="i"><w:basedOn w:val="h"/></w:style></w:styles>'
    )
    body = paragraph(run("受理86起"), run("（原68）", '<w:rStyle w:val="i"/>'), run("。"))
    data = document(body, parts={"word/styles.xml": styles}, relations=part("styles", "styles.xml"))
    found = readers.read(data)
    assert (found.text, found.defects) == ("受理86起。", [])


def test_footnotes_follow_their_paragraph():
    notes = f'<w:footnotes {SPACES}><w:footnote w:id="2">{paragraph(run("另有3起。"))}</w:footnote></w:footnotes>'
    body = paragraph(run("受理86起。"), '<w:r><w:footnoteReference w:id="2"/></w:r>')
    data = document(
        body, parts={"word/footnotes.xml": notes}, relations=part("footnotes", "footnotes.xml")
    )
    assert readers.read(data).text == "受理86起。\n另有3起。"


def test_an_included_part_is_read_where_it_stands_and_refused_where_it_is_not_there():
    chunk = '<w:altChunk r:id="aFChunk"/>'
    page = "<html><head><meta charset='utf-8'></head><body><p>受理86起，调解成功80起。</p></body></html>"
    relation = part("aFChunk", "chunk.html")
    data = document(PLAIN + chunk, parts={"word/chunk.html": page}, relations=relation)
    assert readers.read(data).text == "受理86起。\n受理86起，调解成功80起。"
    with pytest.raises(Rejected) as error:
        readers.read(document(PLAIN + chunk, relations=relation))
    assert error.value.reason_code == "unsupported_format"


def test_numbers_of_lists_start_anew_and_follow_their_style():
    numbering = (
        f'<w:numbering {SPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )
    styles = f'<w:styles {SPACES}><w:style w:type="paragraph" w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    in_list = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr>'
    body = (
        paragraph(run("学法"), properties='<w:pStyle w:val="b"/>')
        + paragraph(run("普法"), properties=in_list.format(1))
        + paragraph(run("问题"), properties=in_list.format(2))
        + paragraph(run("正文"), properties='<w:pStyle w:val="b"/>' + in_list.format(0))
    )
    data = document(
        body,
        parts={"word/numbering.xml": numbering, "word/styles.xml": styles},
        relations=part("numbering", "numbering.xml") + part("styles", "styles.xml"),
    )
    assert readers.read(data).text == "一、学法\n二、普法\n一、问题\n正文"
