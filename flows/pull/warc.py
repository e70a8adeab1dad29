"""A WARC file of a pull for archives: every answer as it came over the wire, redirects included."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any

import scrapy
from scrapy import signals
from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

# headers of the connection that the body was taken out of
_OF_CONNECTION = (b"transfer-encoding", b"connection")


class WarcMiddleware:
    """Writes a response record for each answer to the file that PULL_WARC names."""

    def __init__(self, crawler: Any) -> None:
        self.file = open(crawler.settings["PULL_WARC"], "ab")
        self.writer = WARCWriter(self.file, gzip=True)
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Any) -> WarcMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    def process_response(self, request: scrapy.Request, response: Response) -> Response:
        """Writes the record and hands the answer on."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
            if name.lower() not in _OF_CONNECTION
        ]
        try:
            phrase = HTTPStatus(response.status).phrase
        except ValueError:
            phrase = ""
        head = StatusAndHeaders(f"{response.status} {phrase}", headers, protocol="HTTP/1.1")
        body = io.BytesIO(response.body)
        record = self.writer.create_warc_record(
            response.url, "response", payload=body, http_headers=head
        )
        self.writer.write_record(record)
        return response

    def close(self) -> None:
        """Closes the file."""
        self.file.close()
