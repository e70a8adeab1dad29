"""The same report in every form it comes in, and what is made to harm."""

import io
import os
import shutil
import tarfile
import time
import zipfile
from difflib import SequenceMatcher

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

import transforms
from schemas.errors import Rejected
from tests.support import formats, reports
from tests.support.paths import DOCUMENTS
from tests.tools import training
from transforms import readers
from transforms.readers import archives, lines

TEXTS = {answer["doc"]: text for text, answer in training.reports()}
FORMS = {
    "html": formats.page,
    "mht": formats.saved_page,
    "docx": formats.word,
    "pdf": formats.printed,
    "gb18030": lambda t: t.encode("gb18030"),
    "utf-16": lambda t: t.encode("utf-16"),
}


def facts(document):
    return [
        (r.figure.value, r.figure.unit.replace("％", "%"), r.decision.code)
        for r in transforms.parse(document).readings
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_in_every_format_is_the_same_report(form):
    same = every = 0
    for text in TEXTS.values():
        want, got = facts(readers.read(text.encode())), facts(readers.read(FORMS[form](text)))
        same += sum(
            b.size for b in SequenceMatcher(None, want, got, autojunk=False).get_matching_blocks()
        )
        every += max(len(want), len(got))
    assert every > 250 and same / every >= (0.97 if form == "pdf" else 0.99)


def only(monkeypatch, folder, program):
    """Leaves `program` as the only one that can be started."""
    (folder / program).symlink_to(shutil.which(program))
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(
    "program, reader", [("antiword", "antiword/2"), ("soffice", "libreoffice/2")]
)
def test_an_old_word_document_reads_as_its_text(program, reader, monkeypatch, tmp_path):
    if not shutil.which(program):
        pytest.skip(f"needs {program}")
    if program == "antiword":  # soffice is a script that needs other programs
        only(monkeypatch, tmp_path, program)
    want = (DOCUMENTS / "report.txt").read_text(encoding="utf-8")
    document = readers.read((DOCUMENTS / "report.doc").read_bytes())
    assert (document.reader, document.media_type) == (reader, "application/msword")
    assert "".join(document.text.split()) == "".join(want.split())
    assert facts(document) == facts(readers.read(want.encode()))


def test_an_old_word_document_waits_where_nothing_reads_it(monkeypatch):
    data = (DOCUMENTS / "report.doc").read_bytes()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Rejected) as error:
        readers.read(data)
    assert error.value.reason_code == "reader_missing"
    assert "apt-get install libreoffice-writer" in error.value.message
    assert not readers.waits_for(error.value)
    monkeypatch.undo()
    there = readers.waits_for(error.value)
    assert there == bool(shutil.which("soffice"))


def test_lines_and_words_alike_are_all_read_from_a_pdf_without_its_fonts():
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out)

    def draw(x, y, *words):
        for word in words:
            canvas.setFont("STSong-Light", 14)
            canvas.drawString(x, y, word)
            x += pdfmetrics.stringWidth(word, "STSong-Light", 14)

    draw(80, 760, "受理纠纷", "10", "起，化解", "10", "起。")
    for y in (736, 712, 688):
        draw(80, y, "每月开展排查1次，全年12次。")
    for shift in (0, 0.4):  # bold letters
        draw(80 + shift, 664, "二、存在的问题")
    canvas.beginForm("form")
    for y in (0, 24):
        draw(0, y, "检查门店8家。")
    canvas.endForm()
    for y in (600, 540):
        canvas.saveState()
        canvas.translate(80, y)
        canvas.doForm("form")
        canvas.restoreState()
    canvas.save()
    assert "".join(readers.read(out.getvalue()).text.split()) == (
        "受理纠纷10起，化解10起。"
        + 3 * "每月开展排查1次，全年12次。"
        + "二、存在的问题"
        + 4 * "检查门店8家。"
    )


