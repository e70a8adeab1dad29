"""A state that a person pinned stays in force: no night puts another one there until it is
unpinned.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say
from warehouse import files
from warehouse.folder import DataFolder


@dataclass(frozen=True, slots=True)
class Pin:
    """The pinned state (its identifier), why, by whom and when."""

    state: str
    because: str
    by: str
    at: str

    def line(self) -> str:
        """Returns what is pinned and why, as one line for a person."""
        return say(
            "{state} is pinned by {by} since {at}: {because} (fazhi unpin)",
            state=self.state,
            by=self.by,
            at=self.at[:10],
            because=self.because,
        )


def read(data_dir: Path) -> Pin | None:
    """Returns the pin of a data folder; None where there is none.

    A damaged note of it is a pin of unknown origin: nothing is put in force by mistake.
    """
    path = DataFolder(data_dir).pinned
    if not path.exists():
        return None
    note = files.read_checked_json(path)
    if not isinstance(note, dict):
        return Pin("?", "?", "?", "?")
    return Pin(*(str(note.get(name, "?")) for name in ("state", "because", "by", "at")))


def pin(data_dir: Path, state: str, because: str, by: str) -> Pin:
    """Pins a state, which is in force, in place of what was pinned before."""
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    note = {"state": state, "because": because, "by": by, "at": at}
    files.write_checked_json(DataFolder(data_dir).pinned, note)
    return Pin(**note)


def unpin(data_dir: Path) -> Pin:
    """Removes the pin and returns it. Raises UsageError where there is none."""
    found = read(data_dir)
    if found is None:
        raise UsageError(say("no state is pinned"))
    DataFolder(data_dir).pinned.unlink()
    return found


def refuse_where_pinned(data_dir: Path) -> None:
    """Raises UsageError where a state is pinned."""
    found = read(data_dir)
    if found is not None:
        raise UsageError(found.line())
