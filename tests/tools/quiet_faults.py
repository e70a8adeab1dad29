"""Faults that kill nothing: bytes that change, storage that several machines use, lines that strangers wrote, Ctrl-C of a whole terminal.

usage: python -m tests.tools.quiet_faults [TRIALS] [SEED]

`make faults` tries these after the others. Each trial says what became of it, and raises AssertionError where something was lost.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from flows import register
from schemas.errors import UsageError
from tests.support import reports
from tests.support.machines import interleaved
from tests.support.nights import ask, night
from tests.support.paths import FAZHI
from warehouse import storage, verify

Trial = Callable[[random.Random], str]
# kinds of files that verify answers for
KINDS = {
    "landed bytes": "landing/[0-9a-f][0-9a-f]/*",
    "receipts": "landing/receipts/*.jsonl",
    "staged batches": "staging/*/*/*.parquet",
    "lists of batches": "staging/*/*/batch.json",
    "tables": "snapshots/*/parquet/*/*.parquet",
    "state.parquet": "snapshots/*/state.parquet",
    "descriptor": "snapshots/*/datapackage.json",
    "warehouse.duckdb": "snapshots/*/warehouse.duckdb",
    "descriptions of states": "snapshots/*/snapshot.json",
    "journal": "state/runs.jsonl",
    "stamps": "state/stamps.json",
    "note of the state in force": "state/in_force.json",
}
LINES = (
    b'{"file": "\\ud800.txt", "township": "\\udfff"}\n',
    b"[" * 200_000 + b"\n",
    b'{"file": NaN}\n',
    b"\xff\xfe\x00{\n",
    b'{"file": "../../../etc/passwd", "url": "file:///etc/passwd"}\n',
    b'{"file": "' + "镇".encode() * 6_000 + b'"}\n',
    b'{"received": "9999-99-99", "township": ["a"]}\n',
    b'{"a": ' * 5_000 + b"\n",
)
# of a night, as its logs call them
STEPS = ("scan", "land", "parse", "sort_out", "plan", "assemble", "judge", "publish")
STOP_SECONDS = 10  # on a machine that has little else to do; 5 where it has nothing
HOLDERS = ("manifest", "reviews", "dismissals", "register")


def flipped(base: Path, home: Path, kind: str, chance: random.Random) -> str:
    """Changes one byte of one file and asks verify, which must name the file or its batch."""
    data = shutil.copytree(base, home / "data", symlinks=True)
    path = chance.choice(sorted(p for p in data.glob(KINDS[kind]) if p.stat().st_size))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.unlink()
    path.write_bytes(content)
    said = [damage.line() for damage in verify.verify(data)]
    assert any(path.name in line or path.parent.name in line for line in said), (path, said)
    return "named"


def of_strangers(base: Path, home: Path, holder: str, chance: random.Random) -> str:
    """Puts a hostile line where the job reads lines; the night must publish the new report all the same."""
    data = shutil.copytree(base, home / "data", symlinks=True)
    reports.write(home / "in", range(4))
    line = chance.choice(LINES)
    if holder == "register":
        (home / "register.csv").write_bytes(b"code,name,county,prefecture,province\n" + line)
        try:
            register.load(data, str(home / "register.csv"))
        except UsageError:
            return "refused in one line"
        return "read"
    if holder == "manifest":
        (home / "in" / "manifest.jsonl").write_bytes(line)
    else:
        name = {"reviews": "reviews.jsonl", "dismissals": "dismissed.jsonl"}[holder]
        (data / "decisions").mkdir(exist_ok=True)
        with open(data / "decisions" / name, "ab") as file:
            file.write(line)
    outcome = night(data, home / "in")["outcome"]
    assert outcome == "published", outcome
    assert ask(data, "select count(*) from reports") == [(4,)]
    return "published all the same"


def on_storage(home: Path, chance: random.Random) -> str:
    """Two or three machines publish to one storage in a random order, some of them killed."""
    storage.AT_ONCE = 1
    machines, kills = chance.choice((2, 3)), chance.choice((0.0, 0.05))
    lost = interleaved(home, chance.randrange(1 << 30), machines, kills)
    assert not lost, lost
    return f"{machines} machines"


def group_signal(base: Path, home: Path, chance: random.Random, step: str | None = None) -> str:
    """Ctrl-C in a terminal, or SIGTERM of a service manager, to every process of the group at once.

    At a random instant, or in the `step` of a night of which the logs speak. The next night must go on from there.
    """
    data = shutil.copytree(base, home / "data", symlinks=True)
    reports.write(home / "in", range(60))
    number = chance.choice((signal.SIGINT, signal.SIGTERM))
    with subprocess.Popen(
        [str(FAZHI), "run", str(home / "in"), "--data", str(data), "--verbose"],
        env={**os.environ, "PREFECT_LOGGING_LEVEL": "INFO"},  # the logs tell the steps
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        said = _until(process, step) if step else ""
        time.sleep(chance.uniform(0, 1) if step else chance.uniform(2, 20))
        begin = time.monotonic()
        os.killpg(process.pid, number)
        said += process.communicate(timeout=60)[1]
        took = time.monotonic() - begin
    assert process.returncode in (0, 128 + number, -number), (process.returncode, said)
    busy = max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0)))
    assert took < STOP_SECONDS * busy or process.returncode == 0, took
    problems = verify.verify(data)
    assert not problems, problems
    outcome = night(data, home / "in")["outcome"]
    assert outcome == ("unchanged" if process.returncode == 0 else "published"), outcome
    assert ask(data, "select count(*) from reports") == [(60,)]
    assert not verify.verify(data)
    return "ended all the same" if process.returncode == 0 else "stopped"


def _until(process: subprocess.Popen[str], step: str) -> str:
    """Reads the logs of a run until it begins with a step; returns what was read."""
    said = ""
    for line in process.stderr or ():
        said += line
        if line.rstrip().endswith(f" {step}"):
            return said
    raise AssertionError(f"the run never came to {step}: {said[-600:]}")


def plan(base: Path, trials: int) -> Iterator[tuple[str, int, Callable[[Path, random.Random], str]]]:
    """Yields (what, how often, one trial of it in a folder of its own)."""
    for kind in KINDS:
        yield (
            f"one bit flips: {kind}",
            max(1, trials // 10),
            lambda home, chance, kind=kind: flipped(base, home, kind, chance),
        )
    for holder in HOLDERS:
        yield (
            f"a hostile line: {holder}",
            max(1, trials // 25),
            lambda home, chance, holder=holder: of_strangers(base, home, holder, chance),
        )
    yield "orders of machines on one storage", trials, on_storage
    yield (
        "Ctrl-C or SIGTERM to the whole process group",
        max(1, trials // 25),
        lambda home, chance: group_signal(base, home, chance),
    )
    for step in STEPS:
        yield (
            f"Ctrl-C or SIGTERM to the whole process group: {step}",
            max(1, trials // 50),
            lambda home, chance, step=step: group_signal(base, home, chance, step),
        )


def rows(trials: int, chance: random.Random) -> Iterator[str]:
    """Yields a row of the table for each fault: what, trials, what became of them, and how many did not hold."""
    with tempfile.TemporaryDirectory() as folder:
        reports.write(Path(folder) / "in", range(3))
        base = Path(folder) / "base"
        night(base, Path(folder) / "in")
        for what, count, trial in plan(base, trials):
            outcomes, wrong = Counter[str](), 0
            for number in range(count):
                with tempfile.TemporaryDirectory(dir=folder) as home:
                    try:
                        outcomes[trial(Path(home), chance)] += 1
                    except Exception as error:
                        wrong += 1
                        print(f"  {what}, trial {number}: {str(error)[:1500]}", flush=True)
            said = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
            yield f"| {what} | {count} | {said} | {wrong} |"


def main() -> None:
    """Tries all and prints the rows."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for row in rows(trials, random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)):
        print(row, flush=True)


if __name__ == "__main__":
    main()
