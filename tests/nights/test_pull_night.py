"""Nights that pull: what a portal on loopback publishes ends in the warehouse, with where it came from."""

from __future__ import annotations

import duckdb
import pytest

from flows.night import run_night
from flows.settings import RunSettings
from tests.support import formats, portal, reports
from warehouse import landing, repair, source_list, verify
from warehouse.folder import DataFolder
from warehouse.source_list import PullSource


@pytest.fixture
def server():
    with portal.serve() as running:
        yield running


@pytest.fixture
def night(tmp_path):
    """`night(*sources)` pulls these into one data folder and returns the summary."""

    def go(*pulled: PullSource, **more) -> dict:
        listed = tmp_path / "sources.toml"
        listed.unlink(missing_ok=True)
        for one in pulled:
            source_list.add(listed, one)
        (tmp_path / "data" / "state").mkdir(parents=True, exist_ok=True)
        settings = RunSettings([], str(tmp_path / "data"), source_list=str(listed), **more)
        return run_night(settings)

    return go


def rows(tmp_path, query: str) -> list[tuple]:
    path = str(tmp_path / "data" / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.slow
def test_pages_are_published_with_their_addresses_and_an_unchanged_night_writes_nothing(
    server, night, tmp_path
):
    place = "浙江省/杭州市/桐庐县"
    gbk = PullSource("gbk", "web", f"{server.base}/gbk/list1.html", place, delay_seconds=0)
    first = night(gbk)
    assert first["outcome"] == "published"
    assert [(p["source"], p["new"], p["error"]) for p in first["pulls"]] == [("gbk", 5, None)]
    found = rows(
        tmp_path,
        "select s.address, s.list_address, s.link_text, s.status, s.stated_place, value "
        "from sources s join metrics using (report_id) where metric_code = 'disputes_received' "
        "order by s.address",
    )
    lists = [f"{server.base}/gbk/list1.html"] * 3 + [f"{server.base}/gbk/list2.html"] * 2
    assert found == [
        (f"{server.base}/gbk/d{i}.html", at, portal.title(i), 200, f"{place}/", 100.0 + i)
        for i, at in zip(range(10, 15), lists)
    ]
    assert night(gbk)["outcome"] == "unchanged"


@pytest.mark.slow
def test_a_page_that_vanishes_deletes_nothing_and_a_new_fault_waits_in_quarantine(
    server, night, tmp_path
):
    listed = f"{server.base}/faults/?of=soft404,charset"
    source = PullSource("faults", "web", listed, delay_seconds=0)
    first = night(source)
    assert first["outcome"] == "published"
    assert [(q["source_name"], q["reason_code"]) for q in first["quarantine"]] == [
        ("soft404", "not_pulled")
    ]
    assert "soft_404" in first["quarantine"][0]["message"]
    server.gone.add("/fault/charset")
    second = night(source)
    assert second["outcome"] == "published"
    found = "select s.address, s.pull_problem from sources s join reports using (report_id) order by 1"
    assert rows(tmp_path, found) == [
        (f"{server.base}/fault/charset", "gone"),
        (f"{server.base}/trs/t20250219_2101365.htm", None),
    ]
    broken = "select row_id from quality_findings where rule_id = 'source_answers_otherwise'"
    assert [row for (row,) in rows(tmp_path, broken)] == [f"{server.base}/fault/charset"]


SOURCES = (
    "select source_name, report_id from sources where is_current and source_name like '%80%' order by 1"
)
DISPUTES = (
    "select value, source_name from metrics join reports using (report_id) "
    "where metric_code = 'disputes_received' and township_name = '东下东镇'"
)


@pytest.mark.slow
def test_a_page_and_its_attachments_are_one_report_and_a_re_issue_of_one_of_them_supersedes(
    server, night, tmp_path
):
    both = PullSource("both", "web", f"{server.base}/both/", delay_seconds=0)
    assert night(both)["outcome"] == "published"
    assert rows(tmp_path, DISPUTES) == [(180.0, "80.docx")]
    (report,) = {report for _, report in rows(tmp_path, SOURCES)}
    assert rows(tmp_path, SOURCES) == [(n, report) for n in ("80.docx", "80.pdf", "d80.html")]
    texts = "select source_name, text_report_id is null, page_address from sources order by 1 limit 2"
    at = f"{server.base}/both/d80.html"
    assert rows(tmp_path, texts) == [("80.docx", True, at), ("80.pdf", True, at)]
    other = "select source_name, reason, replaced_by from report_history where replaced_by = ?"
    assert rows(tmp_path, other.replace("?", f"'{report}'") + " order by 1") == [
        ("d80.html", "same_report", report),
    ]
    assert night(both)["outcome"] == "unchanged"
    server.words[80] = formats.word(reports.text(80, disputes=999))
    night(both)
    assert rows(tmp_path, DISPUTES) == [(999.0, "80.docx")]
    server.texts[80] = portal.detail(80, reports.text(80, disputes=444))
    night(both)
    assert rows(tmp_path, DISPUTES) == [(444.0, "d80.html")]
    (report,) = {report for _, report in rows(tmp_path, SOURCES)}
    assert rows(tmp_path, SOURCES) == [(n, report) for n in ("80.docx", "80.pdf", "d80.html")]
    assert night(both)["outcome"] == "unchanged"
    assert rows(tmp_path, "select count(*) from reports") == [(2,)]
    assert rows(tmp_path, "select * from quality_findings") == []


@pytest.mark.slow
def test_a_revised_report_at_another_address_of_the_portal_supersedes(server, night, tmp_path):
    both = PullSource("both", "web", f"{server.base}/both/", "浙江省/杭州市/临川县", delay_seconds=0)
    night(both)
    server.revised = {80}
    assert night(both)["outcome"] == "published"
    assert rows(tmp_path, DISPUTES) == [(880.0, "r80.html")]
    history = "select source_name, reason, chosen_because from report_history where source_name like '%80%'"
    assert ("80.docx", "other_report_of_body_and_year", "revised_version") in rows(tmp_path, history)


@pytest.mark.slow
def test_a_source_that_is_down_fails_alone(server, night, tmp_path):
    with portal.serve() as other:
        other.down = True
        summary = night(
            PullSource("down", "web", f"{other.base}/trs/", delay_seconds=0),
            PullSource("files", "web", f"{server.base}/files/", delay_seconds=0),
        )
    assert summary["outcome"] == "published"
    assert summary["pulls"][0]["error"].startswith(("cut_off", "unreachable"))
    assert rows(tmp_path, "select count(*) from reports") == [(3,)]
    morning = (tmp_path / "data" / "state" / "morning.md").read_text(encoding="utf-8")
    assert "| down | 0 |" in morning and "| files | 3 |" in morning


@pytest.mark.slow
def test_a_folder_on_the_list_is_read_and_a_missing_one_costs_itself(night, tmp_path):
    reports.write(tmp_path / "in", range(3))
    summary = night(
        PullSource("here", "folder", str(tmp_path / "in")),
        PullSource("away", "folder", str(tmp_path / "none")),
    )
    assert summary["outcome"] == "published"
    assert rows(tmp_path, "select count(*) from reports") == [(3,)]
    assert [(p["source"], p["error"]) for p in summary["pulls"]] == [
        ("here", None),
        ("away", f"no folder: {tmp_path / 'none'}"),
    ]


@pytest.mark.slow
def test_what_was_pulled_has_receipts_and_a_damaged_log_is_named_and_mended(server, night, tmp_path):
    data = tmp_path / "data"
    carrier = PullSource("carrier", "web", f"{server.base}/carrier/", delay_seconds=0)
    assert night(carrier)["outcome"] == "published"
    assert verify.verify(data) == []
    assert {r["source_name"]: r.get("carrier", False) for r in landing.receipts(data)} == {
        "d50.html": True,
        "50.docx": False,
        "d51.html": True,
        "51.docx": False,
    }
    log = data / "state" / "pull" / "carrier.jsonl"
    log.write_bytes(log.read_bytes().replace(b"50.docx", b"59.docx", 1))
    damages = verify.verify(data)
    assert {(d.part, d.path) for d in damages} == {(verify.Part.LOG, log)}
    with DataFolder(data).alone():
        repair.repair(data, damages)
    assert verify.verify(data) == []
    assert night(carrier)["pulls"][0]["error"] is None
    assert rows(tmp_path, "select count(*) from reports") == [(2,)]
