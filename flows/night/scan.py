"""The first step: which sources this run looks at."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.night.pull import Pulled
from flows.night.run import WITHDRAWN, Run, published_quarantine
from flows.settings import RunSettings
from flows.workers import manifests
from schemas import reasons
from transforms.readers import archives
from warehouse import addresses, landing, odd_files, reports, snapshots, sources
from warehouse.manifests import Note
from warehouse.stamps import Stamps

_SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Scan:
    """The sources of a run, problems included.

    `look` holds files on disk, `landed` sources whose bytes are in landing already, and `archives`
    those of them that hold further files.
    """

    look: sources.Look
    landed: list[sources.Seen] = field(default_factory=list)
    archives: list[sources.Seen] = field(default_factory=list)


def scan(run: Run, look: sources.Look | None = None, pulled: Pulled | None = None) -> Scan:
    """Scans the source folders and returns one entry per file, problems included.

    `look` is the outcome of an earlier scan of the same folders, where there is one. What was
    `pulled` is added: its bytes are in landing already. A run that
    reads published or quarantined sources again takes these instead of folders. Raises UsageError
    for a source that does not exist and for a condition on reports that is no SQL.
    """
    settings = run.settings
    if settings.reprocess is not None:
        found = Scan(_no_files(run), landed=_published_sources(run, settings.reprocess))
    elif settings.again is not None:
        found = _quarantined_sources(run, settings.again)
    else:
        found = _scanned(run, look or scan_folders(settings, settings.sources), pulled)
    found.look.found.extend(_bad_decisions(run))
    found.look.found.extend(_set_aside(run))
    found.landed.extend(_taken_back(run, found))
    if run.paths.take_up.exists():
        found.landed.extend(_in_no_state(run, found))
    return found


def _scanned(run: Run, look: sources.Look, pulled: Pulled | None) -> Scan:
    """Returns the files of a scan and what was pulled."""
    if pulled is None:
        return Scan(look)
    if pulled.folders:
        known = {item.path for item in look.found}
        listed = scan_folders(run.settings, pulled.folders)
        look.found += [item for item in listed.found if item.path not in known]
    return Scan(look, pulled.seen, pulled.archives)


def scan_folders(settings: RunSettings, folders: list[str]) -> sources.Look:
    """Scans source folders; their manifests are read in a worker. Raises UsageError as
    `sources.scan`.
    """
    data_dir = Path(settings.data_dir)
    read_manifests = functools.partial(manifests.read_in_worker, data_dir, settings.seconds)
    return sources.scan(folders, data_dir, read_manifests)


def _no_files(run: Run) -> sources.Look:
    return sources.Look([], Stamps(run.paths.stamps))


def _published_sources(run: Run, condition: str) -> list[sources.Seen]:
    """Returns the sources in force whose reports meet the condition, in order of their addresses.

    Without a published state: the newest version of every source that was ever landed.
    """
    if run.published is None:
        newest = _newest_receipts(run)
        found = [
            sources.Seen(r["source_uri"], r["source_name"], r["sha256"], r["size"])
            for r in newest.values()
            if not _is_archive(run, r["sha256"])
        ]
    else:
        wanted = snapshots.reports_where(run.published, condition)
        found = [
            _seen_as_published(row)
            for row in run.published.read("sources").to_pylist()
            if row["is_current"] and row["report_id"] in wanted
        ]
    with_bytes = [s for s in found if s.sha256 and landing.holds(run.folder, s.sha256)]
    return sorted(with_bytes, key=lambda source: source.uri)


def _bad_decisions(run: Run) -> list[sources.Found]:
    """Returns an entry for each file of decisions with lines that cannot be used."""
    return [
        sources.Found(
            str(path.absolute()),
            reasons.problem("bad_decision", problems="; ".join(wrong[:_SHOWN_PROBLEMS])),
        )
        for path, wrong in run.decisions.problems().items()
    ]


def _set_aside(run: Run) -> list[sources.Found]:
    """Returns an entry for each thing that stood where a file of the data folder belongs."""
    return [
        sources.Found(str(path.absolute()), reasons.problem("set_aside", kept=kept))
        for path, kept in odd_files.kept(run.folder)
    ]


def _taken_back(run: Run, found: Scan) -> list[sources.Seen]:
    """Returns the sources whose withdrawal was taken back and that are not met otherwise."""
    withdrawals = run.decisions.withdrawals()
    met = {addresses.uri_of(item.path) for item in found.look.found}
    met |= {source.uri for source in (*found.landed, *found.archives)}
    return [
        sources.Seen(uri, row["source_name"], row["source_sha256"], 0)
        for uri, row in sorted(published_quarantine(run).items())
        if row["reason_code"] == WITHDRAWN
        and uri not in met
        and not withdrawals.of(uri, row["source_sha256"])
        and landing.holds(run.folder, row["source_sha256"])
    ]


def _in_no_state(run: Run, found: Scan) -> list[sources.Seen]:
    """Returns what was landed and is in no state, of sources that are not met otherwise: the newest
    version of each.
    """
    met = {addresses.uri_of(item.path) for item in found.look.found}
    met |= {source.uri for source in (*found.landed, *found.archives)}
    known = {(uri, row["source_sha256"]) for uri, row in published_quarantine(run).items()}
    if run.published is not None:
        columns = ["source_uri", "source_sha256", "is_current"]
        rows = run.published.read("sources", columns).to_pylist()
        known |= {(r["source_uri"], r["source_sha256"]) for r in rows if r["is_current"]}
    newest = _newest_receipts(run)
    return [
        sources.Seen(uri, receipt["source_name"], receipt["sha256"], receipt["size"])
        for uri, receipt in sorted(newest.items())
        if uri not in met
        and uri.split("!/")[0] not in met
        and (uri, receipt["sha256"]) not in known
        and landing.holds(run.folder, receipt["sha256"])
        and not _is_archive(run, receipt["sha256"])
    ]


def _newest_receipts(run: Run) -> dict[str, dict[str, Any]]:
    """Returns address -> its newest receipt; pages that only carry attachments are left out."""
    newest = {receipt["source_uri"]: receipt for receipt in landing.receipts(run.folder)}
    return {uri: receipt for uri, receipt in newest.items() if not receipt.get("carrier")}


def _seen_as_published(row: dict[str, Any]) -> sources.Seen:
    note = Note(*(row[column] for column in reports.NOTE))
    return sources.Seen(
        row["source_uri"], row["source_name"], row["source_sha256"], row["size"], note=note
    )


def _is_archive(run: Run, sha256: str) -> bool:
    path = landing.object_path(run.folder, sha256)
    return path.exists() and archives.is_archive(path.read_bytes())


def _quarantined_sources(run: Run, wanted: list[str]) -> Scan:
    """Returns the quarantined sources with these addresses: from their landed bytes, else from
    their files.
    """
    found = Scan(_no_files(run))
    for uri, row in published_quarantine(run).items():
        sha256 = row["source_sha256"]
        if uri not in wanted:
            continue
        if sha256 and landing.holds(run.folder, sha256):
            data = landing.load(run.folder, sha256)
            seen = sources.Seen(uri, row["source_name"], sha256, len(data))
            (found.archives if archives.is_archive(data) else found.landed).append(seen)
        elif (path := addresses.path_of(uri)) is not None:
            found.look.found.append(sources.Found(path))
    return found