def test_figures_know_their_page_and_page_numbers_are_gone():
    text = reports.text(0).replace(
        "普法形式单一。", "\n".join(f"村组{i}普法形式还比较单一，需要改进。" for i in range(40))
    )
    document = readers.read(formats.printed(text))
    assert len(document.pages) == 2 and document.pages[0] == 0
    assert "—" not in document.text and document.text[document.pages[1] :].count("\n") > 5
    assert document.text.count("一、工作开展情况") == 1


def test_numbers_that_word_counts_itself_are_written_out():
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shape}"/></w:lvl>'
        for i, (form, shape) in enumerate(
            [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
        )
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="91">{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="91"/></w:num>')
    )
    for level, text in (
        (0, "工作情况"),
        (1, "学法"),
        (2, "集中学法3次。"),
        (1, "普法"),
        (0, "存在问题"),
    ):
        p = document.add_paragraph(text)
        p._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="91"/></w:numPr>'
            )
        )
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "索引号", "X1"
    out = io.BytesIO()
    document.save(out)
    assert readers.read(out.getvalue()).text == (
        "一、工作情况\n（一）学法\n1.集中学法3次。\n（二）普法\n二、存在问题\n| 索引号 | X1 |"
    )


def test_printed_lines_become_paragraphs():
    def line(text, left, right, top):
        return lines.Line(text, left, right, top, top + 14)

    page = [
        line("县司法局", 80, 136, 40),
        line("县司法局", 80, 136, 60),
        line("一、工作情况", 108, 192, 80),
        line("全年办理案件，罚款", 108, 500, 110),
        line("3000元。", 80, 130, 140),
        line("（一）普法。", 108, 192, 170),
        line("- 1 -", 280, 300, 800),
    ]
    printed = lines.paragraphs(
        [page, [line("二、问题", 108, 164, 40), line("- 2 -", 280, 300, 800)]], 580
    )
    text, starts = printed.text, printed.starts
    assert printed.left_out.split("\n") == ["- 1 -", "- 2 -"]
    assert (
        text
        == "县司法局\n县司法局\n一、工作情况\n全年办理案件，罚款3000元。\n（一）普法。\n二、问题"
    )
    assert starts == [0, text.index("二、")]


# --- archives ---------------------------------------------------------------------------------------------------------


def opened(data, limit=1_000_000):
    return {
        name: content.reason_code if isinstance(content, Rejected) else content
        for name, content in archives.members(data, archives.Budget(limit))
    }


@pytest.mark.parametrize("kind", formats.ARCHIVES)
def test_archives_of_every_kind_are_opened(kind):
    files = {"县/报告.txt": "内容".encode(), "b.txt": b"b"}
    assert opened(formats.ARCHIVES[kind](files)) == files


def test_names_in_the_encoding_of_chinese_machines():
    data = formats.zipped({"placeholder.txt": b"x"}).replace(
        b"placeholder.txt", "报告二零二三.txt".encode("gbk")[:15].ljust(15, b"x")
    )
    assert next(iter(opened(data))).startswith("报告二零二三")


