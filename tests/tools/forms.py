"""Reads one report in many forms and compares its facts: `make forms` writes docs/files.md.

Facts are value, upper value, unit and metric of each figure, in their order; issuer, date and year; and the
numbered headings. A form agrees as far as it has the facts of the plain text.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import transforms
from tests.support import formats, reports
from transforms import readers
from transforms.readers.package import open_package

PAGE = Path(__file__).resolve().parents[2] / "docs" / "files.md"
HEAD = """# One report in many forms

Facts of the same reports read from each form, compared with those of the plain text (`make forms`): value, unit and metric of
each figure, issuer, date, year and numbered headings. 1.000 means that every fact is the same.

| form | facts that agree |
| --- | --- |
"""
CHANGED_FILES = "\n## Changed files\n"  # the part that `make fuzz` writes
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def paragraphs(text: str, mark: str = "p") -> str:
    """The lines of a text as elements of a page."""
    return "".join(f"<{mark}>{html.escape(line)}</{mark}>\n" for line in text.split("\n"))


def page(body: str) -> bytes:
    """A page with menu and foot around `body`."""
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>页面</title></head><body>"
        "<div class='nav'><ul><li><a href='/'>首页</a></li><li><a href='/b'>政务公开</a></li>"
        f"<li><a href='/c'>互动交流</a></li></ul></div>{body}"
        "<div class='footer'><p>主办单位：某县人民政府</p></div></body></html>"
    ).encode()


def flat_package(text: str) -> bytes:
    """A Word document as one XML file."""
    package = open_package(formats.word(text))
    parts = []
    for stored in package.names.values():
        if stored.endswith((".xml", ".rels")) and stored != "[Content_Types].xml":
            content = re.sub(r"^\s*<\?xml[^>]*\?>", "", package.content(stored).decode())
            parts.append(
                f'<pkg:part pkg:name="/{stored}"><pkg:xmlData>{content}</pkg:xmlData></pkg:part>'
            )
    uri = "http://schemas.microsoft.com/office/2006/xmlPackage"
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return f'<?xml version="1.0"?><pkg:package xmlns:pkg="{uri}"><!-- {types} -->{"".join(parts)}</pkg:package>'.encode()


def word_2003(text: str) -> bytes:
    """A Word 2003 XML document."""
    body = "".join(f"<w:p><w:r><w:t>{html.escape(x)}</w:t></w:r></w:p>" for x in text.split("\n"))
    uri = "http://schemas.microsoft.com/office/word/2003/wordml"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:wordDocument xmlns:w="{uri}"><w:body>{body}'
        "</w:body></w:wordDocument>"
    ).encode()


FORMS: dict[str, Callable[[str], bytes]] = {
    "text, UTF-8 with mark": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "text, GB18030": lambda t: t.encode("gb18030"),
    "text, UTF-16": lambda t: t.encode("utf-16"),
    "text, lines ended by CR": lambda t: t.replace("\n", "\r").encode(),
    "text, lines ended by U+2028": lambda t: t.replace("\n", "\u2028").encode(),
    "text with blanks of no width": lambda t: re.sub(r"(?<=\d)(?=\d)", "\u200b", t).encode(),
    "text with Kangxi radicals": lambda t: t.translate(
        str.maketrans("一二人工月日", "\u2f00\u2f06\u2f08\u2f2f\u2f49\u2f47")
    ).encode(),
    "page": formats.page,
    "page in a form": lambda t: page(f"<form><div>{paragraphs(t)}</div></form>"),
    "page of <br>": lambda t: page(f"<div>{'<br>'.join(map(html.escape, t.split(chr(10))))}</div>"),
    "page in a layout table": lambda t: page(f"<table><tr><td>{paragraphs(t)}</td></tr></table>"),
    "saved page (.mht)": formats.saved_page,
    "Word (.docx)": formats.word,
    "Word, flat XML": flat_package,
    "Word 2003 XML": word_2003,
    "PDF": formats.printed,
}


def facts(data: bytes) -> list[tuple[object, ...]]:
    """What is known of a report, in the order of the text."""
    report = transforms.parse(readers.read(data))
    figures = [
        (r.figure.value, r.figure.value_high, r.figure.unit, r.decision.code)
        for r in report.readings
    ]
    headings = [(s.marker, s.kind) for s in report.sections if s.marker]
    claims = report.claims
    return [(claims.issuer, claims.issued_on, claims.report_year), *headings, *figures]


def agreement(form: Callable[[str], bytes], texts: list[str]) -> float:
    """The share of facts that a form has in common with the plain text."""
    same = every = 0
    for text in texts:
        want, got = facts(text.encode()), facts(form(text))
        blocks = SequenceMatcher(None, want, got, autojunk=False).get_matching_blocks()
        same += sum(block.size for block in blocks)
        every += max(len(want), len(got))
    return same / every


def main() -> int:
    """Writes the table; 1 where a form of text agrees less than wholly, or a PDF less than 0.99."""
    texts = [reports.text(number) for number in range(int([*sys.argv, "20"][1]))]
    table = {name: agreement(form, texts) for name, form in FORMS.items()}
    rows = "".join(f"| {name} | {share:.3f} |\n" for name, share in table.items())
    _, mark, rest = PAGE.read_text(encoding="utf-8").partition(CHANGED_FILES)
    PAGE.write_text(f"{HEAD}{rows}{mark}{rest}", encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return int(any(share < (0.99 if name == "PDF" else 1) for name, share in table.items()))


if __name__ == "__main__":
    sys.exit(main())
