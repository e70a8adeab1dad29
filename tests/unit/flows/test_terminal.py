"""What strangers wrote reaches terminal and Markdown as text, and nothing else."""

from __future__ import annotations

import argparse

import pytest
from rich.console import Console

from flows import review
from flows.commands import options
from flows.night.morning import markdown
from flows.reprocess import condition
from flows.terminal import table, visible
from schemas.errors import UsageError


def test_control_characters_direction_marks_and_broken_names_are_escaped():
    assert visible("\x1b[2J\x07法治\u202e\udcb5\n") == "\\x1b[2J\\x07法治\\u202e\\udcb5\\n"
    assert visible("2023年法治政府建设报告.txt") == "2023年法治政府建设报告.txt"


def test_a_table_shows_no_control_character():
    assert table(["name"], [("\x1b]0;title\x07x",)]).splitlines()[2] == "·]0;title·x"


def figure(**other):
    """A figure as it waits for review."""
    return {
        "county_name": None,
        "township_name": None,
        "source_name": "a.txt",
        "report_year": 2023,
        "sentence": "调解纠纷3起。",
        "quote": "3起",
        "value": 3.0,
        "value_high": None,
        "unit": "起",
        "status": "actual",
        "metric_code": "disputes_received",
        "name_zh": "纠纷",
        "confidence": 0.4,
        "reason": "near 纠纷",
        "rules": None,
        "messages": None,
        **other,
    }


def test_a_review_shows_names_with_markup_and_control_characters_as_they_are(capsys):
    console = Console(width=200)
    review._show(console, figure(source_name="[/b][red]x\x1b[2J.txt"), 1, 2)
    shown = capsys.readouterr().out
    assert "[/b][red]x\\x1b[2J.txt" in shown and "\x1b[2J" not in shown


def test_the_morning_report_shows_markup_of_names_as_text():
    summary = {
        "run_id": "r000001",
        "outcome": "failed",
        "failure": "ValueError: <b>",
        "held_back_because": [],
        "warnings": [],
        "changes": None,
        "pulls": [],
        "quarantine": [
            {
                "source_name": "<img src=x>|[a](javascript:b).txt",
                "reason_code": "not_a_report",
                "message": "no\nreport",
                "message_zh": "不是报告",
            }
        ],
        "warehouse": "/data/warehouse.duckdb",
        "snapshot": None,
        **dict.fromkeys(
            ("seen", "loaded", "unchanged", "quarantined", "superseded", "figures"), 0
        ),
    }
    lines = markdown(summary, {}, {}).splitlines()
    assert "- ValueError: \\<b\\>" in lines
    row = r"| \<img src=x\>\|\[a\]\(javascript:b\).txt | not_a_report | no report |"
    assert row in lines


@pytest.mark.parametrize(
    "text", ["true) or (true", "true; drop table reports", "true, false", "", "a = (", "--"]
)
def test_a_condition_is_one_expression(text):
    with pytest.raises(UsageError, match="--where"):
        condition(text, None)


def test_a_condition_and_a_day_hold_together():
    assert condition("x = 1 or y -- why", "2026-01-31").startswith("(x = 1 or y -- why\n) and ")
    with pytest.raises(UsageError, match=r"--since 31\.1\.2026: no day like 2026-01-31"):
        condition("true", "31.1.2026")


@pytest.mark.parametrize("text", ["nan", "inf", "-0.1", "1.5", "1e999", "five", ""])
def test_a_share_is_a_number_from_0_to_1(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no number from 0 to 1"):
        options.share(text)


@pytest.mark.parametrize("text", ["0", "-1", "1.0", "nan", "²", "٣", "9" * 16, ""])
def test_a_positive_number_is_plain_digits(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no whole number from 1"):
        options.positive(text)
