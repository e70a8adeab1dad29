"""Where a Prefect server of ours keeps its database: one for the servers that stay, and one of its
own for each run.

Servers that write to one SQLite file at once refuse one another's writes. The file of a run is a
copy of an empty database, which the first run makes, and is removed with the server.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

_FILE = "prefect.db"
_RUNS = "runs"
_LOCK = "lock"
# who names a database of his own keeps it
_NAMED = (
    "PREFECT_SERVER_DATABASE_CONNECTION_URL",
    "PREFECT_API_DATABASE_CONNECTION_URL",
)


@dataclass(slots=True)
class Database:
    """The database of a server that is being started. `path` is None where the environment names
    one.

    `first_start` is locked while tables are made; `in_use` as long as the run lasts whose own it
    is.
    """

    home: Path
    path: Path | None = None
    first_start: IO[str] | None = None
    in_use: IO[str] | None = None

    def environment(self) -> dict[str, str]:
        """Returns what the server needs in its environment."""
        if self.path is None:
            return {}
        values = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{self.path}"}
        if self.in_use:  # no page shows it, so nothing looks for blocks
            values["PREFECT_SERVER_REGISTER_BLOCKS_ON_START"] = "false"
            is_made = str(self.first_start is not None).lower()
            values["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] = is_made
        return values

    def is_made(self) -> None:
        """Takes note that the server answers, so its tables are there; others may begin."""
        if self.path is not None:
            _keep_empty_copy(self.path, self.home)
            if self.in_use is None:
                _marker(self.home).touch()
        self.let_others_begin()

    def let_others_begin(self) -> None:
        """Gives up the lock of a first start."""
        if self.first_start:
            self.first_start.close()
            self.first_start = None

    def remove(self) -> None:
        """Removes the database of a run whose server has ended; that of a standing server stays."""
        self.let_others_begin()
        if self.in_use and self.path:
            shutil.rmtree(self.path.parent, ignore_errors=True)
            self.in_use.close()
            self.in_use = None


def database_for(home: Path, stays: bool) -> Database:
    """Returns the database of a server that stays, or a new one for a run.

    Waits while another first start makes the tables: two that make one new database at once break
    it.
    """
    if any(os.environ.get(name) for name in _NAMED):
        return Database(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = open(home / "first_start.lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    if stays:
        database = Database(home, home / _FILE, lock)
        is_ready = _marker(home).exists() and database.path is not None and database.path.exists()
    else:
        _remove_leftovers(home)
        database = _own(home, lock)
        is_ready = _is_copied(home, database)
    if is_ready:
        database.let_others_begin()
    return database


def _own(home: Path, lock: IO[str]) -> Database:
    folder = home / _RUNS / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    in_use = open(folder / _LOCK, "w")
    fcntl.flock(in_use, fcntl.LOCK_EX)
    return Database(home, folder / _FILE, lock, in_use)


def _is_copied(home: Path, database: Database) -> bool:
    """Whether the empty database is there and could be copied."""
    try:
        shutil.copyfile(_empty_copy(home), str(database.path))
    except FileNotFoundError:
        return False
    return True


def _remove_leftovers(home: Path) -> None:
    """Removes the databases of runs that were killed. To be called under the lock of a first
    start.
    """
    for lock in (home / _RUNS).glob(f"*/{_LOCK}"):
        with open(lock, "a") as file, contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)


def _keep_empty_copy(path: Path, home: Path) -> None:
    """Keeps a copy of a database that was just made, for the runs that follow."""
    copy = _empty_copy(home)
    if copy.exists() or home / _FILE == path:
        return
    temporary = copy.with_name(f".{copy.name}.{os.getpid()}.tmp")
    with (
        contextlib.closing(sqlite3.connect(path)) as made,
        contextlib.closing(sqlite3.connect(temporary)) as target,
    ):
        made.backup(target)
    os.replace(temporary, copy)


def _empty_copy(home: Path) -> Path:
    return home / f"empty-{metadata.version('prefect')}.db"


def _marker(home: Path) -> Path:
    """The file that says that this version of Prefect has made the database of standing servers."""
    return home / f"ready-{metadata.version('prefect')}"
