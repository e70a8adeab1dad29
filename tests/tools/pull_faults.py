"""Faults of pulls: kills, portals that go down, servers that stall, lie, or lead elsewhere, damaged logs.

usage: python -m tests.tools.pull_faults [TRIALS] [SEED]

`make faults` tries these too; called by itself this writes their rows of docs/faults.md alone. A portal on loopback is pulled whole first. After
each fault the same pull is made again, and all that the portal holds must be there, byte for byte, with a receipt each; what was answered before a
kill is not asked for again; what an address held before it broke stays; and no address but the broken one is missing.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from flows.pull import pull_source
from tests.support import portal, pulls
from tests.support.paths import ROOT
from warehouse import landing, verify
from warehouse.pulled import CONTENT, PullLog
from warehouse.source_list import PullSource

Trial = Callable[[Path, random.Random], str]
MARK = "| pull: "
# fault of the portal -> the reason that the log must give; None: the report comes all the same
SERVERS = {
    "stall": "timed_out",
    "trickle": "timed_out",
    "truncated": "cut_off",
    "reset": "cut_off",
    "endless": "too_large",
    "bomb": "too_large",
    "403": "forbidden",
    "404": "gone",
    "500": "http_error",
    "busy": "busy",
    "429": None,
    "503": None,
    "soft404": "soft_404",
    "captcha": "captcha_page",
    "login": "login_page",
    "loop": "redirect_loop",
    "to-local": "refused_address",
    "to-file": "refused_address",
    "to-ftp": "refused_address",
    "to-metadata": "refused_address",
    "moved": None,
    "charset": None,
}
IN_WORDS = {
    "stall": "sends nothing after the first bytes",
    "trickle": "sends some bytes a second",
    "truncated": "ends before the length that it names",
    "reset": "ends the connection",
    "endless": "sends without an end",
    "bomb": "sends a gzip bomb",
    "busy": "answers 503 again and again",
    "429": "answers 429 with Retry-After",
    "503": "answers 503 with Retry-After",
    "soft404": "answers 200 with an error page",
    "captcha": "asks for a captcha",
    "login": "asks for a login",
    "loop": "redirects in a circle",
    "to-local": "redirects to 127.0.0.1",
    "to-file": "redirects to file://",
    "to-ftp": "redirects to ftp://",
    "to-metadata": "redirects to 169.254.169.254",
    "moved": "redirects to another page of the portal",
    "charset": "names a wrong charset",
}


def source(server: portal.Portal, path: str, **more: float) -> PullSource:
    """A source on the portal."""
    return PullSource("portal", "web", server.base + path, delay_seconds=0, **more)


def held(data: Path) -> dict[str, str | None]:
    """Path on the portal -> digest of what the log holds of it, compared with the landed bytes."""
    good = PullLog(data, "portal").good
    found = {a.address.split("/", 3)[3]: a.sha256 for a in good.values() if a.kind in CONTENT}
    assert all(landing.is_sound(landing.object_path(data, d or "")) for d in found.values())
    return found


def complete(server: portal.Portal, pulled: PullSource, data: Path, expected: dict) -> None:
    """Pulls again; everything must be there. Raises AssertionError."""
    answered = set(PullLog(data, pulled.name).answered)
    is_open = PullLog(data, pulled.name).open_pull is not None
    before = len(server.requests)
    result = pull_source(pulled, data, pulls.LIMIT)
    assert result.error is None, result.error
    assert held(data) == expected, (held(data), expected)
    asked = {server.base + path for path, *_ in server.requests[before:]}
    assert not (is_open and asked & answered), asked & answered
    assert not verify.verify(data), [damage.line() for damage in verify.verify(data)]


def killed(home: Path, chance: random.Random) -> str:
    """kill -9 of a pull and its spider at a random instant"""
    with portal.serve() as server:
        pulled = source(server, "/trs/")
        expected = _whole(server, pulled, home)
        answers = len(PullLog(home / "whole", pulled.name).answered)
        server.delay = 0.1
        process = pulls.start(pulled, home / "data")
        wanted = chance.randrange(answers)
        while len(PullLog(home / "data", pulled.name).answered) < wanted and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.3))
        ended = process.poll() is not None
        pulls.kill(process)
        server.delay = 0.0
        answered = len(PullLog(home / "data", pulled.name).answered)
        assert not verify.verify(home / "data")
        complete(server, pulled, home / "data", expected)
    return "ended before" if ended else "killed on the way" if answered else "killed at the start"


def down(home: Path, chance: random.Random) -> str:
    """the portal goes down at a random instant, and is back for the next pull"""
    with portal.serve() as server:
        pulled = source(server, "/trs/")
        expected = _whole(server, pulled, home)
        server.delay = 0.1
        timer = threading.Timer(chance.uniform(1.0, 4.0), setattr, (server, "down", True))
        timer.start()
        result = pull_source(pulled, home / "data", pulls.LIMIT)
        timer.cancel()
        server.down, server.delay = False, 0.0
        complete(server, pulled, home / "data", expected)
    return "ended before" if not (result.error or result.failed) else "told"


def log_damaged(home: Path, chance: random.Random) -> str:
    """one bit of a log flips"""
    with portal.serve() as server:
        pulled = source(server, "/trs/")
        expected = _whole(server, pulled, home)
        log = PullLog(home / "whole", pulled.name).path
        content = bytearray(log.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        log.write_bytes(content)
        assert log in {damage.path for damage in verify.verify(home / "whole")}
        pull_source(pulled, home / "whole", pulls.LIMIT)
        assert held(home / "whole") == expected
    return "named, and pulled again"


def broken_servers(home: Path, faults: list[str]) -> dict[str, str]:
    """Fault -> what became of it. All addresses were good the night before, then each has its fault.

    Raises AssertionError where another address than a broken one suffered, or what was there was lost.
    """
    with portal.serve() as server, portal.serve() as elsewhere:
        server.elsewhere, server.is_sound = elsewhere.base, True
        pulled = source(server, f"/faults/?of={','.join(faults)}", timeout_seconds=5.0)
        before = _whole(server, pulled, home)
        assert len(before) == len(faults) + 1, before
        server.is_sound = False
        result = pull_source(pulled, home / "whole", pulls.LIMIT)
        after = held(home / "whole")
        assert after.keys() == before.keys() and not elsewhere.requests
        problems = {a.address.rsplit("/", 1)[1]: a.problem for a in result.answers if a.problem}
        for fault in faults:
            is_kept = after[f"fault/{fault}"] == before[f"fault/{fault}"]
            assert is_kept or SERVERS[fault] is None, fault
        server.is_sound = True
        complete(server, pulled, home / "whole", before)
    return {fault: problems.get(fault, "came all the same") for fault in faults}


def _whole(server: portal.Portal, pulled: PullSource, home: Path) -> dict[str, str | None]:
    pull_source(pulled, home / "whole", pulls.LIMIT)
    return held(home / "whole")


def plan(trials: int) -> Iterator[tuple[str, int, Trial]]:
    """Yields (what, how often, one trial of it in a folder of its own)."""
    yield killed.__doc__ or "", max(20, trials // 10), killed
    yield down.__doc__ or "", max(1, trials // 30), down
    yield log_damaged.__doc__ or "", max(1, trials // 40), log_damaged


def rows(trials: int, chance: random.Random) -> Iterator[str]:
    """Yields a row of the table for each fault: what, trials, what became of them, how many did not hold."""
    for what, count, trial in plan(trials):
        outcomes, wrong = Counter[str](), 0
        for number in range(count):
            home = Path(tempfile.mkdtemp())
            try:
                outcomes[trial(home, chance)] += 1
            except Exception as error:
                wrong += 1
                print(f"  {what}, trial {number}: {type(error).__name__}: {error}"[:1500], flush=True)
            shutil.rmtree(home, ignore_errors=True)
        said = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
        yield f"{MARK}{what} | {count} | {said} | {wrong} |"
    yield from server_rows()


def server_rows() -> Iterator[str]:
    """Yields a row of the table for each fault of a server; all are tried in one pull."""
    home = Path(tempfile.mkdtemp())
    try:
        became = broken_servers(home, list(SERVERS))
    except Exception as error:
        print(f"  faults of servers: {type(error).__name__}: {error}"[:1500], flush=True)
        became = {}
    shutil.rmtree(home, ignore_errors=True)
    for fault, code in SERVERS.items():
        what = f"a server that {IN_WORDS.get(fault, f'answers {fault}')}"
        said = became.get(fault, "something was lost")
        wrong = int(said != (code or "came all the same"))
        yield f"{MARK}{what} | 1 | 1 {said} | {wrong} |"


def main() -> None:
    """Tries all and puts the rows into docs/faults.md, in the place of those of before."""
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    made = []
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 200, chance):
        print(row, flush=True)
        made.append(row)
    page = ROOT / "docs" / "faults.md"
    others = [line for line in page.read_text(encoding="utf-8").splitlines() if not line.startswith(MARK)]
    page.write_text("\n".join([*others, *made]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
