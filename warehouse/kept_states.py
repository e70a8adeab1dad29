"""Which published states are kept: the newest ones, and the last of the version before."""

from __future__ import annotations

import shutil
from pathlib import Path

from warehouse import snapshots
from warehouse.folder import DataFolder


def prune(
    data_dir: Path, keep: int = snapshots.KEEP, of_decisions: frozenset[str] = frozenset()
) -> None:
    """Removes all but the newest `keep` published states; the one in force always stays, and the
    newest that another version of the program made, so that an upgrade can be undone.

    `of_decisions` are runs that looked at no source and published what people decided. Of the
    states of such runs after one night only the last is kept, and it counts with the night's own:
    an evening of reviews does not push earlier nights out. What cannot be removed stays without an
    error.
    """
    in_force = DataFolder(data_dir).current.resolve()
    kept: set[Path] = set()
    nights = 0
    is_newest = True  # of the states that follow the same night
    for path in reversed(snapshots.folders(data_dir)):
        is_decided = path.name.split("-")[0] in of_decisions
        if nights < keep and (is_newest or not is_decided):
            kept.add(path)
        nights += not is_decided
        is_newest = not is_decided
    surplus = [p for p in snapshots.folders(data_dir) if p not in kept and p.resolve() != in_force]
    before_upgrade = _of_other_version(snapshots.readable(in_force), surplus[::-1], kept)
    for path in surplus:
        if path != before_upgrade:
            shutil.rmtree(path, ignore_errors=True)


def _of_other_version(
    in_force: snapshots.Snapshot | None, surplus: list[Path], kept: set[Path]
) -> Path | None:
    """Returns the newest state in `surplus`, newest first, that another version made than the state
    in force; None where one of `kept` is such a state.
    """
    if in_force is None:
        return None

    def is_of_other_version(path: Path) -> bool:
        state = snapshots.readable(path)
        versions = (in_force.parser_version, in_force.schema_version)
        return state is not None and (state.parser_version, state.schema_version) != versions

    found = next((path for path in surplus if is_of_other_version(path)), None)
    if found is None or any(is_of_other_version(path) for path in kept):
        return None
    return found
