"""What `fazhi status` says of a run that has no end."""

import json
import subprocess
import sys

from flows import status
from flows.night.run import open_run
from flows.settings import RunSettings
from tests.support import reports
from warehouse import files
from warehouse.folder import DataFolder


def test_a_run_is_running_while_its_process_lives_and_interrupted_after_a_kill(tmp_path, night):
    reports.write(tmp_path / "in", [1])
    data = tmp_path / "data"
    night(data, tmp_path / "in")
    lock = DataFolder(data).lock
    with DataFolder(data).alone():
        open_run(RunSettings([str(tmp_path / "in")], str(data)))
        assert json.loads(status.as_json(data))["runs"][-1]["outcome"] == "running"
    assert json.loads(status.as_json(data))["runs"][-1]["outcome"] == "interrupted"
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    lock.write_bytes(files._HELD.encode() + b"%d\n" % ended.pid)
    assert json.loads(status.as_json(data))["runs"][-1]["outcome"] == "interrupted"
