"""A night without changes: decided before Prefect is started, and recorded where a server is at hand."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import urllib.request

import pytest

from tests.support import reports

_RUN = """
import json, sys
from flows import cli
code = cli.main(["run", sys.argv[1], "--data", sys.argv[2], "--json"])
heavy = ("prefect", "pandas", "great_expectations", "transforms.report", "tomlkit")
print(json.dumps([code, [name for name in heavy if name in sys.modules]]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def first(night, tmp_path_factory):
    """A source folder and a data folder in which its three reports are in force."""
    folder = tmp_path_factory.mktemp("first") / "报告"
    reports.write(folder, range(3))
    night(folder.parent / "data", folder)
    return folder, folder.parent / "data"


@pytest.fixture
def published(first, tmp_path):
    """The same, in a data folder of the test's own."""
    shutil.copytree(first[1], tmp_path / "data", symlinks=True)
    return first[0], tmp_path / "data"


def run(folder, data, **environment):
    """What a run wrote, its exit code, and which heavy modules it loaded."""
    values = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_API")}
    ended = subprocess.run(
        [sys.executable, "-c", _RUN, str(folder), str(data)],
        capture_output=True,
        text=True,
        env={**values, **environment},
        check=True,
    )
    code, heavy = json.loads(ended.stderr.splitlines()[-1])
    return ended.stdout + ended.stderr, code, heavy


def test_it_needs_neither_prefect_nor_pandas_nor_great_expectations(published):
    told, code, heavy = run(*published)
    assert '"seen": 3, "loaded": 0, "unchanged": 3,' in told
    assert (code, heavy) == (0, [])
    assert "Nothing had changed" in (published[1] / "state" / "morning.md").read_text("utf-8")


def test_what_a_full_disk_left_of_a_kept_failure_goes(night, published):
    folder, data = published
    half_made = data / "state" / "failures" / ".r000001.txt.4711.tmp"
    half_made.parent.mkdir(exist_ok=True)
    half_made.touch()
    assert night(data, folder)["outcome"] == "unchanged"
    assert not half_made.exists()


def ask_server(address, path, values):
    login = os.environ["PREFECT_API_AUTH_STRING"].encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Basic {base64.b64encode(login).decode()}",
    }
    request = urllib.request.Request(f"{address}/{path}", json.dumps(values).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_a_server_at_hand_records_it(prefect_server, fazhi, published):
    folder, data = published
    ended = fazhi("run", folder, "--data", data, "--json")
    assert json.loads(ended.stdout)["outcome"] == "unchanged"
    (newest,) = ask_server(
        prefect_server, "flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 1}
    )
    assert (newest["name"], newest["state"]["type"], newest["state"]["message"]) == (
        "nightly: 报告 into data",
        "COMPLETED",
        "unchanged",
    )
    assert newest["parameters"]["settings"]["sources"] == [str(folder)]
    (artifact,) = ask_server(
        prefect_server,
        "artifacts/filter",
        {"artifacts": {"flow_run_id": {"any_": [newest["id"]]}}},
    )
    assert artifact["data"] == (data / "state" / "morning.md").read_text("utf-8")


@pytest.mark.slow
def test_a_server_that_is_named_and_does_not_answer_is_told_before_anything_is_read(published):
    folder, data = published
    before = (data / "state" / "runs.jsonl").read_bytes()
    told, code, _ = run(folder, data, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert code == 1
    assert "no Prefect server answers at PREFECT_API_URL=http://127.0.0.1:9/api" in told
    assert (data / "state" / "runs.jsonl").read_bytes() == before


@pytest.mark.slow
def test_a_new_file_among_known_ones_is_published_in_the_flow(
    prefect_server, fazhi, published, tmp_path
):
    folder, data = published
    reports.write(tmp_path / "more", [3])
    told = json.loads(fazhi("run", folder, tmp_path / "more", "--data", data, "--json").stdout)
    assert (told["outcome"], told["loaded"], told["unchanged"]) == ("published", 1, 3)
    (newest,) = ask_server(
        prefect_server, "flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 1}
    )
    assert (newest["state"]["type"], newest["name"]) == ("COMPLETED", "nightly: 报告, more into data")
    tasks = ask_server(
        prefect_server, "task_runs/filter", {"flow_runs": {"id": {"any_": [newest["id"]]}}}
    )
    names = sorted(task["name"].rsplit("-", 1)[0] for task in tasks)
    assert names == ["assemble", "judge", "land", "parse", "plan", "publish", "scan", "sort_out"]
