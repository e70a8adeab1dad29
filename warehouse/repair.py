"""`fazhi verify` and `fazhi repair`: is everything in the data folder what was written, and how to make good what is not."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import addresses, files, landing, snapshots, staging


@dataclass(slots=True)
class Damage:
    """What is not as it was written: landed bytes, staged batches, published states (with what is wrong in each), unreadable states."""

    landed: list[Path] = field(default_factory=list)
    staged: list[Path] = field(default_factory=list)
    states: dict[str, list[str]] = field(default_factory=dict)
    unreadable: list[Path] = field(default_factory=list)

    def lines(self) -> list[str]:
        """A sentence for each."""
        return [
            *(f"{p} has other bytes than its name says" for p in self.landed),
            *(f"{p} is not the batch that was staged" for p in self.staged),
            *(line for wrong in self.states.values() for line in wrong),
            *(f"{p / 'snapshot.json'} cannot be read" for p in self.unreadable),
        ]


def look(data_dir: Path) -> Damage:
    """Compares everything in the data folder with its digests."""
    states = {s.id: wrong for s in snapshots.history(data_dir) if (wrong := snapshots.verify(s))}
    return Damage(
        landing.damaged(data_dir), staging.damaged(data_dir), states, snapshots.unreadable(data_dir)
    )


def mend(data_dir: Path, damage: Damage) -> list[str]:
    """Takes out of the way what is damaged, and restores what can be restored at once; returns what was done, a line each.

    Landed bytes come back from their source where that still has them; staged batches are parsed again by the run that must follow; where the
    state in force is damaged the newest sound one is put in force, or none.
    """
    told = [line for path in damage.landed for line in _mend_landed(data_dir, path)]
    for folder in damage.staged:
        shutil.rmtree(folder)
        told.append(f"{folder.name}: staged batch removed, it is parsed again")
    bad = {s.path for s in snapshots.history(data_dir) if s.id in damage.states} | set(
        damage.unreadable
    )
    in_force = (data_dir / "current").resolve() if (data_dir / "current").is_symlink() else None
    sound = [s for s in snapshots.history(data_dir) if s.path not in bad]
    if in_force is not None and (in_force in {p.resolve() for p in bad} or not in_force.is_dir()):
        if sound:
            files.point(data_dir / "current", f"snapshots/{sound[-1].path.name}")
            told.append(f"{in_force.name}: damaged; in force until the rebuild: {sound[-1].id}")
        else:
            (data_dir / "current").unlink()
            told.append(
                f"{in_force.name}: damaged, and no sound state before it: everything is rebuilt from landing"
            )
    for path in sorted(bad):
        shutil.rmtree(path, ignore_errors=True)
        told.append(f"{path.name}: damaged state removed")
    return told


def _mend_landed(data_dir: Path, path: Path) -> list[str]:
    sha256, told = path.name, []
    os.chmod(path, 0o644)
    path.unlink()
    for receipt in landing.receipts(data_dir):
        origin = addresses.path_of(receipt["source_uri"]) if receipt["sha256"] == sha256 else None
        if origin is None:
            continue
        with contextlib.suppress(OSError):
            data = Path(origin).read_bytes()
            if hashlib.sha256(data).hexdigest() == sha256:
                landing.store(data_dir, sha256, data)
                return [f"{sha256[:12]}…: landed again from {origin}"]
        told = [
            f"{sha256[:12]}…: lost, and {origin} has other bytes now; the published report stays as it is"
        ]
    return told or [
        f"{sha256[:12]}…: lost, and no source is known that has it; the published report stays as it is"
    ]
