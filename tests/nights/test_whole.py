"""Every file of a data folder: what is changed, cut short, removed or added is named, and repair loses nothing."""

from __future__ import annotations

import os
import shutil
import zipfile

import pytest

from flows import reprocess
from flows.serving import server
from tests.support import reports
from tests.support.nights import ask, night
from warehouse import corrections, decisions, files, lines, repair, snapshots, verify
from warehouse.folder import DataFolder
from warehouse.journal import Journal


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Two nights over six and ten reports, one of them in an archive, one source in quarantine, and decisions; and what serve notes."""
    home = tmp_path_factory.mktemp("whole")
    reports.write(home / "in", range(6))
    with zipfile.ZipFile(home / "in" / "more.zip", "w") as archive:
        archive.writestr("浙江省/packed.txt", reports.text(20))
    (home / "in" / "empty.txt").write_text("", encoding="utf-8")
    (home / "data").mkdir()
    (home / "data" / "policy.toml").write_text("", encoding="utf-8")
    night(home / "data", home / "in")
    reports.write(home / "in", range(6, 10))
    (row,) = ask(home / "data", "select source_uri, source_sha256, reason_code from quarantine")
    source = dict(zip(("source_uri", "source_sha256", "reason_code"), row))
    decisions.dismiss(home / "data", source, "known to be empty", "me")
    decisions.accept(home / "data", {**source, "source_sha256": "0" * 64}, "it is so", "me")
    columns = "source_sha256, quote, char_start, metric_code, value, status, sentence"
    figure = ask(home / "data", f"select {columns} from metrics join reports using (report_id) order by all")
    decisions.review(home / "data", dict(zip(columns.split(", "), figure[0])), "confirm", {}, "seen", "me")
    (home / "c.csv").write_text(
        "source_sha256,quote,action,value,reason,by\n"
        f"{figure[1][0]},{figure[1][1]},correct,7,typo,me\n",
        encoding="utf-8",
    )
    corrections.import_file(home / "data", home / "c.csv")
    server.kept_key(home / "data")
    files.write_checked_json(DataFolder(home / "data").schedule, {"cron": "0 2 * * *"})
    night(home / "data", home / "in", webhook="http://127.0.0.1:9/nobody-listens")
    shutil.rmtree(home / "in")
    return home / "data"


@pytest.fixture
def data(published, tmp_path):
    """A copy of `published`, to spoil."""
    return shutil.copytree(published, tmp_path / "data", symlinks=True)


@pytest.mark.slow
def test_a_whole_folder_is_whole(data):
    assert verify.verify(data) == []


PLACES = {
    "landed bytes": "landing/[0-9a-f][0-9a-f]/*",
    "receipts": "landing/receipts/*.jsonl",
    "list of an archive": "landing/archives/*/*.json",
    "staged documents": "staging/*/*/documents.parquet",
    "list of a batch": "staging/*/*/batch.json",
    "table": "snapshots/*/parquet/metrics/*.parquet",
    "table of runs": "snapshots/*/parquet/runs/*.parquet",
    "state": "snapshots/*/state.parquet",
    "descriptor": "snapshots/*/datapackage.json",
    "description": "snapshots/*/snapshot.json",
    "database": "snapshots/*/warehouse.duckdb",
    "journal": "state/runs.jsonl",
    "stamps": "state/stamps.json",
    "settings": "state/settings.json",
    "morning report": "state/morning.md",
    "in force": "state/in_force.json",
    "inventory": "state/inventory.json",
    "dismissals": "decisions/dismissed.jsonl",
    "acceptances": "decisions/accepted.jsonl",
    "reviews": "decisions/reviews.jsonl",
    "corrections": "decisions/corrections.csv",
    "webhook": "state/webhook",
    "key of the server": "state/server.key",
    "schedule": "state/schedule.json",
    "quality": "quality/index.html",
    "page of a run": "quality/r*.html",
}


def place(data, pattern):
    return sorted(data.glob(pattern))[-1]


def spoil(path, how):
    content = path.read_bytes()
    path.unlink()
    if how == "flip":
        at = len(content) // 3
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x04]) + content[at + 1 :])
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["flip", "cut", "empty", "remove"])
@pytest.mark.parametrize("what", sorted(PLACES))
def test_what_is_changed_cut_short_or_removed_is_named(data, what, how):
    path = place(data, PLACES[what])
    spoil(path, how)
    named = [damage.path for damage in verify.verify(data)]
    assert path in named or path.parent in named, named


@pytest.mark.parametrize(
    "name",
    [
        "stray.txt",
        "landing/ab/" + "ab" * 32,
        "landing/receipts/r000009-1-00000.jsonl",
        "landing/archives/1-2/" + "ab" * 32 + ".json",
        "staging/x/y/batch.json",
        "snapshots/r000009-0123456789ab/snapshot.json",
        "state/notes.json",
        "decisions/reviews.jsonl",
        "decisions/corrections.csv",
        "quality/r000009.html",
        "register/other.csv.gz",
    ],
)
def test_what_is_added_is_named(data, name):
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"something\n")
    named = [damage.path for damage in verify.verify(data)]
    assert any(path == p or path.is_relative_to(p) for p in named), named


@pytest.mark.parametrize("name", ["current", "parquet", "warehouse.duckdb"])
@pytest.mark.parametrize("how", ["remove", "elsewhere", "file"])
def test_a_link_that_is_lost_or_leads_elsewhere_is_named(data, name, how):
    (data / name).unlink()
    if how == "elsewhere":
        os.symlink("/nowhere", data / name)
    elif how == "file":
        (data / name).write_text("no link")
    assert data / name in [damage.path for damage in verify.verify(data)]


def test_an_edited_policy_is_a_note_and_no_damage(data):
    (data / "policy.toml").write_text("# mine\n", encoding="utf-8")
    assert verify.verify(data) == []
    assert any("policy.toml" in line for line in verify.notes(data))


def repaired(data):
    """Repairs as the command does; returns the lines about reports that are not in force any more."""
    done = reprocess.repair_folder(data)
    assert done is not None
    night(data, reprocess="true")
    return repair.lost_reports(data, done)


FIGURES = "select metric_id, value, quote from metrics order by 1"


@pytest.mark.slow
@pytest.mark.parametrize("what", sorted(PLACES))
def test_repair_loses_nothing(data, what):
    before = ask(data, FIGURES)
    spoil(place(data, PLACES[what]), "flip")
    assert repaired(data) == []
    assert ask(data, FIGURES) == before
    assert verify.verify(data) == []


@pytest.mark.slow
def test_a_lost_link_leads_back_and_the_next_night_does_not_begin_anew(data, tmp_path):
    state = snapshots.current(data).id
    (data / "current").unlink()
    reports.write(tmp_path / "in", [30])
    night(data, tmp_path / "in")
    assert ask(data, "select count(*) from reports") == [(12,)]
    assert len(ask(data, "select run_id from runs")) == 3
    assert snapshots.current(data).id != state


def test_the_state_in_force_deleted_comes_back_with_all_reports(data):
    before = ask(data, FIGURES)
    target = (data / "current").resolve()
    shutil.rmtree(target)
    assert any(target == damage.path for damage in verify.verify(data))
    assert repaired(data) == []
    assert ask(data, FIGURES) == before


def test_decisions_made_since_the_last_night_are_no_damage(data):
    with DataFolder(data).alone():
        shutil.rmtree(data / "decisions")
    row = {"source_uri": "file:///a", "source_sha256": None, "reason_code": "empty_file"}
    decisions.dismiss(data, row, "seen", "me")
    assert verify.verify(data) == []


@pytest.mark.slow
def test_repair_sets_lines_aside_that_are_whole_and_mean_nothing(data):
    for name in ("state/runs.jsonl", "state/lost.jsonl", "decisions/reviews.jsonl"):
        lines.append(data / name, {"event": "none", "on": {"value": "nan"}})
    damages = verify.verify(data)
    named = {damage.path.name for damage in damages}
    assert named == {"lost.jsonl", "reviews.jsonl", "runs.jsonl"}
    assert repaired(data) == []
    assert verify.verify(data) == []


def test_half_of_a_state_is_no_damage_while_a_stopped_run_waits_for_the_next(data):
    (data / "snapshots" / ".candidate").mkdir()
    Journal(data).start("2026-01-01T00:00:00")
    assert verify.verify(data) == []
    assert any(".candidate is half of a state" in line for line in verify.notes(data))


@pytest.mark.slow
def test_half_of_a_state_is_named_and_goes_with_the_next_night(data, tmp_path):
    half = data / "snapshots" / ".candidate"
    half.mkdir()
    (half / "warehouse.duckdb").write_bytes(b"half")
    assert half in [damage.path for damage in verify.verify(data)]
    reports.write(tmp_path / "in", range(2))
    night(data, tmp_path / "in")
    assert not half.exists()


def test_landed_bytes_that_are_lost_are_kept_aside_and_named(data):
    path = place(data, PLACES["landed bytes"])
    spoil(path, "flip")
    done = reprocess.repair_folder(data)
    assert any("lost" in line for line in done.lines)
    assert any(path.name in line for line in verify.notes(data))
    assert verify.verify(data) == []


@pytest.mark.slow
def test_a_broken_line_of_decisions_is_an_entry_and_the_night_goes_on(tmp_path):
    reports.write(tmp_path / "in", range(2))
    data = tmp_path / "data"
    night(data, tmp_path / "in")
    log = data / "decisions" / "reviews.jsonl"
    log.parent.mkdir()
    log.write_bytes(b'{"on": \n')
    (data / "decisions" / "corrections.csv").write_text("nonsense\n", encoding="utf-8")
    reports.write(tmp_path / "in", [2])
    assert night(data, tmp_path / "in")["loaded"] == 1
    waiting = ask(data, "select source_name, reason_code, message from quarantine order by 1")
    assert [row[:2] for row in waiting] == [
        ("corrections.csv", "bad_decision"),
        ("reviews.jsonl", "bad_decision"),
    ]
    assert "line 1" in waiting[0][2] and "line 1 is no JSON" in waiting[1][2]
    for path in log.parent.iterdir():
        path.unlink()
    night(data, tmp_path / "in")
    assert ask(data, "select count(*) from quarantine") == [(0,)]
