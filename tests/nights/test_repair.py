"""Reading published reports again without their sources; noticing and making good what is damaged."""

import hashlib
import os
import shutil
import subprocess
import sys

import pytest

from flows import reprocess
from tests.support import reports
from tests.support.nights import ask
from tests.support.paths import ROOT
from transforms import rows
from transforms.version import parser_version
from warehouse import landing, repair, staging, verify


@pytest.fixture(scope="module")
def published(night, tmp_path_factory):
    """A data folder with eight published reports of two provinces and more, whose sources are gone."""
    folder = tmp_path_factory.mktemp("published")
    reports.write(folder / "in", range(8))
    night(folder / "data", folder / "in")
    shutil.rmtree(folder / "in")
    return folder / "data"


@pytest.fixture
def data(published, tmp_path):
    """A copy of `published`, to spoil."""
    return shutil.copytree(published, tmp_path / "data", symlinks=True)


ONE_NIGHT = """
import sys
from flows import night
from flows.settings import RunSettings

settings = RunSettings(sources=[sys.argv[1]], data_dir=sys.argv[2])
if __name__ == "__main__":
    night.run_night(settings, suites=lambda paths, report_ids: [])
"""


@pytest.fixture
def older(tmp_path):
    """The same project with another vocabulary: a function that runs a night of it over the folder `in`."""
    home = tmp_path / "older"
    for name in ("schemas", "transforms", "warehouse", "expectations", "flows"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    with open(home / "schemas" / "vocabulary" / "non_figures.toml", "a", encoding="utf-8") as f:
        f.write("# another vocabulary\n")
    (home / "one_night.py").write_text(ONE_NIGHT, encoding="utf-8")
    command = [sys.executable, "one_night.py", str(tmp_path / "in"), str(tmp_path / "data")]
    environment = {**os.environ, "PYTHONPATH": str(home)}
    return lambda: subprocess.run(command, check=True, cwd=home, env=environment, timeout=300)


@pytest.fixture
def older_data(older, tmp_path):
    """The data folder of `data`, read by a parser with another vocabulary."""
    reports.write(tmp_path / "in", range(8))
    older()
    shutil.rmtree(tmp_path / "in")
    return tmp_path / "data"


@pytest.mark.slow
def test_a_report_that_an_older_parser_read_stands_again_when_what_stood_for_it_is_another(
    night, older, tmp_path
):
    data, sources = tmp_path / "data", tmp_path / "in"
    for path, text in (
        ("seen/first.txt", reports.text(0)),
        ("unseen/copy.txt", reports.text(0)),
        (
            "seen/later.txt",
            reports.text(1).replace("全年受理", "全年共受理").replace("12月2日", "12月30日"),
        ),
        ("unseen/sooner.txt", reports.text(1)),
    ):
        (sources / path).parent.mkdir(parents=True, exist_ok=True)
        (sources / path).write_text(text, encoding="utf-8")
    older()
    names = "select source_name, townships.township_name from reports join townships using (township_id) order by 1"
    assert ask(data, names) == [("first.txt", "东东东镇"), ("later.txt", "西东东镇")]
    shutil.rmtree(sources / "unseen")
    (sources / "seen" / "first.txt").write_text(reports.text(2), encoding="utf-8")
    (sources / "seen" / "later.txt").write_text(reports.text(3), encoding="utf-8")
    assert night(data, sources)["outcome"] == "published"
    assert ask(data, names) == [
        ("copy.txt", "东东东镇"),
        ("first.txt", "南东东镇"),
        ("later.txt", "北东东镇"),
        ("sooner.txt", "西东东镇"),
    ]
    assert ask(data, "select count(*), count(distinct parser_version) from reports") == [(4, 1)]


@pytest.mark.slow
def test_a_report_that_the_parser_of_now_rejects_is_named_in_quarantine_and_the_night_goes_on(
    night, older, tmp_path
):
    data, sources = tmp_path / "data", tmp_path / "in"
    for path, text in (
        ("seen/first.txt", reports.text(0)),
        ("unseen/copy.txt", reports.text(0)),
        ("unseen/other.txt", reports.text(1)),
    ):
        (sources / path).parent.mkdir(parents=True, exist_ok=True)
        (sources / path).write_text(text, encoding="utf-8")
    older()
    digest = hashlib.sha256(reports.text(0).encode()).hexdigest()
    reason = {digest: ("not_a_report", "Nothing to read here.")}
    staging.write(data, parser_version(), [digest], rows.staged([]), reason)
    shutil.rmtree(sources / "unseen")
    (sources / "seen" / "first.txt").write_text(reports.text(2), encoding="utf-8")
    assert night(data, sources)["outcome"] == "published"
    names = "select source_name from reports order by 1"
    assert ask(data, names) == [("first.txt",), ("other.txt",)]
    waiting = "select source_name, reason_code, message, state, first_seen_run, last_seen_run from quarantine"
    assert ask(data, waiting) == [
        ("copy.txt", "not_a_report", "Nothing to read here.", "waiting", "r000002", "r000002")
    ]
    assert night(data, sources)["outcome"] == "unchanged"
    (sources / "seen" / "more.txt").write_text(reports.text(3), encoding="utf-8")
    assert night(data, sources)["outcome"] == "published"
    assert ask(data, names) == [("first.txt",), ("more.txt",), ("other.txt",)]
    assert ask(data, waiting) == [
        ("copy.txt", "not_a_report", "Nothing to read here.", "waiting", "r000002", "r000002")
    ]


@pytest.mark.slow
def test_a_newer_parser_reads_what_is_published_from_its_landed_bytes_and_shows_before_it_publishes(
    fazhi, prefect_server, night, older_data
):
    data = older_data
    ((old,),) = ask(data, "select distinct parser_version from reports")
    shown = fazhi("reprocess", "--data", data)
    assert shown.returncode == 0, shown.stderr
    assert (
        "8 of the published reports are meant; 8 of them were read by another version"
        in shown.stdout
    )
    assert "nothing is published" in shown.stdout and "metrics" in shown.stdout
    assert ask(data, "select distinct parser_version from reports") == [(old,)]
    one = fazhi(
        "reprocess", "--where", "source_name = '00000-2023.txt'", "--publish", "--data", data
    )
    assert one.returncode == 0 and "1 of the published reports are meant" in one.stdout, one.stderr
    assert ask(data, f"select count_if(parser_version = '{old}'), count(*) from reports") == [
        (7, 8)
    ]
    assert ask(data, "select count(*), count(distinct report_id) from metrics") == [(40, 8)]
    some = night(data, reprocess="province_name = '浙江省'")
    assert (some["outcome"], some["seen"]) == ("published", 2)
    assert ask(
        data,
        f"select province_name, count(*) from reports where parser_version = '{old}' group by 1 order by 1",
    ) == [
        ("四川省", 2),
        ("湖南省", 2),
        ("甘肃省", 2),
    ]
    assert night(data, reprocess="true")["outcome"] == "published"
    assert ask(data, f"select count_if(parser_version = '{old}'), count(*) from reports") == [
        (0, 8)
    ]
    assert (
        fazhi("reprocess", "--publish", "--data", data)
        .stdout.splitlines()[-1]
        .startswith("unchanged: ")
    )


@pytest.mark.slow
def test_a_condition_or_a_day_that_cannot_be_meant_is_refused(fazhi, prefect_server, data):
    wrong = fazhi("reprocess", "--where", "provinz = 1", "--data", data)
    assert wrong.returncode == 1 and "--where" in wrong.stderr and "provinz" in wrong.stderr
    wrong = fazhi("reprocess", "--since", "yesterday", "--data", data)
    assert wrong.returncode == 1 and "no day like 2026-01-31" in wrong.stderr
    none = fazhi("reprocess", "--since", "2999-01-01", "--data", data)
    assert none.returncode == 0 and "0 of the published reports are meant" in none.stdout


def spoil(path):
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def places(data):
    state = data / "current"
    return {
        "landed": next((data / "landing").glob("[0-9a-f][0-9a-f]/*")),
        "staged": next((data / "staging").glob("*/*")) / "metrics.parquet",
        "batch list": next((data / "staging").glob("*/*")) / "batch.json",
        "parquet": next((state / "parquet" / "metrics").iterdir()).resolve(),
        "database": (state / "warehouse.duckdb").resolve(),
        "state": (state / "snapshot.json").resolve(),
    }


@pytest.mark.parametrize("what", ["landed", "staged", "batch list", "parquet", "database", "state"])
def test_damage_is_named_and_made_good(fazhi, night, data, what):
    before = ask(data, "select metric_id, value, quote from metrics order by 1")
    whole = fazhi("verify", "--data", data)
    assert whole.returncode == 0 and "as it was written" in whole.stdout
    path = places(data)[what]
    spoil(path)
    named = fazhi("verify", "--data", data)
    assert (
        named.returncode == 4
        and str(path if what not in ("staged", "batch list") else path.parent) in named.stdout
    )
    assert reprocess.repair_folder(data) != []
    assert night(data, reprocess="true")["outcome"] in ("published", "unchanged")
    assert fazhi("verify", "--data", data).returncode == 0
    assert ask(data, "select metric_id, value, quote from metrics order by 1") == before


@pytest.mark.slow
def test_the_command_repair_says_what_it_did_and_publishes(fazhi, prefect_server, data):
    before = ask(data, "select metric_id, value, quote from metrics order by 1")
    sound = fazhi("repair", "--data", data)
    assert (sound.returncode, sound.stdout) == (0, f"nothing to repair in {data}\n")
    path = places(data)["parquet"]
    spoil(path)
    mended = fazhi("repair", "--data", data)
    assert mended.returncode == 0 and "published: r0000" in mended.stdout, mended.stderr
    assert fazhi("verify", "--data", data).returncode == 0
    assert ask(data, "select metric_id, value, quote from metrics order by 1") == before


def test_landed_bytes_come_back_from_their_source_and_what_is_lost_is_said(night, tmp_path):
    data = tmp_path / "data"
    reports.write(tmp_path / "in", range(2))
    night(data, tmp_path / "in")
    for path in landing.damaged(data) or (data / "landing").glob("[0-9a-f][0-9a-f]/*"):
        spoil(path)
    next((tmp_path / "in").rglob("*.txt")).write_text("something else", encoding="utf-8")
    told = repair.repair(data, verify.verify(data)).lines
    assert sum("landed again" in line for line in told) == 1
    assert sum("has other bytes now" in line for line in told) == 1
    assert landing.damaged(data) == []
