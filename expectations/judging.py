"""Runs the suites beside the run that asks for them: in a thread, or of many reports in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import IO

from expectations import suites
from schemas import tables

JUDGE_IN_SUBPROCESS_FROM = 5_000  # reports of a state whose suites get a process of their own

_started: list[
    tuple[subprocess.Popen, IO[bytes]]
] = []  # a process that waits for its first tables, and what it says on standard error


def load_beside(many: bool) -> None:
    """Begins to load Great Expectations for a run that is going to need it: in the process that will judge where there are `many` reports,
    else in a thread."""
    if not many:
        threading.Thread(target=suites.load, name="great_expectations").start()
    elif not _started:
        _started.append(_start())


def _start() -> tuple[subprocess.Popen, IO[bytes]]:
    said = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", "from expectations import judging; judging.answer()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        start_new_session=True,  # Ctrl-C is the run's business
    )
    return process, said


class Judging:
    """Validates each table it is given, beside what its caller goes on with; use it in a `with`. Of `many` reports in a process of its own,
    with which the library and its frames are gone from memory, else in a thread."""

    def __init__(self, many: bool, validate: suites.Validate = suites.validated) -> None:
        self._made_here, self._process, self._validate = [], None, validate
        self._thread = ThreadPoolExecutor(
            1
        )  # for the process too: a pipe holds less than the names of all files
        if many and validate is suites.validated:
            self._process, self._said = _started.pop() if _started else _start()

    def __enter__(self) -> Judging:
        return self

    def __exit__(self, *_) -> None:
        if self._process:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        if self._process:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait()
            self._said.close()

    def look_at(self, paths: dict[str, list[str]], reports: list[str] | None = None) -> None:
        """Judges tables by their Parquet files, which must stay where they are until the verdicts are there; of tables whose rows change with
        their reports the rows of `reports` alone, if given."""
        if self._process:
            self._thread.submit(self._give, (json.dumps([paths, reports]) + "\n").encode())
        else:
            self._made_here.append(self._thread.submit(self._validate, paths, reports))

    def _give(self, line: bytes) -> None:
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def verdicts(self) -> list[suites.Verdict]:
        """What was found, table by table. Raises RuntimeError where the suites could not be run, with what was said."""
        made = self._made()
        return [v for table in tables.TABLES for v in made if v.table == table.name]

    def _made(self) -> list[suites.Verdict]:
        if not self._process:
            return [v for made in self._made_here for v in made.result()]
        self._thread.submit(self._process.stdin.close)
        made = [suites.Verdict(**v) for line in self._process.stdout for v in json.loads(line)]
        if self._process.wait():
            self._said.seek(0)
            raise RuntimeError(
                f"the expectations could not be run: {self._said.read().decode(errors='replace')[-2000:]}"
            )
        return made


def answer() -> None:
    """The other side of `Judging`: a line of JSON with what to look at on standard input, a line of JSON with its verdicts on standard output.
    Whatever else a library writes there goes to standard error: it is no answer."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        suites.load()
        for line in sys.stdin:
            print(
                json.dumps([asdict(v) for v in suites.validated(*json.loads(line))]),
                file=answers,
                flush=True,
            )
