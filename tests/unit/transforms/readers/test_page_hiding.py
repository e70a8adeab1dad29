"""What a browser hides by selectors, colors and places is not read; what it shows without text of its own is."""

import base64

import pytest

from tests.unit.transforms.readers.test_pages import TEXT, page
from transforms import readers

HIDDEN = "原受理纠纷68起。"


def read(body, sheet=""):
    return readers.read(page(f"<style>{sheet}</style><div>{TEXT}{body}</div>"))


@pytest.mark.parametrize(
    "body, sheet",
    [
        (f"<ul><li>甲<li>{HIDDEN}</ul>", "li:nth-child(2){display:none}"),
        (f"<ul><li>{HIDDEN}<li>甲</ul>", "li:nth-child(odd){display:none}"),
        (f"<ul><li>{HIDDEN}<li class=y>甲</ul>", "ul li:not(.y){display:none}"),
        (f"<p class=q>{HIDDEN}</p>", "p:is(.q,.r){display:none}"),
        (f"<section><b>甲</b><p>{HIDDEN}</p></section>", "section p:first-of-type{display:none}"),
        (f"<section class=o><p>{HIDDEN}</p></section>", ".o{color:red; & p{display:none}}"),
        (f"<p class=v>{HIDDEN}</p>", ":root{--d:none} .v{display:var(--d)}"),
        (f"<p class='v:1'>{HIDDEN}</p>", ".v\\:1{display:none}"),
        (f"<p class=v>{HIDDEN}</p>", "@media (width>=600px){.v{display:none}}"),
        (f"<p style='color:#fff'>{HIDDEN}</p>", ""),
        (f"<p><font color=white>{HIDDEN}</font></p>", ""),
        (f"<p class=w>{HIDDEN}</p>", ".w{color:rgb(255,255,255)}"),
        (f"<p style='color:#036;background:#003366'>{HIDDEN}</p>", ""),
        (f"<p style='color:transparent'>{HIDDEN}</p>", ""),
        (f"<p style='font-size:1px'>{HIDDEN}</p>", ""),
        (f"<p style='opacity:.01'>{HIDDEN}</p>", ""),
        (f"<p style='position:absolute;right:-9999px'>{HIDDEN}</p>", ""),
        (f"<p style='transform:translateX(-9999px)'>{HIDDEN}</p>", ""),
        (f"<p style='content-visibility:hidden'>{HIDDEN}</p>", ""),
        (f"<p style='filter:opacity(0)'>{HIDDEN}</p>", ""),
        (f"<dialog>{HIDDEN}</dialog><noframes>{HIDDEN}</noframes>", ""),
        (f"<p style='color:hsl(0,0%,100%)'>{HIDDEN}</p>", ""),
        (f"<p style='max-width:0;overflow:hidden'>{HIDDEN}</p>", ""),
        (f"<p style='clip-path:circle(0)'>{HIDDEN}</p>", ""),
        (f"<p style='clip-path:polygon(0 0, 0 0)'>{HIDDEN}</p>", ""),
        (f"<p style='transform:scaleX(0)'>{HIDDEN}</p><p style='scale:0'>{HIDDEN}</p>", ""),
        (f"<p style='display:n\\6fne'>{HIDDEN}</p>", ""),
        (f"<p style='display:/*x*/none'>{HIDDEN}</p>", ""),
        (f"<p style='--d:none;display:var(--d)'>{HIDDEN}</p>", ""),
        (f"<p class=v>{HIDDEN}</p>", "@import url('data:text/css,.v{display:none}');"),
        (f"<link rel=stylesheet href='data:text/css,.v%7Bdisplay:none%7D'><p class=v>{HIDDEN}</p>", ""),
        (f"<p><i class=v>{HIDDEN}</i></p>", "p:has(> .v){display:none}"),
        (f"<div><template shadowrootmode=open><b>甲</b></template><p>{HIDDEN}</p></div>", ""),
    ],
    ids=range(33),
)
def test_what_a_browser_hides_is_not_read(body, sheet):
    found = read(body, sheet)
    assert "68" not in found.text and not found.defects


@pytest.mark.parametrize(
    "body, sheet, line",
    [
        ("<p style='color:#fff;background:#036'>发放500份</p>", "", "发放500份"),
        ("<div style='background:url(a.png)'><p style='color:#fff'>发放500份</p></div>", "", "发放500份"),
        ("<p style='color:#fff'><span style='color:red'>发放500份</span></p>", "", "发放500份"),
        ("<p>发放<input value=500>份</p>", "", "发放500份"),
        ("<p style='transform:scale(0.9)'>发放500份</p>", "", "发放500份"),
        ("<p style='clip-path:circle(50%);max-width:100%;overflow:hidden'>发放500份</p>", "", "发放500份"),
        ("<div><template shadowrootmode=open><p>发放500份</p></template></div>", "", "发放500份"),
        ("<h2><button>（三）发放500份</button></h2><button>打印</button>", "", "（三）发放500份"),
        ("<p>发放<select><option>68<option selected>500</select>份</p>", "", "发放500份"),
        ("<p>发放<i class=n></i>份</p>", ".n::before{content:'500'}", "发放500份"),
        ("<p>发放<i class=n data-v=500></i>份</p>", ".n:after{content:attr(data-v)}", "发放500份"),
        ("<p>发放<bdo dir=rtl>005</bdo>份</p>", "", "发放500份"),
        ("<p>发放500<span style='vertical-align:super'>1</span>份</p>", "", "发放500¹份"),
        ("<p class=z>发放500份</p>", "a:hover .z,.z:empty{display:none}", "发放500份"),
        ("<svg><text>发放</text><text>500份</text></svg>", "", "发放 500份"),
    ],
    ids=range(15),
)  # fmt: skip
def test_what_a_browser_shows_is_read(body, sheet, line):
    found = read(body, sheet)
    assert found.text.split("\n")[-1] == line and not found.defects


def test_counts_in_a_list_beside_the_text_are_read():
    body = f"<div><div>{TEXT}</div><dl><dt>信访件</dt><dd>57件</dd><dt>处罚案件</dt><dd>23件</dd></dl></div>"
    assert "57件" in readers.read(page(body)).text and "23件" in readers.read(page(body)).text


def test_white_text_whose_ground_another_file_knows_is_told():
    body = f"<link rel=stylesheet href=a.css><div class=x>{TEXT}<p style='color:#fff'>{HIDDEN}</p></div>"
    (defect,) = readers.read(page(body)).defects
    assert (defect.kind, defect.place) == ("text_invented", HIDDEN)


def test_a_document_attached_to_a_saved_page_is_told_as_lost():
    html = base64.encodebytes(page(f"<div>{TEXT}</div>")).decode()
    data = (
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/html\n"
        f"Content-Transfer-Encoding: base64\n\n{html}\n--B\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--B--\n"
    )
    (defect,) = readers.read(data.encode()).defects
    assert (defect.kind, defect.place) == ("text_lost", "a.pdf")
