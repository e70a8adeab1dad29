"""Nights in forked copies of one process, each killed at a chosen call that changes what is on the disk.

usage: python -m tests.support.kills

Reads requests and writes answers, one JSON object a line. A request names `data`, `sources` and `die_at`: the number of
a call, the name of a place (its first call counts), or null. The answer says whether the night was `killed`, and of a
night that ended its `places`, one for each call in their order. A process is killed before the call has any effect.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from flows import night
from flows.settings import RunSettings
from flows.workers import functions
from tests.support.paths import ROOT
from transforms.codes import model

CALLS = ("replace", "rename", "symlink", "link", "fsync")
PRODUCT = {str(ROOT / name) for name in ("warehouse", "flows")}


def parse_here(jobs, processes, seconds, count=lambda sources: None):
    """Does the batches in this process, so that their calls are counted, too."""
    for job in jobs:
        yield functions.FUNCTIONS[job.what](job, lambda sha256: count(1))


def place_of(name: str) -> str:
    """Returns the call and the functions of the product that it comes from, the innermost first."""
    frame, functions = sys._getframe(2), []
    while frame and len(functions) < 4:
        if any(frame.f_code.co_filename.startswith(folder) for folder in PRODUCT):
            module = Path(frame.f_code.co_filename).stem
            functions.append(f"{module}.{frame.f_code.co_name}")
        frame = frame.f_back
    return f"os.{name} in " + ", ".join(functions)


def count_calls(die_at: int | str | None) -> list[str]:
    """From now on this process dies at the chosen call. Returns the list of places, which grows."""
    places: list[str] = []
    lock = threading.Lock()

    def counted(name, call):
        def call_or_die(*arguments, **options):
            with lock:
                places.append(place_of(name))
                if die_at in (len(places), places[-1]):
                    os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return call_or_die

    for name in CALLS:
        setattr(os, name, counted(name, getattr(os, name)))
    return places


def run(request: dict, answer: int) -> None:
    """Runs the night of a request and writes the places to the file descriptor `answer`."""
    places = count_calls(request["die_at"])
    settings = RunSettings(sources=request["sources"], data_dir=request["data"])
    night.run_night(settings, crew=parse_here, suites=lambda paths, report_ids: [])
    os.write(answer, json.dumps(places).encode())


def main() -> None:
    """Answers requests until there are no more."""
    model.load_model()
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            code = 1
            try:
                run(json.loads(line), writing)
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        with open(reading, encoding="utf-8") as places:
            content = places.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status not in (0, -signal.SIGKILL):
            raise SystemExit(f"the night failed with {status}")
        answer = {"killed": status != 0, "places": json.loads(content or "[]")}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
