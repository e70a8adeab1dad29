"""Faults, planted at random, and what must hold after each: `make faults` tries hundreds and writes docs/faults.md; tests try a few.

usage: python -m tests.tools.faults [TRIALS] [SEED]

A trial is a first night over 60 reports, or a night on which 60 reports follow 40, five of which have other bytes. While it goes on readers look
at what is published. Then the fault ends, the same run is started again, and must complete: every accepted report there exactly once, the very
bytes of an undisturbed run, nothing landed lost, nothing half-written left, and no reader saw anything but a whole state.

Of the faults that kill nothing (`tests/tools/quiet_faults.py`), a bit that flips must be named by `fazhi verify`, a hostile line must cost itself alone,
what machines publish to one storage must all be there, and a signal to the whole process group must end the run and leave the data folder whole.

Of the faults of pulls (`tests/tools/pull_faults.py`), the next pull must bring all that the portal holds, byte for byte and with receipts; what was
answered before a kill is not asked for again, what an address held before it broke stays, and no address but the broken one is missing.

Of what others on the same machine and web pages in its browser try (`tests/tools/attackers.py`), nothing may reach the server, a file or the
data folder.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows import settings
from flows.serving import server
from tests.support import reports
from tests.support.paths import FAZHI, ROOT
from tests.tools import attackers, pull_faults, quiet_faults
from warehouse import landing, verify

FEW, MANY, FIGURES = 40, 60, 5
ENOUGH = 50  # trials of the first fault, for figures that stand on the page
# Loaded into a run: puts the clock ahead by CLOCK_AHEAD seconds, and lets everything below READ_ONLY be read-only once READ_ONLY.flag is there.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)
static time_t ahead(void) { const char *s = getenv("CLOCK_AHEAD"); return s ? atol(s) : 0; }
int clock_gettime(clockid_t id, struct timespec *t) {
  REAL(int, clock_gettime, clockid_t, struct timespec *);
  int r = real(id, t); if (id == CLOCK_REALTIME) t->tv_sec += ahead(); return r; }
int gettimeofday(struct timeval *t, void *z) {
  REAL(int, gettimeofday, struct timeval *, void *);
  int r = real(t, z); t->tv_sec += ahead(); return r; }
time_t time(time_t *p) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); if (p) *p = t.tv_sec; return t.tv_sec; }

static int below(const char *path) {
  const char *home = getenv("READ_ONLY"); char flag[PATH_MAX];
  if (!home || !path || strncmp(path, home, strlen(home))) return 0;
  snprintf(flag, sizeof flag, "%s.flag", home);
  return access(flag, F_OK) == 0; }
static int written(int fd) {
  char link[64], path[PATH_MAX]; ssize_t n;
  if (!getenv("READ_ONLY")) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if ((n = readlink(link, path, sizeof path - 1)) < 0) return 0;
  path[n] = 0; return below(path); }
#define REFUSE(what) if (what) { errno = EROFS; return -1; }
static int writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC); }
#define OPEN(name) int name(const char *path, int flags, ...) { \
  REAL(int, name, const char *, int, ...); va_list v; va_start(v, flags); int mode = va_arg(v, int); va_end(v); \
  REFUSE(writing(flags) && below(path)) return real(path, flags, mode); }
OPEN(open) OPEN(open64)
#define OPENAT(name) int name(int at, const char *path, int flags, ...) { \
  REAL(int, name, int, const char *, int, ...); va_list v; va_start(v, flags); int mode = va_arg(v, int); va_end(v); \
  REFUSE(writing(flags) && below(path)) return real(at, path, flags, mode); }
OPENAT(openat) OPENAT(openat64)
int mkdir(const char *path, mode_t mode) { REAL(int, mkdir, const char *, mode_t); REFUSE(below(path)) return real(path, mode); }
int rename(const char *from, const char *to) { REAL(int, rename, const char *, const char *); REFUSE(below(to)) return real(from, to); }
int link(const char *from, const char *to) { REAL(int, link, const char *, const char *); REFUSE(below(to)) return real(from, to); }
int symlink(const char *from, const char *to) { REAL(int, symlink, const char *, const char *); REFUSE(below(to)) return real(from, to); }
int unlink(const char *path) { REAL(int, unlink, const char *); REFUSE(below(path)) return real(path); }
int chmod(const char *path, mode_t mode) { REAL(int, chmod, const char *, mode_t); REFUSE(below(path)) return real(path, mode); }
ssize_t write(int fd, const void *b, size_t n) { REAL(ssize_t, write, int, const void *, size_t); REFUSE(written(fd)) return real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(ssize_t, pwrite, int, const void *, size_t, off_t); REFUSE(written(fd)) return real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t); REFUSE(written(fd)) return real(fd, b, n, o); }
"""
CONTENT = (
    "reports",
    "sections",
    "metrics",
    "numerals",
    "metric_links",
    "section_terms",
    "townships",
    "report_history",
)


