"""JSON lines: what is wrong with one line costs that line alone."""

from __future__ import annotations

import json

import pytest

from warehouse import journal, lines


def test_a_line_ends_at_a_line_feed_and_nowhere_else():
    row = {"sentence": "受理120件，\u2028成功\u2029调解\x85118件\x0b。"}
    assert lines.parse(lines.checked(row) * 2).broken == []
    assert [r["sentence"] for r in lines.parse(lines.checked(row) * 2).objects()] == [
        row["sentence"]
    ] * 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a": ', "is no JSON"),
        (b"[1]", "is no JSON object"),
        (b'{"a": NaN}', "holds NaN, which is no number"),
        (b'{"a": "\\ud800"}', "holds half of a surrogate pair"),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 8)"),
        (b'{"a":' * 100_000, "is nested too deeply"),
        (b"[" * 200_000, "is nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "Exceeds the limit"),
        (b"\x00", "is no JSON"),
    ],
)
def test_a_broken_line_is_named_and_the_others_count(content, problem):
    read = lines.parse(b'{"n": 1}\n' + content + b'\n\n{"n": 2}\n')
    assert read.rows == [(1, {"n": 1}), (4, {"n": 2})]
    ((number, what),) = [(line.number, line.problem) for line in read.broken]
    assert number == 2 and problem in what


def test_a_torn_last_line_is_kept_and_the_log_goes_on(tmp_path):
    log = tmp_path / "below" / "log.jsonl"
    lines.append(log, {"n": 1})
    with open(log, "ab") as file:
        file.write(b'{"n": 2, "te')
    assert [line.number for line in lines.read_checked(log).broken] == [2]
    lines.append(log, {"n": 3})
    read = lines.read_checked(log)
    assert read.rows == [(1, {"n": 1}), (3, {"n": 3})]
    assert [(line.number, line.content) for line in read.broken] == [(2, b'{"n": 2, "te')]


def test_a_line_that_is_changed_is_broken(tmp_path):
    log = tmp_path / "log.jsonl"
    lines.append(log, {"value": 118})
    log.write_bytes(log.read_bytes().replace(b"118", b"119"))
    assert lines.read_checked(log).objects() == []
    assert lines.read_checked(log).broken[0].problem == "is not as it was written"


def test_lines_of_an_earlier_version_have_no_check(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps({"n": 1}) + "\n", encoding="utf-8")
    assert lines.read_checked(log, may_lack_check=True).objects() == [{"n": 1}]
    assert lines.read_checked(log).objects() == []


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"event": "start", "run_id": 5, "attempt": 1, "at": "2026-01-01T00:00:00"},
        {"event": "start", "run_id": "r000009", "attempt": 1},
        {"event": "start", "run_id": "r000009", "attempt": 10**30, "at": "2026-01-01T00:00:00"},
        {"event": "start", "run_id": "r000009", "attempt": 1, "at": "9999-99-99"},
        {"event": "end", "run_id": "last night", "outcome": "published"},
        {"event": "end", "run_id": "r000009", "outcome": None},
        {"event": "end", "run_id": "r000009", "outcome": "published", "seen": "many"},
        {"event": "pause", "run_id": "r000009"},
    ],
)
def test_a_line_of_the_journal_that_speaks_of_no_run_costs_itself_alone(tmp_path, row):
    log = journal.Journal(tmp_path)
    log.start("2026-01-01T00:00:00")
    lines.append(log.path, row)
    assert [run["run_id"] for run in log.runs()] == ["r000001"]
    assert [line.number for line in journal.read(log.path).broken] == [2]
    assert log.start("2026-01-02T00:00:00") == ("r000001", 2)


def test_a_folder_in_the_place_of_a_log_is_a_broken_line(tmp_path):
    log = journal.Journal(tmp_path)
    log.path.mkdir(parents=True)
    assert log.runs() == [] and len(journal.read(log.path).broken) == 1
