"""What others on the same machine, and web pages in its browser, try against a data folder and its server.

usage: python -m tests.tools.attackers [SEED]

`make faults` tries these after the others: each operation of the API of a server as `fazhi serve` starts it without the key and with
wrong ones, as a page of another site and under another host name (DNS rebinding); its streams; SQL in the settings of a run; links
and folders of others where files of ours are expected. Each trial raises AssertionError where something was reached or lost.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from flows.serving import server as servers
from flows.settings import prefect_environment, prefect_home
from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask, night
from tests.support.paths import FAZHI
from warehouse import files, verify

EVIL = "http://evil.example"
OPEN = ("/health", "/ready")  # say only that the server runs
STREAMS = ("/events/in", "/events/out", "/logs/out")
NOBODY = 65534
NO_ID = "00000000-0000-0000-0000-000000000000"
PAGES = ("/", "/ui-settings", "/openapi.json", "/docs", "/runs", "/settings")
# in place of the condition on reports: more than one expression, or one that reaches files
SQL = (
    "true; drop table reports",
    "true) union select * from reports --",
    "select 1",
    "exists (select * from read_text('{victim}'))",
    "exists (select * from read_csv('/etc/passwd'))",
    "exists (select * from glob('/**'))",
    "report_id = getenv('HOME')",
    "true; copy reports to '{made}'",
    "exists (copy reports to '{made}')",
    "true; attach '{made}' as other",
    "true; install httpfs; load httpfs",
    "true; set enable_external_access = true",
    "true /* ",
    "'",
    "\0",
)

Trial = Callable[[random.Random], str]


@contextlib.contextmanager
def standing_server(home: Path) -> Iterator[servers.Server]:
    """A server as `fazhi serve` starts it, with a Prefect folder of its own in `home`."""
    kept = dict(os.environ)
    for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING"):
        os.environ.pop(name, None)
    os.environ["PREFECT_HOME"] = str(home / "prefect")
    os.environ.update(prefect_environment(verbose=False))
    started = servers.launch(loops=True, key=servers.kept_key(home / "data"))
    try:
        started.wait()
        yield started
    finally:
        started.stop()
        os.environ.clear()
        os.environ.update(kept)


def answer(url: str, method: str = "GET", body: bytes | None = None, **headers: str):
    """Status, headers and body of a request."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as got:
            return got.status, dict(got.headers), got.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def operations(server: servers.Server) -> list[tuple[str, str]]:
    """Method and path of each operation of the API, as it declares them itself."""
    paths = json.loads(answer(f"{server.api_url.removesuffix('/api')}/openapi.json")[2])["paths"]
    return sorted(
        (method.upper(), path.removeprefix("/api"))
        for path, methods in paths.items()
        for method in methods
    )


def basic(key: str) -> str:
    """The header that shows a key."""
    return "Basic " + base64.b64encode(f"fazhi:{key}".encode()).decode()


def refused(server: servers.Server, method: str, path: str, **headers: str) -> bool:
    """Whether an operation is refused for want of the key, and tells a page of another site nothing."""
    url = server.api_url + re.sub(r"\{[^}]*\}", NO_ID, path)
    status, got, body = answer(url, method, None if method == "GET" else b"{}", **headers)
    allowed = {name.lower(): value for name, value in got.items()}.get("access-control-allow-origin")
    assert allowed not in ("*", EVIL), (method, path, allowed)
    assert server.key and server.key.encode() not in body, (method, path)
    return status == 401 or path in OPEN


AS_WHOM = {
    "without a key": {},
    "with a key of somebody's making": {"Authorization": basic(files.new_key())},
    "as a web page of another site": {"Origin": EVIL, "Content_Type": "text/plain"},
    "under another host name (DNS rebinding)": {"Host": "evil.example", "Origin": EVIL},
}


def calls(server: servers.Server) -> Iterator[tuple[str, int, Counter[str]]]:
    """Yields (as whom, operations, what became of them)."""
    every = operations(server)
    assert len(every) > 100, every
    for whom, headers in AS_WHOM.items():
        became = Counter(
            "refused" if refused(server, method, path, **headers) else f"reached {method} {path}"
            for method, path in every
        )
        yield f"an operation of the API {whom}", len(every), became


def asked_before(server: servers.Server) -> str:
    """a page of another site asks a browser's leave to send the key"""
    status, got, _ = answer(
        f"{server.api_url}/flow_runs/",
        "OPTIONS",
        Origin=EVIL,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization,content-type",
    )
    names = {name.lower(): value for name, value in got.items()}
    assert status == 400 and "access-control-allow-origin" not in names, (status, names)
    return "refused"


def pages_hold_no_key(server: servers.Server) -> str:
    """Prefect's own pages, which a browser loads without the key, are read for it"""
    for path in PAGES:
        body = answer(server.api_url.removesuffix("/api") + path, Host="evil.example")[2]
        assert server.key and server.key.encode() not in body, path
    return "not in them"


def stream_refused(server: servers.Server, path: str, subprotocols: list[str] | None) -> bool:
    """Whether a stream closes before it says or takes anything from one without the key."""
    url = server.api_url.replace("http", "ws", 1) + path
    try:
        with connect(url, subprotocols=subprotocols, origin=EVIL, open_timeout=60) as stream:
            stream.send(json.dumps({"type": "auth", "token": "fazhi:"}))
            stream.send(json.dumps({"type": "filter", "filter": {}}))
            said = json.loads(stream.recv(timeout=60))
            return bool(said.get("type") == "auth_failure")
    except WebSocketException:
        return True


