"""Starts a night from the command line: checks its settings, and runs it."""

from __future__ import annotations

import argparse
import gc
import glob
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows import exit_codes, samples
from flows.progress import Progress
from flows.settings import KEPT_FOR_AGAIN, WEBHOOK_VARIABLE, RunSettings, settings_from
from flows.terminal import first_line, visible
from schemas.errors import FazhiError, UsageError
from schemas.language import say, say_count
from warehouse import files, publisher, source_list, sources
from warehouse.folder import DataFolder, UnderWayError

if TYPE_CHECKING:
    from flows.night.summary import Summary

_FROM_OPTIONS = (
    "keep",
    "workers",
    "batch_size",
    "max_bytes",
    "seconds",
    "accept_loss",
    "dask",
    "remote",
    "defect_share",
)


def checked_settings(options: argparse.Namespace) -> RunSettings:
    """Returns the settings of a run from its options.

    Raises UsageError for everything that can be known to be wrong before anything is started: a
    missing source, a register that cannot be used, an unwritable data folder, a run under way.
    """
    if not options.source and not options.sources:
        raise UsageError(say("name a SOURCE, or a list of sources with --sources"))
    for path in (options.sources, options.policy):
        if path and files.is_special(Path(path)):
            raise UsageError(say("{path} is no file", path=visible(path)))
    if options.sources:
        source_list.load(Path(options.sources))
    for source in options.source:
        if not _exists(source):
            raise UsageError(
                say("no such file, folder or pattern: {source}", source=visible(source))
            )
    folder = DataFolder(Path(options.data).absolute())
    if any("\ud800" <= character <= "\udfff" for character in str(folder.path)):
        raise UsageError(
            say(
                "the path of the data folder holds bytes that are no UTF-8: {path}",
                path=folder.path,
            )
        )
    if options.policy or folder.policy.exists():
        from expectations import policy

        policy.load(Path(options.policy) if options.policy else folder.policy)
    if options.register or folder.register.exists():
        from flows import register

        register.load(folder.path, options.register)
    publisher.load(folder.publisher)
    _check_apart(options, folder)
    _check_writable(folder, options.data)
    with folder.alone():
        pass
    values = {name: getattr(options, name) for name in _FROM_OPTIONS}
    values["sources"] = [_absolute_source(source) for source in options.source]
    values["data_dir"] = str(folder.path)
    named = {"register": "register", "policy": "policy", "source_list": "sources", "warc": "warc"}
    for name, option in named.items():
        path = getattr(options, option)
        values[name] = os.path.abspath(path) if path else None
    values["webhook"] = _checked_webhook(options.webhook or os.environ.get(WEBHOOK_VARIABLE))
    return settings_from(values)


def _check_apart(options: argparse.Namespace, folder: DataFolder) -> None:
    """Raises UsageError where the samples would come among real reports; warns of the opposite."""
    earlier = settings_from(_last_settings(folder.path)).sources if folder.settings.exists() else []
    warning = samples.check_apart(options.source, earlier, visible(options.data))
    if warning:
        print(f"fazhi: {warning}", file=sys.stderr)


def _checked_webhook(address: str | None) -> str | None:
    """Returns the address, None for none. Raises UsageError, which does not show it: it may hold a
    secret.
    """
    if not address:
        return None
    from flows.night import webhook

    parts = urlsplit(webhook.split_form(address)[1])
    if parts.scheme not in ("http", "https") or not parts.hostname or not address.isprintable():
        raise UsageError(say("the webhook is no address like https://host/path"))
    return address


def _exists(source: str) -> bool:
    """Whether a source names anything; not where it holds a zero byte or is too long for a name."""
    try:
        return os.path.lexists(source) or bool(glob.glob(source, recursive=True))
    except (OSError, ValueError):
        return False


def _absolute_source(source: str) -> str:
    """Returns an absolute path; a pattern keeps its wildcards."""
    is_pattern = any(character in source for character in "*?[") and not os.path.lexists(source)
    return os.path.join(os.getcwd(), source) if is_pattern else os.path.abspath(source)


