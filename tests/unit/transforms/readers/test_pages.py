"""Web pages as sites serve them: all that a browser shows of the report is read, nothing else."""

import pytest

from schemas.errors import Rejected
from transforms import readers

LINES = [
    "东村镇2023年法治政府建设工作报告",
    "2023年，东村镇坚持依法行政，现将有关情况报告如下：",
    "一、工作情况",
    "全年受理矛盾纠纷86起，调解成功80起，调解成功率93%，群众满意度持续提升。",
    "开展普法宣传活动12场次，发放宣传资料3500余份，营造了浓厚的法治氛围。",
    "二、存在的问题",
    "执法力量仍显不足。",
]
TEXT = "".join(f"<p>{line}</p>" for line in LINES)
MENU = (
    "<ul>" + "".join(f"<li><a href='/{x}'>{x}</a></li>" for x in ("首页", "政务", "办事")) + "</ul>"
)
TABLE = "<table><tr><th>指标</th><th>数量</th></tr><tr><td>信访件</td><td>57件</td></tr></table>"


def page(body):
    return f"<!DOCTYPE html><html><head><title>页面</title></head><body>{MENU}{body}</body></html>".encode()


@pytest.mark.parametrize(
    "body",
    [
        f"<form><div>{TEXT}</div></form>",
        f"<form><fieldset>{TEXT}</fieldset><input type='hidden' value='68起'></form>",
        f"<table><tr><td><table><tr><td>{TEXT}</td></tr></table></td></tr></table>",
        f"<div>{'<br>'.join(LINES)}</div>",
        f"<pre>{chr(10).join(LINES)}</pre>",
        f"<div class='footer-content'>{TEXT}</div>",
        f"<div>{TEXT.replace('86起', '86<span style=' + chr(34) + 'DISPLAY : none' + chr(34) + '>68</span>起')}</div>",
        f"<div>{TEXT.replace('86起', '86<b hidden>68</b>起')}</div>",
        f"<div>{TEXT.replace('86起', '<del>68</del><ins>86</ins>起')}</div>",
        f"<style>.x{{display:none}}</style><div>{TEXT.replace('86起', '86<i class=x>68</i>起')}</div>",
        f"<style>@media print{{.y{{display:none}}}}</style><div class='y'>{TEXT}</div>",
        f"<div>{TEXT}<template><p>草稿：受理68起，调解60起。</p></template></div>",
    ],
    ids=range(12),
)
def test_the_report_is_read_whole_and_alone(body):
    document = readers.read(page(body))
    assert document.text.split("\n") == LINES
    assert document.defects == []


@pytest.mark.parametrize(
    "body",
    [
        f"<div><div>{TEXT}</div><h3>附表</h3>{TABLE}</div>",
        f"<div>{TEXT}</div>{TABLE}",
        f"<div><div>{TEXT}</div></div><div><div>{TABLE}</div></div>",
    ],
    ids=range(3),
)
def test_a_table_beside_the_text_is_read(body):
    lines = readers.read(page(body)).text.split("\n")
    assert "| 信访件 | 57件 |" in lines and set(LINES) <= set(lines) and "首页" not in lines


def with_hidden(element):
    return f"<div class='art'><p class='x'>{TEXT.replace('86起', f'86{element}起')}</p></div>"


@pytest.mark.parametrize(
    "sheet, element",
    [
        (".art .hid{display:none}", "<i class='hid'>68</i>"),
        (".art > p > .hid{display:none}", "<i class='hid'>68</i>"),
        ("i.a.hid{display:none!important}", "<i class='a hid'>68</i>"),
        ("#h{visibility:hidden}", "<i id='h'>68</i>"),
        ("[data-old]{display:none}", "<i data-old='1'>68</i>"),
        ("i[class^='hid']{display:none}", "<i class='hid-2'>68</i>"),
        ("b + i{display:none}", "<b></b><i>68</i>"),
        ("@media screen{.hid{display:none}}", "<i class='hid'>68</i>"),
        ("@media (min-width:768px){.hid{display:none}}", "<i class='hid'>68</i>"),
        ("<!-- .hid{display:none} -->", "<i class='hid'>68</i>"),
        ("/*<![CDATA[*/.hid{display:none}/*]]>*/", "<i class='hid'>68</i>"),
        ("@charset 'utf-8';.hid{display:none}", "<i class='hid'>68</i>"),
        (".hid{display:block} .hid{display:none}", "<i class='hid'>68</i>"),
        (".hid{display:none!important}", "<i class='hid' style='display:inline'>68</i>"),
        (".hid{position:absolute;clip:rect(0,0,0,0)}", "<i class='hid'>68</i>"),
        (".hid{text-decoration:line-through}", "<i class='hid'>68</i>"),
        ("", "<i style='display:inline;display:none'>68</i>"),
        ("", "<i style='transform:scale(0)'>68</i>"),
        ("", "<i style='position:absolute;clip-path:inset(50%)'>68</i>"),
    ],
    ids=range(19),
)
def test_what_a_style_sheet_hides_is_not_read(sheet, element):
    document = readers.read(page(f"<style>{sheet}</style>{with_hidden(element)}"))
    assert (document.text.split("\n"), document.defects) == (LINES, [])


