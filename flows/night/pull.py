"""Pulling: what the sources of `sources.toml` answer, and the content that this night reads of
them.

A source that cannot be pulled costs itself alone: its content of earlier nights stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.night.run import Run
from flows.progress import Progress
from flows.pull import PullResult, pull_source
from schemas import reasons
from transforms.readers import archives
from warehouse import landing, manifests, source_list, sources
from warehouse import pulled as pulled_log
from warehouse.pulled import CONTENT, Answer, PullLog
from warehouse.source_list import PullSource

_NO_CONTENT = ("off_topic", "robots")  # answers that are no fault of a source


@dataclass(frozen=True, slots=True)
class Pulled:
    """What the pulls of a night came to, and the sources that they bring into it.

    `seen` are contents and addresses without any, `archives` contents that hold further files,
    `folders` the local folders on the list.
    """

    results: list[PullResult]
    seen: list[sources.Seen]
    archives: list[sources.Seen]
    folders: list[str]


def listed_sources(run: Run) -> list[PullSource]:
    """Returns the sources that this run pulls from; none where it names no list.

    Raises UsageError for a list that cannot be used.
    """
    settings = run.settings
    if settings.source_list is None or settings.again is not None or settings.reprocess is not None:
        return []
    return source_list.load(Path(settings.source_list))


def pull(run: Run, source: PullSource, on_progress: Progress) -> PullResult:
    """Pulls one source; of a local folder it only says whether it is there.

    Raises UsageError where the extra that its kind needs is not installed.
    """
    stage = f"pull {source.name}"
    on_progress(stage)
    if source.kind == "folder":
        is_there = Path(source.address).is_dir()
        return PullResult(source.name, error=None if is_there else f"no folder: {source.address}")
    return pull_source(
        source,
        run.folder,
        run.settings.max_bytes,
        lambda answers: on_progress(stage, answers),
        run.settings.warc,
    )


def pulled(run: Run, listed: list[PullSource], results: list[PullResult]) -> Pulled:
    """Returns what the night reads of the pulled sources: the newest content of each address."""
    seen: list[sources.Seen] = []
    opened: list[sources.Seen] = []
    sound = {result.source for result in results if result.error is None}
    folders = [s.address for s in listed if s.kind == "folder" and s.name in sound]
    for source in listed:
        if source.kind == "folder":
            continue
        for item in _contents(run, source):
            if item.problem is None and _is_archive(run, item):
                opened.append(item)
            else:
                seen.append(item)
    return Pulled(results, seen, opened, folders)


def _contents(run: Run, source: PullSource) -> Iterator[sources.Seen]:
    log = PullLog(run.folder, source.name)
    report_pages = {
        a.address for a in log.latest.values() if a.kind == "page" and _is_report_page(a)
    }
    for address in sorted(log.latest):
        last, good = log.latest[address], log.good.get(address)
        if last.kind not in CONTENT or (good is not None and good.carrier):
            continue
        if good is not None and landing.holds(run.folder, good.sha256 or ""):
            problem = last.problem if last.problem not in _NO_CONTENT else None
            note = _note(source, good, problem, report_pages)
            yield sources.Seen(
                address, pulled_log.name_of(good), good.sha256, good.size, None, note
            )
        elif last.problem and last.problem not in _NO_CONTENT:
            what = f"{last.problem}: {last.detail}" if last.detail else last.problem
            problem_text = reasons.problem("not_pulled", source=source.name, what=what)
            note = _note(source, last, None, report_pages)
            yield sources.Seen(address, pulled_log.name_of(last), None, 0, problem_text, note)


def _is_archive(run: Run, item: sources.Seen) -> bool:
    return archives.is_archive(landing.load(run.folder, item.sha256 or ""))


def _is_report_page(answer: Answer) -> bool:
    """Tells whether a page is that of one report: its attachments are texts of the same one."""
    return bool(answer.links) and all(kind == "attachment" for kind, *_ in answer.links)


def _note(
    source: PullSource, answer: Answer, problem: str | None, report_pages: set[str]
) -> manifests.Note:
    place = None
    if source.place:
        parts = source.place.split("/")
        place = "/".join([*parts, *[""] * (4 - len(parts))])
    return manifests.Note(
        place=place,
        address=answer.address,
        final_address=answer.final_address,
        fetched_at=answer.at if answer.sha256 else None,
        status=answer.status or None,
        etag=answer.etag,
        link_text=answer.link_title or answer.link_text,
        list_address=answer.list_address,
        page_address=answer.list_address if answer.list_address in report_pages else None,
        pull_problem=problem,
    )
