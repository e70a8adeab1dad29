"""The data folder: where each kind of file lies, and the lock that lets one process at a time
change it.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say
from warehouse import files, inventory, odd_files

# what the job writes in a data folder
_OWN = frozenset(
    (
        "current",
        "decisions",
        "landing",
        "parquet",
        "policy.toml",
        "quality",
        "register",
        "set_aside",
        "snapshots",
        "staging",
        "state",
        "warehouse.duckdb",
    )
)


def is_data_folder(path: Path) -> bool:
    """Whether a folder is a data folder in which a run has begun; no for one that is shut."""
    folder = DataFolder(path)
    return os.path.isfile(folder.journal) and os.path.isdir(folder.landing)


@functools.cache
def _is_written_folder(folder: Path) -> bool:
    """Whether a folder lies in what the job writes in some data folder."""
    parent = folder.parent
    if parent == folder:
        return False
    return (folder.name in _OWN and is_data_folder(parent)) or _is_written_folder(parent)


def is_written_by_job(path: Path) -> bool:
    """Whether a path lies in what the job writes in some data folder, its own or another."""
    place = path.absolute()
    is_one = place.name in _OWN and is_data_folder(place.parent)
    return is_one or _is_written_folder(place.parent)


class UnderWayError(UsageError):
    """Another process holds the lock of the data folder."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths of one data folder. Nothing is created or read here."""

    path: Path

    def owns(self, path: Path) -> bool:
        """Whether a path is the data folder, or lies in one of the folders that the job writes."""
        try:
            inside = path.resolve().relative_to(self.path.resolve())
        except (ValueError, OSError):
            return False
        return not inside.parts or inside.parts[0] in _OWN

    # --- what was received ---------------------------------------------------------------------

    @property
    def landing(self) -> Path:
        """Bytes as received, by digest."""
        return self.path / "landing"

    @property
    def receipts(self) -> Path:
        """One file of lines a run: what was received."""
        return self.landing / "receipts"

    @property
    def archive_listings(self) -> Path:
        """What each archive holds, by version of the program that opened it."""
        return self.landing / "archives"

    @property
    def incoming(self) -> Path:
        """Bytes that are still being written."""
        return self.landing / "incoming"

    @property
    def staging(self) -> Path:
        """Parsed batches, by version of the parser."""
        return self.path / "staging"

    # --- what is published ---------------------------------------------------------------------

    @property
    def snapshots(self) -> Path:
        """One folder a published state."""
        return self.path / "snapshots"

    @property
    def candidate(self) -> Path:
        """The next state while it is being made."""
        return self.snapshots / ".candidate"

    @property
    def fetched(self) -> Path:
        """A state of a remote storage while it is being fetched."""
        return self.snapshots / ".fetched"

    @property
    def current(self) -> Path:
        """The link to the state in force."""
        return self.path / "current"

    @property
    def database(self) -> Path:
        """The link to the DuckDB file of the state in force."""
        return self.path / "warehouse.duckdb"

    @property
    def parquet(self) -> Path:
        """The link to the Parquet files of the state in force."""
        return self.path / "parquet"

    @property
    def quality(self) -> Path:
        """The pages of the quality reports."""
        return self.path / "quality"

    # --- what people decided -------------------------------------------------------------------

    @property
    def decisions(self) -> Path:
        """What people decided about sources and figures."""
        return self.path / "decisions"

    @property
    def dismissals(self) -> Path:
        """Quarantined sources that need nobody's attention."""
        return self.decisions / "dismissed.jsonl"

    @property
    def acceptances(self) -> Path:
        """Sources that may take the place of what is in force."""
        return self.decisions / "accepted.jsonl"

    @property
    def reviews(self) -> Path:
        """Decisions on single figures."""
        return self.decisions / "reviews.jsonl"

    @property
    def withdrawals(self) -> Path:
        """Reports and sources that are left out of the next states."""
        return self.decisions / "withdrawn.jsonl"

    @property
    def corrections(self) -> Path:
        """The list of corrections."""
        return self.decisions / "corrections.csv"

    @property
    def waiting_corrections(self) -> Path:
        """A list of corrections that came in while a run was under way: the next run takes it
        up.
        """
        return self.decisions / "corrections.waiting.csv"

    @property
    def decisions_lock(self) -> Path:
        """Locked for the instant in which decisions are added, read together or joined."""
        return self.state / "decisions.lock"

    @property
    def policy(self) -> Path:
        """What follows from a broken rule."""
        return self.path / "policy.toml"

    @property
    def publisher(self) -> Path:
        """Who publishes the states, and under which licence."""
        return self.path / "publisher.toml"

    @property
    def register(self) -> Path:
        """The register of divisions."""
        return self.path / "register"

    # --- what the job notes for itself ---------------------------------------------------------

    @property
    def state(self) -> Path:
        """The notes of the job: journal, lock, stamps, settings."""
        return self.path / "state"

    @property
    def lock(self) -> Path:
        """Locked while a process changes the data folder."""
        return self.state / "lock"

    @property
    def journal(self) -> Path:
        """One line a start and one an end of a run."""
        return self.state / "runs.jsonl"

    @property
    def stamps(self) -> Path:
        """What the sources looked like when they were last read."""
        return self.state / "stamps.json"

    @property
    def in_force(self) -> Path:
        """Which state was put in force last: says so if the link is lost."""
        return self.state / "in_force.json"

    @property
    def settings(self) -> Path:
        """The settings of the last run."""
        return self.state / "settings.json"

    @property
    def server(self) -> Path:
        """Where the Prefect server of this folder listens."""
        return self.state / "server.json"

    @property
    def server_key(self) -> Path:
        """The key that clients of that server show; readable by its owner alone."""
        return self.state / "server.key"

    @property
    def webhook(self) -> Path:
        """The address that gets the outcome of the last run; it may hold a secret, so only its
        owner reads it.
        """
        return self.state / "webhook"

    @property
    def schedule(self) -> Path:
        """Since when, and by which cron line, `fazhi serve` runs."""
        return self.state / "schedule.json"

    @property
    def morning_report(self) -> Path:
        """The report of the last run."""
        return self.state / "morning.md"

    @property
    def failures(self) -> Path:
        """The tracebacks of failed runs."""
        return self.state / "failures"

    @property
    def pinned(self) -> Path:
        """Which state is pinned; there while one is."""
        return self.state / "pinned.json"

    @property
    def source_counts(self) -> Path:
        """How many files the last night found in each folder of its sources."""
        return self.state / "source_counts.json"

    @property
    def remote(self) -> Path:
        """What the remote storage held when the two last agreed."""
        return self.state / "remote.json"

    @property
    def take_up(self) -> Path:
        """There while the next night must read again what was landed and is in no state."""
        return self.state / "take_up"

    @property
    def lost(self) -> Path:
        """Landed bytes that are lost for good."""
        return self.state / "lost.jsonl"

    @property
    def pulls(self) -> Path:
        """One log a source that was pulled."""
        return self.state / "pull"

    @property
    def spill(self) -> Path:
        """What does not fit into the memory of a query."""
        return self.state / "spill"

    @property
    def set_aside(self) -> Path:
        """Damaged files, which are kept and never used."""
        return self.path / "set_aside"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the lock as long as the block runs, and brings the inventory up to date then.

        What is of another kind than belongs there (a folder in the place of a log) is set aside
        before. Raises UnderWayError at once where another process holds it, and UsageError as
        `odd_files.set_aside`.
        """
        odd_files.set_aside(self.path)
        with files.locked(self.lock) as holding:
            if holding is files.Holding.REFUSED:
                raise UnderWayError(
                    say(
                        "another run is under way in {path}: wait until it has ended",
                        path=self.path,
                    )
                )
            if holding is files.Holding.AFTER_KILL:
                inventory.forget_open_run(self.path)
            before = inventory.looks(self.path)
            try:
                yield
            finally:
                inventory.refresh(self.path, before)
                files.note_given_back(self.lock)
