"""Pages saved with their parts (.mht): frames are read where they stand, whatever names them."""

import base64
import quopri

import pytest

from tests.unit.transforms.readers.test_pages import LINES, MENU, TEXT
from transforms import readers

SITE = "http://www.example.gov.cn"


def page(body):
    return f"<html><head><title>页面</title></head><body>{MENU}{body}</body></html>"


def part(content, address="", identifier="", kind="text/html", charset="utf-8", form="base64"):
    raw = content.encode(charset)
    encoded = {
        "base64": base64.encodebytes(raw),
        "quoted-printable": quopri.encodestring(raw),
        "8bit": raw,
    }
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {form}\r\n"
    head += f"Content-Location: {address}\r\n" if address else ""
    head += f"Content-ID: {identifier}\r\n" if identifier else ""
    return head.encode() + b"\r\n" + encoded[form]


def saved(*parts, kind="multipart/related", start=""):
    head = (
        f'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; {start}boundary="BB"\r\n\r\n'
    )
    return head.encode() + b"".join(b"--BB\r\n" + p + b"\r\n" for p in parts) + b"--BB--\r\n"


FRAME = part(page(f"<div>{TEXT}</div>"), f"{SITE}/d/a.html", "<a>")


def first(body):
    return part(page(body), f"{SITE}/d/index.html")


@pytest.mark.parametrize(
    "data",
    [
        saved(part(page(TEXT))),
        saved(part(page(TEXT), form="quoted-printable")),
        saved(part(page(TEXT), charset="gbk", form="quoted-printable")),
        saved(part(page(TEXT), charset="gbk", form="8bit")),
        saved(part(page(TEXT), kind="application/xhtml+xml")),
        saved(first(f"<iframe src='{SITE}/d/a.html'></iframe>"), FRAME),
        saved(first("<iframe src='a.html'></iframe>"), FRAME),
        saved(first("<iframe src='cid:a'></iframe>"), FRAME),
        saved(first("<object data='a.html'></object>"), FRAME),
        saved(part("<html><frameset><frame src='a.html'></frameset></html>", f"{SITE}/d/"), FRAME),
        saved(
            first("<iframe src='b.html'></iframe>"),
            part(page("<iframe src='a.html'></iframe>"), f"{SITE}/d/b.html"),
            FRAME,
        ),
        saved(part("", "", "<x>", kind="text/plain"), FRAME, kind="multipart/alternative"),
        saved(first("<p>通知</p>"), FRAME, start='start="<a>"; '),
    ],
    ids=range(13),
)
def test_the_report_in_a_saved_page_is_read(data):
    assert readers.read(data).text.split("\n") == LINES


def test_a_hidden_frame_is_not_read():
    hidden = part("<p>全年受理68起，调解成功60起。</p>", f"{SITE}/d/b.html")
    data = saved(first(f"{TEXT}<iframe style='display:none' src='b.html'></iframe>"), hidden)
    assert readers.read(data).text.split("\n") == LINES


def test_a_page_that_no_frame_shows_is_told_as_lost():
    document = readers.read(saved(first("<p>本页内容由程序显示，请稍候片刻。</p>"), FRAME))
    assert [(d.kind, d.place) for d in document.defects] == [("text_lost", LINES[1])]