def sql_as_condition(base: Path, home: Path, text: str) -> str:
    """Hands SQL to a run in place of the condition on reports; no file may be read, made or changed by it."""
    data = shutil.copytree(base, home / "data", symlinks=True)
    victim, made = home / "victim.txt", home / "made"
    victim.write_text("mine")
    condition = text.format(victim=victim, made=made)
    try:
        night(data, reprocess=condition)
        raise AssertionError(f"taken: {condition}")
    except UsageError as error:
        assert "\n" not in str(error), error
    assert victim.read_text() == "mine" and not made.exists(), condition
    assert ask(data, "select count(*) from reports") == [(3,)] and not verify.verify(data)
    return "refused"


def planted_links(base: Path, home: Path, chance: random.Random) -> str:
    """links to a file of the user stand in the shared temporary folder under all names that the run before used there"""
    shared, victim = home / "shared", home / "victim.txt"
    shared.mkdir()
    shared.chmod(0o1777)
    victim.write_text("mine")
    names = _run_in(shared, base, home / "before")
    for name in names:
        (shared / name).symlink_to(victim)
    _run_in(shared, base, home / "after")
    assert victim.read_text() == "mine"
    return f"{'some' if names else 'no'} name used, none trusted"


def _run_in(shared: Path, base: Path, home: Path) -> set[str]:
    """Runs a night with `shared` as temporary folder; returns the names that were made there."""
    data = shutil.copytree(base, home / "data", symlinks=True)
    reports.write(home / "in", range(4))
    before, seen, stop = set(os.listdir(shared)), set[str](), threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.update(os.listdir(shared))
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        out = subprocess.run(
            [str(FAZHI), "run", str(home / "in"), "--data", str(data)],
            env={**os.environ, "TMPDIR": str(shared)},
            capture_output=True,
            text=True,
        )
    finally:
        stop.set()
        watcher.join()
    assert out.returncode == 0 and "Traceback" not in out.stderr, out.stderr[-800:]
    assert ask(data, "select count(*) from reports") == [(4,)]
    return seen - before


def folder_of_another(home: Path) -> str:
    """the folder for Prefect's database is another user's, or a link of another to one"""
    cache, own = home / "cache", home / "data"
    place = cache / "fazhi" / "prefect"
    place.mkdir(parents=True)
    os.chown(place, NOBODY, NOBODY)
    linked = home / "linked"
    (linked / "fazhi").mkdir(parents=True)
    (linked / "fazhi" / "prefect").symlink_to(place)
    kept = dict(os.environ)
    os.environ.pop("PREFECT_HOME", None)
    try:
        for where in (cache, linked):
            os.environ["XDG_CACHE_HOME"] = str(where)
            assert prefect_home(own) == own / "state" / "prefect", where
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return "not used"


def key_of_another(home: Path) -> str:
    """another user lays a key of his own into the data folder, or a link to one"""
    state = home / "data" / "state"
    state.mkdir(parents=True)
    key = state / "server.key"
    planted = home / "planted.key"
    for path in (key, planted):
        path.write_text(files.new_key() + "\n")
        path.chmod(0o600)
    os.chown(key, NOBODY, NOBODY)
    _no_key(home / "data")
    key.unlink()
    key.symlink_to(planted)
    _no_key(home / "data")
    return "refused"


def _no_key(data: Path) -> None:
    try:
        servers.kept_key(data)
    except UsageError:
        return
    raise AssertionError("the key of another was taken")


def plan(base: Path, server: servers.Server) -> Iterator[tuple[str, list[Callable[[Path, random.Random], str]]]]:
    """Yields (what, its trials), each to be tried in a folder of its own."""
    for fault in (asked_before, pages_hold_no_key):
        yield fault.__doc__ or "", [lambda home, chance, fault=fault: fault(server)]

    def closed(path: str, names: list[str] | None) -> str:
        assert stream_refused(server, path, names), path
        return "refused"

    yield (
        "a stream of the API without the key",
        [
            lambda home, chance, path=path, names=names: closed(path, names)
            for path in STREAMS
            for names in (None, ["prefect"])
        ],
    )
    yield (
        "SQL in place of the condition on reports",
        [lambda home, chance, text=text: sql_as_condition(base, home, text) for text in SQL],
    )
    yield planted_links.__doc__ or "", [lambda home, chance: planted_links(base, home, chance)]
    if os.geteuid() == 0:  # who may give files away
        yield folder_of_another.__doc__ or "", [lambda home, chance: folder_of_another(home)]
        yield key_of_another.__doc__ or "", [lambda home, chance: key_of_another(home)]


MARK = "| attackers: "


def rows(chance: random.Random) -> Iterator[str]:
    """Yields a row of the table for each attack: what, trials, what became of them, and how many did not hold."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        reports.write(home / "in", range(3))
        night(home / "base", home / "in")
        with standing_server(home) as server:
            for what, count, became in calls(server):
                yield _row(what, count, became, sum(became.values()) - became["refused"])
            for what, trials in plan(home / "base", server):
                became, wrong = Counter[str](), 0
                for number, trial in enumerate(trials):
                    with tempfile.TemporaryDirectory(dir=folder) as place:
                        try:
                            became[trial(Path(place), chance)] += 1
                        except Exception as error:
                            wrong += 1
                            print(f"  {what}, trial {number}: {error!r}"[:1500], flush=True)
                yield _row(what, len(trials), became, wrong)


def _row(what: str, count: int, became: Counter[str], wrong: int) -> str:
    said = ", ".join(f"{n} {outcome}" for outcome, n in sorted(became.items()))
    return f"{MARK}{what} | {count} | {said} | {wrong} |"


def main() -> None:
    """Tries all and prints the rows."""
    for row in rows(random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)):
        print(row, flush=True)


if __name__ == "__main__":
    main()
