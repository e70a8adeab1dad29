"""The explorer in a real Chromium without a window: pages, addresses, foreign text, a newer state."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support import explorer, nights, reports

pytest.importorskip("nicegui", reason="the extra [explore] is not installed")
pytestmark = [pytest.mark.slow, explorer.NEEDS_CHROMIUM]
HOSTILE = "<script>document.title='taken'</script><img src=http://evil.example/x onerror=alert(1)>\u202e反转"
DOUBTFUL = reports.text(6).replace("起，化解105起", "起，化解53起，化解率96%")
PAGES = {
    "/": "总览",
    "/?lang=en": "Overview",
    "/place?province=浙江省": "浙江省",
    "/metric": "指标",
    "/metric/disputes_received?year=2023": "矛盾纠纷受理数",
    "/findings?lang=en": "Findings",
    "/search?q=法律顾问&year=2023": "检索",
    "/sql?q=from reports select report_year, count(*) as n group by all": "SQL 查询",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Eight reports: one has a wrong rate, one is full of markup."""
    folder = tmp_path_factory.mktemp("explore")
    reports.write(folder / "sources", range(6), 2023)
    hostile = reports.text(7).replace("普法形式单一。", f"普法形式单一{HOSTILE}。")
    for name, text in (("doubtful", DOUBTFUL), ("hostile", hostile)):
        (folder / "sources" / "甘肃省" / f"{name}.txt").write_text(text, encoding="utf-8")
    nights.night(folder / "data", folder / "sources")
    return folder / "data"


@pytest.fixture(scope="module")
def address(data):
    with explorer.running(data) as address:
        yield address


browser, visit = explorer.browser, explorer.visit


def the(data, query):
    """The one value that a query on the published state gives."""
    return nights.ask(data, query)[0][0]


@pytest.mark.parametrize("width", [1280, 390])
def test_each_page_opens_and_fits_the_window(visit, width):
    visitor = visit(viewport={"width": width, "height": 800})
    for path, heading in PAGES.items():
        page = visitor.open(path)
        assert heading in page.inner_text("h1"), path
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_address_of_a_figure_opens_at_its_characters(visit, data):
    figure = the(data, "select metric_id from metrics where quote = '96%'")
    page = visit(viewport={"width": 1280, "height": 300}).open(f"/report/{figure[:16]}?figure={figure}")
    chosen = page.wait_for_selector(".text .chosen")
    assert chosen.inner_text() == "96%"
    page.wait_for_function("document.querySelector('.text .chosen').getBoundingClientRect().top < 300")
    card = page.inner_text("[data-card]")
    assert "矛盾纠纷化解率" in card and "存疑" in card and "分子: 矛盾纠纷化解数 53起" in card


def test_the_permanent_address_of_a_figure_leads_to_its_place(visit, data):
    figure = the(data, "select metric_id from metrics where quote = '96%'")
    page = visit().open(f"/figure/{figure}?lang=en")
    assert page.url.endswith(f"/report/{figure[:16]}?figure={figure}&lang=en")
    assert page.wait_for_selector(".text .chosen").inner_text() == "96%"


def test_another_figure_is_chosen_by_click_and_by_key_and_changes_the_address(visit, data):
    figure = the(data, "select metric_id from metrics where quote = '96%'")
    page = visit().open(f"/report/{figure[:16]}?figure={figure}&lang=en")
    page.click("[data-card] a:has-text('53起')")
    page.wait_for_selector("[data-card] .value:has-text('53')")
    assert page.inner_text(".text .chosen") == "53起"
    assert re.search(r"\?figure=\w+-c\d+&lang=en$", page.url) and figure not in page.url
    page.keyboard.press("n")
    page.wait_for_selector("[data-card] .value:has-text('96')")
    assert page.url.endswith(f"figure={figure}&lang=en")


def test_a_report_full_of_markup_shows_as_text(visit, data):
    report = the(data, "select report_id from reports where text like '%<script>%'")
    page = visit().open(f"/report/{report}")
    shown = page.inner_text(".text")
    assert "<script>document.title='taken'</script><img src=http://evil.example/x" in shown
    assert page.query_selector(".text script, .text img") is None
    assert "taken" not in page.title() and "\u202e" not in page.content()
    assert page.get_attribute(".ctl", "title") == "U+202E RIGHT-TO-LEFT OVERRIDE"


def test_language_and_colors_stay_over_pages(visit):
    page = visit(color_scheme="light").open("/?lang=en")
    page.click("nav a:has-text('Metrics')")
    page.wait_for_selector("h1:has-text('Metrics')")
    page.click("[data-colors]")
    page.wait_for_selector("body.body--dark h1")
    page.click("nav a:has-text('Places')")
    page.wait_for_selector("body.body--dark h1:has-text('The country')")


def test_a_query_is_answered_charted_saved_and_stopped(visit):
    page = visit(accept_downloads=True).open("/sql?q=from reports select province_name, count(*) as n group by all order by all")
    page.wait_for_selector(".ag-cell:has-text('浙江省')")
    assert page.wait_for_selector(".chart canvas")
    with page.expect_download() as download:
        page.click("button:has-text('CSV') >> nth=0")
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert saved[0] == "province_name,n" and "浙江省,2" in saved
    with page.expect_download() as download:
        page.click("[data-png]")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    page.click(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("select count(*) from range(100000000000) a, range(100000) b")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[role=status]:has-text('正在查询')")
    page.click("button:has-text('停止')")
    page.wait_for_selector("[role=status]:has-text('INTERRUPT')")
    page.click(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("drop table reports")
    page.click("button:has-text('运行')")
    page.wait_for_selector("[role=status]:has-text('read-only')")


def test_a_foreign_page_gets_no_answer(address):
    request = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert refused.value.code == 403


def test_a_page_says_that_a_newer_state_is_there_and_keeps_its_own(visit, data, tmp_path):
    first, second = visit(), visit()
    old = data.joinpath("current").resolve().name
    page = first.open("/")
    reports.write(tmp_path, [9], 2023)
    nights.night(data, data.parent / "sources", tmp_path)
    new = data.joinpath("current").resolve().name
    page.wait_for_selector(f".notice:has-text('{new}')", timeout=20_000)
    assert page.inner_text(".numbers li:first-child b") == "8" and old in page.inner_text("footer")
    other = second.open("/")
    assert other.inner_text(".numbers li:first-child b") == "9" and new in other.inner_text("footer")
    page.click(".notice a")
    page.wait_for_selector(f"footer:has-text('{new}')")
    assert page.inner_text(".numbers li:first-child b") == "9"
    pinned = second.open(f"/?state={old}")
    assert pinned.inner_text(".numbers li:first-child b") == "8"
