"""One run of the nightly job: what it was started with and what was in force when it began."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations import policy
from flows import register
from flows.settings import RunSettings
from schemas import tables
from schemas.descriptors import Publisher
from transforms.identity import Register
from transforms.version import parser_version
from warehouse import decisions, files, inventory, repair, snapshots, staging
from warehouse.folder import DataFolder
from warehouse.journal import INTERRUPTED, Journal, has_open_run
from warehouse.publisher import load as load_publisher

WITHDRAWN = "withdrawn"  # reason code of what a person withdrew


@dataclass(frozen=True, slots=True)
class Run:
    """What every step of a night may need and none of them changes.

    `published` is the state in force when the run began, None before the first. `register_vintage`
    is the date that the divisions of the register hold for, None where nobody stated it.
    `decisions` are what people had decided when the run began, `publisher` is who publishes the
    next state.
    """

    settings: RunSettings
    run_id: str
    attempt: int
    started_at: datetime.datetime
    published: snapshots.Snapshot | None
    register: Register
    register_vintage: str | None
    policy: policy.Policy
    decisions: decisions.Decisions
    publisher: Publisher

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.settings.data_dir)

    @property
    def paths(self) -> DataFolder:
        """Where each kind of file lies in the data folder."""
        return DataFolder(self.folder)


def utc_now() -> datetime.datetime:
    """Returns the time in UTC, without a zone, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)


def open_run(settings: RunSettings) -> Run:
    """Opens a run: removes what killed runs left half-written, reads register and policy, takes the
    next number.

    Raises UsageError for a register, a policy or a publisher that cannot be used.
    """
    folder = Path(settings.data_dir)
    staging.remove_leftovers(folder)
    paths = DataFolder(folder)
    shutil.rmtree(paths.candidate, ignore_errors=True)
    files.remove_leftovers(paths.incoming, paths.state, paths.failures, paths.quality, folder)
    repair.remove_half_made(folder)
    snapshots.restore_link(folder)
    published = snapshots.current(folder)
    journal = Journal(folder)
    if any(run["outcome"] == INTERRUPTED for run in journal.runs()[-1:]):
        inventory.forget_open_run(folder)
    if has_open_run(folder):  # what it landed may be in no state, and its source may be gone
        files.write_atomic(paths.take_up, b"")
    if published is not None:
        journal.restore([journal_row(row) for row in published.read("runs").to_pylist()])
    divisions, vintage = register.load(folder, settings.register)
    rules_policy = policy.load(policy_file(settings))
    publisher = load_publisher(paths.publisher)
    started_at = utc_now()
    run_id, attempt = journal.start(started_at.isoformat())
    if settings.again is None and settings.reprocess is None:
        files.write_json(paths.settings, settings.as_parameters())
        _keep_webhook(paths, settings.webhook)
    decided = decisions.begin_run(folder)
    return Run(
        settings,
        run_id,
        attempt,
        started_at,
        published,
        divisions,
        vintage,
        rules_policy,
        decided,
        publisher,
    )


def _keep_webhook(paths: DataFolder, webhook: str | None) -> None:
    """Keeps the webhook for runs without sources, where only the owner of the data folder can read
    it.
    """
    if webhook:
        files.write_atomic(paths.webhook, webhook.encode(), mode=0o600)
    else:
        paths.webhook.unlink(missing_ok=True)


def policy_file(settings: RunSettings) -> Path | None:
    """Returns the policy file of a run: the one in the settings, else `policy.toml` in the data
    folder, else None.
    """
    if settings.policy:
        return Path(settings.policy)
    own = DataFolder(Path(settings.data_dir)).policy
    return own if own.exists() else None


def journal_row(row: dict[str, Any]) -> dict[str, Any]:
    """Returns a row of the table runs as the journal keeps it: times as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime.datetime) else value
        for name, value in row.items()
    }


def judged_by(run: Run) -> str:
    """Returns what the judgement of a state depends on beside its tables: rules, policy and
    people's decisions.
    """
    return f"{policy.version(run.policy)}-{run.decisions.digest()}"


def needs_rebuild(run: Run) -> bool:
    """Whether every published report must be made anew: the register or the tables are others than
    in the published state.
    """
    return run.published is not None and (
        run.published.register != run.register.digest
        or run.published.schema_version != tables.SCHEMA_VERSION
    )


def has_newer_parser(run: Run) -> bool:
    """Whether another version of the parser made the published state."""
    return run.published is not None and run.published.parser_version != parser_version()


def published_quarantine(run: Run) -> dict[str, dict[str, Any]]:
    """Returns the rows of the published quarantine by the address of their source."""
    if run.published is None:
        return {}
    return {row["source_uri"]: row for row in run.published.read("quarantine").to_pylist()}
