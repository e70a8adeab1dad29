"""Counting the decisions that find planted wrong codes."""

import random

from flows.reviewing.constructions import Construction
from tests.tools.benchmarks import review_order
from tests.tools.benchmarks.review_order import Read

SETTLED = Construction("化解", "纠纷", "起")
READ = [
    Read(SETTLED, "disputes_resolved", "disputes_resolved", 0.75),
    Read(SETTLED, "disputes_resolved", "disputes_received", 0.5),
    Read(Construction("举办", "活动", "场"), "publicity_events", "publicity_events", 0.375),
    Read(SETTLED, "disputes_resolved", "disputes_received", 0.875),
]


def test_a_batch_takes_a_decision_for_each_right_code():
    made = review_order.decided(READ, [[0, 1, 2, 3]])
    assert made == [[1, 3], [0], [2]]
    assert review_order.needed(READ, made, 1.0) == (1, 2)


def test_decisions_and_looks_are_counted_until_the_share_is_found():
    made = review_order.orders(READ, random.Random(1))
    certain = made["one by one, least certain first"]
    assert certain == [[2], [1], [0], [3]]
    assert review_order.needed(READ, certain, 0.5) == (2, 2)
    assert review_order.needed(READ, certain, 0.9) == (4, 4)
    assert made["batches of like construction, most doubt first"] == [[1, 3], [0], [2]]


def test_swapped_codes_are_such_as_were_misread(monkeypatch):
    monkeypatch.setattr(review_order, "FIGURES", 3)
    monkeypatch.setattr(review_order, "PLANTED", 1)
    right = [Read(SETTLED, code, code, 0.99) for code in ("disputes_received", "disputes_received", "villages")]
    error = Read(SETTLED, "disputes_resolved", "disputes_received", 0.4)
    planted = review_order.swapped([*right, error], random.Random(1))
    assert sum(one.is_wrong for one in planted) == 1
    (wrong,) = [one for one in planted if one.is_wrong]
    assert wrong == error
