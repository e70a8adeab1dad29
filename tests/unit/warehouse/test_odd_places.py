"""Files that cannot be read and things that are no files in the data folder, each where it would end every night."""

import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest

from tests.support.paths import ROOT
from warehouse import decisions, files, inventory, landing, lines, odd_files, staging
from warehouse.folder import DataFolder

DIGEST = "ab" + "0" * 62


def stage(data):
    """Stages one batch of one member and returns its folder."""
    parts = [pa.table({"n": [1]}) for _ in staging.PARTS]
    return staging.folder(data, "1") / staging.write(data, "1", [DIGEST], parts, {})


def put(path, kind):
    """Puts a thing that is no file and no folder in a place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "file":
        path.write_text("mine", encoding="utf-8")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        os.mkfifo(path)


@pytest.mark.parametrize("kind", ["file", "loop", "pipe", "device"])
@pytest.mark.parametrize("name", ["snapshots/.candidate", "staging/1", "staging/1/batch", "landing/ab", "landing/archives/1"])
def test_what_stands_in_place_of_a_folder_of_the_job_is_set_aside_and_named(tmp_path, name, kind):
    put(tmp_path / name, kind)
    with DataFolder(tmp_path).alone():
        pass
    assert not os.path.lexists(tmp_path / name)
    assert odd_files.kept(tmp_path) == [(tmp_path / name, tmp_path / "set_aside" / name)]
    landing.store(tmp_path, DIGEST, b"x")
    assert staging.is_sound(stage(tmp_path))


@pytest.mark.parametrize("kind", ["loop", "pipe", "device"])
@pytest.mark.parametrize("name", ["batch.json", "metrics.parquet"])
def test_a_batch_with_a_pipe_in_it_is_damaged_and_is_not_waited_for(tmp_path, name, kind):
    folder = stage(tmp_path)
    (folder / name).unlink()
    put(folder / name, kind)
    assert not staging.is_sound(folder)
    with pytest.raises(staging.DamagedBatch):
        staging.check_files([str(folder / "metrics.parquet")])
    assert staging.damaged(tmp_path) == [folder]


def as_an_ordinary_user(tmp_path, script):
    """Runs a script to which the rights of files apply, and returns what it prints."""
    rights = "-dac_override,-dac_read_search"
    before = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"] if os.geteuid() == 0 else []
    command = [*before, sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_log_that_its_owner_may_not_read_is_opened_again_and_nothing_is_lost(tmp_path):
    for name in ("state/runs.jsonl", "decisions/reviews.jsonl"):
        lines.append(tmp_path / name, {"n": 1})
    os.chmod(tmp_path / "state/runs.jsonl", 0o444)
    os.chmod(tmp_path / "decisions/reviews.jsonl", 0)
    os.chmod(tmp_path / "decisions", 0)
    script = """
import sys
from pathlib import Path
from warehouse import lines
from warehouse.folder import DataFolder
home = Path(sys.argv[1])
with DataFolder(home).alone():
    for name in ("state/runs.jsonl", "decisions/reviews.jsonl"):
        lines.append(home / name, {"n": 2})
        print(lines.read_checked(home / name).objects())
"""
    assert as_an_ordinary_user(tmp_path, script) == "[{'n': 1}, {'n': 2}]\n" * 2
    assert os.stat(tmp_path / "decisions/reviews.jsonl").st_mode & 0o777 == 0o600
    assert not (tmp_path / "set_aside").exists()


def test_what_is_decided_in_a_file_that_is_shut_is_a_problem_that_names_it(tmp_path):
    lines.append(tmp_path / "decisions/reviews.jsonl", {"n": 1})
    os.chmod(tmp_path / "decisions/reviews.jsonl", 0)
    script = """
import sys
from pathlib import Path
from warehouse import decisions, lines
home = Path(sys.argv[1])
for path, wrong in decisions.read(home).problems().items():
    print(path.name, len(wrong))
print(lines.read(home / "decisions/reviews.jsonl").broken[0].problem)
"""
    said = as_an_ordinary_user(tmp_path, script).splitlines()
    assert said == ["reviews.jsonl 1", "is in a file that is shut (Permission denied)"]


def test_a_link_that_leads_to_itself_is_a_problem_of_the_decisions(tmp_path):
    put(tmp_path / "decisions/reviews.jsonl", "loop")
    (path,) = decisions.read(tmp_path).problems()
    assert path == tmp_path / "decisions/reviews.jsonl"


@pytest.mark.parametrize("value", [[], {}, {"files": []}, {"files": {"a": 1}, "batches": [], "states": []}, 7])
def test_an_inventory_of_another_form_counts_as_none(tmp_path, value):
    files.write_checked_json(tmp_path / inventory.NAME, value)
    assert inventory.read(tmp_path) is None
    assert json.loads((tmp_path / inventory.NAME).read_text(encoding="utf-8"))["content"] == value


def test_a_folder_among_the_sources_that_is_shut_is_an_entry_and_the_rest_is_found(tmp_path):
    for name in ("a/shut", "b"):
        (tmp_path / name).mkdir(parents=True)
    for path in (tmp_path / "a" / "one.txt", tmp_path / "b" / "two.txt"):
        path.write_text("text", encoding="utf-8")
    os.chmod(tmp_path / "a" / "shut", 0)
    script = """
import sys
from warehouse import sources
for found in sources.discover([sys.argv[1], f"{sys.argv[1]}/**/*"]):
    print(found.path.removeprefix(sys.argv[1]), found.problem and found.problem[0])
"""
    assert as_an_ordinary_user(tmp_path, script).splitlines() == [
        "/a/one.txt None",
        "/a/shut unreadable_folder",
        "/b/two.txt None",
    ]


def test_files_of_a_published_state_that_are_shut_can_be_read_again(tmp_path):
    state = tmp_path / "snapshots" / "r000001-0123456789ab"
    (state / "parquet" / "metrics").mkdir(parents=True)
    (tmp_path / "current").symlink_to(state.relative_to(tmp_path))
    names = ("state.parquet", "snapshot.json", "warehouse.duckdb", "parquet/metrics/a.parquet")
    for name in names:
        (state / name).write_text(name, encoding="utf-8")
        os.chmod(state / name, 0)
    os.chmod(state / "parquet" / "metrics", 0)
    script = f"""
import sys
from pathlib import Path
from warehouse import digests, odd_files
state = Path(sys.argv[1], "current")
print(digests.is_same(state / "warehouse.duckdb", "0" * 64))
odd_files.set_aside(Path(sys.argv[1]))
print(*((state / name).read_text() for name in {names!r}))
"""
    assert as_an_ordinary_user(tmp_path, script).splitlines() == ["False", " ".join(names)]
    assert os.stat(state / "state.parquet").st_mode & 0o777 == 0o400
