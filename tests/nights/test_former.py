"""An identifier that was cited opens its figure, and after a re-issue says what became of it."""

import shutil

import duckdb
import pytest

from flows import former
from flows.explore import render
from flows.explore.data import report as report_page
from flows.explore.data.states import States
from flows.explore.texts import Texts
from schemas import records
from tests.support import nights, reports
from warehouse import snapshots

FIRST = reports.text(1)
SPACED = FIRST.replace("矛盾纠纷101起", "矛盾纠纷 101 起")
REVISED = FIRST.replace("101起", "99起").replace("举办法治宣传活动2场，", "")


def figure(start, sentence, value, code="disputes_received", status="actual"):
    """A figure as `find_like` is given it."""
    return {
        "char_start": start,
        "sentence": sentence,
        "value": value,
        "metric_code": code,
        "status": status,
    }


def test_the_same_words_come_before_the_same_metric():
    old = [figure(5, "全年受理纠纷101起，化解100起", 101), figure(9, "全年受理纠纷101起，化解100起", 100, "disputes_resolved")]
    new = [
        figure(3, "上半年受理纠纷40起", 40),
        figure(15, "全年受理纠纷 九十九 起，化解98起", 99),
        figure(19, "全年受理纠纷 九十九 起，化解98起", 98, "disputes_resolved"),
    ]
    assert former.find_like(old[0], old, new) == (new[1], "same_words")
    assert former.find_like(old[1], old, new) == (new[2], "same_words")
    assert former.find_like(old[0], old, new[:1]) == (new[0], "same_metric")


def test_another_status_another_metric_and_no_metric_at_all_are_not_alike():
    old = [figure(5, "受理纠纷101起", 101)]
    assert former.find_like(old[0], old, [figure(5, "明年受理100起", 100, status="planned")]) == (None, "")
    assert former.find_like(old[0], old, [figure(5, "调解员100名", 100, "mediators")]) == (None, "")
    unnamed = [figure(5, "购置桌椅3张", 3, "other")]
    assert former.find_like(unnamed[0], unnamed, [figure(5, "栽树3棵", 3, "other")]) == (None, "")


def test_every_reason_of_the_history_has_words_for_both_readers():
    reason = next(column for column in records.REPORT_HISTORY.columns if column.name == "reason")
    assert "withdrawn" in reason.values
    for outcome in (*reason.values, "moved", "not_read", "another_text", "left"):
        assert former._OUTCOMES[outcome].startswith(("its report", "another"))
        assert Texts("zh").value("became", outcome) != outcome


def test_what_is_no_identifier_is_asked_nowhere(tmp_path):
    for what in ("", "江源镇2023.txt", "bb9481719656e1a6", "../../etc/passwd", "' or 1=1 --"):
        assert former.what_became(tmp_path / "none.duckdb", tmp_path, what) is None


@pytest.fixture(scope="module")
def reissued(tmp_path_factory):
    """(data folder, id of each figure by its quote in the first night): a report that came again as
    it was, then with other blanks, then with other figures.
    """
    folder = tmp_path_factory.mktemp("former")
    data, path = folder / "data", folder / "in" / "a.txt"
    path.parent.mkdir()
    reports.write(folder / "in", [8])
    path.write_text(FIRST, encoding="utf-8")
    nights.night(data, folder / "in")
    ids = dict(nights.ask(data, "select quote, metric_id from metrics"))
    nights.night(data, folder / "in")
    shutil.rmtree(data / "staging")
    path.touch()
    nights.night(data, folder / "in")
    assert dict(nights.ask(data, "select quote, metric_id from metrics")) == ids
    path.write_text(SPACED, encoding="utf-8")
    nights.night(data, folder / "in")
    spaced = former.what_became(data / "warehouse.duckdb", data, ids["1001份"])
    path.write_text(REVISED, encoding="utf-8")
    nights.night(data, folder / "in")
    return data, ids, spaced


@pytest.mark.slow
def test_a_figure_of_a_text_with_other_blanks_is_found_at_its_place(reissued):
    _, _, spaced = reissued
    assert (spaced.outcome, spaced.likeness) == ("moved", "same_place")
    assert (spaced.figure["quote"], spaced.like["quote"]) == ("1001份", "1001份")
    assert spaced.like["metric_id"] == spaced.report["report_id"] + "-c000130"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quote", "likeness", "now"),
    [
        ("101起", "same_words", "99起"),
        ("100起", "same_words", "100起"),
        ("1001份", "same_metric", "1001份"),
        ("2场", "", None),
    ],
)
def test_after_a_re_issue_the_like_figure_is_named_or_it_is_gone(reissued, quote, likeness, now):
    data, ids, _ = reissued
    found = former.what_became(data / "warehouse.duckdb", data, ids[quote])
    assert (found.outcome, found.figure["quote"], found.likeness) == ("superseded", quote, likeness)
    assert found.successor["source_name"] == "a.txt"
    assert (found.like["quote"] if found.like else None) == now


