"""Reports and sources that a person withdraws, and publishes again."""

from __future__ import annotations

import pytest

from flows import withdrawing
from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask
from warehouse import decisions, snapshots, verify
from warehouse.difference import difference

NAMES = "select source_name from reports order by 1"


@pytest.fixture
def published(night, tmp_path):
    """A data folder after one night over five reports, and their folder."""
    data, folder = tmp_path / "data", tmp_path / "in"
    reports.write(folder, range(5))
    night(data, folder)
    return data, folder


def withdraw(data, name, scope="report"):
    rows = withdrawing.chosen(data / "warehouse.duckdb", [name], True)
    return withdrawing.withdraw(data, rows, scope, "the county withdrew it", "me")


def undo(data, name):
    rows = withdrawing.chosen(data / "warehouse.duckdb", [name], False)
    return withdrawing.take_back(data, rows, "a mistake", "me")


def names(data):
    return [name[:5] for (name,) in ask(data, NAMES)]


@pytest.mark.slow
def test_a_withdrawn_report_is_left_out_and_on_record_until_that_is_taken_back(night, published):
    data, folder = published
    assert withdraw(data, "00002-2023.txt") == 1
    assert night(data, again=[])["outcome"] == "published"
    assert names(data) == ["00000", "00001", "00003", "00004"]
    assert ask(data, "select reason_code, state, dismissed_because from quarantine") == [
        ("withdrawn", "dismissed", "the county withdrew it")
    ]
    assert ask(data, "select source_name, reason from report_history") == [
        ("00002-2023.txt", "withdrawn")
    ]
    assert ask(data, "select origin, action, state, reason, decided_by from decisions") == [
        ("withdrawal", "withdraw_report", "in_force", "the county withdrew it", "me")
    ]
    found = "select severity, message_zh from quality_findings where rule_id = 'report_withdrawn'"
    ((severity, message),) = ask(data, found)
    assert severity == "info" and message.startswith("已由me撤回：the county withdrew it（file://")
    status = "select status from source_status where source_name = '00002-2023.txt'"
    assert ask(data, status) == [("dismissed",)]
    assert night(data, folder)["outcome"] == "unchanged"  # the file is still there
    first, second = snapshots.history(data)
    counts = difference(first, second).counts
    assert (counts["reports"]["removed"], counts["decisions"]["added"]) == (1, 1)
    assert undo(data, "00002-2023.txt") == 1
    assert night(data, again=[])["outcome"] == "published"
    assert len(names(data)) == 5
    assert ask(data, "select count(*) from quarantine") == [(0,)]
    assert ask(data, "select count(*) from decisions") == [(0,)]
    assert verify.verify(data) == []
    assert night(data, folder)["outcome"] == "unchanged"


@pytest.mark.slow
@pytest.mark.parametrize(("scope", "count"), [("report", 5), ("source", 4)])
def test_a_new_version_of_a_withdrawn_report_is_published_that_of_a_source_is_not(
    night, published, scope, count
):
    data, folder = published
    withdraw(data, "00002-2023.txt", scope)
    night(data, folder)
    (path,) = folder.rglob("00002-2023.txt")
    path.write_text(reports.text(2, disputes=300), encoding="utf-8")
    night(data, folder)
    assert len(names(data)) == count


@pytest.mark.slow
def test_of_two_reports_of_one_body_the_other_comes_back_into_force(night, published):
    data, folder = published
    other = next(folder.rglob("00001-2023.txt")).with_name("other.txt")
    other.write_text(reports.text(1, disputes=90), encoding="utf-8")
    night(data, folder)
    assert names(data) == ["00000", "00001", "00002", "00003", "00004"]
    withdraw(data, "00001-2023.txt")
    night(data, folder)
    assert names(data) == ["00000", "00002", "00003", "00004", "other"]


@pytest.mark.slow
def test_withdrawing_most_reports_is_a_loss_that_was_decided(night, published):
    data, folder = published
    for number in range(4):
        withdraw(data, f"0000{number}-2023.txt")
    assert night(data, folder)["outcome"] == "published"
    assert names(data) == ["00004"]


def test_what_names_nothing_or_is_not_withdrawn_is_refused(published):
    data, _ = published
    with pytest.raises(UsageError, match=r"no published report or source is called no\.txt"):
        withdraw(data, "no.txt")
    with pytest.raises(UsageError, match="none of these is withdrawn"):
        undo(data, "00001-2023.txt")
    with pytest.raises(UsageError, match="say which"):
        withdrawing.chosen(data / "warehouse.duckdb", [], True)


def test_a_line_that_cannot_be_used_is_named_and_the_others_count(tmp_path):
    row = {"source_uri": "file:///a", "source_name": "a", "source_sha256": "ab" * 32}
    decisions.withdraw(tmp_path, row, "report", "forget", "why", "me")
    decisions.withdraw(tmp_path, row, "source", "withdraw", "why", "me")
    read = decisions.read(tmp_path)
    assert (len(read.withdrawals().digests), len(read.withdrawals().addresses)) == (0, 1)
    ((path, problems),) = read.problems().items()
    assert path.name == "withdrawn.jsonl"
    assert problems == ["line 1 has an action that is none of withdraw, undo"]
