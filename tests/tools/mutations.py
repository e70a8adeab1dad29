"""Families of changed files whose right figures are known, for `make fuzz`.

A family takes a source of chance and returns a Case. The harmless ones change the form and nothing
that is shown, so every figure must be there; the harmful ones damage the file, so figures may be
missing, but one that is there must be right, or the damage must be told.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from tests.support import formats, reports
from transforms.readers.ooxml import W
from transforms.readers.package import open_package

Values = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """A changed file, the figures of its report, and whether it still shows all of them.

    `text` is that of the report before the change.
    """

    data: bytes
    right: Values
    whole: bool
    text: str


def report(chance: random.Random) -> tuple[str, Values]:
    """A report and its figures, as (value, unit)."""
    number = chance.randrange(400)
    values = [(100 + number, "起"), (99 + number, "起"), (number % 7 + 1, "场")]
    return reports.text(number), [*values, (1000 + number, "份"), (2, "名")]


# --- Word: the XML of the main part -----------------------------------------------------------------

_HIDDEN_RUNS = [
    "<w:del w:id='1'><w:r><w:delText>68</w:delText></w:r></w:del>",
    "<w:moveFrom w:id='1'><w:r><w:t>68起</w:t></w:r></w:moveFrom>",
    "<w:r><w:rPr><w:vanish/></w:rPr><w:t>68</w:t></w:r>",
    "<w:r><w:rPr><w:strike/></w:rPr><w:t>68</w:t></w:r>",
    "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE 68</w:instrText></w:r>"
    "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
    "<w:r><w:softHyphen/></w:r>",
    "<w:r><w:lastRenderedPageBreak/></w:r>",
    "<w:bookmarkStart w:id='3' w:name='_68'/><w:bookmarkEnd w:id='3'/>",
    "<w:proofErr w:type='spellStart'/>",
    "<w:commentRangeStart w:id='6'/>",
]
_AROUND_RUNS = [
    "<w:ins w:id='2'>{}</w:ins>",
    "<w:moveTo w:id='2'>{}</w:moveTo>",
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "<w:smartTag w:element='x'><w:smartTagPr/>{}</w:smartTag>",
    "<w:hyperlink w:anchor='x'>{}</w:hyperlink>",
    "<w:customXml w:element='x'>{}</w:customXml>",
    "<w:fldSimple w:instr=' DOCPROPERTY x '>{}</w:fldSimple>",
    "<w:bdo w:val='ltr'>{}</w:bdo>",
]
_AROUND_PARAGRAPHS = [
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "<w:customXml w:element='x'>{}</w:customXml>",
    "<w:ins w:id='4'>{}</w:ins>",
    "<w:tbl><w:tblPr/><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>",
]


def _elements(source: str) -> list[etree._Element]:
    root = etree.fromstring(f"<x xmlns:w='{W[1:-1]}'>{source}</x>")
    return list(root)


def _wrap(element: etree._Element, source: str) -> None:
    """Puts an element into the place of `{}` in a piece of XML."""
    (outer,) = _elements(source.format("<w:hole/>"))
    parent = element.getparent()
    parent.replace(element, outer)
    hole = outer.find(f".//{W}hole")
    hole.getparent().replace(hole, element)


def _split_run(run: etree._Element, chance: random.Random) -> etree._Element:
    """Divides the text of a run into two runs, and returns the second."""
    node = run.find(f"{W}t")
    text = node.text or ""
    at = chance.randrange(len(text) + 1)
    second = etree.fromstring(etree.tostring(run))
    node.text, second.find(f"{W}t").text = text[:at], text[at:]
    for part in (node, second.find(f"{W}t")):
        part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.addnext(second)
    return second


def _with_main_part(data: bytes, change: Callable[[etree._Element], None]) -> bytes:
    package = open_package(data)
    main = package.main_part()
    root = package.xml(main)
    change(root)
    parts = {stored: package.content(name) for name, stored in package.names.items()}
    parts[package.names[main.lower()]] = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8"
    )
    return formats.zipped(parts)


def word_same(chance: random.Random) -> Case:
    """A Word document with revisions, controls, fields and split runs that show the same text."""
    text, right = report(chance)

    def change(root: etree._Element) -> None:
        for _ in range(chance.randrange(1, 12)):
            runs = [run for run in root.iter(f"{W}r") if run.find(f"{W}t") is not None]
            runs = [run for run in runs if not any(True for _ in run.iterancestors(f"{W}moveFrom"))]
            run = chance.choice([run for run in runs if run.find(f"{W}rPr") is None])
            second = _split_run(run, chance)
            kind = chance.randrange(4)
            if kind == 0:
                for element in _elements(chance.choice(_HIDDEN_RUNS)):
                    second.addprevious(element)
            elif kind == 1:
                _wrap(second, chance.choice(_AROUND_RUNS))
            elif kind == 2:
                paragraph = next(run.iterancestors(f"{W}p"))
                _wrap(paragraph, chance.choice(_AROUND_PARAGRAPHS))

    return Case(_with_main_part(formats.word(text), change), right, whole=True, text=text)


def word_damaged(chance: random.Random) -> Case:
    """A Word document whose elements are removed, doubled, renamed, moved or robbed of attributes."""
    text, right = report(chance)
    names = [
        "tbl",
        "tr",
        "tc",
        "sdt",
        "del",
        "r",
        "p",
        "t",
        "pPr",
        "numPr",
        "txbxContent",
        "altChunk",
    ]

    def change(root: etree._Element) -> None:
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            inner = [element for element in root.iter() if element.getparent() is not None]
            if not inner:
                return
            element = chance.choice(inner)
            kind = chance.randrange(6)
            if kind == 0:
                element.getparent().remove(element)
            elif kind == 1:
                element.addnext(etree.fromstring(etree.tostring(element)))
            elif kind == 2:
                element.tag = f"{W}{chance.choice(names)}"
            elif kind == 3:
                element.attrib.clear()
            elif kind == 4:
                element.set(
                    f"{W}{chance.choice(('val', 'id', 'type', 'ilvl'))}", chance.choice("x-9")
                )
            else:
                element.append(etree.SubElement(element, f"{W}{chance.choice(names)}"))

    return Case(_with_main_part(formats.word(text), change), right, whole=False, text=text)


# --- web pages: the structure around the text --------------------------------------------------------

_HIDDEN_PIECES = [
    "<span style='display:none'>68</span>", "<i hidden>68</i>", "<!-- 68 -->", "<del>68</del>",
    "<script>var n = 68;</script>", "<template>68</template>", "<noscript>68</noscript>",
    "<input type='hidden' value='68'>", "<i class='zz-68'>68</i>", "<wbr>", "<a name='n68'></a>",
    "<style>.n68{color:red}</style>", "<span></span>", "<b></b>",
]  # fmt: skip
_AROUND = [
    ("<div>", "</div>"), ("<form action='?id=68'>", "</form>"), ("<section>", "</section>"),
    ("<center>", "</center>"), ("<fieldset>", "</fieldset>"), ("<article>", "</article>"),
    ("<blockquote>", "</blockquote>"), ("<table><tr><td>", "</td></tr></table>"),
    ("<table><form><tr><td>", "</td></tr></form></table>"), ("<ul><li>", "</li></ul>"),
    ("<details open><summary>", "</summary></details>"), ("<ucapcontent>", "</ucapcontent>"),
    ("<font><font>", "</font></font>"), ("<div class='nav-footer-68'>", "</div>"), ("<div>", ""),
]  # fmt: skip
_SHEET = (
    "<style>.zz-68{display:none} @media print{div,p{display:none}} p:hover{display:none}</style>"
)


def page_same(chance: random.Random) -> Case:
    """A page whose elements and hidden pieces differ, and whose shown text does not."""
    text, right = report(chance)
    lines = [_piece(line, chance) for line in text.split("\n") if line]
    for _ in range(chance.randrange(1, 8)):
        start = chance.randrange(len(lines))
        end = chance.randrange(start, len(lines))
        before, behind = chance.choice(_AROUND)
        lines[start], lines[end] = before + lines[start], lines[end] + behind
    menu = "<ul><li><a href='/'>首页</a><li><a href='/a'>政务公开</a><li><a href='/b'>互动</a></ul>"
    body = (
        f"<html><head><title>页面</title>{_SHEET}</head><body>{menu}{''.join(lines)}</body></html>"
    )
    return Case(body.encode(chance.choice(("utf-8", "gb18030"))), right, whole=True, text=text)


def _piece(line: str, chance: random.Random) -> str:
    """A line as an element, with hidden pieces, empty elements and references to characters in it."""
    at = chance.randrange(len(line) + 1)
    hidden = chance.choice(_HIDDEN_PIECES) if chance.random() < 0.3 else ""
    shown = html.escape(line[:at]) + hidden + html.escape(line[at:])
    if chance.random() < 0.2:
        shown = re.sub(r">([^<>]*)<|^[^<>]*$", lambda m: _referenced(m[0]), shown)
    form = chance.choice(
        ("<p>{}</p>", "<P>{}", "<div>{}</div>", "{}<br>", "<p><span>{}</span></p>")
    )
    return form.format(shown)


def _referenced(text: str) -> str:
    """Digits as references to characters."""
    return re.sub(r"\d", lambda m: f"&#{ord(m[0])};", text)


# --- PDF: its objects --------------------------------------------------------------------------------

_OBJECT = re.compile(rb"\d+ 0 obj\b.*?endobj", re.S)


def pdf_damaged(chance: random.Random) -> Case:
    """A PDF whose objects are removed, doubled, exchanged, or whose dictionaries are changed."""
    text, right = report(chance)
    out = formats.printed(text)
    for _ in range(chance.choice((1, 1, 2, 4))):
        objects = [m.span() for m in _OBJECT.finditer(out)]
        if len(objects) < 2:
            break
        (start, end), (other, other_end) = chance.sample(objects, 2)
        body = out[start:end]
        kind = chance.randrange(5)
        if kind == 0:
            body = b""
        elif kind == 1:
            body = body + b"\n" + body
        elif kind == 2:
            body = body.split(b"obj", 1)[0] + b"obj" + out[other:other_end].split(b"obj", 1)[1]
        else:
            body = _changed_dictionary(body, chance)
        out = out[:start] + body + out[end:]
    return Case(out, right, whole=False, text=text)


def _changed_dictionary(body: bytes, chance: random.Random) -> bytes:
    """A name removed, a number changed or a reference turned in what stands before the stream."""
    head, stream, rest = body.partition(b"stream")
    places = [m.span() for m in re.finditer(rb"/[A-Za-z]\w*|\b\d+\b", head)][2:]
    if not places:
        return body
    start, end = chance.choice(places)
    new = chance.choice(
        (b"", b"0", b"-1", b"99999", b"90", b"/X", b"null", b"(68)", b"[]", b"<<>>")
    )
    return head[:start] + new + head[end:] + stream + rest


# --- encodings and characters ------------------------------------------------------------------------

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u202c\ufe0f"
_ENDS = ("\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\n\n")
_RADICALS = str.maketrans("一二人工月日力", "\u2f00\u2f06\u2f08\u2f2f\u2f49\u2f47\u2f12")
_DIGITS = [
    str.maketrans("0123456789", "".join(chr(first + n) for n in range(10)))
    for first in (0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6)
]


def text_same(chance: random.Random) -> Case:
    """A text with invisible and look-alike characters, other line ends, in any encoding."""
    original, right = report(chance)
    text = original
    if chance.random() < 0.5:
        for _ in range(chance.randrange(1, 30)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(_INVISIBLE) + text[at:]
    if chance.random() < 0.3:
        text = text.translate(_RADICALS)
    if chance.random() < 0.3:
        text = text.translate(chance.choice(_DIGITS))
    text = text.replace("\n", chance.choice(_ENDS))
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    return Case(text.encode(chance.choice(encodings)), right, whole=True, text=original)


def text_damaged(chance: random.Random) -> Case:
    """A text of which some bytes outside its digits are lost, changed or put in."""
    text, right = report(chance)
    out = bytearray(text.encode(chance.choice(("utf-8", "gb18030"))))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.choice([at for at, byte in enumerate(out) if byte >= 0x80])
        kind = chance.randrange(3)
        if kind == 0:
            del out[at]
        elif kind == 1:
            out[at] = chance.randrange(0x80, 0x100)
        else:
            out.insert(at, chance.randrange(0x80, 0x100))
    return Case(bytes(out), right, whole=False, text=text)


FAMILIES: dict[str, Callable[[random.Random], Case]] = {
    "docx, same text": word_same,
    "docx, elements": word_damaged,
    "html, same text": page_same,
    "pdf, objects": pdf_damaged,
    "text, characters": text_same,
    "text, bytes": text_damaged,
}