def published(data: Path) -> dict[str, bytes]:
    """The bytes of every published file but those of the table runs."""
    home = (data / "parquet").resolve()
    return {
        f"{p.parent.name}/{p.name}": p.read_bytes()
        for p in home.glob("*/*.parquet")
        if p.parent.name != "runs"
    }


def look(data: Path) -> int | None:
    """What a reader sees now: nothing, or the number of reports of a state whose tables and files agree with one another."""
    try:
        path = (data / "current").resolve(strict=True)
    except FileNotFoundError:
        return None
    with duckdb.connect(str(path / "warehouse.duckdb"), read_only=True) as c:
        seen = c.execute("""select (select count(*) from reports), (select count(distinct report_id) from sections), (select count(*) from sources where is_current),
            (select count(*) from metrics), (select figures from runs order by run_id desc limit 1)""").fetchone()
    with duckdb.connect() as c:
        files = c.execute(
            f"select (select count(*) from '{path}/parquet/reports/*.parquet'), (select count(*) from '{path}/parquet/metrics/*.parquet')"
        ).fetchone()
    n = seen[0]
    assert seen == (n, n, n, n * FIGURES, n * FIGURES) and files == (n, n * FIGURES), (seen, files)
    return n


@dataclass
class Ground:
    """Sources of both nights, the data folder after the first, and the published bytes that an undisturbed second (or first) night gives."""

    home: Path
    few: Path
    many: Path
    base: Path
    after_change: dict[str, bytes]
    after_first: dict[str, bytes]
    seconds: float
    size: int  # bytes that a first night writes


def command(sources: Path, data: Path) -> list[str]:
    """A run in small batches."""
    return [
        str(FAZHI),
        "run",
        str(sources),
        "--data",
        str(data),
        "--batch-size",
        "8",
        "--workers",
        "2",
    ]


def start(sources: Path, data: Path, **environment) -> subprocess.Popen:
    """A run with its workers in a process group of its own."""
    return subprocess.Popen(
        command(sources, data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **environment},
    )


def prepare(home: Path) -> Ground:
    """Lays the ground for trials in `home`."""
    few, many, base = home / "few" / "in", home / "many" / "in", home / "base"
    reports.write(few, range(FEW))
    reports.write(many, range(MANY))
    for i in range(5):
        path = next(many.rglob(f"{i:05d}-*.txt"))
        path.write_text(reports.text(i, disputes=500 + i), encoding="utf-8")
    live = home / "in"

    def run(sources: Path, data: Path) -> float:
        shutil.rmtree(live, ignore_errors=True)
        shutil.copytree(sources, live)
        begin = time.monotonic()
        out = subprocess.run(command(live, data), capture_output=True, text=True)
        assert out.returncode == 0, out.stderr
        return time.monotonic() - begin

    run(few, base)
    shutil.copytree(base, home / "changed", symlinks=True)
    seconds = run(many, home / "changed")
    run(many, home / "first")
    return Ground(
        home,
        few,
        many,
        base,
        published(home / "changed"),
        published(home / "first"),
        seconds,
        _size(home / "first"),
    )


def _size(folder: Path) -> int:
    return sum(p.lstat().st_size + 4096 for p in folder.rglob("*"))


