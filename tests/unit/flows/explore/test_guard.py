"""Who the explorer answers: requests of its own, and with the token where one is set."""

import asyncio

import pytest

from flows.explore.guard import Guard, is_loopback


async def _inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def ask(token, headers, query="", path="/", kind="http"):
    """Returns (status or close code, headers) of a request through the guard."""
    sent = []
    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(_inner, token)(scope, None, send))
    return sent[0].get("status", sent[0].get("code")), dict(sent[0].get("headers", []))


@pytest.mark.parametrize("host", ["127.0.0.1:8600", "localhost:8600", "[::1]:8600"])
def test_loopback_names_are_answered_and_nothing_else_may_be_loaded(host):
    status, headers = ask(None, {"host": host})
    assert status == 200
    assert b"default-src 'self'" in headers[b"content-security-policy"]


def test_a_foreign_name_or_origin_is_refused():
    assert ask(None, {"host": "evil.example"})[0] == 403
    assert ask(None, {})[0] == 403
    own = {"host": "127.0.0.1:8600"}
    assert ask(None, {**own, "origin": "http://evil.example"})[0] == 403
    assert ask(None, {**own, "origin": "http://evil.example"}, kind="websocket")[0] == 1008
    assert ask(None, {**own, "origin": "http://127.0.0.1:8600"})[0] == 200


def test_scripts_forms_and_frames_of_other_pages_are_refused_and_a_link_is_followed():
    own = {"host": "127.0.0.1:8600"}
    for site in ("cross-site", "same-site"):
        foreign = {**own, "sec-fetch-site": site}
        link = {**foreign, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        assert ask(None, link)[0] == 200
        assert ask(None, {**link, "origin": "null"})[0] == 403  # a form
        assert ask(None, {**link, "sec-fetch-dest": "iframe"})[0] == 403
        assert ask(None, {**foreign, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"})[0] == 403
    assert ask(None, {**own, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"})[0] == 200


def test_a_token_is_given_once_and_kept_as_a_cookie():
    own = {"host": "10.0.0.5:8600"}
    assert ask("秘密s3", own)[0] == 403
    assert ask("s3cret", own, "token=wrong")[0] == 403
    status, headers = ask("s3cret", own, "token=s3cret&year=2023", "/place")
    assert (status, headers[b"location"]) == (303, b"/place?year=2023")
    cookie = headers[b"set-cookie"].decode()
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert ask("s3cret", {**own, "cookie": cookie.split(";")[0]})[0] == 200
    assert ask("s3cret", {**own, "cookie": "fazhi_token=wrong"}, kind="websocket")[0] == 1008


def test_the_way_back_never_leads_to_another_host():
    _, headers = ask("s", {"host": "h"}, "token=s", "//evil.example/中")
    assert headers[b"location"] == b"/evil.example/%E4%B8%AD"


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("nas", False)]
)
def test_loopback(host, loopback):
    assert is_loopback(host) is loopback
