"""A data folder on S3-compatible storage, with an S3 server on loopback: two machines, one pointer, whole states only."""

from __future__ import annotations

import json
import shutil
import subprocess
import time

import pytest

from schemas.errors import UsageError
from tests.support import reports
from tests.support.paths import FAZHI
from tests.tools import faults
from warehouse import decisions, remote, snapshots


@pytest.mark.slow
def test_two_machines_share_one_warehouse_and_the_second_to_publish_is_told(night, storage, tmp_path):
    sources, a, b = tmp_path / "in", tmp_path / "a", tmp_path / "b"
    reports.write(sources, range(12))
    assert night(a, sources, remote=storage)["outcome"] == "published"
    assert night(b, sources, remote=storage)["outcome"] == "unchanged"
    assert faults.look(b) == 12 and faults.published(a) == faults.published(b)
    assert not snapshots.verify(snapshots.current(b))
    reports.write(sources, range(12, 15))
    assert night(b, sources, remote=storage)["run_id"] == "r000003"
    reports.write(sources, range(15, 16))
    assert night(a, sources)["run_id"] == "r000002"  # without asking the storage
    with pytest.raises(remote.Conflict, match="not known here"):
        remote.push(a, storage)
    assert night(a, sources, remote=storage)["run_id"] == "r000004"
    remote.pull(b, storage)
    assert faults.look(b) == 16 and faults.published(a) == faults.published(b)
    shutil.rmtree(
        sources
    )  # what was landed by either is there: everything can be read again without its sources
    assert {p.name for p in (a / "landing").glob("??/*")} == {
        p.name for p in (b / "landing").glob("??/*")
    }


@pytest.mark.slow
def test_decisions_made_on_either_machine_are_kept(
    night, storage, fazhi, prefect_server, tmp_path
):
    sources, a, b = tmp_path / "in", tmp_path / "a", tmp_path / "b"
    reports.write(sources, range(12))
    (sources / "empty.txt").write_text("", encoding="utf-8")
    (sources / "law.txt").write_text("第一条\n第二条\n第三条\n第四条\n第五条\n", encoding="utf-8")
    night(a, sources, remote=storage)
    night(b, sources, remote=storage)
    for data, name in ((a, "empty.txt"), (b, "law.txt")):
        said = fazhi(
            "quarantine", "dismiss", name, "--because", f"seen at {data.name}", "--data", data
        )
        assert said.returncode == 0, said.stderr
    with open(b / "decisions" / "dismissed.jsonl", "a") as f:
        f.write('{"at": "cut o')
    night(a, sources, remote=storage)
    reports.write(sources, range(12, 13))
    night(b, sources, remote=storage)
    remote.pull(a, storage)
    for data in (a, b):
        assert sorted(decisions.read(data).dismissed().values()) == ["seen at a", "seen at b"], data
    (a / "policy.toml").write_text("# theirs\n", encoding="utf-8")
    remote.push(a, storage)
    (b / "policy.toml").write_text("# ours\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"policy\.toml was changed here and at s3://"):
        remote.pull(b, storage)
    assert (b / "policy.toml").read_text(encoding="utf-8") == "# ours\n"


@pytest.mark.slow
def test_of_two_pushes_at_once_one_wins_and_the_pointer_is_never_half(night, storage, tmp_path):
    sources, a, b = tmp_path / "in", tmp_path / "a", tmp_path / "b"
    reports.write(sources, range(4))
    night(a, sources, remote=storage)
    there = remote.Remote(storage)
    before, tag = there.pointer()
    shutil.copytree(a, b, symlinks=True)
    reports.write(sources, range(4, 6))
    night(b, sources)
    remote.push(b, storage)
    with pytest.raises(remote.Conflict, match="another machine has published"):
        there.swap({**before, "id": "mine"}, tag)
    assert there.pointer()[0]["id"] == snapshots.current(b).id


@pytest.mark.slow
def test_a_push_that_is_killed_is_done_again_and_damage_there_is_noticed(
    night, storage, fazhi, tmp_path
):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(30))
    night(data, sources)
    there = remote.Remote(storage)
    process = subprocess.Popen([str(FAZHI), "remote", "push", storage, "--data", str(data)])
    while not there.names("snapshots") and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert there.pointer() == (None, None)
    pushed = fazhi("remote", "push", storage, "--data", data)
    assert pushed.returncode == 0 and "is in force at" in pushed.stdout, pushed.stderr
    said, _ = there.pointer()
    listed = json.loads(there.get(f"{said['path']}/snapshot.json"))["files"]
    name = f"{said['path']}/parquet/metrics/{next(iter(listed['metrics']))}"
    (tmp_path / "other").write_bytes(b"other bytes")
    there.put(name, tmp_path / "other")
    pulled = fazhi("remote", "pull", storage, "--data", tmp_path / "fresh")
    assert pulled.returncode == 1 and "has other bytes than were published" in pulled.stderr
    assert snapshots.current(tmp_path / "fresh") is None


def test_an_address_that_does_not_answer_is_one_line(fazhi, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    said = fazhi("remote", "pull", "s3://reports/warehouse", "--data", tmp_path)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1), said.stderr
    assert fazhi("remote", "pull", "/tmp/x", "--data", tmp_path).stderr.startswith(
        "fazhi: /tmp/x: give an address"
    )
