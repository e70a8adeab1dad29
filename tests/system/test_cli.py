import json
import os
import re
import socket
import subprocess
import sys

import duckdb
import pytest

from tests.support import reports
from tests.support.paths import ROOT


@pytest.mark.slow
def test_a_run_of_its_own_without_any_server_then_sql_and_status(fazhi_process, fazhi, tmp_path):
    data = tmp_path / "data"
    done = fazhi_process("run", ROOT / "samples", "--data", data, PREFECT_API_URL="")
    assert done.returncode == 0, done.stderr
    lines = dict(
        line.split(None, 1)
        for line in done.stdout.splitlines()
        if line.startswith("  ") and len(line.split(None, 1)) == 2
    )
    assert {
        k: lines[k] for k in ("seen", "loaded", "unchanged", "superseded", "quarantined", "figures")
    } == {
        "seen": "14",
        "loaded": "13",
        "unchanged": "0",
        "superseded": "0",
        "quarantined": "西江镇要闻.txt: "
        + done.stdout.split("西江镇要闻.txt: ")[1].splitlines()[0],
        "figures": "151",
    }
    assert (
        lines["findings"].startswith("0 critical, 2 warning, ")
        and "INFO" not in done.stderr
        and done.stderr == ""
    )
    query = done.stdout.split('fazhi sql "')[1].split('"')[0]
    answer = fazhi("sql", query, "--data", data, cwd="/")
    assert answer.stdout.splitlines()[2].split() == ["分水镇", "2022", "355"]
    rows = json.loads(
        fazhi("sql", "select count(*) n from metrics", "--data", data, "--json").stdout
    )
    assert rows == [{"n": 151}]
    status = fazhi("status", "--data", data)
    assert "published: r000001-" in status.stdout and "published" in status.stdout.splitlines()[-1]


@pytest.mark.slow
def test_exit_codes(fazhi, tmp_path, prefect_server):
    sources = tmp_path / "in"
    reports.write(sources, [1])
    assert fazhi("run", sources, "--data", tmp_path / "a", "--strict").returncode == 0
    (sources / "bad.txt").write_bytes(b"")
    assert fazhi("run", sources, "--data", tmp_path / "a").returncode == 0
    assert fazhi("run", sources, "--data", tmp_path / "a", "--strict").returncode == 3
    (tmp_path / "file").write_text("")
    for wrong, said in (
        (["rnu"], "invalid choice"),
        (["run"], "SOURCE"),
        (
            ["run", tmp_path / "nowhere", "--data", tmp_path / "b"],
            "no such file, folder or pattern",
        ),
        (["run", f"{sources}/*.pdf"], "no such file, folder or pattern"),
        (["run", sources, "--data", tmp_path / "file" / "x"], "cannot be written"),
        (["run", sources, "--workers", "0"], "whole number"),
        (["run", sources, "--dat", "x"], "usage: fazhi run "),
        (["run", sources, "--worker=2"], "did you mean --workers?"),
        (["sql", "select 1", "from reports"], "unknown: from reports"),
        (["run", sources, "--register", tmp_path / "none.csv"], "register"),
        (["sql", "select 1", "--data", tmp_path / "none"], "nothing is published"),
        (["sql", "select nonsense from reports", "--data", tmp_path / "a"], "nonsense"),
    ):
        done = fazhi(*wrong, cwd=tmp_path)
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr, (
            wrong,
            done,
        )
    (tmp_path / "bad.csv").write_text("name\n")
    done = fazhi("run", sources, "--data", tmp_path / "c", "--register", tmp_path / "bad.csv")
    assert (
        done.returncode == 1 and "lacks the columns" in done.stderr and done.stderr.count("\n") == 1
    )


def test_help_sql_status_and_bad_usage_load_nothing_heavy(fazhi, tmp_path):
    for arguments in (["--help"], ["status", "--data", str(tmp_path)], ["rnu"], ["run", "nowhere"]):
        code = f"import sys; from flows.cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass\nprint([m for m in ('prefect', 'great_expectations', 'pandas', 'pyarrow', 'numpy') if m in sys.modules], file=sys.stderr)"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.stderr.splitlines()[-1] == "[]", (arguments, done.stderr)


@pytest.mark.slow
def test_files_folders_and_patterns_are_taken(fazhi, tmp_path, prefect_server):
    sources = tmp_path / "in"
    reports.write(sources, range(8))
    done = fazhi(
        "run",
        "in/浙江省",
        "in/四川省/00001-2023.txt",
        "in/**/0000[23]-*.txt",
        "--data",
        "d",
        "--json",
        cwd=tmp_path,
    )
    assert json.loads(done.stdout)["seen"] == 5, done
    names = json.loads(
        fazhi(
            "sql",
            "select source_name from reports order by 1",
            "--data",
            "d",
            "--json",
            cwd=tmp_path,
        ).stdout
    )
    assert [n["source_name"] for n in names] == [f"{i:05d}-2023.txt" for i in (0, 1, 2, 3, 4)]


