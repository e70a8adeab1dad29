"""Pulling reports from where they are published: portals, stores, listings -> landing and a log.

A pull deletes nothing. What a source answered last is in its log (`warehouse.pulled`); the newest
content of each address is what a night reads.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flows.pull.clock import now_text
from schemas.errors import UsageError
from schemas.language import say
from warehouse.pulled import CONTENT, Answer, PullLog, write_receipts
from warehouse.source_list import PullSource

# answers without content that are no fault: another topic, and the page behind the last of a list
NO_FAULT = ("off_topic", "no_more_pages")


@dataclass(slots=True)
class PullResult:
    """What one pull of one source brought.

    `answers` are those of the pull, those given before a kill included. `new`, `changed` and
    `unchanged` count contents, `failed` answers with a problem, and `problems` these by reason
    code. `retries` counts the requests that were made again, by reason. `transferred` are bytes of
    bodies. `error` is why the source as a whole could not be pulled; None where it could.
    `stopped_by` names the limit that ended it.
    """

    source: str
    answers: list[Answer] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    retries: dict[str, int] = field(default_factory=dict)
    transferred: int = 0
    seconds: float = 0.0
    resumed: bool = False
    stopped_by: str | None = None
    error: str | None = None

    def row(self) -> dict[str, object]:
        """The result in counts, as the log keeps it."""
        values = asdict(self)
        del values["answers"]
        return values

    def why_not_all(self) -> str:
        """What failed and why, in words; empty where nothing did."""
        return why_not_all(self.row())


def why_not_all(row: Mapping[str, Any]) -> str:
    """What failed in a pull and why, in words, from its counts (`PullResult.row`)."""
    error = row.get("error")
    parts = [error, row.get("stopped_by") and f"stopped at {row['stopped_by']}"]
    problems, retries = row.get("problems") or {}, row.get("retries") or {}
    if not error or sum(problems.values()) > 1:
        parts += [f"{count} {code}" for code, count in sorted(problems.items())]
    parts += [f"tried again {count}×: {why}" for why, count in sorted(retries.items())]
    return "; ".join(part for part in parts if part)


def pull_source(
    source: PullSource,
    data_dir: Path,
    max_bytes: int,
    report_progress: Callable[[int], None] = lambda answers: None,
    warc: str | None = None,
) -> PullResult:
    """Pulls one source and closes its pull in the log.

    A source that does not answer is told in `error` and raises nothing. Raises UsageError where
    an extra is not installed.
    """
    begun = time.monotonic()
    log = PullLog(data_dir, source.name)
    known = set(log.good)
    result = PullResult(source.name, resumed=log.begin(now_text()))
    started_at = log.open_pull or now_text()
    try:
        if source.kind in ("web", "http"):
            last = _pull_web(source, data_dir, max_bytes, report_progress, warc)
            result.stopped_by, result.retries = last.get("stopped_by"), last.get("retries") or {}
        else:
            from flows.pull import stores

            result.stopped_by = stores.pull(source, log, data_dir, max_bytes, report_progress)
    except (OSError, RuntimeError) as error:
        result.error = f"{type(error).__name__}: {error}"[:300]
    except UsageError:
        raise
    except Exception as error:  # a store's library raises errors of its own kinds
        if source.kind in ("web", "http"):
            raise
        result.error = f"{type(error).__name__}: {error}"[:300]
    log = PullLog(data_dir, source.name)
    result.answers = [log.latest[address] for address in sorted(log.answered)]
    _count(result, known)
    first = log.latest.get(source.address.split("#")[0])
    if result.error is None and first is not None and first.problem and not _has_content(result):
        result.error = f"{first.problem}: {first.detail or 'the first page is no list'}"
    result.seconds = round(time.monotonic() - begun, 1)
    write_receipts(data_dir, source.name, started_at, log.received())
    log.end({**result.row(), "pull": started_at, "at": now_text()})
    return result


def _has_content(result: PullResult) -> bool:
    return any(a.kind in CONTENT and a.sha256 and not a.problem for a in result.answers)


def _count(result: PullResult, known: set[str]) -> None:
    for answer in result.answers:
        result.transferred += answer.transferred
        if answer.problem:
            if answer.problem not in NO_FAULT:
                result.problems[answer.problem] = result.problems.get(answer.problem, 0) + 1
                result.failed += 1
        elif answer.kind in CONTENT:
            if answer.unchanged:
                result.unchanged += 1
            elif answer.address in known:
                result.changed += 1
            else:
                result.new += 1


def _pull_web(
    source: PullSource,
    data_dir: Path,
    max_bytes: int,
    report_progress: Callable[[int], None],
    warc: str | None,
) -> dict[str, Any]:
    """Runs the spider in a process of its own. Returns the last line of its output.

    Raises UsageError where Scrapy is not installed, RuntimeError where the process failed.
    """
    if find_spec("scrapy") is None:
        raise UsageError(
            say(
                "sources of kind web and http need the extra [web]: .venv/bin/uv pip install "
                "--python .venv/bin/python 'scrapy>=2.19'"
            )
        )
    job = {
        "source": asdict(source),
        "data_dir": str(data_dir),
        "max_bytes": max_bytes,
        "warc": warc,
    }
    command = [sys.executable, "-P", "-m", "flows.pull.web"]
    errors = data_dir / "state" / "pull" / f"{source.name}.err"
    with open(errors, "w+b") as stderr:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
        assert process.stdin and process.stdout
        last: dict[str, Any] = {}
        try:
            process.stdin.write(json.dumps(job))
            process.stdin.close()
            for line in process.stdout:
                last = json.loads(line)
                report_progress(last["answers"])
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait(20)
            raise
        if code != 0:
            stderr.seek(0)
            lines = stderr.read().decode("utf-8", "replace").strip().splitlines()
            tail = lines[-1] if lines else f"ended {last.get('ended', 'early')}"
            raise RuntimeError(f"the pull ended with {code}: {tail}")
    errors.unlink(missing_ok=True)
    return last
