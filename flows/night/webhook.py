"""Posts the outcome of a run to a webhook: as JSON of our own, or as a message of WeCom (企业微信),
DingTalk (钉钉) or Feishu (飞书).

Sources: the pages 群机器人配置说明 of developer.work.weixin.qq.com, 自定义机器人发送群消息 of
open.dingtalk.com, and 自定义机器人使用指南 of open.feishu.cn.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from flows import outcome
from flows.terminal import visible

_HOSTS = {
    "qyapi.weixin.qq.com": "wecom",
    "oapi.dingtalk.com": "dingtalk",
    "api.dingtalk.com": "dingtalk",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
}
# the longest text in bytes that each takes, with some room for the rest of the message
_LONGEST = {"wecom": 4_000, "dingtalk": 18_000, "feishu": 18_000}
_LONGEST_ANSWER = 10_000
# robots that only let messages with a keyword through can be given this one
TITLE = "法治政府建设报告 fazhi"


def split_form(address: str) -> tuple[str, str]:
    """Returns the form of a webhook and its address: ("wecom", "https://…").

    The form stands before the address (`wecom+https://…`), or follows from its host; "json" else.
    """
    form, plus, rest = address.partition("+")
    if plus and form in (*_LONGEST, "json"):
        return form, rest
    return _HOSTS.get(urlsplit(address).hostname or "", "json"), address


def body(form: str, summary: Mapping[str, Any], report: str) -> dict[str, Any]:
    """Returns what is posted: the summary with the morning report, or a message of a chat."""
    if form == "json":
        return {**summary, "report": report}
    text = _cut(outcome.summary(dict(summary)), _LONGEST[form])
    return _MESSAGES[form](f"{TITLE} {summary['run_id']}", text)


def _wecom(title: str, text: str) -> dict[str, Any]:
    # its plain texts end at 2,048 bytes, its Markdown at 4,096
    return {"msgtype": "markdown", "markdown": {"content": f"**{title}**\n{text}"}}


def _dingtalk(title: str, text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": f"{title}\n{text}"}}


def _feishu(title: str, text: str) -> dict[str, Any]:
    return {"msg_type": "text", "content": {"text": f"{title}\n{text}"}}


_MESSAGES: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}


def _cut(text: str, longest: int) -> str:
    """Returns the text cut to a number of bytes, at the end of a character."""
    content = text.encode(errors="replace")
    return text if len(content) <= longest else content[: longest - 4].decode(errors="ignore") + "…"


def send(webhook: str, summary: Mapping[str, Any], report: str) -> str | None:
    """Posts the outcome of a run; returns what went wrong, None for nothing.

    The address can hold a secret: only its host is shown. A webhook that is away costs nothing.
    """
    form, address = split_form(webhook)
    content = json.dumps(body(form, summary, report), ensure_ascii=False, default=str)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    host = visible(urlsplit(address).hostname or "?")
    try:
        posted = content.encode(errors="replace")
        request = urllib.request.Request(address, data=posted, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            refusal = None if form == "json" else _refusal(response.read(_LONGEST_ANSWER))
    except Exception as error:  # nothing that a stranger's server does may end a night
        answer = f"HTTP {error.code}" if isinstance(error, HTTPError) else type(error).__name__
        reason = getattr(error, "reason", None)
        detail = f": {reason.strerror}" if isinstance(reason, OSError) and reason.strerror else ""
        refusal = f"{answer}{detail}"
    return f"the webhook at {host} did not take the report ({refusal})" if refusal else None


def _refusal(answer: bytes) -> str | None:
    """Returns what a chat says against a message: it answers with HTTP 200 and a code all the
    same.
    """
    try:
        said = json.loads(answer)
        code = said.get("errcode", said.get("code", 0))
    except (ValueError, AttributeError):
        return None
    return visible(f"{code} {said.get('errmsg', said.get('msg', ''))}"[:200]) if code else None
