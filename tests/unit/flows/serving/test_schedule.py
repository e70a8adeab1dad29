"""When a run of a schedule counts as missed."""

from __future__ import annotations

import datetime

import pytest

from flows.serving.schedule import missed
from schemas.errors import UsageError
from warehouse.files import write_checked_json
from warehouse.folder import DataFolder
from warehouse.journal import Journal

CRON, ZONE = "0 2 * * *", "Asia/Shanghai"  # at 18:00 UTC of the day before


def utc(day, hour, minute=0):
    return datetime.datetime(2025, 3, day, hour, minute, tzinfo=datetime.UTC)


def served(folder, since, cron=CRON, timezone=ZONE):
    noted = {"cron": cron, "timezone": timezone, "since": since.isoformat()}
    write_checked_json(DataFolder(folder).schedule, noted)


def ran(folder, started_at, outcome):
    run_id, attempt = Journal(folder).start(started_at)
    if outcome:
        Journal(folder).finish(
            {
                "run_id": run_id,
                "attempts": attempt,
                "started_at": started_at,
                "outcome": outcome,
            }
        )


def test_nothing_is_missed_before_a_schedule_was_served(tmp_path):
    assert not missed(tmp_path, CRON, ZONE, utc(10, 12))


@pytest.mark.parametrize(
    "now, expected",
    [
        (utc(10, 17, 59), False),
        (utc(10, 18), True),
        (utc(13, 12), True),  # three of them: still one answer
    ],
)
def test_a_run_is_missed_once_it_was_due_since_the_schedule_was_served(tmp_path, now, expected):
    served(tmp_path, utc(10, 12))
    assert missed(tmp_path, CRON, ZONE, now) is expected


@pytest.mark.parametrize(
    "started_at, outcome, expected",
    [
        ("2025-03-10T18:00:01", "published", False),
        ("2025-03-10T18:00:01", "unchanged", False),
        ("2025-03-10T18:00:01", "failed", False),  # it had its turn, and says why it failed
        ("2025-03-10T18:00:01", None, True),  # it was killed before it ended
        ("2025-03-10T17:00:00", "published", True),
        ("2025-03-09T18:00:01", "published", True),
    ],
)
def test_a_run_that_came_to_its_end_since_it_was_due_is_not_missed(
    tmp_path, started_at, outcome, expected
):
    served(tmp_path, utc(10, 12))
    ran(tmp_path, started_at, outcome)
    assert missed(tmp_path, CRON, ZONE, utc(11, 9)) is expected


def test_another_schedule_begins_anew(tmp_path):
    served(tmp_path, utc(10, 12))
    assert not missed(tmp_path, "30 2 * * *", ZONE, utc(13, 12))
    assert not missed(tmp_path, CRON, "UTC", utc(13, 12))


@pytest.mark.parametrize("note", ["", "[]", "null", '{"cron": "0 2 * * *"}', '{"cron": 1}'])
def test_a_damaged_note_misses_nothing(tmp_path, note):
    served(tmp_path, utc(10, 12))
    DataFolder(tmp_path).schedule.write_text(note)
    assert not missed(tmp_path, CRON, ZONE, utc(13, 12))


@pytest.mark.parametrize("cron, zone", [("every night", ZONE), (CRON, "Asia/Peking2")])
def test_what_is_no_schedule_is_said(tmp_path, cron, zone):
    with pytest.raises(UsageError, match="no schedule"):
        missed(tmp_path, cron, zone, utc(10, 12))
