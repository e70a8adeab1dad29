"""Settings of a run, and the environment that Prefect starts in. Settings are read here and nowhere else."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(slots=True)
class RunSettings:
    """Everything that `fazhi run` can be told. Paths are absolute."""

    sources: list[str]
    data_dir: str
    register: str | None = None
    keep: int = 7
    workers: int = 0
    batch_size: int = 200
    max_bytes: int = 20_000_000
    seconds: float = 120.0  # that one source may take
    policy: str | None = None  # a file that overrides lines of the policy
    webhook: str | None = None  # address that hears of every run's outcome
    accept_loss: str | None = None  # why losing rows against the state in force is in order
    reprocess: str | None = (
        None  # look at no sources: read published reports again for which this SQL condition holds ("true": all)
    )
    prepare: bool = False  # assemble and compare with the state in force, publish nothing
    dask: str | None = (
        None  # address of a Dask scheduler that gives the batches to its workers, or "local"
    )
    remote: str | None = (
        None  # address of S3-compatible storage that the data folder is fetched from and brought to
    )
    again: list[str] | None = (
        None  # addresses of quarantined sources to try again, instead of looking at sources
    )

    def as_parameters(self) -> dict:
        """Plain data, as Prefect stores the parameters of a flow run."""
        return asdict(self)


def last_settings(data_dir: Path) -> Path:
    """Where the settings of the last night are kept, for what goes on from there (trying quarantined sources again)."""
    return data_dir / "state" / "settings.json"


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
