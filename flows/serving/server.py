"""The Prefect server that a run reports to: one that runs already, or one of its own while it
lasts.

Every server of ours listens on loopback, asks for a key, and lets no web page in (CORS).
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.serving.prefect_database import Database, database_for
from flows.settings import prefect_environment, prefect_home
from schemas.errors import UsageError
from schemas.language import say
from warehouse import files
from warehouse.folder import DataFolder

# a batch job that starts and ends its own server needs none of the loops of a standing one
_LOOPS = (
    "SCHEDULER",
    "LATE_RUNS",
    "CANCELLATION_CLEANUP",
    "PAUSE_EXPIRATIONS",
    "FOREMAN",
    "TRIGGERS",
    "REPOSSESSOR",
    "EVENT_LOGGER",
    "DB_VACUUM",
)
_USER = "fazhi"
START_SECONDS = (
    600.0  # a machine on which many runs start at once is slow; one that ended is noticed at once
)
BUSY_SECONDS = 10.0  # within which a server that runs but has much to do answers


def healthy(api_url: str, timeout: float = 1.0) -> bool:
    """Whether a Prefect API answers at this address."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=timeout) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


@dataclass(slots=True)
class Server:
    """A Prefect server that may still be starting. `process` is None for one that somebody else
    runs.

    `key` is None where the server is not ours: then the environment says how to reach it.
    """

    api_url: str
    key: str | None = None
    process: subprocess.Popen[bytes] | None = None
    database: Database | None = None

    @property
    def starts(self) -> bool:
        """Whether it will take seconds until it answers."""
        return self.process is not None and not healthy(self.api_url)

    def environment(self) -> dict[str, str]:
        """Returns what a client of the server needs in its environment."""
        values = {"PREFECT_API_URL": self.api_url}
        if self.key:
            values["PREFECT_API_AUTH_STRING"] = f"{_USER}:{self.key}"
        return values

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Blocks until the API answers. Raises UsageError where it does not come up."""
        end = time.monotonic() + seconds
        try:
            while not healthy(self.api_url):
                if self.process is not None and self.process.poll() is not None:
                    raise UsageError(
                        say(
                            "Prefect's server did not start. Remove its database folder if it is "
                            "damaged: {home}",
                            home=self._home,
                        )
                    )
                if time.monotonic() > end:
                    raise UsageError(
                        say(
                            "Prefect's server did not answer within {seconds:.0f} s at {api_url}",
                            seconds=seconds,
                            api_url=self.api_url,
                        )
                    )
                time.sleep(0.05)
            if self.database:
                self.database.is_made()
        finally:
            if self.database:
                self.database.let_others_begin()

    def stop(self, seconds: float = 4) -> None:
        """Ends the server if it is ours; by force where it does not end in time."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.database:
            self.database.remove()

    @property
    def _home(self) -> Path | None:
        return self.database.home if self.database else None


def launch(loops: bool, port: int = 0, key: str | None = None) -> Server:
    """Starts a Prefect server on loopback, on `port` or a free one; `loops` keeps what schedules
    need.

    The port is taken here and handed over, so that servers that start at once never get the same.
    `key` is what clients have to show (None: a new one). Raises UsageError where the port is taken.
    """
    key = key or files.new_key()
    home = Path(os.environ.get("PREFECT_HOME") or prefect_home())
    database = database_for(home, stays=loops)
    with _bound_socket(port) as bound:
        api_url = f"http://127.0.0.1:{bound.getsockname()[1]}/api"
        process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "flows.serving.prefect_api",
                str(bound.fileno()),
                str(os.getpid()),
            ],
            env={**_server_environment(api_url, key, loops), **database.environment()},
            pass_fds=[bound.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the run's business, which ends the server last
        )
    return Server(api_url, key, process, database)


@contextlib.contextmanager
def _bound_socket(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        if port:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
            if port:  # whoever asks for it from now on learns so, and not only once Prefect is up
                bound.listen()
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(
                say(
                    "port {port} cannot be used ({reason}): stop what listens there, or give "
                    "another --port",
                    port=port,
                    reason=reason,
                )
            ) from None
        yield bound


def _server_environment(api_url: str, key: str, loops: bool) -> dict[str, str]:
    values = {
        **os.environ,
        "PREFECT__SERVER_FINAL": "1",
        "PREFECT_SERVER_API_AUTH_STRING": f"{_USER}:{key}",
        # no page but Prefect's own, which the server itself hands out
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": api_url.removesuffix("/api"),
    }
    for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING"):
        values.pop(name, None)
    if loops:
        return {**values, "PREFECT_UI_API_URL": api_url}
    off = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _LOOPS}
    return {**values, **off, "PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1"}


def note(folder: Path, server: Server) -> None:
    """Notes in the data folder how a server that stays is reached; its key lies beside, for its
    owner alone.
    """
    process = server.process.pid if server.process else None
    noted = {"api_url": server.api_url, "pid": process}
    files.write_checked_json(DataFolder(folder).server, noted)


def kept_key(folder: Path) -> str:
    """Returns the key of the server of a data folder, made at the first call; readable by its owner
    alone.
    """
    path = DataFolder(folder).server_key
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = files.read_key(path) if _is_own(path) else None
        if key is None:
            raise UsageError(
                say(
                    "{path} is no key that only its owner can read: remove it, a new one is made",
                    path=path,
                )
            ) from None
        return key
    with open(handle, "w", encoding="ascii") as file:
        key = files.new_key()
        file.write(key + "\n")
    return key


def _is_own(path: Path) -> bool:
    """Whether a path is a file of this user that nobody else can read, and no link to one."""
    status = os.lstat(path)
    is_private = stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077
    return is_private and status.st_uid == os.geteuid()


def known_server(folder: Path) -> Server | None:
    """Returns a server that is said to run: by the environment, or by `fazhi serve` of this data
    folder.
    """
    address = os.environ.get("PREFECT_API_URL")
    if address:
        return Server(address)
    try:
        noted = files.read_checked_json(DataFolder(folder).server)
        # the key goes to nobody else who has taken the port since
        if os.stat(f"/proc/{int(noted['pid'])}").st_uid != os.getuid():
            return None
        return Server(str(noted["api_url"]), kept_key(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def standing_server(folder: Path) -> Server | None:
    """Returns a server that runs and answers; None where none is said to run.

    Raises UsageError where the environment names one that does not answer.
    """
    known = known_server(folder)
    if known and healthy(known.api_url, BUSY_SECONDS):
        return known
    if known and known.key is None:
        raise UsageError(
            say(
                "no Prefect server answers at PREFECT_API_URL={api_url}: start it, or unset the "
                "variable",
                api_url=known.api_url,
            )
        )
    return None


@contextlib.contextmanager
def serving(folder: Path, verbose: bool) -> Iterator[Server]:
    """The server of a run; puts Prefect's settings into the environment of this process."""
    os.environ.update(prefect_environment(verbose, folder))
    standing = standing_server(folder)
    if standing:
        os.environ.update(standing.environment())
        yield standing
        return
    server = launch(loops=False)
    os.environ.update(server.environment())
    seconds = 4.0
    try:
        yield server
    except KeyboardInterrupt:  # its database stands a kill
        seconds = 0.0
        raise
    finally:
        server.stop(seconds)
        for name in server.environment():
            os.environ.pop(name, None)
