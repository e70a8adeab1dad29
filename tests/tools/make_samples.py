"""Renders the marked samples to `samples/`: encodings, line ends and page frames included.

A marked sample is a head of `key: value` lines, `---`, and the text with its answers in place: ⟦number|value|high|qualifier|unit|code|status⟧
for a figure, 〖level〗 before a heading, 〖i〗 before an enumerator.

usage: python -m tests.tools.make_samples
"""

from __future__ import annotations

import codecs
import html
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.paths import GOLD, ROOT

SAMPLES = ROOT / "samples"
_MARK = re.compile(r"⟦(?P<figure>[^⟧]*)⟧|〖(?P<section>[^〗]*)〗")


@dataclass
class Marked:
    """One marked sample: its head, its plain text, and the answers with their offsets in that text."""

    head: dict[str, str]
    text: str
    figures: list[dict] = field(default_factory=list)
    sections: list[dict] = field(default_factory=list)
    items: list[int] = field(default_factory=list)


def read_marked(path: Path) -> Marked:
    """The sample in a marked file."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    made = Marked(
        dict((k, v.strip()) for k, _, v in (line.partition(":") for line in head.splitlines())), ""
    )
    last, parts, length = 0, [], 0
    for m in _MARK.finditer(body):
        parts.append(body[last : m.start()])
        length += m.start() - last
        last = m.end()
        if m["section"] == "i":
            made.items.append(length)
        elif m["section"]:
            blanks = len(body[last:]) - len(body[last:].lstrip(" \u3000"))
            made.sections.append({"start": length + blanks, "level": int(m["section"])})
        else:
            number, value, high, qualifier, unit, code, status = m["figure"].split("|")
            made.figures.append(
                {
                    "start": length,
                    "number": number,
                    "value": float(value),
                    "value_high": float(high) if high else None,
                    "qualifier": qualifier,
                    "unit": unit,
                    "metric": code,
                    "status": status,
                }
            )
            parts.append(number)
            length += len(number)
    made.text = "".join([*parts, body[last:]])
    return made


def page(marked: Marked) -> str:
    """The sample as a saved government page: a metadata table or list, menus and a footer around the paragraphs."""
    encoding = {"gb18030": "gb2312"}.get(marked.head["encoding"], marked.head["encoding"])
    title, *paragraphs = marked.text.strip().split("\n")
    pairs = [p.split("=") for p in marked.head["metadata"].split(";")]
    if marked.head["format"] == "html-table":
        block = (
            "<table class='xxgk'>"
            + "".join(
                f"<tr><td>{html.escape(k)}</td><td>{html.escape(v)}</td></tr>" for k, v in pairs
            )
            + "</table>"
        )
    else:
        block = (
            "<ul class='info'>"
            + "".join(f"<li><b>{html.escape(k)}：</b>{html.escape(v)}</li>" for k, v in pairs)
            + "</ul>"
        )
    body = "".join(f"<p style='text-indent:2em'>{html.escape(p)}</p>\n" for p in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="{encoding}"><title>{html.escape(title)}_政务公开</title><style>p {{line-height: 1.8}}</style><script>var views = 1204;</script></head>
<body><div id="nav"><a href="/">首页</a> <a href="/zwgk">政务公开</a> <a href="/hdjl">互动交流</a> <a href="/bsfw">办事服务</a></div>
<div class="position">您当前的位置：首页 &gt; 政务公开 &gt; 法治政府建设</div>
{block}
<div class="article"><h1>{html.escape(title)}</h1>
<div class="content">
{body}</div></div>
<div id="footer">主办：示例人民政府办公室　网站标识码：0000000000　访问量：35812次</div></body></html>
"""


def rendered(marked: Marked) -> bytes:
    """The bytes of the sample's file."""
    text = page(marked) if marked.head.get("format", "").startswith("html") else marked.text
    if marked.head.get("newline") == "crlf":
        text = text.replace("\n", "\r\n")
    mark = codecs.BOM_UTF16_LE if marked.head["encoding"] == "utf-16-le" else b""
    return mark + text.encode(marked.head["encoding"])


def all_marked() -> list[Marked]:
    """All samples, in order."""
    return [read_marked(p) for p in sorted((GOLD / "samples").glob("*.marked"))]


def main() -> None:
    """Writes every sample to its place."""
    for marked in all_marked():
        path = SAMPLES / marked.head["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendered(marked))
        print(path.relative_to(SAMPLES.parent))


if __name__ == "__main__":
    main()
