"""What becomes of a data folder that another version of the program, or another register, made:
said before it happens, by `fazhi status` and `fazhi run`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows import register
from schemas import tables
from schemas.errors import UsageError
from schemas.language import marked, say, say_count
from transforms.version import parser_version
from warehouse import snapshots, staging
from warehouse.journal import DONE, Journal

# seconds that a report takes where no run of this folder has read so many that they tell it
_USUAL_PACE = 0.02
_START_SECONDS = 5
_TELLING_RUN = 200  # reports
_MINUTE = 90  # seconds above which a time is said in minutes


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Why the next run makes published reports anew, and what that takes.

    `parser` and `tables` are the versions before and now, None where they are the same; `register`
    is whether another register was imported. `reports` is how many reports are made anew, `unread`
    how many of them this version has not read yet, `seconds` about how long it takes. `state` is
    the state in force.
    """

    parser: tuple[str, str] | None
    tables: tuple[str, str] | None
    register: bool
    reports: int
    unread: int
    seconds: int
    state: str

    def as_json(self) -> dict[str, Any]:
        """Returns it as plain data."""
        return {
            "parser": self.parser,
            "tables": self.tables,
            "register": self.register,
            "reports": self.reports,
            "unread": self.unread,
            "seconds": self.seconds,
            "state": self.state,
        }

    def line(self) -> str:
        """Returns what the next run does and how to go back, as one line for a person."""
        if not (self.parser or self.tables or self.register):
            return say(
                "{count:,} published reports were read by an older version, and their sources were "
                "not met since: fazhi reprocess --publish reads them again, about {time}",
                count=self.reports,
                time=_duration(self.seconds),
            )
        return self._head() + say(
            "; {state} stays in force until then and is kept: fazhi rollback {state}",
            state=self.state,
        )

    def _head(self) -> str:
        """Returns what is read or made anew, and why."""
        values = {"reasons": ", ".join(self._reasons()), "time": _duration(self.seconds)}
        if not self.unread:
            text = marked("{count:,} published reports are made anew ({reasons}), about {time}")
            return say(text, count=self.reports, **values)
        return say_count(
            "this version reads differently ({reasons}): {count:,} report will be read again, "
            "about {time}",
            "this version reads differently ({reasons}): {count:,} reports will be read again, "
            "about {time}",
            self.unread,
            **values,
        )

    def _reasons(self) -> list[str]:
        reasons = []
        if self.parser:
            before, now = self.parser
            reasons.append(say("parser {before}, now {now}", before=before, now=now))
        if self.tables:
            before, now = self.tables
            reasons.append(say("tables {before}, now {now}", before=before, now=now))
        if self.register:
            reasons.append(say("another register"))
        return reasons


def upgrade(data_dir: Path) -> Upgrade | None:
    """Returns what becomes of a data folder with this version; None where nothing is made anew, or
    where nothing is published.

    Raises UsageError where the state in force or the imported register is damaged.
    """
    state = snapshots.current(data_dir)
    if state is None:
        return None
    version = parser_version()
    parser = (state.parser_version, version) if state.parser_version != version else None
    form = None
    if state.schema_version != tables.SCHEMA_VERSION:
        form = (state.schema_version, tables.SCHEMA_VERSION)
    has_other_register = _has_other_register(data_dir, state)
    read_by = state.read("reports", ["source_sha256", "parser_version"])
    older = {
        sha256
        for sha256, read_version in zip(
            *(read_by[name].to_pylist() for name in read_by.schema.names)
        )
        if read_version != version
    }
    if not (older or form or has_other_register):
        return None
    is_whole = form is not None or has_other_register
    unread = older.difference(staging.Index(data_dir, version).batch) if older else set[str]()
    reports = read_by.num_rows if is_whole else len(older)
    seconds = _seconds(data_dir, reports, len(unread))
    return Upgrade(parser, form, has_other_register, reports, len(unread), seconds, state.id)


def lines(data_dir: Path) -> list[str]:
    """Returns what becomes of a data folder, as one line; [] where nothing does or it is damaged:
    a run says that itself.
    """
    try:
        found = upgrade(data_dir)
    except UsageError:
        return []
    return [found.line()] if found else []


def _has_other_register(data_dir: Path, state: snapshots.Snapshot) -> bool:
    """Whether the imported register is another than that of a state; False where none was
    imported: a run may be given one.
    """
    description = register.imported(data_dir)
    if description is None:
        return False
    return not state.register.startswith(Path(description["file"]).name.split(".")[0])


def _seconds(data_dir: Path, reports: int, unread: int) -> int:
    """Returns about how long it takes to read `unread` reports and to make `reports` anew.

    It is as fast as the largest run of this folder was; making takes a quarter of reading.
    """
    pace = _USUAL_PACE
    runs = [run for run in Journal(data_dir).runs() if run["outcome"] in DONE]
    largest = max(runs, key=lambda run: run["loaded"] or 0, default=None)
    if largest and (largest["loaded"] or 0) >= _TELLING_RUN:
        begin, end = (
            datetime.datetime.fromisoformat(largest[name]) for name in ("started_at", "finished_at")
        )
        pace = max(0.001, (end - begin).total_seconds() / largest["loaded"])
    return round(_START_SECONDS + pace * (unread + (reports - unread) / 4))


def _duration(seconds: int) -> str:
    if seconds < _MINUTE:
        return say("{count} s", count=max(_START_SECONDS, round(seconds, -1)))
    return say("{count} min", count=round(seconds / 60))
