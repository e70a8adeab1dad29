"""What later nights trust is on the disk, bytes and name, before anything points at it."""

from __future__ import annotations

import json
import re

import pytest

from tests.support import reports
from tests.support.disk import Disk
from tests.support.nights import night
from warehouse import files
from warehouse.folder import DataFolder

# pages for people, locks, and batches that are read again where they are not as they were staged
NEED_NOT_SURVIVE = re.compile(r"staging/.*|quality/.*|state/(lock|morning\.md)|.*\.lock")


class Watch:
    """Notes what is pointed at before it is on the disk."""

    def __init__(self, data, patch):
        self.folder = DataFolder(data)
        self.pointed: set[str] = set()
        self.too_early: list[str] = []
        data.mkdir()
        self.disk = Disk(data, patch, self.look)

    def look(self, source, target):
        """Called before each rename: the files that the new name speaks of must be on the disk."""
        name = str(target.relative_to(self.folder.path))
        if name == "current":
            state = self.folder.path / source.readlink()
            self.check(name, self.disk.lost(state))
            self.check(name, self.disk.lost(self.folder.in_force.parent / "in_force.json"))
        elif name == "state/stamps.json" or name.startswith("landing/receipts/"):
            self.check(name, [] if self.disk.has_bytes(source) else [str(source)])
            digests = set(re.findall(r"\b[0-9a-f]{64}\b", source.read_text()))
            check = json.loads(source.read_text()).get("check") if name.endswith("json") else None
            landed = [self.folder.landing / d[:2] / d for d in digests - {check}]
            self.check(name, [str(path) for path in landed if not self.disk.survives(path)])

    def check(self, name, lost):
        """Notes that a name was given, and what of the files behind it a power cut would take."""
        self.pointed.add(name)
        self.too_early += [f"{name} -> {path}" for path in lost]


@pytest.fixture
def watched(tmp_path, monkeypatch):
    return Watch(tmp_path / "data", monkeypatch)


@pytest.mark.slow
def test_nothing_points_at_a_file_that_is_not_on_the_disk(watched, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(3))
    assert night(data, sources)["outcome"] == "published"
    reports.write(sources, range(5))
    assert night(data, sources)["outcome"] == "published"
    assert watched.too_early == []
    assert watched.pointed == {
        "current",
        "state/stamps.json",
        "landing/receipts/r000001-1-00000.jsonl",
        "landing/receipts/r000002-1-00000.jsonl",
    }


def test_after_a_night_everything_that_later_nights_trust_is_on_the_disk(watched, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(3))
    night(data, sources)
    lost = [name for name in watched.disk.lost() if not NEED_NOT_SURVIVE.fullmatch(name)]
    assert lost == []


def test_a_file_in_a_new_folder_survives_with_the_names_of_its_folders(watched, tmp_path):
    path = tmp_path / "data" / "state" / "new" / "note.json"
    files.write_json(path, {"a": 1})
    assert watched.disk.lost() == []
    assert watched.disk.survives(path)
    path.write_text("other", encoding="utf-8")
    assert watched.disk.lost() == ["state/new/note.json"]
