"""The log of reviews: decisions that were taken back, and those of two people that differ."""

from __future__ import annotations

import pytest

from tests.unit.warehouse.test_decisions import figure
from warehouse import decisions, reviews


def said(tmp_path):
    """What stands, as (offset, action, by)."""
    rows = decisions.read(tmp_path).reviews()
    return [(row["on"]["char_start"], row["action"], row["by"]) for row in rows]


def test_one_answer_is_kept_for_all_figures_and_taken_back_for_all(tmp_path):
    alike = [figure(), figure(char_start=9), figure(char_start=30)]
    decisions.review_alike(tmp_path, alike, "confirm", {}, "seen", "me", batch="b1")
    assert said(tmp_path) == [(7, "confirm", "me"), (9, "confirm", "me"), (30, "confirm", "me")]
    assert {row["batch"] for row in decisions.read(tmp_path).reviews()} == {"b1"}
    decisions.review_alike(tmp_path, alike[:2], "withdraw", {}, "undone", "me")
    assert said(tmp_path) == [(30, "confirm", "me")]
    assert decisions.read(tmp_path).problems() == {}


def test_only_the_own_last_decision_is_taken_back_and_the_one_before_stands_again(tmp_path):
    decisions.review(tmp_path, figure(), "confirm", {}, "seen", "A")
    decisions.review(tmp_path, figure(), "reject", {}, "no", "B")
    decisions.review(tmp_path, figure(), "withdraw", {}, "undone", "B")
    assert said(tmp_path) == [(7, "confirm", "A")]
    decisions.review(tmp_path, figure(), "withdraw", {}, "undone", "B")
    assert said(tmp_path) == [(7, "confirm", "A")]
    decisions.review(tmp_path, figure(), "withdraw", {}, "undone", "A")
    assert said(tmp_path) == []


def test_two_people_who_say_different_things_are_a_conflict_until_one_settles_it(tmp_path):
    decisions.review(tmp_path, figure(), "confirm", {}, "seen", "A")
    decisions.review(tmp_path, figure(), "correct", {"value": 117.0}, "typo", "B")
    decisions.review(tmp_path, figure(char_start=9), "confirm", {}, "seen", "A")
    decisions.review(tmp_path, figure(char_start=9), "confirm", {}, "seen", "B")
    (found,) = reviews.conflicts(decisions.read(tmp_path).reviews())
    assert [(row["by"], row["action"]) for row in found] == [("A", "confirm"), ("B", "correct")]
    decisions.review_alike(tmp_path, [figure()], "confirm", {}, "looked again", "C", settles=True)
    assert reviews.conflicts(decisions.read(tmp_path).reviews()) == []
    decisions.review(tmp_path, figure(), "reject", {}, "no", "B")
    (found,) = reviews.conflicts(decisions.read(tmp_path).reviews())
    assert [(row["by"], row["action"]) for row in found] == [("C", "confirm"), ("B", "reject")]


def test_a_person_who_changes_their_mind_contradicts_nobody(tmp_path):
    decisions.review(tmp_path, figure(), "confirm", {}, "seen", "A")
    decisions.review(tmp_path, figure(), "reject", {}, "no", "A")
    assert reviews.conflicts(decisions.read(tmp_path).reviews()) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {"value": 118.0}, True),
        ({"value": 117.0}, {"value": 117.0, "status": "actual"}, True),
        ({"value": 117.0}, {"value": 116.0}, False),
        ({"metric_code": "disputes_received"}, {"metric_code": "mediations"}, False),
    ],
)
def test_corrections_agree_where_the_same_reading_follows(one, other, same):
    rows = [{"on": figure(), "action": "correct", **change} for change in (one, other)]
    assert (reviews.verdict(rows[0]) == reviews.verdict(rows[1])) is same