@pytest.mark.slow
def test_the_command_and_the_page_say_what_became_of_a_figure(reissued, fazhi):
    data, ids, _ = reissued
    shown = fazhi("explain", ids["101起"], "--data", data)
    now = former.what_became(data / "warehouse.duckdb", data, ids["101起"]).like["metric_id"]
    assert shown.returncode == 0
    assert shown.stdout.splitlines() == [
        f"a.txt: 西东东镇 2023  figure {ids['101起']}, which is not in force",
        "  全年受理矛盾纠纷101起，化解100起。",
        "  「101起」 = 101 起, actual: disputes_received 矛盾纠纷受理数",
        "what became of it: its report was superseded",
        f"  in force: a.txt, report {now[:16]}, issued on 2023-12-02",
        "  there, in the same words: 「99起」 = 99 起, actual: disputes_received 矛盾纠纷受理数, "
        f"trust: unquestioned, figure {now}",
    ]
    gone = fazhi("explain", ids["2场"], "--data", data)
    assert "no figure there is like it: it is gone" in gone.stdout
    assert fazhi("explain", now, "--data", data).stdout.startswith(f"a.txt: 西东东镇 2023  figure {now} at 88\n")
    nowhere = fazhi("explain", f"{now[:16]}-c000001", "--data", data)
    assert nowhere.returncode == 1 and nowhere.stderr.count("\n") == 1
    state = States(data).newest()
    found = report_page.what_became(state, ids["101起"])
    page = render.fragment("report", Texts("en"), "became", former=found)
    assert f'href="/report/{now[:16]}?figure={now}&amp;lang=en"' in page and "99起 = 99 起" in page
    assert "Its report was superseded." in page


@pytest.mark.slow
def test_a_former_figure_is_marked_in_the_text_that_it_was_read_from(reissued):
    data, ids, _ = reissued
    state = States(data).newest()
    shown = report_page.read(state, ids["101起"][:16])
    found = report_page.what_became(state, ids["101起"])
    assert report_page.mark_former(shown, found) is None  # the text that is kept has other blanks
    found = report_page.what_became(state, f"{ids['101起'][:16]}-c000089")
    assert report_page.mark_former(shown, found)["quote"] == "101 起"
    assert "".join(part.text for part in shown["stretches"]) == shown["report"]["text"] == SPACED
    assert [part.text for part in shown["stretches"] if part.figure] == ["101 起"]
    page = render.fragment("report", Texts("en"), "text", chosen=None, **shown)
    assert 'data-figure="' + found.metric_id + '"' in page


@pytest.mark.slow
def test_a_former_report_is_explained_with_what_took_its_place(reissued, fazhi):
    data, ids, _ = reissued
    shown = fazhi("explain", ids["101起"][:16], "--data", data)
    new = nights.ask(data, "select report_id from reports where source_name = 'a.txt'")[0][0]
    assert shown.returncode == 0 and "⟦101起 disputes_received⟧" in shown.stdout
    last = shown.stdout.splitlines()[-1]
    assert last == f"not in force: its report was superseded; in force: a.txt, report {new}"


@pytest.mark.slow
def test_a_figure_of_a_report_that_only_an_earlier_state_has_is_found_there(reissued):
    data, _, _ = reissued
    first, *_, last = snapshots.history(data)
    new = dict(nights.ask(data, "select quote, metric_id from metrics"))
    found = former.what_became(first.path / "warehouse.duckdb", data, new["99起"])
    assert (found.outcome, found.state, found.figure["quote"]) == ("left", last.id, "99起")
    assert f"it is in the earlier state {last.id}" in former.as_text(found)


@pytest.mark.slow
def test_a_figure_of_bytes_from_which_another_text_is_read_now_is_followed(reissued, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(reissued[0], data, symlinks=True)
    ((report_id,),) = nights.ask(data, "select report_id from metrics where quote = '108起'")
    former_id = "f" * 16  # as if an earlier version had read another text from the same bytes
    kept = snapshots.history(data)[0].path / "warehouse.duckdb"
    kept.chmod(0o600)
    with duckdb.connect(str(kept)) as connection:
        connection.execute("update reports set report_id = ? where report_id = ?", [former_id, report_id])
        connection.execute(
            "update metrics set report_id = $1, metric_id = replace(metric_id, $2, $1) where report_id = $2",
            [former_id, report_id],
        )
    found = former.what_became(data / "warehouse.duckdb", data, f"{former_id}-c000088")
    assert (found.outcome, found.likeness) == ("another_text", "same_words")
    assert (found.figure["quote"], found.like["metric_id"]) == ("108起", f"{report_id}-c000088")


@pytest.mark.slow
def test_an_identifier_that_another_figure_had_before_says_so(fazhi, tmp_path):
    data, path = tmp_path / "data", tmp_path / "in" / "a.txt"
    path.parent.mkdir()
    path.write_text(FIRST, encoding="utf-8")
    nights.night(data, tmp_path / "in")
    ids = dict(nights.ask(data, "select quote, metric_id from metrics"))
    assert (ids["101起"][-6:], ids["100起"][-6:]) == ("000088", "000095")
    path.write_text(FIRST.replace("101起", " " * 7 + "101起"), encoding="utf-8")
    nights.night(data, tmp_path / "in")
    shown = fazhi("explain", ids["100起"], "--data", data).stdout
    assert "「101起」 = 101 起, actual: disputes_received" in shown
    assert shown.splitlines()[-1] == (
        "mind: an earlier text of this report, with other blanks, had another figure under this identifier: "
        f"「100起」, which is {ids['100起'][:16]}-c000102 now"
    )
    state = States(data).newest()
    found = report_page.what_became(state, ids["100起"])
    page = render.fragment("report", Texts("en"), "became", former=found)
    assert "This identifier was another figure" in page and "-c000102" in page
    assert "mind:" not in fazhi("explain", f"{ids['100起'][:16]}-c000102", "--data", data).stdout
    assert report_page.what_became(state, f"{ids['100起'][:16]}-c000102") is None
