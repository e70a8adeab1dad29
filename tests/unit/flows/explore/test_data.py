"""What the pages of the explorer show of a small state whose numbers follow from the reports."""

import io
import zipfile

import duckdb
import pytest

from flows.explore.data import metric, overview, place, questions, report, search
from flows.explore.data.states import States
from schemas.errors import UsageError
from tests.support import nights, reports

DOUBTFUL = reports.text(6).replace("起，化解105起", "起，化解53起，化解率96%")
ZHEJIANG = place.Place("浙江省")


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """Six bodies that reported on 2022, five of them on 2023 too; a seventh whose rate is wrong."""
    folder = tmp_path_factory.mktemp("explore")
    reports.write(folder / "sources", range(6), 2022)
    reports.write(folder / "sources", range(5), 2023)
    (folder / "sources" / "湖南省" / "doubtful.txt").write_text(DOUBTFUL, encoding="utf-8")
    nights.night(folder / "data", folder / "sources")
    return States(folder / "data")


@pytest.fixture(scope="module")
def state(states):
    return states.newest()


def test_the_overview_counts_years_coverage_and_findings(state):
    shown = overview.read(state, None)
    years = [(row["report_year"], row["reports"], row["bodies"]) for row in shown["years"]]
    assert years == [(2022, 6, 6), (2023, 6, 6)]
    assert shown["year"] == 2023 and not shown["has_register"]
    counties = {row["province_name"]: (row["filed"], row["missing"]) for row in shown["coverage"]}
    assert counties == {"四川省": (1, 1), "浙江省": (2, 0), "湖南省": (2, 0), "甘肃省": (1, 0)}
    assert shown["new_reports"][0]["total"] == 12
    rules = {row["rule_id"]: row for row in shown["rules"]}
    assert rules["rate_follows_from_counts"]["name_zh"] == "比率与计数相符"
    assert rules["rate_follows_from_counts"]["findings"] == 1


def test_a_finding_leads_to_its_figure(state):
    (found,) = overview.findings(state, "rate_follows_from_counts")
    assert "53 of 106" in found["message_en"] and "53" in found["message_zh"]
    assert found["message_zh"] != found["message_en"]
    read = report.read(state, found["report_id"])
    figure = next(row for row in read["figures"] if row["metric_id"] == found["metric_id"])
    assert (figure["quote"], figure["value"], figure["trust"]) == ("96%", 96.0, "questioned")
    links = {(link["kind"], link["other"]["value"]) for link in figure["links"]}
    assert links == {("numerator", 53.0), ("denominator", 106.0)}


def test_the_sheet_of_a_province_adds_up_its_bodies(state):
    shown = place.read(state, ZHEJIANG, 2023, "disputes_received")
    row = next(row for row in shown["sheet"] if row["metric_code"] == "disputes_received")
    assert (row["total"], row["median"], row["bodies_reported"], row["bodies_filed"]) == (204, 102, 2, 2)
    assert (row["rank"], row["places"]) == (3, 4)  # medians 104 (湖南省), 103, 102, 101
    trend = [(year["report_year"], year["total"]) for year in shown["trend"]]
    assert trend == [(2022, 204), (2023, 204)]
    assert "villages" in {row["metric_code"] for row in shown["not_reported"]}


def test_places_lead_from_the_country_down_to_a_body(state):
    provinces = place.children(state, place.Place(), 2023)
    assert [row["name"] for row in provinces] == ["四川省", "浙江省", "湖南省", "甘肃省"]
    (county,) = place.children(state, ZHEJIANG, 2023)
    assert (county["level"], county["name"], county["filed"]) == ("county", "临川县", 2)
    bodies = place.children(state, place.Place("四川省", None, "临川县"), 2023)
    assert [(row["name"], row["state"]) for row in bodies] == [("西东东镇", "filed"), ("下东东镇", "missing")]


def test_a_body_has_its_values_its_ranks_and_what_it_did_not_report(state):
    bodies = place.children(state, place.Place("浙江省", None, "临川县"), 2023)
    upper = next(row for row in bodies if row["name"] == "上东东镇")
    shown = place.read(state, place.Place(township=upper["township_id"]), 2023, None)
    row = next(row for row in shown["sheet"] if row["metric_code"] == "disputes_received")
    assert (row["value"], row["state"], row["rank_in_county"], row["bodies_in_county"]) == (104, "reported", 1, 2)
    assert {row["report_year"] for row in shown["reports"]} == {2022, 2023}
    missed = {row["metric_code"]: row["state"] for row in shown["not_reported"]}
    assert missed["villages"] == "not_reported"


def test_a_place_that_nobody_knows_is_empty(state):
    shown = place.read(state, place.Place("无名省"), 2023, None)
    assert (shown["sheet"], shown["children"], shown["reports"], shown["trend"]) == ([], [], [], [])


def test_a_metric_has_a_distribution_places_and_a_league_table(state):
    shown = metric.read(state, "disputes_received", place.Place(), 2023, None)
    assert (shown["chosen"]["unit"], shown["chosen"]["bodies_reported"]) == ("件", 6)
    assert sum(row["bodies"] for row in shown["distribution"]) == 6
    assert [(row["low"], row["bodies"]) for row in shown["distribution"]][:3] == [(100, 1), (101, 1), (102, 1)]
    assert [row["value"] for row in shown["league"]] == [106, 104, 103, 102, 101, 100]
    places = {row["name"]: (row["total"], row["coverage"]) for row in shown["places"]}
    assert places["浙江省"] == (204, 1.0) and places["湖南省"] == (208, 1.0)
    assert metric.read(state, "no_such_code", place.Place(), None, None) is None


