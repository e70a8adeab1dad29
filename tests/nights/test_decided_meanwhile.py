"""What people decide while a night runs: nothing is refused or lost, and the next night judges by it."""

from __future__ import annotations

import pytest

from tests.support import reports
from tests.support.nights import ask
from warehouse import corrections, decisions, verify
from warehouse.folder import DataFolder

HEAD = "source_sha256,quote,occurrence,action,metric_code,value,status,reason,by\n"


@pytest.fixture
def begun(night, tmp_path):
    """A data folder after one night over four reports, and a fifth that waits in the sources."""
    data, sources = tmp_path / "data", tmp_path / "in"
    reports.write(sources, range(4))
    night(data, sources)
    reports.write(sources, range(4, 5))
    return data, sources


def figure_of(data, quote):
    """The figure with this quote, as `fazhi review` knows it."""
    columns = "source_sha256, quote, char_start, metric_code, value, status, sentence"
    row = ask(data, f"select {columns} from metrics join reports using (report_id) where quote = ?", [quote])[0]
    return dict(zip(columns.split(", "), row))


def correction_file(path, data, quote, value):
    sha256 = figure_of(data, quote)["source_sha256"]
    path.write_text(f"{HEAD}{sha256},{quote},1,correct,,{value},,typo,me\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_review_made_while_a_night_judges_takes_effect_in_the_next(night, begun):
    data, sources = begun
    decided = []

    def judged_slowly(paths, report_ids):
        if not decided:
            decided.append(figure_of(data, "102起"))
            decisions.review(data, decided[0], "reject", {}, "no such thing", "me")
        return []

    assert night(data, sources, suites=judged_slowly)["outcome"] == "published"
    rejected = "select count(*) from metrics where trust = 'rejected'"
    assert ask(data, rejected) == [(0,)]
    assert verify.verify(data) == []
    assert night(data, sources)["outcome"] == "published"
    assert ask(data, rejected) == [(1,)]
    assert night(data, sources)["outcome"] == "unchanged"


@pytest.mark.slow
def test_corrections_brought_in_while_a_night_judges_wait_for_the_next(night, begun, tmp_path):
    data, sources = begun
    waits = []

    def judged_slowly(paths, report_ids):
        if not waits:
            file = correction_file(tmp_path / "c.csv", data, "102起", 4711)
            waits.append(corrections.import_file(data, file))
        return []

    assert night(data, sources, suites=judged_slowly)["outcome"] == "published"
    assert waits == [(1, True)]
    corrected = "select count(*) from figures_in_force where value = 4711"
    assert ask(data, corrected) == [(0,)]
    assert verify.verify(data) == []
    assert night(data, sources)["outcome"] == "published"
    assert ask(data, corrected) == [(1,)]
    assert night(data, sources)["outcome"] == "unchanged"
    assert verify.verify(data) == []


def test_a_later_list_takes_the_place_of_one_that_waits(begun, tmp_path):
    data, _ = begun
    with DataFolder(data).alone():
        first = correction_file(tmp_path / "a.csv", data, "102起", 1)
        assert corrections.import_file(data, first) == (1, True)
    second = correction_file(tmp_path / "b.csv", data, "102起", 2)
    assert corrections.import_file(data, second) == (1, False)
    decided = decisions.begin_run(data)
    assert [correction.value for correction in decided.corrections()[0]] == [2.0]