def _check_writable(folder: DataFolder, shown: str) -> None:
    """Raises UsageError where no file can be written into the data folder."""
    probe = folder.state / f".probe.{os.getpid()}.tmp"
    try:
        folder.state.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        reason = error.strerror
        raise UsageError(
            say(
                "the data folder {shown} cannot be written ({reason})",
                shown=visible(shown),
                reason=reason,
            )
        ) from None


def run_now(
    settings: RunSettings,
    progress: Progress,
    verbose: bool,
    print_line: Callable[[str], None],
) -> Summary:
    """Runs one night; where there is something to do, it reports to a Prefect server, one of its
    own if none is there.

    `print_line` gets one line that says what there is to do, and one about what is made anew
    because another version made the state in force.
    """
    from flows import upgrade
    from flows.night.scan import scan_folders
    from flows.serving.server import standing_server

    folder = Path(settings.data_dir)
    standing_server(folder)  # one that is named and does not answer is told before anything else
    look = scan_folders(settings, settings.sources)
    print_line(_outlook(look, DataFolder(folder)))
    for line in upgrade.lines(folder):
        print_line(line)
    return _run(settings, progress, look, verbose)


def run_again(folder: Path, uris: list[str] | None, **values: Any) -> Summary:
    """Runs a night with the settings of the last one that looks at no source folders.

    It reads the quarantined sources `uris` again (none, if empty) or what `values` say, judges and
    publishes. Raises UsageError where a run is under way, or where the last settings are damaged.
    """
    kept = {k: v for k, v in _last_settings(folder).items() if k in KEPT_FOR_AGAIN}
    webhook = DataFolder(folder).webhook
    if webhook.exists():
        kept["webhook"] = webhook.read_text(encoding="utf-8", errors="replace")
    settings = settings_from(
        {**kept, "sources": [], "data_dir": str(folder), "again": uris, **values}
    )
    with DataFolder(folder).alone():
        pass
    progress = Progress()
    progress.obey_signals()
    return _run(settings, progress, None, False)


def run_now_or_next(folder: Path, uris: list[str] | None) -> Summary | None:
    """Does what `run_again` does; returns None where a run is under way.

    What people decided before this call takes effect then in the run after that one.
    """
    try:
        return run_again(folder, uris)
    except UnderWayError:
        return None


def _last_settings(folder: Path) -> dict[str, Any]:
    """Returns the settings of the last night; empty before the first."""
    path = DataFolder(folder).settings
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(
            say(
                "{path} cannot be read ({error}): remove it, or run once more",
                path=path,
                error=error,
            )
        ) from None
    if not isinstance(values, dict):
        raise UsageError(say("{path} holds no settings: remove it, or run once more", path=path))
    return values


def _outlook(look: sources.Look, folder: DataFolder) -> str:
    """Returns what there is to do and what is published, as one line."""
    count = len(look.found)
    seen = say_count(
        "{count:,} file to look at, {new:,} new or changed",
        "{count:,} files to look at, {new:,} new or changed",
        count,
        new=look.new(),
    )
    if not folder.current.is_symlink():
        return say("{seen}; nothing published yet", seen=seen)
    state = os.path.basename(os.readlink(folder.current))
    return say("{seen}; published now: {state}", seen=seen, state=state)


def _run(
    settings: RunSettings, progress: Progress, look: sources.Look | None, verbose: bool
) -> Summary:
    """Runs the night.

    An error that is no misuse ends the process with its own exit code and one line, unless the logs
    are shown.
    """
    from flows.serving.on_demand import NightOnDemand

    try:
        return NightOnDemand(settings, progress, look, verbose).run()
    except (FazhiError, KeyboardInterrupt):
        raise
    except Exception as error:
        if progress.is_stopping:  # a library made another error of the stop
            raise progress.stopped() from error
        if os.environ.get("PREFECT_LOGGING_LEVEL") == "INFO" or verbose:
            raise
        message = visible(f"{type(error).__name__}: {first_line(error)}")
        traceback.clear_frames(error.__traceback__)
    gc.collect()
    print(
        say(
            "fazhi: the run failed, nothing was published: {message}\n"
            "  (fazhi status and the file it names say where; the next run goes on from here)",
            message=message,
        ),
        file=sys.stderr,
    )
    raise SystemExit(exit_codes.FAILED)
