"""What a portal answered with: a page of content, or an error, login or captcha page in its place.

Many portals answer 200 for all of these. A page counts as one of them only where it is short and
says so itself, so that a report that quotes such words stays a report.
"""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

SHORT = 800  # characters of visible text; a report's page has more

_SIGNS = (
    (
        "soft_404",
        re.compile(
            r"\b404\b|页面(?:不存在|未找到|找不到|丢失|已删除|被删除|走丢)|找不到(?:该|您|相关)?.{0,6}(?:页面|网页|内容|文件)"
            r"|(?:内容|文章|信息|稿件|页面)(?:已经?)?(?:不存在|被?删除|下线|撤稿|失效)|not found|该信息不存在",
            re.I,
        ),
    ),
    (
        "captcha_page",
        re.compile(
            r"验证码|安全验证|人机验证|滑动.{0,6}验证|访问过于频繁|拖动.{0,6}滑块|captcha", re.I
        ),
    ),
    (
        "login_page",
        re.compile(r"(?:用户|账号|统一身份|密码)\s*登录|请(?:先)?登录|登录超时|sign in", re.I),
    ),
    (
        "error_page",
        re.compile(
            r"(?:系统|服务器|程序)(?:繁忙|错误|异常|维护|升级)|访问(?:出错|异常|被拒绝|受限)|网站(?:维护|升级|关闭)"
            r"|internal server error|bad gateway|service unavailable|forbidden|拦截|waf",
            re.I,
        ),
    ),
)

IN_WORDS = {
    "soft_404": "the page says that there is nothing at this address",
    "captcha_page": "the page asks for a captcha",
    "login_page": "the page asks for a login",
    "error_page": "the page tells of an error of the server",
    "empty_page": "the page shows no text",
}


def problem_of(html: str) -> str | None:
    """The reason code of an error, login or captcha page; None for any other page.

    Codes: soft_404, captcha_page, login_page, error_page, empty_page.
    """
    visible, title, has_password = _visible(html)
    if not visible:
        return "empty_page"
    if len(visible) > SHORT:
        return None
    words = f"{title} {visible}"
    if has_password:
        return "login_page"
    return next((code for code, sign in _SIGNS if sign.search(words)), None)


def _visible(html: str) -> tuple[str, str, bool]:
    """Visible text without blanks at its ends, title, and whether a password is asked for."""
    try:
        tree = lxml.html.document_fromstring(html)
    except (etree.ParserError, ValueError):
        return html.strip(), "", False
    title = " ".join(tree.xpath("//title//text()")).strip()
    has_password = bool(tree.xpath("//input[@type='password']"))
    for element in tree.xpath("//script|//style|//noscript|//title"):
        element.drop_tree()
    text = re.sub(r"\s+", " ", tree.text_content()).strip()
    return text, title, has_password
