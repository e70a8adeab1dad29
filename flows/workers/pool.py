"""Worker processes that read and parse what strangers wrote, with limits on time and memory.

A worker says which source it is at before it begins with it. One that takes too long is killed, one
that dies is replaced; the source it was at is tried once more and then condemned (quarantined), and
its batch goes on without it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from flows.workers.defects import SEVERAL
from flows.workers.processes import end_with_parent
from schemas import reasons

SECONDS = 120.0  # for one source, and for the start of a worker, however little a source is given
MEMORY = 1_500_000_000  # bytes that a worker may hold beyond its own code
_STARTS = 5  # how often a worker is tried to be started
_EARLY_DEATHS = 5  # of workers that have not begun with a source
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["flows.workers.warm"])


@dataclass(slots=True)
class Job:
    """One batch for a worker.

    `what` names the function (see `functions.FUNCTIONS`), `condemned` maps the members that are
    left out to the reason, `options` is what the function needs beside its members.
    """

    what: str
    data_dir: str
    members: list[str]
    condemned: dict[str, tuple[str, ...]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Worker:
    """A process; its job and the source it is at, None while it has none; since when (seconds).

    The source is SEVERAL while it works on several at once.
    """

    process: BaseProcess
    pipe: Connection
    job: Job | None = None
    source: str | None = None
    since: float = 0.0

    def begin(self, job: Job) -> None:
        """Gives the worker a job."""
        self.job, self.source, self.since = job, None, time.monotonic()
        self.pipe.send(job)

    def is_late(self, seconds: float) -> bool:
        """Whether it has been at its source, at several or at beginning, for too long."""
        may_be_apart = self.source == SEVERAL and self.job and not self.job.options.get("alone")
        limit = seconds if self.source or may_be_apart else max(seconds, SECONDS)
        return time.monotonic() - self.since > limit


def work(
    jobs: list[Job],
    processes: int,
    seconds: float = SECONDS,
    on_begun: Callable[[int], None] = lambda sources: None,
) -> Iterator[Any]:
    """Yields the outcome of each job, in the order in which they end.

    `seconds` is the longest time that one source may take. `on_begun` is called with the number of
    sources that workers have begun with since, about once a second at least. Raises what a job
    raised.
    """
    waiting, deaths = deque(jobs), Counter[str | None]()
    crew = [_start_worker() for _ in range(min(processes, len(jobs)))]
    try:
        while waiting or any(worker.job for worker in crew):
            for worker in crew:
                if worker.job is None and waiting:
                    worker.begin(waiting.popleft())
            wait([worker.pipe for worker in crew if worker.job], timeout=1.0)
            on_begun(0)
            for place, worker in enumerate(crew):
                if worker.job is None:
                    continue
                kind, value = _message(worker)
                if kind == "at":
                    worker.source, worker.since = value, time.monotonic()
                    on_begun(0 if value == SEVERAL else 1)
                elif kind == "done":
                    worker.job, worker.source = None, None
                    yield value
                elif kind == "failed":
                    raise value
                elif kind == "died" or worker.is_late(seconds):
                    worker.process.kill()
                    worker.process.join()
                    _condemn(worker.job, worker.source, deaths, kind != "died", seconds)
                    waiting.appendleft(worker.job)
                    crew[place] = _start_worker()
    finally:
        _dismiss(crew)


def _dismiss(crew: list[_Worker]) -> None:
    """Ends all workers; those that are at something are killed."""
    for worker in crew:
        with contextlib.suppress(OSError):
            worker.pipe.close()
        if worker.job is not None:
            worker.process.kill()
    for worker in crew:
        worker.process.join(5)


def _message(worker: _Worker) -> tuple[str, Any]:
    """Returns kind and value of what the worker sent; ("nothing", None), or ("died", None) where it
    is gone.
    """
    try:
        if worker.pipe.poll():
            kind, value = worker.pipe.recv()
            return kind, value
    except (EOFError, OSError):
        return "died", None
    return ("nothing" if worker.process.is_alive() else "died"), None


def _condemn(
    job: Job, source: str | None, deaths: Counter[str | None], is_late: bool, seconds: float
) -> None:
    """Notes that a worker died or was killed; its source is condemned when it was late or died
    twice.

    Where it was at several, they are worked on one by one from now on. Raises RuntimeError when
    workers die again and again and no source is to blame.
    """
    if source == SEVERAL and not job.options.get("alone"):
        job.options = {**job.options, "alone": True}
        return
    deaths[source] += 1
    if source is None or source == SEVERAL:
        if deaths[source] > _EARLY_DEATHS:
            raise RuntimeError(
                "workers die before they begin: is there memory left on this machine?"
            )
    elif is_late:
        job.condemned[source] = reasons.problem("took_too_long", "reading", seconds=seconds)
    elif deaths[source] > 1:
        job.condemned[source] = reasons.problem("reader_died")


def prepare() -> None:
    """Begins to load what workers need, in a process of its own: workers are forked from it and
    begin at once.
    """
    with _clean_environment():
        forkserver.ensure_running()


def _start_worker() -> _Worker:
    """Starts a worker. Raises RuntimeError where that fails several times."""
    ours, theirs = multiprocessing.Pipe()
    for trial in range(1, _STARTS + 1):
        process = _CONTEXT.Process(target=_serve, args=(theirs, MEMORY), daemon=True)
        try:
            with _clean_environment():
                process.start()
            break
        except (OSError, EOFError) as error:
            # the process to fork from was killed: another one is started
            if trial == _STARTS:
                raise RuntimeError(
                    f"no worker can be started ({error}): is there memory left on this machine?"
                ) from error
            time.sleep(trial / 2)
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _clean_environment() -> Iterator[None]:
    """What the workers' common ancestor is started with.

    One thread each, nothing imported from the folder one happens to be in, and no Ctrl-C: that is
    the run's business.
    """
    wanted = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONSAFEPATH": "1"}
    kept = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    # started by itself first: whoever starts it lifts the block on the signals afterwards
    resource_tracker.ensure_running()
    # what comes meanwhile waits; the ancestor lifts the block once it ignores the signal
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(pipe: Connection, memory: int) -> None:
    """A worker's life: takes jobs until the pipe is closed.

    The limit on memory turns a bomb into a MemoryError or the end of this process.
    """
    import resource

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from flows.workers.functions import FUNCTIONS

    end_with_parent(signal.SIGKILL)
    limit = _held_at_start() + memory
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            outcome = FUNCTIONS[job.what](job, lambda source: pipe.send(("at", source)))
            pipe.send(("done", outcome))
        except BrokenPipeError:
            return
        except Exception as error:
            pipe.send(("failed", _sendable(error)))


def _held_at_start() -> int:
    """Returns the bytes of data that this process has reserved; 0 where the system does not say."""
    import resource

    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _sendable(error: Exception) -> Exception:
    """Returns the error, or where it cannot be sent through a pipe one that says the same."""
    import pickle

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