def test_a_port_that_is_taken_is_named(tmp_path, fazhi):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = fazhi(
            *(
                "serve",
                ROOT / "samples",
                "--data",
                tmp_path / "data",
                "--cron",
                "0 2 * * *",
                "--port",
                port,
            ),
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"fazhi: port {port} cannot be used (Address already in use): stop what listens there, or give another --port\n"
    )


@pytest.mark.parametrize(
    ("encoding", "folder", "shown"), [("gbk", "数据ɸ", "数据?"), ("ascii", "数据", "??")]
)
def test_a_terminal_of_another_encoding_gets_no_traceback(
    fazhi_process, tmp_path, encoding, folder, shown
):
    environment = {"PYTHONIOENCODING": encoding, "LANGUAGE": "en", "PYTHONUTF8": "0"}
    done = fazhi_process("status", "--data", tmp_path / folder, encoding=encoding, **environment)
    assert done.returncode == 0 and done.stderr == ""
    assert f"/{shown}: fazhi run SOURCE" in done.stdout


@pytest.mark.parametrize("query", ["", "  ", ";", "-- nothing", "/* nothing */;"])
def test_a_query_without_words_is_named(fazhi, tmp_path, query):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")):
        pass
    done = fazhi("sql", query, "--data", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'fazhi: the query is empty: try fazhi sql "from reports"\n'


@pytest.mark.parametrize(
    ("encoding", "environment", "answer"),
    [
        ("gb18030", {"LC_ALL": "C"}, "江源镇"),  # a terminal in GBK, and a locale that is not there
        ("utf-8", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "???"),
    ],
)
def test_a_query_in_the_encoding_of_another_terminal_is_understood(
    tmp_path, encoding, environment, answer
):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create table reports as select '江源镇' as name")
    query = "select name from reports where name = '江源镇'".encode(encoding)
    command = [sys.executable, "-m", "flows.cli", "sql", query, "--data", str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    assert (done.returncode, done.stdout.decode().split("\n")[2]) == (0, answer)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere"], "fazhi: 没有这样的文件、文件夹或通配符匹配：nowhere"),
        (["run", "x", "--bogus"], "fazhi: 未知参数：--bogus（是否想输入--verbose？）"),
        (["review", "--limit", "0"], "fazhi: 参数 --limit：'0'不是从 1 起的整数"),
        (["export"], "fazhi: 缺少必需的参数：--to"),
        (["sql", "from reports", "--data", "none"], "fazhi: none中尚未发布任何内容：fazhi run 来源 --data none"),
        (["rollback", "r1", "--data", "none"], "fazhi: 没有名为r1的状态；现有：none"),
    ],
)
def test_bad_usage_is_said_in_chinese(fazhi, tmp_path, monkeypatch, arguments, said):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    done = fazhi(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == said


def test_help_is_in_chinese_too(fazhi, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    shown = fazhi("run", "--help").stdout
    assert shown.startswith("用法：fazhi run [-h]") and "\n选项:\n" in shown
    assert "有来源被隔离时以 3 退出" in shown
    assert "2  质量检查暂缓发布；原状态继续有效" in shown
    letters = [line for line in shown.splitlines() if "show" in line or "usage" in line]
    assert letters == []


def test_the_samples_stay_apart_from_real_reports(tmp_path):
    from flows import samples
    from schemas.errors import UsageError

    own = [str(samples.SAMPLES)]
    assert samples.check_apart(own, [], "d") is None
    assert samples.check_apart(own, own, "d") is None
    assert samples.check_apart([str(tmp_path)], [str(tmp_path)], "d") is None
    warning = samples.check_apart([str(tmp_path)], [f"{own[0]}/浙江省"], "d")
    assert warning == (
        "d holds the samples, whose figures are made up: give your own reports another folder "
        "(--data DIR)"
    )
    with pytest.raises(UsageError, match="d holds real reports"):
        samples.check_apart([f"{own[0]}/**/*.txt"], [str(tmp_path)], "d")


def test_log_prints_a_line_a_run_with_its_times(fazhi, night, tmp_path):
    reports.write(tmp_path / "in", [1])
    for _ in range(2):
        night(tmp_path / "data", tmp_path / "in")
    lines = fazhi("log", "--data", tmp_path / "data").stdout.splitlines()
    runs = [json.loads(line) for line in lines]
    assert [(run["run_id"], run["outcome"]) for run in runs] == [
        ("r000001", "published"),
        ("r000002", "unchanged"),
    ]
    assert all(run["started_at"] <= run["finished_at"] and run["seconds"] >= 0 for run in runs)
    assert fazhi("log", "--data", tmp_path / "none").stdout == ""


def test_each_data_folder_has_an_artifact_of_its_own():
    from flows.serving.record import artifact_key

    assert artifact_key("/srv/a/Data_2023") == "morning-report-data-2023-83fbed"
    assert artifact_key("/srv/b/Data_2023") != artifact_key("/srv/a/Data_2023")
    assert re.fullmatch(r"morning-report-[0-9a-f]{6}", artifact_key("/srv/浙江"))
