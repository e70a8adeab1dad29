"""What the page of the review shows, and what it takes of an answer."""

import shutil

import pytest

from flows import review as terminal
from flows.explore.data import review
from flows.explore.data.states import States
from flows.explore.pages.review import reviewer
from tests.support import nights, reports
from warehouse import decisions, reviews

DOUBTFUL = reports.text(3).replace("起，化解102起", "起，化解53起，化解率96%")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A data folder of four reports with five figures each; the fourth has one more, a wrong rate."""
    folder = tmp_path_factory.mktemp("first")
    reports.write(folder / "sources", range(3), 2023)
    (folder / "sources" / "doubtful.txt").write_text(DOUBTFUL, encoding="utf-8")
    nights.night(folder / "data", folder / "sources")
    return folder / "data"


@pytest.fixture
def state(first, tmp_path):
    """The state of that folder, in one of the test's own."""
    shutil.copytree(first, tmp_path / "data", symlinks=True)
    return States(tmp_path / "data").newest()


def test_all_figures_wait_in_batches_of_alike_ones(state):
    queue = review.queue(state, review.Only())
    assert len(queue.rows) == 21
    first = queue.batches[0]
    assert first.kind.construction == ("化解", "化解率", "%")
    (rate,) = [queue.rows[i] for i in first.figures]
    parts = [("全年受理矛盾纠纷", ""), ("103起", "other"), ("，化解", ""), ("53起", "other")]
    assert rate["parts"] == [*parts, ("，化解率", ""), ("96%", "figure"), ("。", "")]
    assert [found["name_en"] for found in rate["findings"]] == ["rate follows from counts"]
    sizes = {batch.kind.metric_code: len(batch.figures) for batch in queue.batches}
    assert sizes["disputes_received"] == 4 and sizes["legal_advisers"] == 4


def test_only_what_was_asked_for_waits(state):
    assert len(review.queue(state, review.Only(code="disputes_received")).rows) == 4
    assert len(review.queue(state, review.Only(rule="rate_follows_from_counts")).rows) == 1
    assert len(review.queue(state, review.Only(report="doubtful.txt")).rows) == 6


def test_what_is_gained_follows_from_the_confidences(state):
    log = review.Log(state)
    assert log.refresh() and not log.refresh()
    before = log.totals()
    assert (before["figures"], before["decided"], before["waiting"]) == (21, 0, 21)
    assert before["wrong_now"] == before["wrong_before"] == pytest.approx(
        sum(1 - row["confidence"] for row in review.queue(state, review.Only()).rows)
    )
    one, two = review.queue(state, review.Only()).rows[:2]
    decisions.review_alike(state.data_dir, [one, two], "confirm", {}, "seen", "me", batch="b")
    changed = {**two, "char_start": two["char_start"] + 1}  # no figure of this state
    decisions.review(state.data_dir, changed, "confirm", {}, "seen", "me")
    assert log.refresh()
    after = log.totals()
    assert (after["decided"], after["waiting"], after["since"]) == (2, 19, 2)
    gained = 2 - one["confidence"] - two["confidence"]
    assert after["wrong_now"] == pytest.approx(before["wrong_before"] - gained)
    assert log.decision(one)["by"] == "me"
    assert log.decision({**one, "value": 7.0}) is None  # another reading than was decided on
    assert len(log.last_batch("me")) == 1 and log.last_batch("you") == []


def test_the_terminal_leaves_out_what_was_decided_in_the_browser(state):
    asked = (state.data_dir, state.path, None, None, "doubtful.txt")
    first, second = terminal.queue(*asked, 2)
    assert (first["quote"], first["rules"]) == ("96%", ["rate_follows_from_counts"])
    decisions.review_alike(state.data_dir, [first], "confirm", {}, "seen", "me", batch="b")
    assert terminal.queue(*asked, 1)[0]["metric_id"] == second["metric_id"]
    decisions.review_alike(state.data_dir, [first], "withdraw", {}, "undone", "me")
    assert terminal.queue(*asked, 1)[0]["metric_id"] == first["metric_id"]


def test_a_conflict_names_the_report_and_both_sides(state):
    row = review.queue(state, review.Only(report="doubtful.txt")).rows[0]
    decisions.review(state.data_dir, row, "confirm", {}, "seen", "A")
    decisions.review(state.data_dir, row, "reject", {}, "no", "B")
    log = review.Log(state)
    log.refresh()
    (found,) = log.conflicts()
    assert [reviews.verdict(said) for said in found["said"]] == [("confirm",), ("reject",)]
    assert found["report"]["source_name"] == "doubtful.txt"
    assert found["key"] == f"{row['source_sha256']}:{row['char_start']}:{row['quote']}"


CODES = {"disputes_received": {}, "disputes_resolved": {}}
FIGURE = {"metric_code": "disputes_received", "value": 12.0, "status": "actual"}


@pytest.mark.parametrize(
    ("given", "figures", "expected"),
    [
        ({"metric_code": "disputes_resolved", "status": "actual"}, 3, {"metric_code": "disputes_resolved"}),
        ({"metric_code": "", "value": "1，200", "status": "planned"}, 1, {"value": 1200.0, "status": "planned"}),
        ({"metric_code": "disputes_received", "value": "12"}, 1, {}),
        ({"value": "13"}, 2, {}),
        ({"metric_code": "nonsense"}, 1, None),
        ({"status": "past"}, 1, None),
        ({"value": "nan"}, 1, None),
        ({"value": "1e99"}, 1, None),
        ({"value": "many"}, 1, None),
        ({"metric_code": ["x"]}, 1, None),
    ],
)
def test_an_answer_changes_what_it_names_or_is_not_taken(given, figures, expected):
    assert review.changes([FIGURE] * figures, CODES, given) == expected


@pytest.mark.parametrize(
    ("cookie", "name"),
    [("%E7%8E%8B%E8%8A%B3", "王芳"), ("%20", ""), ("a%0Ab", ""), ("x" * 61, ""), ("%E2%80%AEx", "")],
)
def test_a_name_is_a_short_line_that_can_be_seen(cookie, name):
    assert reviewer({"fazhi_reviewer": cookie}) == name
    assert reviewer({}) == ""
