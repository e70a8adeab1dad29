"""A pinned state stays in force, whatever nights and people bring, until it is unpinned."""

from __future__ import annotations

import pytest

from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask
from warehouse import pins, snapshots, verify

COUNT = "select count(*) from reports"


@pytest.fixture
def published(night, tmp_path):
    """A data folder after one night over two reports and one over three, and their folder."""
    data, folder = tmp_path / "data", tmp_path / "in"
    for numbers in (range(2), range(3)):
        reports.write(folder, numbers)
        night(data, folder)
    return data, folder


@pytest.mark.slow
def test_a_rolled_back_state_that_is_pinned_stays_until_it_is_unpinned(night, fazhi, published):
    data, folder = published
    first, second = snapshots.history(data)
    back = fazhi("rollback", "r000001", "--pin", "the county asked", "--data", data)
    assert (back.returncode, back.stderr) == (0, "")
    assert back.stdout.startswith(f"{first.id} is pinned by ")
    for _ in range(2):
        held = night(data, folder)
        assert held["outcome"] == "held"
        assert held["held_back_because"][0].endswith(": the county asked (fazhi unpin)")
        assert ask(data, COUNT) == [(2,)]
    assert ": the county asked (fazhi unpin)" in fazhi("status", "--data", data).stdout
    assert ": the county asked (fazhi unpin)" in fazhi("snapshots", "--data", data).stdout
    assert verify.verify(data) == []
    with pytest.raises(UsageError, match="is pinned by"):
        snapshots.rollback(data, second)
    assert fazhi("unpin", "--data", data).stdout.startswith(f"{first.id} is pinned no more")
    assert night(data, folder)["outcome"] == "published"
    assert ask(data, COUNT) == [(3,)]
    again = fazhi("unpin", "--data", data)
    assert (again.returncode, again.stderr) == (1, "fazhi: no state is pinned\n")


@pytest.mark.slow
def test_the_state_in_force_can_be_pinned_and_an_unchanged_night_is_one(night, fazhi, published):
    data, folder = published
    assert fazhi("pin", "--because", "it was cited", "--data", data).returncode == 0
    assert night(data, folder)["outcome"] == "unchanged"


@pytest.mark.slow
def test_a_damaged_note_of_a_pin_pins_still_and_is_named(night, tmp_path):
    data = tmp_path / "data"
    reports.write(tmp_path / "in", [1])
    night(data, tmp_path / "in")
    pins.pin(data, "r000001", "it was cited", "me")
    path = data / "state" / "pinned.json"
    path.write_bytes(path.read_bytes().replace(b"cited", b"cated"))
    assert pins.read(data) == pins.Pin("?", "?", "?", "?")
    assert [damage.path for damage in verify.verify(data)] == [path]
