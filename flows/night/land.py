"""Landing: the bytes of each new source are kept as they were received, by digest, with a
receipt.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.night.run import Run
from flows.night.scan import Scan
from flows.progress import Progress
from flows.settings import workers_of
from flows.workers import pool
from flows.workers.defects import problem_of
from transforms.readers import archives
from warehouse import addresses, landing, sources
from warehouse.stamps import Stamps, landed_bytes, stamp_of

RECEIPTS_PER_FILE = 500
_ARCHIVE_HEADS = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z")
_NO_MEMBERS: dict[str, Any] = {"problem": None, "members": []}
_REPORT_EVERY = 50  # files between two reports of progress


@dataclass(frozen=True, slots=True)
class Landed:
    """Every source as this run met it, members of archives included.

    `opened` holds the addresses of the archives whose members are among them.
    """

    seen: sources.Packed
    opened: frozenset[str]


class _Receipts:
    """Receipts of one attempt, written in files of some hundreds as they come."""

    def __init__(self, run: Run) -> None:
        self._run, self._waiting, self._part = run, list[dict[str, Any]](), 0

    def add(self, uri: str, name: str, sha256: str, size: int) -> None:
        """Notes that a source was received."""
        self._waiting.append(
            {
                "source_uri": uri,
                "source_name": name,
                "sha256": sha256,
                "size": size,
                "received_at": self._run.started_at.isoformat(),
            }
        )
        if len(self._waiting) >= RECEIPTS_PER_FILE:
            self.write()

    def write(self) -> None:
        """Writes the receipts that wait."""
        attempt = f"{self._run.run_id}-{self._run.attempt}"
        landing.write_receipts(self._run.folder, attempt, self._part, self._waiting)
        self._waiting, self._part = [], self._part + 1


def land(run: Run, scan: Scan, on_progress: Progress) -> Landed:
    """Keeps the bytes of every source that is new or looks changed, and opens archives.

    What cannot be read becomes an entry with its problem. May be called again after it failed.
    """
    receipts = _Receipts(run)
    seen, opened = sources.Packed(scan.landed), list(scan.archives)
    found, stamps = scan.look.found, scan.look.stamps
    for number, item in enumerate(found):
        source, is_archive = _land_file(run, item, stamps, receipts)
        if is_archive:
            opened.append(source)
        else:
            seen.append(source)
        if number % _REPORT_EVERY == 0:
            on_progress("land", number, len(found))
    seen.extend(_members(run, opened, receipts, on_progress))
    receipts.write()
    stamps.save()
    on_progress("land", len(found), len(found))
    return Landed(seen, frozenset(archive.uri for archive in opened))


def _land_file(
    run: Run, item: sources.Found, stamps: Stamps, receipts: _Receipts
) -> tuple[sources.Seen, bool]:
    """Returns the source as seen, and whether it is an archive."""
    uri, name = addresses.uri_of(item.path), addresses.shown_name(item.path)
    if item.problem:
        return sources.Seen(uri, name, None, 0, item.problem, item.note), False
    if item.known:
        sha256, size, is_archive = landed_bytes(item.known)
        return sources.Seen(uri, name, sha256, size, note=item.note), is_archive
    stamp = stamp_of(item.path)
    try:
        data = sources.read_bytes(item.path, lambda head: _size_limit(run, head))
        is_archive = archives.is_archive(data)
    except Exception as error:  # whatever it is, it costs this source and no other
        code, message, *_ = problem_of(run.folder, sources.sha256_of(os.fsencode(item.path)), error)
        return sources.Seen(uri, name, None, 0, (code, message), item.note), False
    sha256 = sources.sha256_of(data)
    landing.store(run.folder, sha256, data)
    stamps.remember(item.path, stamp, sha256, is_archive)
    receipts.add(uri, name, sha256, len(data))
    return sources.Seen(uri, name, sha256, len(data), note=item.note), is_archive


def _size_limit(run: Run, head: bytes) -> int:
    """Returns how many bytes a file may have: an archive of many reports more than one report."""
    if head.startswith(_ARCHIVE_HEADS) or head[257:262] == b"ustar":
        return max(run.settings.max_bytes, archives.MAX_TOTAL)
    return run.settings.max_bytes


def _members(
    run: Run, opened: list[sources.Seen], receipts: _Receipts, on_progress: Progress
) -> Iterator[sources.Seen]:
    """Yields the members of archives as sources of their own (`file:///a.zip!/b.txt`).

    An archive with a problem is a source itself, beside the members that could be read.
    """
    version = f"{archives.VERSION}-{run.settings.max_bytes}"
    read_again = run.settings.again is not None
    digests = dict.fromkeys(archive.sha256 for archive in opened if archive.sha256)
    listings: dict[str | None, dict[str, Any] | None] = {
        sha256: None if read_again else landing.listing(run.folder, version, sha256)
        for sha256 in digests
    }
    options = {"max_bytes": run.settings.max_bytes, "version": version}
    jobs = [
        pool.Job("expand", str(run.folder), [sha256], options=options)
        for sha256, listing in listings.items()
        if sha256 and listing is None
    ]
    for sha256 in pool.work(jobs, workers_of(run.settings), run.settings.seconds):
        listings[sha256] = landing.listing(run.folder, version, sha256)
        on_progress("land")
    fresh = {job.members[0] for job in jobs}
    for archive in opened:
        for source in _listed(archive, listings[archive.sha256] or _NO_MEMBERS):
            if archive.sha256 in fresh and source.problem is None and source.sha256:
                receipts.add(source.uri, source.name, source.sha256, source.size)
            yield source


def _listed(archive: sources.Seen, listing: dict[str, Any]) -> Iterator[sources.Seen]:
    """Yields what the listing of an archive holds; equal names are numbered."""
    if listing["problem"]:
        problem = tuple(listing["problem"])
        yield sources.Seen(
            archive.uri, archive.name, archive.sha256, archive.size, problem, archive.note
        )
    times = Counter[str]()
    for member in listing["members"]:
        name = member["name"]
        times[name] += 1
        suffix = f"#{times[name]}" if times[name] > 1 else ""
        yield sources.Seen(
            archive.uri + "!/" + addresses.quoted(name) + suffix,
            addresses.printable(name.replace("\\", "/").rsplit("/", 1)[-1]),
            member.get("sha256"),
            member.get("size", 0),
            tuple(member["problem"]) if "problem" in member else None,
            archive.note,
        )
