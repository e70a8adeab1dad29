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


def _die_with_parent() -> None:
    """On Linux: the server ends when the run does, even by kill -9. SIGINT is the run's business."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def launch(loops: bool, port: int = 0) -> tuple[subprocess.Popen, str]:
    """Starts a Prefect server on loopback, on `port` or a free one, and returns it with the address of its API; `loops` keeps the services
    that schedules need. The port is taken here and handed over, so that runs that start at once never get the same. Raises UsageError where
    it is taken."""
    environment = {
        **os.environ,
        "PREFECT__SERVER_FINAL": "1",
        **({} if loops else {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1"}),
    }
    environment.pop("PREFECT_API_URL", None)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        if port:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
            if port:  # from now on another that asks for it is told, and not only once Prefect has started
                bound.listen()
        except OSError as error:
            raise UsageError(
                f"port {port} cannot be used ({error.strerror}): stop what listens there, or give another --port"
            ) from None
        api_url = f"http://127.0.0.1:{bound.getsockname()[1]}/api"
        if loops:
            environment["PREFECT_UI_API_URL"] = api_url
        else:
            environment |= {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _LOOPS}
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.serving.prefect_api", str(bound.fileno())],
            env=environment,
            pass_fds=[bound.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
        )
    return process, api_url


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
                raise UsageError(
                    f"Prefect's server did not answer within {seconds:.0f} s at {self.api_url}"
                )
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
        raise UsageError(
            f"no Prefect server answers at PREFECT_API_URL={known}: start it, or unset the variable"
        )
    process, os.environ["PREFECT_API_URL"] = launch(loops=False)
    try:
        yield Starting(os.environ["PREFECT_API_URL"], process)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        os.environ.pop("PREFECT_API_URL", None)
