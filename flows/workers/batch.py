"""What workers do: one batch of landed bytes -> one staged batch; one archive -> its landed members. They import neither Prefect nor
Great Expectations."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from schemas import reasons
from schemas.errors import Rejected
from transforms import readers, rows
from transforms.readers import archives
from transforms.report import draft_report, understand_drafts
from transforms.version import parser_version
from warehouse import landing, staging


class ParserDefect(RuntimeError):
    """A bug of ours, met in one source: the run fails loudly and publishes nothing."""


TOGETHER = 20  # reports whose figures are understood at once


def parse_batch(job, begin: Callable[[str], None] = lambda sha256: None) -> str:
    """Reads and parses the landed bytes with the digests `job.members` and stages the outcome; returns the name of the staged batch."""
    parsed, rejected, waiting = [], {}, []
    for sha256 in sorted(job.members):
        if sha256 in job.condemned:
            rejected[sha256] = job.condemned[sha256]
            continue
        begin(sha256)
        with _blamed(sha256, rejected):
            data = landing.load(Path(job.data_dir), sha256)
            document = readers.read(data)
            waiting.append((sha256, document, draft_report(document)))
        if len(waiting) == TOGETHER:
            parsed += _understood(waiting, rejected)
            waiting = []
    parsed += _understood(waiting, rejected)
    return staging.write(
        Path(job.data_dir),
        parser_version(),
        job.members,
        rows.staged(parsed),
        rejected,
        job.options.get("attempt", ""),
    )


def _understood(waiting: list[tuple], rejected: dict) -> list[tuple]:
    """The reports of (digest, document, draft). Where one of them cannot be understood, each is taken alone, so that it can be named."""
    try:
        reports = understand_drafts([draft for _, _, draft in waiting])
        return [
            (sha256, document, report) for (sha256, document, _), report in zip(waiting, reports)
        ]
    except Exception:
        if len(waiting) > 1:
            return [alone for one in waiting for alone in _understood([one], rejected)]
        (sha256, _, _) = waiting[0]
        with _blamed(sha256, rejected):
            raise
        return []


@contextlib.contextmanager
def _blamed(sha256: str, rejected: dict) -> Iterator[None]:
    """What goes wrong over one source: it is rejected, or shows a bug of ours."""
    try:
        yield
    except Rejected as error:
        rejected[sha256] = error.stored()
    except (MemoryError, RecursionError) as error:
        rejected[sha256] = _too_much(error)
    except Exception as error:
        raise ParserDefect(
            f"the parser failed on landing/{sha256[:2]}/{sha256}: {type(error).__name__}: {error}"
        ) from error


def _too_much(error: Exception) -> tuple[str, str]:
    return reasons.problem("too_much_memory" if isinstance(error, MemoryError) else "too_deep")


def expand(job, begin: Callable[[str], None] = lambda sha256: None) -> str:
    """Lands the members of the archive with the digest `job.members[0]` and writes their list; returns the digest."""
    (sha256,) = job.members
    listing: dict = {"members": [], "problem": None}
    if sha256 in job.condemned:
        listing["problem"] = job.condemned[sha256]
    else:
        begin(sha256)
        home = Path(job.data_dir)
        try:
            budget = archives.Budget(job.options["max_bytes"])
            for name, content in archives.members(landing.load(home, sha256), budget):
                if isinstance(content, Rejected):
                    listing["members"].append(
                        {"name": name, "problem": (content.reason_code, content.message)}
                    )
                    continue
                digest = hashlib.sha256(content).hexdigest()
                landing.store(home, digest, content)
                listing["members"].append({"name": name, "sha256": digest, "size": len(content)})
        except Rejected as error:
            listing["problem"] = (error.reason_code, error.message)
        except (MemoryError, RecursionError) as error:
            listing["problem"] = _too_much(error)
        if not listing["members"] and not listing["problem"]:
            listing["problem"] = reasons.problem("empty_archive")
    landing.write_listing(Path(job.data_dir), job.options["version"], sha256, listing)
    return sha256


_SMALL_REPORT = "2023年法治政府建设年度报告\n一、工作开展情况\n（一）化解纠纷。调解纠纷30余起，其中土地纠纷3起，化解率为九成。\n"


def warm_up() -> None:
    """Parses a report of a few words: models, words and patterns are loaded and compiled then."""
    document = readers.read(_SMALL_REPORT.encode())
    (report,) = understand_drafts([draft_report(document)])
    rows.staged([("0" * 64, document, report)])
    parser_version()


FUNCTIONS = {"parse": parse_batch, "expand": expand}