class Trial:
    """One trial on the ground: `data` and `sources` as before the night."""

    def __init__(
        self, ground: Ground, chance: random.Random, first: bool, data: Path | None = None
    ) -> None:
        self.ground, self.chance, self.first = ground, chance, first
        self.data = data or ground.home / "data"
        self.sources = ground.home / "in"
        for folder in (self.sources, *([] if data else [self.data])):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ground.many, self.sources)
        if not first:
            shutil.copytree(ground.base, self.data, symlinks=True, dirs_exist_ok=True)
        self.views: set[int | None] = set()
        self.problems: list[str] = []

    def somewhen(self) -> float:
        """A random instant of a run, in seconds from its start."""
        return self.chance.uniform(0.05, self.ground.seconds * 1.05)

    @contextlib.contextmanager
    def watched(self):
        """Readers look as long as the block runs."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                try:
                    self.views.add(look(self.data))
                except Exception as error:
                    self.problems.append(f"a reader saw {type(error).__name__}: {error}")
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()

    def recover(self, tables: tuple[str, ...] = ()) -> None:
        """The fault has ended: the same run again, and all that must hold then (only these tables byte for byte). Raises AssertionError."""
        landed = (
            {p.name for p in (self.data / "landing").glob("??/*")}
            if (self.data / "landing").exists()
            else set()
        )
        out = subprocess.run(
            command(self.sources, self.data), capture_output=True, text=True, timeout=600
        )
        assert out.returncode == 0, out.stderr[-800:]
        assert "Traceback" not in out.stderr, out.stderr[-800:]
        assert look(self.data) == MANY
        expected, made = (
            self.ground.after_first if self.first else self.ground.after_change,
            published(self.data),
        )
        different = {n for n in expected.keys() | made.keys() if expected.get(n) != made.get(n)}
        assert not {n for n in different if not tables or n.split("/")[0] in tables}, sorted(
            different
        )[:5]
        assert landed <= {
            p.name for p in (self.data / "landing").glob("??/*")
        } and not landing.damaged(self.data)
        assert not verify.verify(self.data)
        left = [*self.data.rglob("*.tmp"), *self.data.glob("snapshots/.candidate")]
        assert not left, left
        assert self.views <= {None if self.first else FEW, MANY}, self.views
        assert not self.problems, self.problems[:2]


def killed(trial: Trial) -> str:
    """kill -9 of the run and its workers at a random instant"""
    process = start(trial.sources, trial.data)
    with trial.watched():
        time.sleep(trial.somewhen())
        ended = process.poll() is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return "ended before" if ended else "killed"


def told_to_stop(trial: Trial) -> str:
    """SIGTERM or Ctrl-C at a random instant"""
    process = start(trial.sources, trial.data)
    with trial.watched():
        time.sleep(trial.somewhen() + 0.4)  # before that Python itself is only starting
        process.send_signal(trial.chance.choice([signal.SIGTERM, signal.SIGINT]))
        _, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err[-600:]
    assert process.returncode in (0, 130, 143, -signal.SIGTERM, -signal.SIGINT), (
        process.returncode,
        err,
    )
    if process.returncode in (130, 143):
        assert "nothing was published" in err and look(trial.data) == (
            None if trial.first else FEW
        ), err
    said = {0: "ended all the same", 130: "stopped and said so", 143: "stopped and said so"}
    return said.get(process.returncode, "stopped before it began")


def worker_killed(trial: Trial) -> str:
    """kill -9 of a worker process, or of the one they are forked from, at a random instant"""
    process = start(trial.sources, trial.data)
    hit = False
    with trial.watched():
        end = time.monotonic() + 60
        while not hit and process.poll() is None and time.monotonic() < end:
            ancestors = [c for c in children(process.pid) if forks_workers(c)]
            workers = [c for a in ancestors for c in children(a)]
            with contextlib.suppress(OSError):
                if workers:
                    victim = trial.chance.choice(ancestors + workers)
                    time.sleep(trial.chance.uniform(0, 0.9))
                    os.kill(victim, signal.SIGKILL)
                    hit = True
            time.sleep(0.005)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-600:]
    assert look(trial.data) == MANY
    return "the run went on" if hit else "no worker met"


def forks_workers(pid: int) -> bool:
    """Whether a process is the one that workers are forked from, or one of these."""
    with contextlib.suppress(OSError):
        return b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    with contextlib.suppress(OSError):
        return [
            int(c)
            for t in Path(f"/proc/{pid}/task").iterdir()
            for c in (t / "children").read_text().split()
        ]
    return []


def source_gone(trial: Trial) -> str:
    """the folder of sources vanishes at a random instant, and is back for the next run"""
    process = start(trial.sources, trial.data)
    away = trial.sources.with_name("away")
    with trial.watched():
        time.sleep(trial.somewhen())
        trial.sources.rename(away)
        _, err = process.communicate(timeout=180)
        seen = look(trial.data)
    away.rename(trial.sources)
    assert "Traceback" not in err, err[-600:]
    trial.views -= (
        {seen} if seen is not None and process.returncode == 0 else set()
    )  # with fewer sources fewer reports
    return {0: "published what was there", 1: "refused"}.get(
        process.returncode, "failed, nothing published"
    )


def two_at_once(trial: Trial) -> str:
    """a second run is started at a random instant of the first"""
    first = start(trial.sources, trial.data)
    with trial.watched():
        time.sleep(trial.somewhen())
        second = start(trial.sources, trial.data)
        codes = []
        for process in (first, second):
            _, err = process.communicate(timeout=120)
            codes.append(process.returncode)
            assert process.returncode == 0 or "another run is under way" in err, err[-600:]
    assert 0 in codes
    return "one refused" if 1 in codes else "one after the other"


def disk_full(trial: Trial) -> str:
    """a file system that is full after so many bytes"""
    process = start(trial.sources, trial.data)
    with trial.watched():
        _, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err[-1500:]
    if process.returncode != 0:
        assert "No space left" in err or "full" in err, err[-600:]
    return "enough room" if process.returncode == 0 else "failed and said so"


def read_only(trial: Trial, library: Path) -> str:
    """the data folder becomes read-only at a random instant"""
    flag = trial.data.with_name(f"{trial.data.name}.flag")
    process = start(trial.sources, trial.data, LD_PRELOAD=str(library), READ_ONLY=str(trial.data))
    with trial.watched():
        time.sleep(trial.somewhen())
        flag.touch()
        _, err = process.communicate(timeout=120)
        seen = look(trial.data)
    flag.unlink()
    assert "Traceback" not in err, err[-1500:]
    if process.returncode:
        assert ("ead-only" in err and seen == (None if trial.first else FEW)) or seen == MANY, (
            seen,
            err[-600:],
        )
    return "ended before" if process.returncode == 0 else "failed and said so"


def clock_back(trial: Trial, library: Path) -> str:
    """the night before ran with a clock some days ahead, killed or not; this one has the right time"""
    days = trial.chance.randrange(1, 400)
    process = start(
        trial.sources, trial.data, LD_PRELOAD=str(library), CLOCK_AHEAD=str(days * 86_400)
    )
    with trial.watched():
        if trial.chance.random() < 0.7:
            time.sleep(trial.somewhen())
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=120)
    if process.returncode == 0:
        path = next(trial.sources.rglob("00059-*.txt"))  # something to do with the clock set back
        path.write_text(reports.text(59, disputes=9), encoding="utf-8")
        out = subprocess.run(command(trial.sources, trial.data), capture_output=True, text=True)
        assert out.returncode == 0, out.stderr
        with duckdb.connect(str(trial.data / "warehouse.duckdb"), read_only=True) as c:
            got = c.execute(
                "select value from metrics where sentence like '%9起，化解8起%' and value = 9"
            ).fetchall()
            assert got == [(9.0,)], got
        trial.data = (
            trial.ground.home / "clock"
        )  # its last state is another one: the rest is tried on a fresh folder
        shutil.rmtree(trial.data, ignore_errors=True)
        shutil.copytree(trial.ground.base, trial.data, symlinks=True)
        shutil.rmtree(trial.sources)
        shutil.copytree(trial.ground.many, trial.sources)
        trial.first = False
        trial.views.clear()
        return "published, and changed after"
    return "killed"


PLACES = {
    "a landed file": "landing/??/*",
    "a staged batch": "staging/*/*/*.parquet",
    "the list of a staged batch": "staging/*/*/batch.json",
    "a Parquet file": "snapshots/*/parquet/*/*.parquet",
    "warehouse.duckdb": "snapshots/*/warehouse.duckdb",
    "the description of a state": "snapshots/*/snapshot.json",
    "the journal": "state/runs.jsonl",
    "the stamps of the sources": "state/stamps.json",
}


def damaged(trial: Trial, place: str) -> str:
    """bytes of a file of the data folder are changed, or its end is lost"""
    path = trial.chance.choice(
        sorted(p for p in trial.data.glob(PLACES[place]) if p.stat().st_size)
    )
    os.chmod(path, 0o644)
    content = bytearray(path.read_bytes())
    at = trial.chance.randrange(len(content))
    if trial.chance.random() < 0.5:
        content[at] ^= 0x55
    else:
        del content[at:]
    path.unlink()  # the states before share the file: a disk that loses bytes loses them for one name
    path.write_bytes(content)
    watched = not place.startswith("the journal") and not place.startswith("the stamps")
    if watched:
        said = [damage.line() for damage in verify.verify(trial.data)]
        assert any(path.name in line or path.parent.name in line for line in said), (
            place,
            path,
            said,
        )
    before = subprocess.run(
        [str(FAZHI), "repair", "--data", str(trial.data)], capture_output=True, text=True
    )
    assert before.returncode == 0 and "Traceback" not in before.stderr, (
        before.stdout,
        before.stderr[-800:],
    )
    return "noticed and repaired" if watched else "made anew"


def _remount(folder: Path, how: str) -> bool:
    return (
        subprocess.run(
            ["mount", "-o", f"remount,{how}", str(folder)], capture_output=True
        ).returncode
        == 0
    )


@contextlib.contextmanager
def small_disk(ground: Ground, size: int):
    """A file system of `size` bytes in memory. Raises PermissionError where this user may not mount one."""
    folder = ground.home / "disk"
    folder.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        raise PermissionError(made.stderr.decode())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def on_small_disk(ground: Ground, chance: random.Random, first: bool, free: int) -> str:
    """A trial of `disk_full` with `free` bytes to write."""
    with small_disk(ground, (0 if first else _size(ground.base)) + free) as folder:
        trial = Trial(ground, chance, first, folder)
        said = disk_full(trial)
        _remount(folder, "size=400000000")
        trial.recover(CONTENT)
    return said


def shim(home: Path) -> Path | None:
    """The library to load into runs; None where there is no compiler."""
    if not shutil.which("gcc"):
        return None
    (home / "shim.c").write_text(SHIM)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", str(home / "shim.so"), str(home / "shim.c"), "-ldl"],
        check=True,
    )
    return home / "shim.so"


@contextlib.contextmanager
def prefect_server(home: Path):
    """A Prefect server for all runs below."""
    os.environ["PREFECT_HOME"] = str(home / "prefect")
    os.environ.update(settings.prefect_environment(verbose=False))
    started = server.launch(loops=False)
    started.wait()
    os.environ.update(started.environment())
    try:
        yield
    finally:
        started.stop()


def plan(
    ground: Ground, trials: int, library: Path | None
) -> list[tuple[str, int, Callable[[random.Random, bool], str]]]:
    """(what, how often, one trial of it) for `trials` kills and a sixtieth to a twelfth as many of the rest."""

    def simple(
        fault: Callable[[Trial], str], tables: tuple[str, ...] = ()
    ) -> Callable[[random.Random, bool], str]:
        def go(chance: random.Random, first: bool) -> str:
            trial = Trial(ground, chance, first)
            said = fault(trial)
            trial.recover(tables)
            return said

        return go

    def corrupt(place: str) -> Callable[[random.Random, bool], str]:
        def go(chance: random.Random, first: bool) -> str:
            trial = Trial(ground, chance, False)
            said = damaged(trial, place)
            trial.recover(CONTENT)
            return said

        return go

    rooms = iter(range(10_000))
    steps = max(2, trials // 12)
    room = ground.size * 1.1  # the last of them have enough

    def full(chance: random.Random, first: bool) -> str:
        return on_small_disk(
            ground, chance, first, int(room * (next(rooms) % steps + chance.random()) / steps)
        )

    made = [
        (killed.__doc__, trials, simple(killed)),
        (told_to_stop.__doc__, trials // 16, simple(told_to_stop)),
        (worker_killed.__doc__, trials // 16, simple(worker_killed)),
        (source_gone.__doc__, trials // 16, simple(source_gone, CONTENT)),
        (two_at_once.__doc__, trials // 16, simple(two_at_once)),
    ]
    if os.geteuid() == 0:
        made.append((disk_full.__doc__, steps, full))
    if library:
        made.append(
            (read_only.__doc__, trials // 16, simple(lambda t: read_only(t, library), CONTENT))
        )
        made.append((clock_back.__doc__, trials // 16, simple(lambda t: clock_back(t, library))))
    made += [(f"damage: {place}", max(1, trials // 60), corrupt(place)) for place in PLACES]
    return made


def main() -> None:
    """Tries everything and writes docs/faults.md."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with prefect_server(home):
            ground = prepare(home)
            for what, count, trial in plan(ground, trials, shim(home)):
                outcomes, wrong = Counter(), []
                for i in range(count):
                    try:
                        outcomes[trial(chance, i % 2 == 0)] += 1
                    except Exception as error:
                        wrong.append(f"{type(error).__name__}: {str(error)[:1500]}")
                        print(f"  {what}, trial {i}: {wrong[-1]}", flush=True)
                said = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
                lines.append(f"| {what} | {count} | {said} | {len(wrong)} |")
                print(lines[-1], flush=True)
                if trials >= ENOUGH:
                    write(lines)  # what was tried is told, even if the rest is not
            quiet = quiet_faults.rows(trials, chance)
            others = itertools.chain(quiet, pull_faults.rows(trials, chance), attackers.rows(chance))
            for row in others:
                lines.append(row)
                print(row, flush=True)
                if trials >= ENOUGH:
                    write(lines)


def write(lines: list[str]) -> None:
    """docs/faults.md."""
    head = (__doc__ or "").split("\n\n", 1)[1].strip()
    page = [
        "# Faults survived",
        "",
        "Written by `make faults`.",
        "",
        *head.splitlines()[2:],
        "",
        "| fault | trials | what became of the run | did not hold |",
        "| --- | --- | --- | --- |",
        *lines,
    ]
    (ROOT / "docs" / "faults.md").write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
