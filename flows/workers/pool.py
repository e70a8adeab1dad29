"""Worker processes that read and parse what strangers wrote, with limits on time and memory that hold for every reader.

A worker says which source it is at before it begins with it. One that takes too long is killed, one that dies is replaced; the source it
was at is tried once more and then condemned (quarantined), and its batch goes on without it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait

from schemas import reasons

SECONDS = 120  # for one source, and for the start of a worker, however little a source is given
MEMORY = 1_500_000_000  # bytes that a worker may hold beyond its own code
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["flows.workers.warm"])


@dataclass(slots=True)
class Job:
    """One batch: the name of the function (`parse` or `expand`), the data folder, its members, and which of them are condemned and why."""

    what: str
    data_dir: str
    members: list[str]
    condemned: dict[str, tuple[str, str]] = field(default_factory=dict)
    options: dict = field(default_factory=dict)


@dataclass(slots=True)
class _Worker:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    job: Job | None = None
    at: str | None = None
    since: float = 0.0


def work(
    jobs: list[Job],
    processes: int,
    seconds: float = SECONDS,
    told: Callable[[int], None] = lambda n: None,
) -> Iterator[object]:
    """The outcome of each job, in the order in which they end; `told(1)` is called for every source begun. Raises what a job raised."""
    waiting, deaths = deque(jobs), {}
    crew = [_hire() for _ in range(min(processes, len(jobs)))]
    try:
        while waiting or any(w.job for w in crew):
            for worker in crew:
                if worker.job is None and waiting:
                    worker.job, worker.at, worker.since = waiting.popleft(), None, time.monotonic()
                    worker.pipe.send(worker.job)
            wait([w.pipe for w in crew if w.job], timeout=1.0)
            for i, worker in enumerate(crew):
                if worker.job is None:
                    continue
                said = _hear(worker)
                if said and said[0] == "at":
                    worker.at, worker.since = said[1], time.monotonic()
                    told(1)
                elif said and said[0] == "done":
                    worker.job, worker.at = None, None
                    yield said[1]
                elif said and said[0] == "failed":
                    raise said[1]
                elif said or time.monotonic() - worker.since > (
                    seconds if worker.at else max(seconds, SECONDS)
                ):
                    late = not said
                    worker.process.kill()
                    worker.process.join()
                    _judge(worker, deaths, late, seconds)
                    waiting.appendleft(worker.job)
                    crew[i] = _hire()
    finally:
        for worker in crew:
            with contextlib.suppress(OSError):
                worker.pipe.close()
            if worker.job is not None:
                worker.process.kill()
        for worker in crew:
            worker.process.join(5)


def _hear(worker: _Worker) -> tuple | None:
    """What the worker said; None where it says nothing, ("died",) where it is gone."""
    try:
        if worker.pipe.poll():
            return worker.pipe.recv()
    except (EOFError, OSError):
        return ("died",)
    return None if worker.process.is_alive() else ("died",)


def _judge(worker: _Worker, deaths: dict, late: bool, seconds: float) -> None:
    job, at = worker.job, worker.at
    if at is None:
        deaths[None] = deaths.get(None, 0) + 1
        if deaths[None] > 5:
            raise RuntimeError(
                "workers die before they begin: is there memory left on this machine?"
            )
        return
    deaths[at] = deaths.get(at, 0) + 1
    if late:
        job.condemned[at] = reasons.problem("took_too_long", "reading", seconds=seconds)
    elif deaths[at] > 1:
        job.condemned[at] = reasons.problem("reader_died")


def prepare() -> None:
    """Begins to load, in a process of its own, what workers need: those hired later are forked from it and begin at once."""
    with _environment():
        forkserver.ensure_running()


def _hire() -> _Worker:
    ours, theirs = multiprocessing.Pipe()
    for trial in range(5):
        process = _CONTEXT.Process(target=_serve, args=(theirs, MEMORY), daemon=True)
        try:
            with _environment():
                process.start()
            break
        except (
            OSError,
            EOFError,
        ) as error:  # the process to fork from was killed: another one is started
            if trial == 4:
                raise RuntimeError(
                    f"no worker can be started ({error}): is there memory left on this machine?"
                ) from error
            time.sleep(trial / 2)
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """What the workers' common ancestor is started with: one thread each, and nothing imported from the folder one happens to be in."""
    wanted = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONSAFEPATH": "1"}
    kept = {k: os.environ.get(k) for k in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for key, value in kept.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


def _serve(pipe: Connection, memory: int) -> None:
    """A worker's life. Signals are the run's business; the limit on memory turns a bomb into a MemoryError or the end of this process."""
    import resource

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from flows.workers import batch

    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            done = batch.FUNCTIONS[job.what](job, lambda sha256: pipe.send(("at", sha256)))
            pipe.send(("done", done))
        except BrokenPipeError:
            return
        except Exception as error:
            pipe.send(("failed", error))
