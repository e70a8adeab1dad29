"""Published states as the explorer reads them: each opened once, read-only, and asked by SQL
files.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from flows import database
from schemas.errors import UsageError
from warehouse import engine, snapshots
from warehouse.folder import DataFolder

Row = dict[str, Any]
_KEPT_ANSWERS = 400  # a state never changes: an answer holds as long as it is kept
_LONGEST_KEPT = 2_000  # rows


class State:
    """One published state, opened read-only without access to other files.

    `id` is its identifier, `path` the DuckDB file, `data_dir` the data folder.
    """

    def __init__(
        self, snapshot: snapshots.Snapshot, data_dir: Path, seconds: float | None = None
    ) -> None:
        """Opens the state; a query of `rows` is stopped after `seconds`, None for never.

        Raises UsageError where its file cannot be opened.
        """
        self.seconds = seconds
        self.id = snapshot.id
        self.path = snapshot.path / "warehouse.duckdb"
        self.data_dir = data_dir
        self._connection = database.connect(self.path)
        self._answers: OrderedDict[tuple[Any, ...], list[Row]] = OrderedDict()
        self._lock = threading.Lock()
        runs = self.rows("last_run")
        finished = runs[0]["finished_at"] if runs else None
        self.published_on: datetime.date | None = finished.date() if finished else None

    def rows(self, script: str, **values: Any) -> list[Row]:
        """Returns the rows of `warehouse/sql/explore/<script>.sql` as dictionaries by column.

        `values` are the parameters that the file names with `$`. Raises duckdb.Error;
        InterruptException where it takes too long.
        """
        key = (script, *sorted((name, repr(value)) for name, value in values.items()))
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        found = self._ask(engine.script(f"explore/{script}.sql"), values)
        if len(found) <= _LONGEST_KEPT:
            with self._lock:
                self._answers[key] = found
                while len(self._answers) > _KEPT_ANSWERS:
                    self._answers.popitem(last=False)
        return found

    def row(self, script: str, **values: Any) -> Row | None:
        """Returns the first row of a script, None where it has none."""
        found = self.rows(script, **values)
        return found[0] if found else None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Returns a connection of its own to the state, for one query that can be stopped."""
        return self._connection.cursor()

    def _ask(self, query: str, values: Row) -> list[Row]:
        with self._connection.cursor() as cursor, _stopped_after(self.seconds, cursor):
            cursor.execute(query, values or None)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row)) for row in cursor.fetchall()]


@contextlib.contextmanager
def _stopped_after(seconds: float | None, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stops what runs on a cursor after `seconds`; None: never."""
    if seconds is None:
        yield
        return

    def stop() -> None:
        with contextlib.suppress(duckdb.Error):  # it may have ended at this moment
            cursor.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class States:
    """The published states of a data folder: the one in force, and those that pages still show."""

    def __init__(
        self, data_dir: Path, may_decide: bool = False, seconds: float | None = None
    ) -> None:
        """`data_dir` is the data folder; `may_decide` is whether visitors may decide on figures;
        `seconds` is how long a query may take (see `State`).
        """
        self.data_dir = data_dir
        self._seconds = seconds
        self.may_decide = may_decide
        self._folder = DataFolder(data_dir)
        self._newest: State | None = None
        self._open: weakref.WeakValueDictionary[str, State] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def newest_id(self) -> str:
        """Returns the identifier of the state in force; "" where there is none."""
        try:
            return Path(os.readlink(self._folder.current)).name
        except OSError:
            return ""

    def newest(self) -> State:
        """Returns the state in force. Raises UsageError where nothing is published."""
        with self._lock:
            identifier = self.newest_id()
            if self._newest is not None and self._newest.id == identifier:
                return self._newest
            snapshot = snapshots.current(self.data_dir)
            if snapshot is None:
                raise UsageError(f"nothing is published in {self.data_dir}")
            self._newest = self._opened(snapshot)
            return self._newest

    def find(self, name: str) -> State:
        """Returns a state by its identifier, as `fazhi snapshots` lists it.

        Raises UsageError where it is not kept.
        """
        with self._lock:
            return self._opened(snapshots.find(self.data_dir, name))

    def _opened(self, snapshot: snapshots.Snapshot) -> State:
        state = self._open.get(snapshot.id)
        if state is None:
            state = self._open[snapshot.id] = State(snapshot, self.data_dir, self._seconds)
        return state
