"""What stands between the spider and the network: where it may go, and how long it waits."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
from typing import Any

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from flows.pull.guard import Guard

MAX_RETRY_WAIT = 120  # seconds that a Retry-After may ask for
BUSY = (429, 503)


class GuardMiddleware:
    """Refuses every request, redirects included, to where the source may not lead."""

    def __init__(self, crawler: Any) -> None:
        self.guard: Guard = crawler.settings["PULL_GUARD"]

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    def process_request(self, request: scrapy.Request) -> None:
        """Raises IgnoreRequest for an address that may not be asked for."""
        reason = self.guard.refusal(request.url)
        if reason:
            raise IgnoreRequest(f"refused_address: {reason}")


class RetryAfterMiddleware:
    """Waits as long as an answer 429 or 503 asks for, before Scrapy tries again."""

    async def process_response(self, request: scrapy.Request, response: Response) -> Response:
        """Returns the response after the wait."""
        if response.status in BUSY:
            wait = _retry_after(response)
            if wait:
                await asyncio.sleep(min(wait, MAX_RETRY_WAIT))
        return response


def _retry_after(response: Response) -> float:
    """Seconds that the header Retry-After asks for; 0 where it asks for none."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    if moment.tzinfo is None:
        return 0.0
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which refuses names that lead into the local network."""

    guard: Guard

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """Scrapy's way to make a resolver."""
        resolver: GuardedResolver = super().from_crawler(crawler, reactor)
        resolver.guard = crawler.settings["PULL_GUARD"]
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # Twisted's name
        """The address of a host. Fails with DNSLookupError where it may not be reached."""

        def check(address: str) -> str:
            if not self.guard.may_resolve_to(name, address):
                self.guard.refused_names[name] = f"{name} leads to the local address {address}"
                raise DNSLookupError(self.guard.refused_names[name])
            return address

        return super().getHostByName(name, timeout).addCallback(check)
