"""Two and three machines at one storage, in many orders and with kills: nothing is lost."""

from __future__ import annotations

import json

import pytest
from obstore.store import MemoryStore

from schemas.errors import UsageError
from tests.support.machines import Machine, interleaved
from warehouse import joined, landing, remote, snapshots, storage


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch):
    monkeypatch.setattr(storage, "AT_ONCE", 1)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("machines", [2, 3])
@pytest.mark.parametrize("kills", [0.0, 0.03])
def test_nothing_is_lost_in_whatever_order_machines_publish(tmp_path, seed, machines, kills):
    assert interleaved(tmp_path, seed, machines, kills) == []


@pytest.fixture
def pushed(tmp_path):
    """A machine that has published, and the storage."""
    store = MemoryStore()
    machine = Machine(tmp_path, 0, store)
    assert machine.night(machine.remote(), {machine.receive()})
    return machine


def test_what_is_damaged_here_is_not_sent(pushed):
    target = next(pushed.folder.landing.glob("[0-9a-f][0-9a-f]/*"))
    before = pushed.remote().get(f"landing/{target.parent.name}/{target.name}")
    target.chmod(0o644)
    target.write_bytes(b"other and longer bytes than there were before")
    with pytest.raises(UsageError, match="is damaged and is not sent"):
        remote.push_to(pushed.data, pushed.remote())
    assert pushed.remote().get(f"landing/{target.parent.name}/{target.name}") == before
    state = snapshots.current(pushed.data)
    (state.path / "state.parquet").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"state\.parquet has other bytes"):
        remote.push_to(pushed.data, pushed.remote())


def test_what_is_damaged_there_is_replaced_by_what_is_sound_here(pushed):
    target = next(pushed.folder.landing.glob("[0-9a-f][0-9a-f]/*"))
    name = f"landing/{target.parent.name}/{target.name}"
    pushed.remote().put_bytes(name, b"cut")
    remote.push_to(pushed.data, pushed.remote())
    assert pushed.remote().get(name) == target.read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../../victim"},
        {"path": "../../victim"},
        {"path": "snapshots/../../victim"},
        {"id": 5},
        {"documents": {"../../.ssh/authorized_keys": "0" * 64}},
        {"documents": {"policy.toml": "../x"}},
        {"documents": []},
    ],
)
def test_a_pointer_that_leads_elsewhere_is_refused_and_changes_nothing(pushed, tmp_path, changes):
    pointer, tag = pushed.remote().pointer()
    pushed.remote().swap({**pointer, **changes}, tag)
    other = Machine(tmp_path, 1, pushed.store)
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "file").write_text("mine")
    with pytest.raises(UsageError, match="names no published state"):
        remote.pull_from(other.data, other.remote())
    assert (tmp_path / "victim" / "file").read_text() == "mine"
    assert snapshots.current(other.data) is None


@pytest.mark.parametrize(
    "name",
    [
        "landing/../../victim",
        "landing/ab/" + "cd" * 32,
        "landing/receipts/../x.jsonl",
        "landing/archives/../../x.json",
        "landing/receipts/.hidden.jsonl",
    ],
)
def test_names_that_lead_elsewhere_are_not_fetched(pushed, tmp_path, name):
    storage = pushed.remote()
    try:
        storage.put_bytes(name, b"x")
    except Exception:  # the store itself may refuse such a name
        pytest.skip("the store takes no such name")
    other = Machine(tmp_path, 1, pushed.store)
    remote.pull_from(other.data, other.remote())
    assert len(list(other.folder.path.rglob("*victim*"))) == 0
    assert {p.name for p in landing.objects(other.data)} == {p.name for p in landing.objects(pushed.data)}


def test_bytes_that_are_not_what_was_published_are_refused(pushed, tmp_path):
    pointer, _ = pushed.remote().pointer()
    for name, problem in (
        (f"{pointer['path']}/state.parquet", "has other bytes than were published"),
        (f"{pointer['path']}/snapshot.json", "is damaged"),
        (f"documents/{pointer['documents']['state/runs.jsonl']}", "is lost or has other bytes"),
        (sorted(pushed.remote().names("landing"))[0], "has other bytes"),
    ):
        good = pushed.remote().get(name)
        pushed.remote().put_bytes(name, good.replace(good[3:4], b"\x00"))
        other = Machine(tmp_path / name.replace("/", "_"), 1, pushed.store)
        with pytest.raises(UsageError, match=problem):
            remote.pull_from(other.data, other.remote())
        assert snapshots.current(other.data) is None
        pushed.remote().put_bytes(name, good)


def test_a_description_with_names_that_lead_elsewhere_is_refused(pushed, tmp_path):
    pointer, _ = pushed.remote().pointer()
    name = f"{pointer['path']}/snapshot.json"
    values = json.loads(pushed.remote().get(name))
    values.pop("check")
    values["files"]["sources"] = {"../../../../victim.parquet": "0" * 64}
    values["check"] = snapshots.check_of(values)
    pushed.remote().put_bytes(name, json.dumps(values).encode())
    other = Machine(tmp_path, 1, pushed.store)
    with pytest.raises(UsageError, match="is no name of a file"):
        remote.pull_from(other.data, other.remote())


def test_a_lost_answer_is_no_other_machine(pushed):
    pointer, tag = pushed.remote().pointer()
    new = {**pointer, "digest": "f" * 64}
    new_tag = pushed.remote().swap(new, tag)
    # the storage took it, and the answer was lost: tried again with the former tag
    assert pushed.remote().swap(new, tag) == new_tag


def test_broken_lines_of_a_log_are_kept_aside_when_logs_are_joined(pushed, tmp_path):
    other = Machine(tmp_path, 1, pushed.store)
    remote.pull_from(other.data, other.remote())
    pushed.decide()
    remote.push_to(pushed.data, pushed.remote())
    other.decide()
    with open(other.folder.dismissals, "ab") as file:
        file.write(b'{"at": "cut o')
    remote.pull_from(other.data, other.remote())
    assert len((other.folder.dismissals).read_bytes().splitlines()) == 2
    (aside,) = other.folder.set_aside.rglob("dismissed.jsonl*")
    assert aside.read_bytes() == b'{"at": "cut o\n'
    assert joined.join(other.data, {}, {}, "")["decisions/dismissed.jsonl"]
