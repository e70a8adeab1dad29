"""Decisions and corrections: what cannot be used is named with its line, and the others count."""

from __future__ import annotations

import pytest

from warehouse import corrections, decisions

HEAD = "source_sha256,quote,occurrence,action,metric_code,value,status,reason,by\n"
DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("value", "occurrence", "problem"),
    [
        ("nan", "1", "no finite number"),
        ("inf", "1", "no finite number"),
        ("-Infinity", "1", "no finite number"),
        ("1e999", "1", "no finite number"),
        ("5", "3000000000", "no whole number from 1"),
        ("5", "-1", "no whole number from 1"),
        ("5", "１", "no whole number from 1"),
        ("5", "9" * 5000, "no whole number from 1"),
        ("many", "1", "is no number"),
    ],
)
def test_numbers_that_nobody_can_mean_are_refused_with_their_line(value, occurrence, problem):
    content = HEAD + f"{DIGEST},9起,1,correct,,7,,typo,me\n"
    content += f"{DIGEST},8起,{occurrence},correct,,{value},,typo,me\n"
    good, problems = corrections.parse(content.encode(), "list.csv")
    assert [c.value for c in good] == [7.0]
    assert len(problems) == 1 and problems[0].startswith("list.csv, line 3: ")
    assert problem in problems[0]


def figure(**changes):
    return {
        "source_sha256": DIGEST,
        "quote": "118件",
        "char_start": 7,
        "metric_code": "disputes_resolved",
        "value": 118.0,
        "status": "actual",
        "sentence": "受理120件，\u2028成功调解118件。",
        **changes,
    }


def test_a_sentence_with_a_line_separator_is_one_decision(tmp_path):
    decisions.review(tmp_path, figure(), "confirm", {}, "seen", "me")
    decisions.review(tmp_path, figure(char_start=9), "correct", {"value": 117.0}, "typo", "me")
    assert [row["on"]["char_start"] for row in decisions.read(tmp_path).reviews()] == [7, 9]
    assert decisions.read(tmp_path).problems() == {}


@pytest.mark.parametrize(
    ("changes", "action", "answer", "problem"),
    [
        ({"char_start": 2**40}, "confirm", {}, "names no figure"),
        ({"value": float(10**30)}, "wave", {}, "has an action"),
        ({}, "correct", {"value": "a"}, "no finite number"),
        ({}, "correct", {"status": "past"}, "has a status"),
        ({"quote": None}, "reject", {}, "names no figure (quote)"),
    ],
)
def test_a_decision_that_cannot_be_used_is_named_and_the_others_count(
    tmp_path, changes, action, answer, problem
):
    decisions.review(tmp_path, figure(**changes), action, answer, "why", "me")
    decisions.review(tmp_path, figure(), "confirm", {}, "seen", "me")
    assert len(decisions.read(tmp_path).reviews()) == 1
    ((path, (named,)),) = decisions.read(tmp_path).problems().items()
    assert path.name == "reviews.jsonl" and named.startswith("line 1 ") and problem in named