@pytest.mark.parametrize(
    "sheet, attributes",
    [
        (".c{display:none} .c{display:block}", "class='c'"),
        (".c{display:none} #c{display:block}", "class='c' id='c'"),
        (".c{display:none}", "class='c' style='display:block'"),
        (".js .c{display:none}", "class='c'"),
        (".c:hover{display:none} .c::before{display:none}", "class='c'"),
        ("@media print{.c{display:none}}", "class='c'"),
        ("@media (max-width:600px){.c{display:none}}", "class='c'"),
        ("div.d .c{display:none}", "class='c'"),
        (".c{font-size:0} .c p{font-size:14px}", "class='c'"),
        (".c{visibility:hidden} p{visibility:visible}", "class='c'"),
        (".menu{display:none}", "class='c'"),
        ("", "style='display:none;display:block'"),
    ],
    ids=range(12),
)
def test_what_a_style_sheet_shows_in_the_end_is_read(sheet, attributes):
    document = readers.read(page(f"<style>{sheet}</style><div {attributes}>{TEXT}</div>"))
    assert (document.text.split("\n"), document.defects) == (LINES, [])


def test_a_style_that_is_only_for_print_hides_nothing():
    body = f"<style media='print'>.c{{display:none}}</style><div class='c'>{TEXT}</div>"
    assert readers.read(page(body)).text.split("\n") == LINES


def test_a_frame_that_holds_its_page_itself_is_read():
    assert readers.read(page(f'<iframe srcdoc="{TEXT}"></iframe>')).text.split("\n") == LINES


@pytest.mark.parametrize(
    "body",
    [
        f"<form><div><form>{TEXT}</form></div></form>",
        f"<table><form><tr><td>{TEXT}</td></tr></form></table>",
        f"<table><tr><td>{MENU}</td><td>{TEXT}</td></tr></table>",
        "<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in LINES) + "</table>",
        f"<details><summary>{LINES[0]}</summary>{TEXT.partition('</p>')[2]}</details>",
        f"<ucapcontent>{TEXT}</ucapcontent>",
        f"<div>{TEXT}<noscript>受理68起，调解成功60起，效果明显。</noscript></div>",
        f"<div>{TEXT.replace('86起', '8<wbr>6<!-- 68 -->起')}</div>",
        f"<footer>{TEXT}</footer>",
        "".join(f"<p>{line}" for line in LINES),
    ],
    ids=range(10),
)
def test_a_page_of_unusual_structure_is_read_whole(body):
    document = readers.read(page(body))
    assert (document.text.split("\n"), document.defects) == (LINES, [])


def test_a_page_whose_text_only_a_program_shows_is_told_as_lost():
    note = "<p>本网站由县人民政府主办，欢迎您的访问，请您多提意见。</p>"
    document = readers.read(page(f"{note}<div style='display:none'>{TEXT}</div>"))
    assert [d.kind for d in document.defects] == ["text_lost"]
    assert document.defects[0].place.startswith("2023年，东村镇坚持依法行政")


LONG = [
    *LINES[:5],
    *(f"第{n}个村的村规民约已经修订，由村民会议通过，并向全体村民公布。" for n in range(12)),
]


@pytest.mark.parametrize(
    "rest",
    [
        "聘请法律顾问2名，已配齐。<br>",
        "<div>三、下一步打算</div>聘请法律顾问2名，已配齐。<br><p>东村镇人民政府</p><p>2024年1月10日</p>",
        "三、下一步打算<br>聘请法律顾问<b>2</b>名，<noscript>68</noscript>已配齐。<br>",
        "<p>聘请法律顾问2名，已配齐。</p>东村镇人民政府<br>2024年1月10日",
    ],
    ids=range(4),
)
def test_short_text_beside_the_long_one_is_read(rest):
    document = readers.read(
        page(
            f"<div>{''.join(f'<p>{x}</p>' for x in LONG)}</div>{rest}<div>版权所有：某县人民政府</div>"
        )
    )
    lines = [
        line
        for line in (
            "三、下一步打算",
            "聘请法律顾问2名，已配齐。",
            "东村镇人民政府",
            "2024年1月10日",
        )
        if line[:5] in rest
    ]
    assert document.text.split("\n") == [*LONG, *lines]


def test_the_mark_of_a_note_is_no_digit_of_a_number():
    document = readers.read(page(f"<div>{TEXT.replace('86起', '86起<sup>12</sup>')}</div>"))
    assert "受理矛盾纠纷86起\u00b9\u00b2，" in document.text and document.defects == []


def test_a_selector_of_many_parts_on_a_deep_page_comes_to_an_end():
    # asked for every way to choose the parts among the elements above, this would take years
    style = f"<style>b {'div ' * 10}p{{display:none}}</style>"
    deep = "<div>" * 120 + TEXT + "</div>" * 120
    assert "86起" in readers.read(page(style + deep)).text


@pytest.mark.parametrize("depth", [260, 600])
def test_what_lies_deep_is_read(depth):
    deep = page(TEXT + "<div>" * depth + "<p>另有法治案件777起。</p>" + "</div>" * depth)
    assert "777起" in readers.read(deep).text


def test_what_lies_too_deep_is_refused_by_name_and_not_left_out():
    with pytest.raises(Rejected) as error:
        readers.read(page(TEXT + "<div>" * 5000 + "<p>另有法治案件777起。</p>"))
    assert error.value.reason_code == "too_deep"


@pytest.mark.parametrize(
    "source, line",
    [
        ("另受理来信8\n6起，均已办结。", "另受理来信8 6起，均已办结。"),
        ("另受理来信8\r\n  6起，均已办结。", "另受理来信8 6起，均已办结。"),
        ("另受理来信86\n1.加强普法，注重实效。", "另受理来信86\n1.加强普法，注重实效。"),
        ("另受理来信8<br>6起，均已办结。", "另受理来信8\n6起，均已办结。"),
    ],
)
def test_a_line_end_of_the_source_between_digits_is_a_blank(source, line):
    assert f"\n{line}\n" in readers.read(page(f"{TEXT}<div>{source}</div><p>特此报告。</p>")).text
