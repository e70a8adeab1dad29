"""The spider that walks one column of a portal: list pages, report pages, attachments.

Scrapy does the fetching (robots.txt, delays, retries, redirects, cookies, limits of size). What is
ours: which links are followed, what is landed, and the log of every answer.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import scrapy
from scrapy.http import HtmlResponse, Response, TextResponse

from flows.pull import answers, feeds, links, page_state, pages
from flows.pull.clock import now_text
from flows.pull.guard import Guard
from flows.pull.links import Link
from transforms.readers import text as text_reader
from warehouse import landing
from warehouse.pulled import CONTENT, Answer, PullLog
from warehouse.source_list import PullSource

ARTICLE_TEXT = 300  # characters of main text below which a page may be a list or off the topic
CARRIER_TEXT = 150  # the same, beside title and links, below which a page only carries attachments

_NO_PAGE = ("gone", "soft_404", "empty_page", "no_more_pages")


class PortalSpider(scrapy.Spider):
    """Walks one source and writes each answer to its log.

    `report_progress` gets the number of answers so far after each of them.
    """

    name = "portal"

    def __init__(
        self,
        source: PullSource,
        log: PullLog,
        data_dir: Path,
        guard: Guard,
        report_progress: Callable[[int], None],
    ) -> None:
        super().__init__(source.name)
        self.source = source
        self.pull_log = log
        self.data_dir = data_dir
        self.report_progress = report_progress
        self.guard = guard
        self.stopped_by: str | None = None
        self.requests = 0
        self.transferred = 0
        self.asked: set[str] = set()
        self.done_before = {a for a in log.answered if self._has_bytes(log.latest[a])}
        self.pages_without_news = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first request, or those of a local list of addresses."""
        if self.source.address.startswith("file:"):
            for request in self._local_list():
                yield request
            return
        for request in self._ask("list", Link(self.source.address, "", ""), None):
            yield request
        if self.source.pages:
            for request in self._numbered_page(1):
                yield request

    def _local_list(self) -> Iterator[scrapy.Request]:
        """The requests for the addresses in a local file, which is an answer of its own."""
        body, listed = feeds.local_entries(self.source.address)
        address, sha256 = self.source.address, hashlib.sha256(body).hexdigest()
        self.pull_log.add(Answer(address, "list", now_text(), sha256=sha256, size=len(body)))
        for entry in listed:
            kind = "list" if entry.is_list else pages.kind_of(entry.link)
            yield from self._ask(kind, entry.link, address)

    # what to ask for

    def _ask(
        self, kind: str, link: Link, list_address: str | None, depth: int = 0, **more: Any
    ) -> Iterator[scrapy.Request]:
        """The request for a link, none where it was made, is refused or a limit is reached."""
        address = link.address.split("#")[0]
        if address in self.asked or self._limit_reached(depth):
            return
        self.asked.add(address)
        refusal = self.guard.refusal(address)
        if refusal:
            self._fail(kind, link, list_address, "refused_address", refusal)
            return
        meta = {"kind": kind, "link": link, "list_address": list_address, "depth_of_list": depth}
        if address in self.done_before:
            yield from self._from_log(address, meta | more)
            return
        self.requests += 1
        yield scrapy.Request(
            address,
            callback=self.take,
            errback=self.fail,
            headers=self._conditions(address, kind),
            meta=meta | more,
            dont_filter=True,
        )

    def _limit_reached(self, depth: int) -> bool:
        limits = (
            ("max_pages", self.requests >= self.source.max_pages),
            ("max_total_bytes", self.transferred >= self.source.max_total_bytes),
            ("max_depth", depth > self.source.max_depth),
        )
        reached = next((name for name, is_reached in limits if is_reached), None)
        self.stopped_by = self.stopped_by or reached
        return reached is not None

    def _from_log(self, address: str, meta: dict[str, Any]) -> Iterator[scrapy.Request]:
        """What follows from an answer that this pull had before it was killed."""
        answer = self.pull_log.latest[address]
        for kind, target, text, title in answer.links:
            yield from self._ask(
                kind, Link(target, text, title), address, meta["depth_of_list"] + 1
            )

    def _conditions(self, address: str, kind: str) -> dict[str, str]:
        """Headers by which a server may answer that nothing changed."""
        known = self.pull_log.latest.get(address)
        if known is None or known.kind != kind or known.needs_body:
            return {}
        if not self._has_bytes(known):
            return {}
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in headers.items() if value}

    def _has_bytes(self, answer: Answer) -> bool:
        """Tells whether the content of an answer is landed, or it has none to land."""
        if answer.kind not in CONTENT or answer.problem or not answer.sha256:
            return True
        return landing.holds(self.data_dir, answer.sha256, answer.size)

    # what to do with an answer

    def take(self, response: Response) -> Iterator[scrapy.Request]:
        """Writes an answer to the log, lands its bytes, and follows its links."""
        kind = response.meta["kind"]
        answer = self._answer(response)
        if response.status == 304:
            follow = self._unchanged(response, answer)
        elif response.status != 200:
            answer.problem, answer.detail = answers.problem_of_status(response)
            follow = []
        elif kind == "list":
            follow = self._take_list(response, answer)
        else:
            follow = self._take_content(response, answer)
        if response.meta.get("number") is not None and answer.problem in _NO_PAGE:
            answer.problem = "no_more_pages"
        self.pull_log.add(answer)
        self.report_progress(len(self.pull_log.answered))
        is_news = any(k != "list" and link.address not in self.asked for k, link in follow)
        if kind == "list":
            self.pages_without_news = 0 if is_news else self.pages_without_news + 1
        depth = response.meta["depth_of_list"] + 1
        for next_kind, link in follow:
            yield from self._ask(next_kind, link, answer.address, depth)
        if kind == "list":
            yield from self._more_pages(response, answer)

    def _answer(self, response: Response) -> Answer:
        link: Link = response.meta["link"]

        def header(name: str) -> str | None:
            return (response.headers.get(name) or b"").decode("latin-1") or None

        self.transferred += len(response.body)
        asked = response.meta.get("log_address") or link.address.split("#")[0]
        return Answer(
            asked,
            response.meta["kind"],
            now_text(),
            status=response.status,
            size=len(response.body),
            transferred=len(response.body),
            final_address=response.url if response.url != asked else None,
            content_type=header("Content-Type"),
            etag=header("ETag"),
            last_modified=header("Last-Modified"),
            link_text=link.text or None,
            link_title=link.title if link.title != link.text else None,
            list_address=response.meta["list_address"],
            file_name=pages.file_name(response),
        )

    def _unchanged(self, response: Response, answer: Answer) -> list[tuple[str, Link]]:
        """Takes over what is known of an address whose server says that it did not change."""
        known = self.pull_log.latest[answer.address]
        answer.unchanged, answer.status = True, known.status
        for name in ("sha256", "size", "content_type", "problem", "detail", "carrier", "links"):
            setattr(answer, name, getattr(known, name))
        answer.etag = answer.etag or known.etag
        answer.last_modified = answer.last_modified or known.last_modified
        answer.final_address = known.final_address
        return [(kind, Link(target, text, title)) for kind, target, text, title in known.links]

    def _take_list(self, response: Response, answer: Answer) -> list[tuple[str, Link]]:
        """The links of a list page, of a directory listing, or of a list in another form."""
        answer.sha256 = hashlib.sha256(response.body).hexdigest()
        if self.source.kind == "http":
            follow = self._listing(response)
        elif self._is_json(response):
            follow = self._json_list(response, answer)
        elif entries := feeds.entries(response.body, response.url):
            follow = [("list" if e.is_list else "page", e.link) for e in entries]
        else:
            follow = self._html_list(pages.decoded(response), answer)
        answer.needs_body = bool(answers.has_form(response))
        answer.links = [[kind, link.address, link.text, link.title] for kind, link in follow]
        return follow

    def _is_json(self, response: Response) -> bool:
        body = response.body.lstrip()[:1]
        return bool(self.source.json) and body != b"<"

    def _json_list(self, response: Response, answer: Answer) -> list[tuple[str, Link]]:
        text, _ = text_reader.decode(response.body)
        try:
            found = links.json_links(text, self.source.json or "", response.url)
        except ValueError as error:
            answer.problem, answer.detail = "bad_list", str(error)
            return []
        return [
            (pages.kind_of(link), link) for link in found if not link.title or links.is_report(link)
        ]

    def _listing(self, response: Response) -> list[tuple[str, Link]]:
        """Files and folders below the address of a directory listing."""
        base = self.source.address
        if "html" not in (response.headers.get("Content-Type") or b"").decode("latin-1").lower():
            return [("file", Link(response.url, "", ""))] if response.url == base else []
        follow = []
        for link in pages.links_of(pages.decoded(response)):
            path = urlsplit(link.address)
            if not link.address.startswith(base.rsplit("/", 1)[0] + "/") or path.query:
                continue
            if link.address.endswith("/"):
                is_below = len(link.address) > len(response.url)
                follow += [("list", link)] if is_below else []
            elif fnmatch.fnmatch(unquote(path.path).rsplit("/", 1)[-1], self.source.pattern):
                follow.append(("file", link))
        return follow

    def _html_list(self, page: TextResponse, answer: Answer) -> list[tuple[str, Link]]:
        """The links of a list page that lead to reports, attachments or further lists."""
        found = pages.links_of(page, self.source.detail_links)
        if not self.source.detail_links:
            found = [link for link in found if links.is_report(link)]
        follow = [(pages.kind_of(link), link) for link in found]
        if self.source.list_links:
            follow += [("list", link) for link in pages.links_of(page, self.source.list_links)]
        next_pages = pages.links_of(page, self.source.next_link) if self.source.next_link else []
        if not self.source.next_link:
            next_pages = [link for link in pages.links_of(page) if links.is_next(link)]
            next_pages += [
                Link(address, "", "") for address in links.scripted_pages(page.text, page.url)
            ]
        follow += [("list", link) for link in next_pages if link.address.startswith("http")]
        if not follow:
            self._look_at_state(page, answer)
            if answer.problem is None and links.is_report(Link(page.url, pages.title_of(page), "")):
                return [("page", Link(f"{page.url}", pages.title_of(page), pages.title_of(page)))]
        return follow

    def _look_at_state(self, page: TextResponse, answer: Answer) -> None:
        """Notes where a page is an error, login or captcha page in place of content."""
        answer.problem = page_state.problem_of(page.text)
        answer.detail = page_state.IN_WORDS.get(answer.problem or "")

    def _take_content(self, response: Response, answer: Answer) -> list[tuple[str, Link]]:
        """Lands a page, attachment or file. Returns what it links to."""
        body = response.body
        answer.sha256 = hashlib.sha256(body).hexdigest()
        known = self.pull_log.good.get(answer.address)
        answer.unchanged = known is not None and known.sha256 == answer.sha256
        is_html = isinstance(response, HtmlResponse) or body.lstrip()[:1] == b"<"
        follow: list[tuple[str, Link]] = []
        if not body:
            answer.problem = "empty_file"
        elif is_html:
            page = pages.decoded(response)
            self._look_at_state(page, answer)
            if answer.problem is None and answer.kind == "page":
                follow = self._linked(page, answer, body)
        if answer.problem is None:
            landing.store(self.data_dir, answer.sha256, body)
        answer.links = [[kind, link.address, link.text, link.title] for kind, link in follow]
        return follow

    def _linked(self, page: TextResponse, answer: Answer, body: bytes) -> list[tuple[str, Link]]:
        """Attachments of a report's page; its report links where it is a list itself."""
        title = pages.title_of(page)
        found = pages.links_of(page)
        attachments = [link for link in found if links.is_attachment(link)]
        length = pages.main_text_length(body)
        if length < ARTICLE_TEXT:
            more = [link for link in found if links.is_report(link) and link not in attachments]
            if len(more) >= 2:  # a list of reports behind a link that looked like a report
                answer.carrier = True
                nexts = [("list", link) for link in found if links.is_next(link)]
                return [(pages.kind_of(link), link) for link in [*more, *attachments]] + nexts
            own = length - len(title) - sum(len(link.text) for link in attachments)
            answer.carrier = bool(attachments) and own < CARRIER_TEXT
        spoken = Link(page.url, answer.link_text or "", answer.link_title or "")
        if not (links.is_report(spoken) or links.is_report(Link(page.url, title, title))):
            if not (answer.link_text or self.source.detail_links) and length >= ARTICLE_TEXT:
                answer.problem = "off_topic"
                return []
        return [("attachment", link) for link in attachments]

    def _more_pages(self, response: Response, answer: Answer) -> Iterator[scrapy.Request]:
        """Pages of a list that no plain link leads to: numbered ones, and those behind a script."""
        number = response.meta.get("number")
        # some lists number their second page 1, others 2
        is_there = answer.problem is None or number == 1
        if number is not None and is_there and self.pages_without_news < 3:
            yield from self._numbered_page(number + 1)
        if response.status != 200 or self.source.pages or not answer.links:
            return
        yield from self._posted_pages(pages.decoded(response), answer)

    def _numbered_page(self, number: int) -> Iterator[scrapy.Request]:
        address = (self.source.pages or "").replace("{n}", str(number))
        link = Link(urljoin(self.source.address, address), "", "")
        yield from self._ask("list", link, None, number=number)

    def _posted_pages(self, page: TextResponse, answer: Answer) -> Iterator[scrapy.Request]:
        """The next page of a .NET list, which is asked for by sending its form again."""
        if not answers.has_form(page) or self.pages_without_news >= 2:
            return
        for anchor in page.css("a[href*='__doPostBack']"):
            shown = "".join(anchor.css("::text").getall()).strip()
            call = links.postback(anchor.attrib["href"])
            if call is None or not links.is_next(Link("", shown, anchor.attrib.get("title", ""))):
                continue
            if self._limit_reached(page.meta["depth_of_list"] + 1):
                return
            self.requests += 1
            number = page.meta.get("posted", 1) + 1
            meta = {k: page.meta[k] for k in ("kind", "link", "list_address")}
            meta["depth_of_list"] = page.meta["depth_of_list"] + 1
            meta |= {"posted": number, "log_address": f"{page.url}#page={number}"}
            yield scrapy.FormRequest.from_response(
                page,
                formdata={"__EVENTTARGET": call[0], "__EVENTARGUMENT": call[1]},
                callback=self.take,
                errback=self.fail,
                meta=meta,
                dont_click=True,
                dont_filter=True,
            )
            return

    # what goes wrong

    def fail(self, failure: Any) -> None:
        """Writes a request without an answer to the log."""
        meta = failure.request.meta
        code, detail = answers.problem_of_failure(failure)
        host = urlsplit(failure.request.url).hostname or ""
        if host in self.guard.refused_names:
            code, detail = "refused_address", self.guard.refused_names[host]
        self._fail(meta["kind"], meta["link"], meta["list_address"], code, detail)

    def _fail(
        self, kind: str, link: Link, list_address: str | None, code: str, detail: str
    ) -> None:
        now = now_text()
        self.pull_log.add(
            Answer(
                link.address.split("#")[0],
                kind,
                now,
                link_text=link.text or None,
                list_address=list_address,
                problem=code,
                detail=detail,
            )
        )
        self.report_progress(len(self.pull_log.answered))