def test_what_an_archive_may_not_hold():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("../up.txt", "x")
        z.writestr("/root.txt", "x")
        z.writestr("C:\\win.txt", "x")
        z.writestr("bomb.txt", b"\0" * 5_000_000)
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        z.writestr(link, "/etc/passwd")
        z.writestr("ok.txt", "ok")
        z.writestr(
            "deep.zip",
            formats.zipped({"a.zip": formats.zipped({"b.zip": formats.zipped({"c.txt": b"c"})})}),
        )
        z.writestr("broken.zip", formats.zipped({"x.txt": b"x" * 1000})[:60])
    assert opened(out.getvalue()) == {
        "../up.txt": "unsafe_name",
        "/root.txt": "unsafe_name",
        "C:\\win.txt": "unsafe_name",
        "bomb.txt": "too_large",
        "link.txt": "not_a_file",
        "ok.txt": b"ok",
        "deep.zip/a.zip/b.zip": "nested_archive",
        "broken.zip": "damaged_file",
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        for name, kind in (
            ("l", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("f", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            t.addfile(info)
    assert opened(out.getvalue()) == dict.fromkeys("lhdf", "not_a_file")


@pytest.mark.parametrize(
    "data, code",
    [
        (formats.seven({"a.txt": b"a"}, password="x"), "encrypted"),
        (formats.zipped({"a.txt": b"a" * 999})[:40], "damaged_file"),
        (formats.tarred({"a.txt": os.urandom(5000)})[:900], "damaged_file"),
        (formats.seven({"a.txt": b"a"})[:40], "damaged_file"),
    ],
    ids=(
        "7z with a password",
        "cut zip",
        "cut tar",
        "cut 7z",
    ),  # names of bytes would change with the clock
)
def test_archives_that_cannot_be_opened(data, code):
    with pytest.raises(Rejected) as error:
        opened(data)
    assert error.value.reason_code == code


# --- documents made to harm -------------------------------------------------------------------------------------------

ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "法法法法法法法法法法">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + '<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>'
)


def with_body(xml):
    """A .docx whose document is `xml`."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(formats.word("x"))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, xml if name == "word/document.xml" else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("entity", ["&j;", "&x;"])
def test_entities_in_a_word_document_are_not_followed(entity):
    try:
        text = readers.read(with_body(ENTITIES.replace("{}", f"甲{entity}乙"))).text
    except Rejected:
        return
    assert len(text) < 50 and "root:" not in text


EMPTY_PAGES = formats.pdf_of(
    [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{'3 0 R ' * 10_000}]/Count 10000>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
)
DEEP = (
    b"<!DOCTYPE html><html><body>"
    + b"<div>" * 100_000
    + "法治政府建设".encode()
    + b"</div>" * 100_000
    + b"</body></html>"
)
REPORT = reports.text(0)


@pytest.mark.parametrize(
    "data, codes",
    [
        (formats.LOOP, ("damaged_file", "blank_file")),
        (EMPTY_PAGES, ("too_many_pages",)),
        (formats.printed(REPORT)[:700], ("damaged_file",)),
        (formats.word(REPORT)[:700], ("archive",)),
        (formats.saved_page(REPORT)[:200], ("damaged_file",)),
        (
            (DOCUMENTS / "report.doc").read_bytes()[:2000],
            ("damaged_file", "reader_missing", "unsupported_format"),
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(600)
            + "EncryptedPackage".encode("utf-16-le"),
            ("encrypted",),
        ),
        (b"PK\x03\x04" + bytes(40), ("archive",)),
        (DEEP, ("not_a_report", "too_deep", "blank_file")),
        (("一" * 3_200_000).encode(), ("too_much_text",)),
        (("7" * 1_000_000).encode(), ("not_a_report",)),
        ("\u202e\u2066\x01\x02法治\u200b\ufeff".encode() * 50, ("not_a_report", "binary_content")),
        (b"\x00" * 5000, ("binary_content",)),
        (
            "法治".encode() + b"\xed\xa0\x80" * 30,
            ("unknown_encoding", "binary_content", "not_a_report"),
        ),
        (b"BM" + bytes(100), ("binary_content",)),
    ],
    ids=lambda x: None if isinstance(x, tuple) else "data",
)
def test_hostile_documents_are_refused_in_good_time(data, codes):
    begin = time.process_time()
    with pytest.raises(Rejected) as error:
        transforms.parse(readers.read(data))
    assert error.value.reason_code in codes and time.process_time() - begin < 30


def test_a_wrong_extension_does_not_matter():
    assert readers.read(formats.word(REPORT)).reader == "docx/2"
    assert readers.read(REPORT.encode()).reader == "text/2"


def test_control_and_direction_characters_stay_where_they_are():
    text = REPORT.replace("认真", "认\u202e真\u0007")
    assert readers.read(text.encode()).text == text


def test_an_encrypted_pdf_says_so():
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(100, 100, "x")
    canvas.save()
    with pytest.raises(Rejected) as error:
        readers.read(out.getvalue())
    assert error.value.reason_code == "encrypted" and "password" in error.value.message
