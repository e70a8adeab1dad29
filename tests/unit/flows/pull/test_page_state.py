"""Error, login and captcha pages that come with status 200."""

from __future__ import annotations

import pytest

from flows.pull.page_state import problem_of

PAGES = [
    ("<h1>404</h1><p>您访问的页面不存在</p>", "soft_404"),
    ("<p>该信息已被删除，3秒后返回首页</p>", "soft_404"),
    ("<title>安全验证</title><p>请完成滑动验证后继续</p>", "captcha_page"),
    ("<form><input type='password' name='p'></form>统一登录平台", "login_page"),
    ("<p>系统维护中，请稍后再试</p>", "error_page"),
    ("<script>location='/x'</script>", "empty_page"),
    ("", "empty_page"),
]


@pytest.mark.parametrize(("html", "code"), PAGES)
def test_a_short_page_that_says_so(html, code):
    assert problem_of(html) == code


def test_a_report_that_quotes_such_words_stays_one():
    body = "<p>建成网上登录平台，用户登录超过三千人次；页面不存在等问题已整改。</p>"
    filler = "<p>" + "开展法治宣传活动，群众满意度持续提升。" * 50 + "</p>"
    assert problem_of(f"<title>法治政府建设报告</title>{body}{filler}") is None


def test_a_short_page_of_content_is_no_error():
    html = "<h1>新桥镇2023年法治政府建设年度报告</h1><p>附件：<a href='1.pdf'>报告</a></p>"
    assert problem_of(html) is None
