"""`fazhi explore` as a process of its own, and visitors in a real Chromium without a window."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.support.ports import free_port

CHROMIUM = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (Debian: apt-get install chromium)")


@contextlib.contextmanager
def running(data: Path, *options: str) -> Iterator[str]:
    """The explorer as `fazhi explore` starts it; gives its address without a path."""
    port = free_port()
    command = [sys.executable, "-m", "flows.cli", "explore", "--data", str(data), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            base = process.stdout.readline().strip().rstrip("/")
            assert base == f"http://127.0.0.1:{port}"
            _wait_for(base, process)
            yield base
        finally:
            process.terminate()


def _wait_for(base: str, process: subprocess.Popen, seconds: float = 180) -> None:
    """Waits until the address answers; a busy machine starts a server slowly."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(base, timeout=60).close()
            return
        except OSError:  # refused, or no answer yet
            time.sleep(0.2)
    raise TimeoutError(f"{base} does not answer; the process left with {process.poll()}")


class Visit:
    """A visitor with a window of their own; `outside` and `errors` are what went wrong in it."""

    def __init__(self, browser, base, **options):
        self.base = base
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page = browser.new_context(**options).new_page()
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("response", lambda r: self.errors.append(r.url) if r.status >= 400 else None)

    def _asked(self, request):
        if not request.url.startswith((self.base, "data:", "blob:", self.base.replace("http", "ws"))):
            self.outside.append(request.url)

    def open(self, path):
        self.page.goto(self.base + path)
        self.page.wait_for_selector("footer")
        return self.page


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the tests of a module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser, address):
    """`visit(**options)` is a new visitor of the fixture `address`; at the end of the test none may have met an error."""
    visitors = []

    def come(**options):
        visitors.append(Visit(browser, address, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.page.context.close()
        assert (visitor.errors, visitor.outside) == ([], [])
