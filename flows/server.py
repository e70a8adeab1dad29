"""The Prefect server that a run reports to: one that runs already, or one of our own for as long as the run lasts."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from flows import settings
from schemas.errors import UsageError

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


def healthy(api_url: str, timeout: float = 1.0) -> bool:
    """Whether a Prefect API answers at this address."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=timeout) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _die_with_parent() -> None:
    """On Linux: the server ends when the run does, even by kill -9. SIGINT is the run's business."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def launch(port: int, loops: bool) -> subprocess.Popen:
    """Starts a Prefect server on loopback; `loops` keeps the services that schedules need."""
    environment = {
        **os.environ,
        "PREFECT__SERVER_FINAL": "1",
        **({} if loops else {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1"}),
    }
    environment.pop("PREFECT_API_URL", None)
    if not loops:
        environment |= {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _LOOPS}
    else:
        environment["PREFECT_UI_API_URL"] = f"http://127.0.0.1:{port}/api"
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "prefect.server.api.server:create_app",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "error",
        "--lifespan",
        "on",
    ]
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,
    )


class Starting:
    """A server that may still be starting. `wait` returns once it answers; `starts` says whether that takes seconds."""

    def __init__(self, api_url: str, process: subprocess.Popen | None) -> None:
        self.api_url, self.process = api_url, process

    @property
    def starts(self) -> bool:
        return self.process is not None and not healthy(self.api_url)

    def wait(self, seconds: float = 120) -> None:
        """Blocks until the API answers. Raises UsageError if it does not come up."""
        end = time.monotonic() + seconds
        while not healthy(self.api_url):
            if self.process is not None and self.process.poll() is not None:
                raise UsageError(
                    "Prefect's server did not start. Remove its database folder if it is damaged: "
                    + str(settings.prefect_home())
                )
            if time.monotonic() > end:
                raise UsageError(f"Prefect's server did not answer within {seconds:.0f} s at {self.api_url}")
            time.sleep(0.05)


@contextlib.contextmanager
def serving(data_dir: Path, verbose: bool) -> Iterator[Starting]:
    """The server of a run; sets PREFECT_API_URL and the rest of Prefect's environment for this process."""
    os.environ.update(settings.prefect_environment(verbose))
    known = settings.known_server(data_dir)
    if known and healthy(known):
        os.environ["PREFECT_API_URL"] = known
        yield Starting(known, None)
        return
    if known and os.environ.get("PREFECT_API_URL") == known:
        raise UsageError(f"no Prefect server answers at PREFECT_API_URL={known}: start it, or unset the variable")
    port = free_port()
    process = launch(port, loops=False)
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    try:
        yield Starting(os.environ["PREFECT_API_URL"], process)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        os.environ.pop("PREFECT_API_URL", None)