def test_the_stretches_of_a_report_are_its_whole_text_with_its_figures_in_place(state):
    (row,) = overview.findings(state, "rate_follows_from_counts")
    read = report.read(state, row["report_id"])
    assert "".join(part.text for part in read["stretches"]) == read["report"]["text"]
    marked: dict[str, str] = {}
    for part in read["stretches"]:
        if part.figure:
            marked[part.figure["metric_id"]] = marked.get(part.figure["metric_id"], "") + part.text
    assert marked == {figure["metric_id"]: figure["quote"] for figure in read["figures"]}
    headings = [part.text for part in read["stretches"] if part.level is not None]
    assert headings[:2] == ["一、工作开展情况", "（一）化解矛盾纠纷"]
    assert report.read(state, "no-such-report") is None


def test_search_filters_by_year_and_marks_its_words(state):
    shown = search.read(state, "法律顾问", 2022, None, None)
    assert len(shown["hits"]) == 6 and {hit["report_year"] for hit in shown["hits"]} == {2022}
    assert search.parts("聘请法律顾问2名。", "法律顾问") == [("聘请", False), ("法律顾问", True), ("2名。", False)]
    assert search.read(state, "法律顾问", 2022, "浙江省", None)["hits"][0]["total"] == 2
    assert search.read(state, "  ", None, None, None)["hits"] == []


def test_queries_read_and_never_write_or_look_elsewhere(state):
    answer = questions.Question(state, "select 1 as a, 2 as a, 'x' as b").ask()
    assert (answer.names, answer.rows, answer.is_whole) == (["a", "a_2", "b"], [(1, 2, "x")], True)
    shortened = questions.Question(state, "from range(10)").ask(most=3)
    assert (len(shortened.rows), shortened.is_whole) == (3, False)
    for query in ("delete from reports", "from read_text('/etc/hostname')", "selec 1", " ; "):
        with pytest.raises(UsageError):
            questions.Question(state, query).ask()


def test_an_answer_as_a_workbook_keeps_numbers_and_runs_no_formula(state):
    answer = questions.Question(state, "select 7 as n, '=1+1' as t").ask()
    with zipfile.ZipFile(io.BytesIO(questions.as_workbook(answer, "状态 r1"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<v>7</v>" in sheet and "<f>" not in sheet and "=1+1" in texts and "状态 r1" in texts
    assert questions.as_csv(answer).decode("utf-8-sig") == "n,t\n7,'=1+1\n"


def test_relations_come_with_their_comments(state):
    figures = next(one for one in questions.relations(state) if one["name"] == "figures")
    assert "每个数据一行" in figures["comment"]
    assert "township_name" in {column["name"] for column in figures["columns"]}


def test_a_page_keeps_its_state_when_a_newer_one_is_published(states, tmp_path):
    old = states.newest()
    reports.write(tmp_path, [8], 2023)
    nights.night(states.data_dir, states.data_dir.parent / "sources", tmp_path)
    assert states.newest_id() != old.id and states.newest() is not old
    assert old.rows("totals")[0]["reports"] == 12
    assert states.newest().rows("totals")[0]["reports"] == 13
    assert states.find(old.id) is old
    changed = report.difference(old, "no-such-report", "neither")
    assert changed is None


def test_a_body_without_a_province_counts_and_can_be_reached(tmp_path):
    reports.write(tmp_path / "sources", [0], 2023)
    (tmp_path / "sources" / "nowhere.txt").write_text(reports.text(3), encoding="utf-8")
    nights.night(tmp_path / "data", tmp_path / "sources")
    state = States(tmp_path / "data").newest()
    counties = {row["province_name"]: (row["county_name"], row["filed"]) for row in overview.read(state, 2023)["coverage"]}
    assert counties == {"浙江省": ("临川县", 1), "—": ("临川县", 1)}
    provinces = [(row["name"], row["bodies"]) for row in place.children(state, place.Place(), 2023)]
    assert provinces == [("—", 1), ("浙江省", 1)]
    (county,) = place.children(state, place.Place("—"), 2023)
    assert (county["level"], county["name"], county["province"]) == ("county", "临川县", "—")
    where = place.Place("—", None, "临川县")
    assert [(row["name"], row["state"]) for row in place.children(state, where, 2023)] == [("北东东镇", "filed")]
    sheet = place.read(state, where, 2023, "disputes_received")["sheet"]
    (row,) = [row for row in sheet if row["metric_code"] == "disputes_received"]
    assert (row["total"], row["bodies_filed"]) == (103, 1)


def test_a_query_that_takes_too_long_is_stopped_and_the_state_goes_on_answering(states):
    state = States(states.data_dir, seconds=0.2).newest()
    with pytest.raises(duckdb.InterruptException):
        state._ask("select count(*) from range(100000000000) a, range(100000) b", {})
    assert state.rows("totals")[0]["reports"] > 0
