"""Parsing a batch of landed bytes into a staged batch, and opening an archive into landed members.

Whatever goes wrong with one source becomes an entry that names it. Workers import neither Prefect
nor Great Expectations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from flows.workers.defects import SEVERAL, Begin, Problem, problem_of
from schemas import reasons
from transforms import readers, rows
from transforms.readers import Document, archives
from transforms.report import Draft, Report, draft_report, understand_drafts
from transforms.version import parser_version
from warehouse import landing, staging

if TYPE_CHECKING:
    from flows.workers.pool import Job

Drafted = tuple[str, Document, Draft]
Parsed = tuple[str, Document, Report]

TOGETHER = 20  # reports whose figures are understood at once


def parse_batch(job: Job, begin: Begin = lambda sha256: None) -> str:
    """Reads and parses the landed bytes with the digests `job.members` and stages the outcome.

    Returns the key of the staged batch. With `job.options["alone"]` no two sources are worked on at
    once: then it shows over which of them a worker dies.
    """
    folder = Path(job.data_dir)
    alone = bool(job.options.get("alone"))
    parsed, rejected, waiting = list[Parsed](), dict[str, Problem](), list[Drafted]()
    for sha256 in sorted(job.members):
        if sha256 in job.condemned:
            rejected[sha256] = job.condemned[sha256]
            continue
        begin(sha256)
        try:
            partly = bool(job.options.get("partly"))
            document = readers.read(landing.load(folder, sha256), partly)
            waiting.append((sha256, document, draft_report(document)))
        except Exception as error:
            rejected[sha256] = problem_of(folder, sha256, error)
        if len(waiting) == (1 if alone else TOGETHER):
            parsed += _understood(folder, waiting, rejected, _of_several(begin, alone))
            waiting = []
    parsed += _understood(folder, waiting, rejected, _of_several(begin, alone))
    if alone:
        parsed = [one for one in parsed if _can_be_staged(folder, one, rejected, begin)]
    begin(SEVERAL)
    return staging.write(
        folder,
        parser_version(),
        job.members,
        _staged(folder, parsed, rejected),
        rejected,
        job.options.get("attempt", ""),
    )


def _of_several(begin: Begin, alone: bool) -> Begin:
    """Returns what to call before several sources are worked on at once; one alone has begun
    already.
    """
    return (lambda source: None) if alone else begin


def _understood(
    folder: Path,
    waiting: list[Drafted],
    rejected: dict[str, Problem],
    begin: Begin = lambda sha256: None,
) -> list[Parsed]:
    """Returns the understood reports; where that fails, each is taken alone and the failing one
    named.
    """
    begin(SEVERAL)
    try:
        understood = understand_drafts([draft for _, _, draft in waiting])
    except Exception as error:
        if len(waiting) > 1:
            apart = [_understood(folder, [each], rejected, begin) for each in waiting]
            return [one for understood in apart for one in understood]
        sha256 = waiting[0][0]
        rejected[sha256] = problem_of(folder, sha256, error)
        return []
    return [
        (sha256, document, report)
        for (sha256, document, _), report in zip(waiting, understood, strict=True)
    ]


def _staged(
    folder: Path, parsed: list[Parsed], rejected: dict[str, Problem]
) -> tuple[pa.Table, ...]:
    """Returns the rows of the reports; one that cannot be written as rows is named and left out."""
    try:
        return rows.staged(parsed)
    except Exception:
        sound = [one for one in parsed if _can_be_staged(folder, one, rejected)]
        return rows.staged(sound)


def _can_be_staged(
    folder: Path,
    one: Parsed,
    rejected: dict[str, Problem],
    begin: Begin = lambda sha256: None,
) -> bool:
    """Whether a report can be written as rows; if not, it is named in `rejected`."""
    begin(one[0])
    try:
        rows.staged([one])
    except Exception as error:
        rejected[one[0]] = problem_of(folder, one[0], error)
        return False
    return True


def expand_archive(job: Job, begin: Begin = lambda sha256: None) -> str:
    """Lands the members of the archive with the digest `job.members[0]` and writes their list.

    Returns the digest. Members that were read before the archive failed are kept.
    """
    (sha256,) = job.members
    folder = Path(job.data_dir)
    members: list[dict[str, Any]] = []
    problem: Problem | None = job.condemned.get(sha256)
    if problem is None:
        begin(sha256)
        for name, content in _archive_members(folder, sha256, job.options["max_bytes"]):
            if isinstance(content, bytes):
                digest = hashlib.sha256(content).hexdigest()
                landing.store(folder, digest, content)
                members.append({"name": name, "sha256": digest, "size": len(content)})
            elif name is None:
                problem = content
            else:
                members.append({"name": name, "problem": content[:2]})
        if not members and not problem:
            problem = reasons.problem("empty_archive")
    listing = {"members": members, "problem": problem[:2] if problem else None}
    landing.write_listing(folder, job.options["version"], sha256, listing)
    return sha256


def _archive_members(
    folder: Path, sha256: str, max_bytes: int
) -> Iterator[tuple[str | None, bytes | Problem]]:
    """Yields name and bytes, or problem, of each member; at last (None, problem) where the archive
    itself has one.
    """
    try:
        data = landing.load(folder, sha256)
        for name, content in archives.members(data, archives.Budget(max_bytes)):
            yield name, content if isinstance(content, bytes) else content.stored()
    except Exception as error:
        yield None, problem_of(folder, sha256, error)


_SMALL_REPORT = (
    "2023年法治政府建设年度报告\n一、工作开展情况\n"
    "（一）化解纠纷。调解纠纷30余起，其中土地纠纷3起，化解率为九成。\n"
)


def warm_up() -> None:
    """Parses a report of a few words: models, words and patterns are loaded and compiled then."""
    document = readers.read(_SMALL_REPORT.encode())
    (report,) = understand_drafts([draft_report(document)])
    rows.staged([("0" * 64, document, report)])
    parser_version()
