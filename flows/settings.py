"""Settings of a run, and the environment that Prefect starts in. Settings are read here and nowhere else."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic.dataclasses import dataclass

from schemas.errors import UsageError

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
    defect_share: Annotated[float, pydantic.Field(ge=0, le=1)] = 0.05

    def as_parameters(self) -> dict[str, Any]:
        """Returns plain data, as Prefect stores the parameters of a flow run."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


# settings of the last night that a run without sources takes over
KEPT_FOR_AGAIN = ("register", "policy", "keep", "workers", "max_bytes", "seconds", "webhook", "defect_share")


def settings_from(values: dict[str, Any]) -> RunSettings:
    """Returns the settings in `values`. Raises UsageError that names the first wrong one."""
    try:
        return RunSettings(**values)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        shown = repr(first["input"])[:60]
        raise UsageError(f"the setting {name} cannot be {shown}: {first['msg']}") from None


def workers_of(settings: RunSettings) -> int:
    """How many processes parse: as told, else one a core."""
    return settings.workers or len(os.sched_getaffinity(0))


def prefect_home() -> Path:
    """Where Prefect keeps its own database: one place a user, so that only the very first run has to create it."""
    told = os.environ.get("PREFECT_HOME")
    if told:
        return Path(told)
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = base / "fazhi" / "prefect"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        home = Path(tempfile.gettempdir()) / f"fazhi-prefect-{os.getuid()}"
        home.mkdir(parents=True, exist_ok=True)
    return home


def prefect_environment(verbose: bool) -> dict[str, str]:
    """What Prefect and its server find in their environment: no telemetry, no log traffic, no services that a batch job does not need."""
    values = {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(prefect_home()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_CLIENT_METRICS_ENABLED": "false",
        "GX_ANALYTICS_ENABLED": "false",
    }
    return {
        k: v
        for k, v in values.items()
        if k not in os.environ or k in ("DO_NOT_TRACK", "PREFECT_HOME")
    }


def server_note(data_dir: Path) -> Path:
    """Where a server that `fazhi serve` keeps says how it is reached."""
    return data_dir / "state" / "server.json"


def known_server(data_dir: Path) -> str | None:
    """Address of the API of a server that is said to run, from the environment or from `fazhi serve`."""
    if os.environ.get("PREFECT_API_URL"):
        return os.environ["PREFECT_API_URL"]
    try:
        return json.loads(server_note(data_dir).read_text(encoding="utf-8"))["api_url"]
    except (OSError, ValueError, KeyError):
        return None
