"""`fazhi serve`: a Prefect server that stays, and the nightly job on a schedule.

Runs started by hand report to the same server. A run that was missed, because the machine was off
or asleep, is made up for once, however many were missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import os
import signal
import sys
from pathlib import Path

from flows.serving import server as servers
from flows.settings import WEBHOOK_VARIABLE, RunSettings, prefect_environment
from flows.terminal import first_line, visible
from schemas.errors import UsageError
from schemas.language import say
from warehouse.files import read_checked_json, write_checked_json
from warehouse.folder import DataFolder
from warehouse.journal import INTERRUPTED, Journal


def _name(settings: RunSettings) -> str:
    """One deployment a data folder: Prefect's database is shared by all of a user's."""
    digest = hashlib.sha256(settings.data_dir.encode(errors="surrogateescape")).hexdigest()[:6]
    return f"{Path(settings.data_dir).name}-{digest}"


def serve(settings: RunSettings, cron: str, timezone: str, port: int) -> int:
    """Serves until it is stopped (Ctrl-C or SIGTERM); returns an exit code.

    Raises UsageError for a cron line or a time zone that is none, and for a port that is taken.
    """
    folder = Path(settings.data_dir)
    os.environ.update(prefect_environment(verbose=True, folder=folder, logs_on_page=True))
    api_url = f"http://127.0.0.1:{port}/api"
    if servers.healthy(api_url):
        raise UsageError(
            say(
                "something answers on port {port} already: stop it, or give another --port",
                port=port,
            )
        )
    if settings.webhook:  # it may hold a secret: the runs that are started inherit it from here
        os.environ[WEBHOOK_VARIABLE] = settings.webhook
    key = servers.kept_key(folder)
    server = servers.launch(loops=True, port=port, key=key)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        os.environ.update(server.environment())
        is_missed = missed(folder, cron, timezone, utc_now())
        server.wait()
        servers.note(folder, server)
        print(
            f"Prefect at http://127.0.0.1:{port}  schedule: {cron} ({timezone})  stop with Ctrl-C\n"
            f"  its page and API ask for the key: fazhi:$(cat {DataFolder(folder).server_key})",
            flush=True,
        )
        if is_missed:
            _make_up(settings)
        # not before: a run that is stopped or killed while it is made up for is missed still
        since = utc_now().isoformat()
        noted = {"cron": cron, "timezone": timezone, "since": since}
        write_checked_json(DataFolder(folder).schedule, noted)
        _serve(settings, cron, timezone)
    except KeyboardInterrupt:  # the way to stop it; Prefect takes it too, and returns
        pass
    finally:
        with contextlib.suppress(FileNotFoundError):
            DataFolder(folder).server.unlink()
        server.stop(20)
    print("stopped", flush=True)
    return 0


def _serve(settings: RunSettings, cron: str, timezone: str) -> None:
    from prefect.schedules import Cron

    from flows.nightly import nightly

    nightly.serve(
        name=_name(settings),
        schedule=Cron(cron, timezone=timezone),
        parameters={"settings": settings.as_parameters()},
        limit=1,
        pause_on_shutdown=True,
    )


def _make_up(settings: RunSettings) -> None:
    """Runs the night that was missed; that it fails does not end the schedule."""
    from flows.nightly import run_nightly

    print("a run was missed while nothing was served: it runs now", flush=True)
    try:
        run_nightly(settings)
    except Exception as error:
        print(f"fazhi: the missed run failed: {visible(first_line(error))}", file=sys.stderr)


def utc_now() -> datetime.datetime:
    """Returns the time in UTC."""
    return datetime.datetime.now(datetime.UTC)


def missed(folder: Path, cron: str, timezone: str, now: datetime.datetime) -> bool:
    """Whether a run of the schedule was due since it was served last, and none that ended has begun
    since.

    Raises UsageError for a cron line or a time zone that is none.
    """
    since = _last_seen(folder, cron, timezone)
    due = _next_due(cron, timezone, since or now)
    return since is not None and due is not None and due <= now


def _last_seen(folder: Path, cron: str, timezone: str) -> datetime.datetime | None:
    """Returns when this schedule was served last or the last run began that ended; None where it is
    a new schedule.
    """
    try:
        noted = read_checked_json(DataFolder(folder).schedule)
        if (noted["cron"], noted["timezone"]) != (cron, timezone):
            return None
        since = datetime.datetime.fromisoformat(noted["since"])
        return max(since, last_start(folder) or since)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_start(folder: Path) -> datetime.datetime | None:
    """Returns when the last run began that came to its end, in UTC; None before the first.

    One that was killed, by a power cut in the middle of the night, leaves its work to be made up
    for.
    """
    runs = [run for run in Journal(folder).runs() if run["outcome"] != INTERRUPTED]
    if not runs:
        return None
    return datetime.datetime.fromisoformat(runs[-1]["started_at"]).replace(tzinfo=datetime.UTC)


def _next_due(cron: str, timezone: str, after: datetime.datetime) -> datetime.datetime | None:
    """Returns the first time of a schedule after another. Raises UsageError for what is no
    schedule.
    """
    from prefect.server.schemas.schedules import CronSchedule

    try:
        schedule = CronSchedule(cron=cron, timezone=timezone)
        dates = asyncio.run(schedule.get_dates(1, after))
    except Exception as error:
        raise UsageError(
            say(
                "no schedule: cron line {cron} in the time zone {timezone} ({error})",
                cron=repr(visible(cron)),
                timezone=repr(visible(timezone)),
                error=visible(first_line(error)),
            )
        ) from None
    return dates[0] if dates else None
