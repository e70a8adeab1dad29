"""`fazhi serve`: a Prefect server that stays, and the nightly job on a schedule. Runs started by hand report to the same server."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
from pathlib import Path

from flows.serving.server import Starting, healthy, launch
from flows.settings import RunSettings, prefect_environment, server_note
from schemas.errors import UsageError
from warehouse.files import write_json


def _name(settings: RunSettings) -> str:
    """One deployment a data folder: Prefect's database is shared by all of a user's."""
    digest = hashlib.sha256(settings.data_dir.encode()).hexdigest()[:6]
    return f"{Path(settings.data_dir).name}-{digest}"


def serve(settings: RunSettings, cron: str, timezone: str, port: int) -> int:
    """Serves until it is stopped (Ctrl-C or SIGTERM); returns an exit code."""
    os.environ.update(prefect_environment(verbose=True))
    api_url = f"http://127.0.0.1:{port}/api"
    if healthy(api_url):
        raise UsageError(
            f"something answers on port {port} already: stop it, or give another --port"
        )
    process, api_url = launch(loops=True, port=port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    note = server_note(Path(settings.data_dir))
    try:
        os.environ["PREFECT_API_URL"] = api_url
        from prefect.schedules import Cron

        from flows.nightly import nightly

        Starting(api_url, process).wait()
        write_json(note, {"api_url": api_url, "pid": process.pid})
        print(
            f"Prefect at http://127.0.0.1:{port}  schedule: {cron} ({timezone})  stop with Ctrl-C",
            flush=True,
        )
        nightly.serve(
            name=_name(settings),
            schedule=Cron(cron, timezone=timezone),
            parameters={"settings": settings.as_parameters()},
            limit=1,
            pause_on_shutdown=True,
        )
    except KeyboardInterrupt:  # the way to stop it
        print("stopped", flush=True)
    finally:
        with contextlib.suppress(FileNotFoundError):
            note.unlink()
        process.terminate()
        process.wait(20)
    return 0
