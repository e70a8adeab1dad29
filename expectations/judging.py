"""Runs the suites beside the night that asks for them: in a thread, or of many reports in a process
of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import IO

from expectations import suites
from schemas import tables

JUDGE_IN_SUBPROCESS_FROM = 5_000  # reports of a state whose suites get a process of their own
_SHOWN_STDERR = 2_000  # characters of what a failed process wrote on standard error


@dataclass(slots=True)
class _Judge:
    """A process that runs the suites: requests go to its standard input, verdicts come back."""

    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    verdicts: IO[bytes]
    stderr_file: IO[bytes]


class _Waiting:
    """The process that was started ahead of its first tables, if any: at most one."""

    judge: _Judge | None = None

    @classmethod
    def take(cls) -> _Judge:
        """Returns the waiting process, or starts one."""
        judge, cls.judge = cls.judge, None
        return judge or _start()


def load_beside(many: bool) -> None:
    """Begins to load Great Expectations, so that it is there when the first tables are.

    With `many` reports it is loaded in the process that will judge, else in a thread of this one.
    """
    if not many:
        threading.Thread(target=suites.load, name="great_expectations").start()
    elif _Waiting.judge is None:
        _Waiting.judge = _start()


def _start() -> _Judge:
    stderr_file = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", "from expectations import judging; judging.serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr_file,
        start_new_session=True,  # Ctrl-C is the night's business
    )
    assert process.stdin is not None and process.stdout is not None
    return _Judge(process, process.stdin, process.stdout, stderr_file)


class Judging:
    """Validates the tables it is given while its caller goes on. Use it in a `with` statement.

    With `many` reports the suites run in a process of their own, so that the library and its
    frames leave memory with it; else in a thread. `validate` is what judges (see `suites`).
    """

    def __init__(self, many: bool, validate: suites.Validate = suites.validated) -> None:
        self._futures: list[Future[list[suites.Verdict]]] = []
        self._validate = validate
        # one thread for the process too: a pipe holds less than the names of all files
        self._thread = ThreadPoolExecutor(1)
        in_process = many and validate is suites.validated
        self._judge: _Judge | None = _Waiting.take() if in_process else None

    def __enter__(self) -> Judging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._judge:
            self._judge.process.kill()
        self._thread.shutdown(cancel_futures=True)
        if self._judge:
            with contextlib.suppress(BrokenPipeError):
                self._judge.requests.close()
            self._judge.verdicts.close()
            self._judge.process.wait()
            self._judge.stderr_file.close()

    def look_at(self, paths: dict[str, list[str]], reports: list[str] | None = None) -> None:
        """Begins to judge tables by their Parquet files: table -> paths.

        The files must stay where they are until `verdicts` returns. Of tables whose rows change
        with their reports only the rows of `reports` are judged, where these are given.
        """
        if self._judge:
            request = (json.dumps([paths, reports]) + "\n").encode()
            self._thread.submit(_send, self._judge.requests, request)
        else:
            self._futures.append(self._thread.submit(self._validate, paths, reports))

    def verdicts(self) -> list[suites.Verdict]:
        """Waits for all verdicts and returns them table by table.

        Raises RuntimeError where the suites could not be run, with what their process wrote.
        """
        if self._judge:
            found = self._received(self._judge)
        else:
            found = [verdict for future in self._futures for verdict in future.result()]
        order = {table.name: place for place, table in enumerate(tables.TABLES)}
        return sorted(found, key=lambda verdict: order[verdict.table])

    def _received(self, judge: _Judge) -> list[suites.Verdict]:
        self._thread.submit(judge.requests.close)
        found = [suites.Verdict(**row) for line in judge.verdicts for row in json.loads(line)]
        if judge.process.wait():
            judge.stderr_file.seek(0)
            text = judge.stderr_file.read().decode(errors="replace")[-_SHOWN_STDERR:]
            raise RuntimeError(f"the expectations could not be run: {text}")
        return found


def _send(requests: IO[bytes], request: bytes) -> None:
    requests.write(request)
    requests.flush()


def serve() -> None:
    """Answers the requests of a `Judging`, one line of JSON each, until standard input ends.

    What a library prints goes to standard error: standard output is for verdicts alone.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as verdicts_file:
        os.dup2(2, 1)
        suites.load()
        for line in sys.stdin:
            found = suites.validated(*json.loads(line))
            print(
                json.dumps([asdict(verdict) for verdict in found]), file=verdicts_file, flush=True
            )
