"""Which links are followed, as portals write them."""

from __future__ import annotations

import pytest

from flows.pull import feeds, links
from flows.pull.links import Link

REPORTS = [
    "溪口镇2023年度法治政府建设情况报告",
    "新桥街道办事处2022年依法行政工作总结",
    "关于2024年度法治政府建设年度报告的公示",
    "法治政府建设年度报告",
    "2021年法治建设工作汇报",
    "乡党委书记述职述法报告（法治建设）",
    "2023年法治政府建设年…",
]
OTHERS = [
    "全县召开春季造林会议",
    "2023年政府信息公开工作年度报告",
    "关于印发法治政府建设实施方案的通知",
    "2024年法治政府建设工作要点",
    "法治政府建设",
    "民法典宣传进社区",
]


@pytest.mark.parametrize("text", REPORTS)
def test_titles_of_reports_are_followed(text):
    assert links.is_report(Link("http://a.cn/1.html", text, text))


@pytest.mark.parametrize("text", OTHERS)
def test_other_titles_are_not(text):
    assert not links.is_report(Link("http://a.cn/1.html", text, text))


def test_a_title_beside_a_text_cut_short_counts():
    assert links.is_report(Link("http://a.cn/1", "溪口镇2023年…", "溪口镇2023年法治政府建设年度报告"))


@pytest.mark.parametrize(
    ("address", "text", "expected"),
    [
        ("http://a.cn/f/报告.docx", "附件1", True),
        ("http://a.cn/f/x.PDF?v=1", "下载", True),
        ("http://a.cn/download?id=7", "2023年度报告.doc", True),
        ("http://a.cn/module/download/downfile.jsp?filename=a.pdf", "附件", True),
        ("http://a.cn/download/", "客户端下载", False),
        ("http://a.cn/1.html", "2023年度报告", False),
    ],
)
def test_attachments_are_told_by_address_or_shown_name(address, text, expected):
    assert links.is_attachment(Link(address, text, text)) is expected


@pytest.mark.parametrize("text", ["下一页", "下一页>", "下页", "> ", "»", "Next", "后一页"])
def test_next_pages(text):
    assert links.is_next(Link("http://a.cn/2", text, text))


@pytest.mark.parametrize("text", ["下一篇：关于…", "上一页", "尾页", "2"])
def test_no_next_pages(text):
    assert not links.is_next(Link("http://a.cn/2", text, text))


def test_page_numbers_that_a_script_writes():
    html = '<script>createPageHTML(4, 0, "index", "shtml");</script>'
    assert links.scripted_pages(html, "http://a.cn/fz/") == [
        "http://a.cn/fz/index_1.shtml",
        "http://a.cn/fz/index_2.shtml",
        "http://a.cn/fz/index_3.shtml",
    ]
    assert links.scripted_pages("<p>没有</p>", "http://a.cn/") == []


def test_postback_of_a_form():
    assert links.postback("javascript:__doPostBack('Pager1','2')") == ("Pager1", "2")
    assert links.postback("javascript:void(0)") is None


def test_json_lists_by_path_and_by_usual_names():
    text = '{"data": {"rows": [{"TITLE": "<b>甲镇</b>法治政府建设报告", "docPubUrl": "/a/1.html"}]}}'
    expected = [Link("http://a.cn/a/1.html", "甲镇法治政府建设报告", "甲镇法治政府建设报告")]
    assert links.json_links(text, "data.rows", "http://a.cn/list") == expected
    assert links.json_links(text, "data.rows[].docPubUrl", "http://a.cn/list") == expected
    assert links.json_links(f"callback({text});", "data.rows[]", "http://a.cn/list") == expected


@pytest.mark.parametrize(
    ("path", "message"),
    [("data.list", "no 'list'"), ("data[].url", "is no list"), ("rows", "no 'rows'")],
)
def test_a_json_path_that_is_not_there_is_said(path, message):
    with pytest.raises(ValueError, match=message):
        links.json_links('{"data": {"rows": []}}', path, "http://a.cn/")


def test_feeds_sitemaps_and_lines():
    sitemap = b"<?xml version='1.0'?><urlset><url><loc>http://a.cn/1</loc></url></urlset>"
    index = b"<sitemapindex><sitemap><loc>http://a.cn/s.xml</loc></sitemap></sitemapindex>"
    rss = (
        "<rss><channel><item><title>甲镇2023年法治政府建设报告</title><link>/1</link></item>"
        "<item><title>造林</title><link>/2</link></item></channel></rss>"
    ).encode()
    lines = b"http://a.cn/1\n\nhttp://a.cn/2,x\nno address\n"
    table = "标题,网址\n甲镇报告,http://a.cn/1\n".encode("gbk")
    found = lambda body: [(e.link.address, e.is_list) for e in feeds.entries(body, "http://a.cn/")]
    assert found(sitemap) == [("http://a.cn/1", False)]
    assert found(index) == [("http://a.cn/s.xml", True)]
    assert found(rss) == [("http://a.cn/1", False)]
    assert found(lines) == [("http://a.cn/1", False), ("http://a.cn/2", False)]
    assert found(table) == [("http://a.cn/1", False)]
    assert found(b"<html><a href='http://a.cn/1'>x</a></html>") == []


def test_a_sitemap_names_no_files_of_this_machine():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b"<urlset><url><loc>http://a.cn/&x;</loc></url></urlset>"
    )
    assert all("\n" not in e.link.address for e in feeds.entries(bomb, "http://a.cn/"))
    assert [e.link.address for e in feeds.entries(bomb, "http://a.cn/")] == ["http://a.cn/"]
