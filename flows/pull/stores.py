"""Pulls from stores: S3-compatible storage (obstore), SFTP and WebDAV (fsspec).

A store lists its files with what tells whether they changed (ETag, size, time); only what changed
is transferred.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flows.pull.clock import now_text
from flows.pull.guard import Guard
from schemas.errors import UsageError
from warehouse import landing
from warehouse.pulled import Answer, PullLog
from warehouse.source_list import PullSource

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a store: its key below the address, size in bytes, and a stamp that changes
    with its content as far as the store knows."""

    key: str
    size: int
    stamp: str


class RefusedError(Exception):
    """A server leads to an address that the source does not name."""


Store = tuple[Callable[[], Iterator[Entry]], Callable[[str, int], bytes]]


def pull(
    source: PullSource,
    log: PullLog,
    data_dir: Path,
    max_bytes: int,
    report_progress: Callable[[int], None],
) -> str | None:
    """Lands the files of a store that are new or changed. Returns the limit that ended it, or None.

    Raises UsageError where an extra or a credential is missing, OSError where the store cannot be
    listed.
    """
    listed, fetch = _open(source)
    transferred = 0
    end = time.monotonic() + source.max_seconds
    for entry in listed():
        if time.monotonic() >= end:
            return "max_seconds"
        if not fnmatch.fnmatch(entry.key.rsplit("/", 1)[-1], source.pattern):
            continue
        address = f"{source.address.rstrip('/')}/{quote(entry.key)}"
        if address in log.answered:
            continue
        answer = Answer(address, "file", now_text(), etag=entry.stamp, list_address=source.address)
        known = log.good.get(address)
        if known and known.etag == entry.stamp and landing.holds(data_dir, known.sha256 or ""):
            answer.unchanged, answer.sha256, answer.size = True, known.sha256, known.size
        elif entry.size > max_bytes:
            answer.problem = "too_large"
            answer.detail = f"the file has {entry.size:,} bytes; the limit is {max_bytes:,}"
        elif transferred + entry.size > source.max_total_bytes:
            return "max_total_bytes"
        else:
            _transfer(fetch, entry, answer, data_dir, max_bytes)
            transferred += answer.transferred
        log.add(answer)
        report_progress(len(log.answered))
    return None


def _transfer(
    fetch: Callable[[str, int], bytes],
    entry: Entry,
    answer: Answer,
    data_dir: Path,
    max_bytes: int,
) -> None:
    try:
        data = fetch(entry.key, max_bytes + 1)
    except RefusedError as error:
        answer.problem, answer.detail = "refused_address", str(error)
        return
    except Exception as error:  # whatever a store's library raises costs this file alone
        answer.problem, answer.detail = "unreachable", f"{type(error).__name__}: {error}"[:200]
        return
    answer.size = answer.transferred = len(data)
    if len(data) > max_bytes:
        answer.problem, answer.detail = "too_large", f"the limit is {max_bytes:,} bytes"
    elif not data:
        answer.problem = "empty_file"
    elif len(data) != entry.size:
        answer.problem = "changed_while_read"
        answer.detail = f"listed with {entry.size:,} bytes, received {len(data):,}"
    else:
        answer.sha256 = hashlib.sha256(data).hexdigest()
        landing.store(data_dir, answer.sha256, data)


def _open(source: PullSource) -> Store:
    if source.kind == "s3":
        return _s3(source)
    return _filesystem(source)


def _s3(source: PullSource) -> Store:
    try:
        import obstore
        from obstore.store import S3Store
    except ImportError:
        raise UsageError(_missing("s3", "obstore>=0.12")) from None
    options: dict[str, Any] = {}
    if endpoint := os.environ.get("AWS_ENDPOINT_URL"):
        options["endpoint"] = endpoint
        options["client_options"] = {"allow_http": endpoint.startswith("http://")}
    store = S3Store.from_url(source.address, **options)

    def listed() -> Iterator[Entry]:
        for batch in obstore.list(store):
            for meta in batch:
                stamp = meta["e_tag"] or f"{meta['size']} {meta['last_modified'].isoformat()}"
                yield Entry(meta["path"], meta["size"], stamp)

    def fetch(key: str, limit: int) -> bytes:
        data = bytearray()
        for piece in obstore.get(store, key).stream(min_chunk_size=_PIECE):
            data += piece
            if len(data) >= limit:
                break
        return bytes(data)

    return listed, fetch


def _filesystem(source: PullSource) -> Store:
    """SFTP or WebDAV. User and password come from FAZHI_PULL_USER and FAZHI_PULL_PASSWORD."""
    parts = urlsplit(source.address)
    user = parts.username or os.environ.get("FAZHI_PULL_USER")
    password = os.environ.get("FAZHI_PULL_PASSWORD")
    root = parts.path.rstrip("/") or "/"
    filesystem: Any
    try:
        if source.kind == "sftp":
            from sshfs import SSHFileSystem

            options: dict[str, Any] = {"port": parts.port or 22, "username": user}
            if password:
                options["password"] = password
            if known_hosts := os.environ.get("FAZHI_PULL_KNOWN_HOSTS"):
                options["known_hosts"] = known_hosts
            filesystem = SSHFileSystem(parts.hostname, **options)
        else:
            from webdav4.fsspec import WebdavFileSystem

            auth = (user, password) if user and password else None
            filesystem = WebdavFileSystem(
                f"{parts.scheme}://{parts.netloc}",
                auth=auth,
                event_hooks={"request": [_guarded(source)]},
                skip_instance_cache=True,
            )
    except ImportError:
        package = "sshfs>=2026" if source.kind == "sftp" else "webdav4[fsspec]>=0.11"
        raise UsageError(_missing(source.kind, package)) from None

    def listed() -> Iterator[Entry]:
        for path, info in sorted(filesystem.find(root, detail=True).items()):
            stamp = f"{info.get('size')} {info.get('mtime') or info.get('modified') or ''}"
            if info.get("etag"):
                stamp = str(info["etag"])
            key = "/" + path.lstrip("/")
            yield Entry(key.removeprefix(root).lstrip("/"), int(info["size"]), stamp)

    def fetch(key: str, limit: int) -> bytes:
        data = bytearray()
        with filesystem.open(f"{root.rstrip('/')}/{key}", "rb") as file:
            while len(data) < limit and (piece := file.read(min(_PIECE, limit - len(data)))):
                data += piece
        return bytes(data)

    return listed, fetch


def _guarded(source: PullSource) -> Callable[[Any], None]:
    """A hook for each request, redirects included: refuses what the source does not name."""
    guard = Guard(source.address, source.hosts)

    def check(request: Any) -> None:
        refusal = guard.refusal(str(request.url))
        if refusal:
            raise RefusedError(refusal)

    return check


def _missing(extra: str, package: str) -> str:
    command = f".venv/bin/uv pip install --python .venv/bin/python '{package}'"
    return f"sources of this kind need the extra [{extra}]: {command}"
