"""Who may ask the explorer: only addresses of its own, and with the token where one is set.

A page of a stranger that is open in the same browser can send requests to loopback. Such requests
name a foreign host (after DNS rebinding), a foreign origin or a foreign site and are refused.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_COOKIE = "fazhi_token"
_OWN_SITES = ("same-origin", "none")  # "none": typed, from a bookmark, or by no browser
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (
        b"content-security-policy",
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        b"connect-src 'self' ws: wss:; object-src 'self'; base-uri 'self'; form-action 'self'",
    ),
]


def is_loopback(host: str) -> bool:
    """Returns whether a host is this machine itself: localhost or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Wraps an ASGI application and refuses what it must not answer.

    Without `token` only requests to loopback names are answered. With it any host is, for those
    who give the token once (`?token=…`); a cookie keeps it.
    """

    def __init__(self, app: App, token: str | None) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request or refuses it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        if not self._is_own(headers):
            await _refuse(scope, send, "a request from elsewhere")
        elif self.token is None or self._has_cookie(headers):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "http" and self._is_token(asked.pop("token", [""])[0]):
            path = "/" + quote(scope["path"].lstrip("/"))  # "//host" would lead elsewhere
            target = path + (f"?{urlencode(asked, doseq=True)}" if asked else "")
            await _redirect(send, target, str(self.token))
        else:
            await _refuse(scope, send, "the address lacks its token: see where fazhi explore runs")

    def _is_own(self, headers: dict[str, str]) -> bool:
        host = headers.get("host", "")
        if self.token is None and not is_loopback(urlsplit(f"//{host}").hostname or ""):
            return False
        if headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            # a link that a person follows; scripts, forms and frames of other pages are none
            return headers.get("sec-fetch-mode") == "navigate" and (
                headers.get("sec-fetch-dest") == "document" and "origin" not in headers
            )
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == host

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), str(self.token).encode())

    def _has_cookie(self, headers: dict[str, str]) -> bool:
        cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        return cookie is not None and self._is_token(cookie.value)


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", [])}
            more = [header for header in _HEADERS if header[0] not in given]
            message["headers"] = [*message.get("headers", []), *more]
        await send(message)

    return sending


async def _redirect(send: Send, target: str, token: str) -> None:
    cookie = f"{_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"
    headers = [(b"location", target.encode("latin-1")), (b"set-cookie", cookie.encode())]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(scope: Scope, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"fazhi: {why}\n".encode()})
