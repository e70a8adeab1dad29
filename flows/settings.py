"""Settings of a run, and the environment that Prefect starts in. Settings are read here and nowhere
else.
"""

from __future__ import annotations

import dataclasses
import os
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic.dataclasses import dataclass

from schemas.errors import UsageError
from schemas.language import say

# no 1 for true, no "7" for 7: a setting of another type is a mistake of whoever wrote it
_STRICT = pydantic.ConfigDict(strict=True, allow_inf_nan=False, extra="forbid")
_Count = Annotated[int, pydantic.Field(ge=1, le=2**53)]


@dataclass(frozen=True, slots=True, config=_STRICT)
class RunSettings:
    """Everything that `fazhi run` can be told. Paths are absolute.

    `register` and `policy` are files (None: those in the data folder, if any). `workers` is 0 for
    one a core. `seconds` is the longest time that one source may take. `webhook` is an address that
    gets the outcome of every run. `accept_loss` is the reason why losing rows is in order.
    `reprocess` is an SQL condition: published reports for which it holds are read again, and no
    sources are looked at. `prepare` compares the next state and publishes nothing. `dask` is the
    address of a scheduler, or "local". `remote` is the address of S3-compatible storage. `again`
    holds addresses of quarantined sources that are read again in place of the sources.
    `source_list` is a list of sources to pull from, `warc` a file that keeps what they answer.
    `defect_share` is the share of sources that may meet a defect of this program: with more the
    night stops.
    """

    sources: list[str]
    data_dir: str
    register: str | None = None
    keep: _Count = 7
    workers: Annotated[int, pydantic.Field(ge=0, le=1024)] = 0
    batch_size: _Count = 200
    max_bytes: _Count = 20_000_000
    seconds: Annotated[float, pydantic.Field(gt=0)] = 120.0
    policy: str | None = None
    webhook: str | None = None
    accept_loss: str | None = None
    reprocess: str | None = None
    prepare: bool = False
    dask: str | None = None
    remote: str | None = None
    again: list[str] | None = None
    source_list: str | None = None
    warc: str | None = None
    defect_share: Annotated[float, pydantic.Field(ge=0, le=1)] = 0.05

    def as_parameters(self) -> dict[str, Any]:
        """Returns plain data, as Prefect and the data folder store it: without the webhook, a
        secret.
        """
        values = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "webhook"
        }
        return _with_paths(values, _path_as_text)


# the address that gets the outcome of every run can stand in the environment: others of this
# machine see command lines
WEBHOOK_VARIABLE = "FAZHI_WEBHOOK"
# settings of the last night that a run without sources takes over
KEPT_FOR_AGAIN = ("register", "policy", "keep", "workers", "max_bytes", "seconds", "defect_share")


# settings that are paths; all are absolute, so none begins like one that is written as text
_PATHS = ("data_dir", "register", "policy", "source_list", "warc")
_BYTES = "bytes:"


def _with_paths(values: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Returns the values with each path changed."""
    changed = {name: change(values[name]) for name in _PATHS if name in values}
    if isinstance(values.get("sources"), list):
        changed["sources"] = [change(source) for source in values["sources"]]
    return {**values, **changed}


def _path_as_text(path: Any) -> Any:
    """Returns a path as text that can be stored anywhere: names may hold bytes that are no text."""
    if not isinstance(path, str) or not any("\ud800" <= c <= "\udfff" for c in path):
        return path
    return _BYTES + urllib.parse.quote(os.fsencode(path))


def _path_from_text(text: Any) -> Any:
    if not isinstance(text, str) or not text.startswith(_BYTES):
        return text
    return os.fsdecode(urllib.parse.unquote_to_bytes(text.removeprefix(_BYTES)))


def settings_from(values: dict[str, Any]) -> RunSettings:
    """Returns the settings in `values`. Raises UsageError that names the first wrong one."""
    try:
        return RunSettings(**_with_paths(values, _path_from_text))
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        shown = repr(first["input"])[:60]
        raise UsageError(
            say(
                "the setting {name} cannot be {shown}: {problem}",
                name=name,
                shown=shown,
                problem=first["msg"],
            )
        ) from None


def workers_of(settings: RunSettings) -> int:
    """How many processes parse: as told, else one a core."""
    return settings.workers or len(os.sched_getaffinity(0))


def prefect_home(folder: Path | None = None) -> Path:
    """Returns where Prefect keeps its database: one folder a user, so that only the first run has
    to make it.

    That is $PREFECT_HOME, else a folder in the user's cache, else one in the data folder `folder`.
    Never one in a temporary folder that others share, or of another user. Raises UsageError where
    none can be made.
    """
    wanted = os.environ.get("PREFECT_HOME")
    if wanted:
        return Path(wanted)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    homes = [cache / "fazhi" / "prefect"]
    if folder is not None:
        homes.append(folder / "state" / "prefect")
    for home in homes:
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            if home.stat().st_uid != os.geteuid():  # its owner could read what lies in it
                continue
            home.chmod(0o700)
        except OSError:
            continue
        if os.access(home, os.W_OK):
            return home
    raise UsageError(
        say("Prefect's database has no place: {homes} cannot be written", homes=homes[0])
    )


def prefect_environment(
    verbose: bool, folder: Path | None = None, logs_on_page: bool = False
) -> dict[str, str]:
    """Returns what Prefect and its server find in their environment.

    No telemetry, no log traffic, no services that a batch job does not need. What is set in the
    environment already stays, but for the telemetry. `folder` is the data folder. With
    `logs_on_page` the logs of runs go to the server, which shows them.
    """
    values = {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(prefect_home(folder)),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "true" if logs_on_page else "false",
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_CLIENT_METRICS_ENABLED": "false",
        "GX_ANALYTICS_ENABLED": "false",
    }
    always = ("DO_NOT_TRACK", "PREFECT_HOME")
    return {k: v for k, v in values.items() if k not in os.environ or k in always}
