"""Whether a folder of the sources is empty or has far fewer files than the last night found in it.

A share that is not mounted looks like an empty folder: nothing is deleted, and nothing new is seen.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.night.run import Run
from schemas.language import marked, say, say_in
from warehouse import files, sources

_EMPTY = marked(
    "{folder} holds no file; the last night found {before:,} in it. Is it mounted? Nothing was "
    "deleted."
)
_SHRUNKEN = marked(
    "{folder} holds {now:,} files; the last night found {before:,} in it. Nothing was deleted."
)
_ACCEPT = marked("{problem} (if that is right: --accept-loss REASON)")
HOLD = "hold_publication"


@dataclass(frozen=True, slots=True)
class Shrunken:
    """A folder with no file (`now` is 0) or with far fewer than `before`."""

    folder: str
    before: int
    now: int

    def message(self, language: str) -> str:
        """Returns what is wrong, in `en` or `zh`."""
        values = {"folder": self.folder, "before": self.before, "now": self.now}
        return say_in(language, _SHRUNKEN if self.now else _EMPTY, **values)


@dataclass(frozen=True, slots=True)
class Folders:
    """How many files each folder of the sources holds, and which of them have shrunk."""

    counts: Mapping[str, int] = field(default_factory=dict)
    shrunken: tuple[Shrunken, ...] = ()


def look_at(run: Run, look: sources.Look, listed: list[str]) -> Folders:
    """Returns the folders among the sources of a run, and of `listed`; none where it reads none."""
    if run.settings.again is not None or run.settings.reprocess is not None:
        return Folders()
    named = {os.path.abspath(path) for path in (*run.settings.sources, *listed)}
    counts = dict.fromkeys(sorted(path for path in named if os.path.isdir(path)), 0)
    for item in look.found:
        for folder in counts:
            if item.path.startswith(folder.rstrip(os.sep) + os.sep):
                counts[folder] += 1
    before = _known(run)
    found = [Shrunken(folder, before.get(folder, 0), now) for folder, now in counts.items()]
    return Folders(counts, tuple(one for one in found if _has_shrunk(run, one)))


def _has_shrunk(run: Run, found: Shrunken) -> bool:
    if found.now == 0:
        return found.before > 0
    lost, limits = found.before - found.now, run.policy.sources
    return bool(lost > limits["files_free"] and lost > limits["files_lost"] * found.before)


def reasons_to_hold(run: Run, folders: Folders) -> list[str]:
    """Returns why the policy holds the publication back; none where a person accepted the loss."""
    if run.settings.accept_loss is not None:
        return []
    policy = run.policy.sources
    return [
        say(_ACCEPT, problem=found.message("en"))
        for found in folders.shrunken
        if policy["shrunken" if found.now else "empty"] == HOLD
    ]


def keep(run: Run, folders: Folders) -> None:
    """Notes how many files there are, for the next night.

    An empty folder keeps its former number, so that each night says so, until a person accepts it.
    """
    known = _known(run)
    counts = dict(known)
    for folder, now in folders.counts.items():
        if now or run.settings.accept_loss is not None:
            counts[folder] = now
    if counts != known:
        files.write_checked_json(run.paths.source_counts, counts)


def _known(run: Run) -> dict[str, int]:
    known = files.read_checked_json(run.paths.source_counts)
    return known if isinstance(known, dict) else {}
