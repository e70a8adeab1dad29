"""Web pages as sites serve them: all that a browser shows of the report is read, nothing else."""

import pytest

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
