"""Review in a real Chromium without a window: what people decide there lands in the log and holds after a night."""

import urllib.error
import urllib.request

import pytest

from tests.support import explorer, nights, reports
from warehouse import decisions
from warehouse.folder import DataFolder

pytest.importorskip("nicegui", reason="the extra [explore] is not installed")
pytestmark = [pytest.mark.slow, explorer.NEEDS_CHROMIUM]
HOSTILE = "普法形式单一<script>document.title='taken'</script><img src=http://evil.example/x>\u202e反转3处。"
RECEIVED = "/review?code=disputes_received"  # of all eight reports, in one batch

browser, visit = explorer.browser, explorer.visit


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Eight reports: in one a sentence is full of markup."""
    folder = tmp_path_factory.mktemp("review")
    reports.write(folder / "sources", range(7), 2023)
    hostile = reports.text(7).replace("普法形式单一。", HOSTILE)
    (folder / "sources" / "甘肃省" / "hostile.txt").write_text(hostile, encoding="utf-8")
    nights.night(folder / "data", folder / "sources")
    return folder / "data"


@pytest.fixture(scope="module")
def address(data):
    with explorer.running(data, "--review") as address:
        yield address


@pytest.fixture(autouse=True)
def nothing_decided(data):
    """Each test begins with a state in which nobody decided anything."""
    DataFolder(data).reviews.unlink(missing_ok=True)
    nights.night(data, data.parent / "sources")


def begin(visitor, path, name):
    """Opens a page of the review and says who decides."""
    page = visitor.open(path)
    page.fill("#reviewer", name)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-batch]")
    page.wait_for_timeout(500)  # a load of its own may still be under way
    return page


def press(page, key):
    """Presses a key on the batch and waits for the next one."""
    token = page.get_attribute("[data-batch]", "data-batch")
    page.keyboard.press(key)
    page.wait_for_selector(f"[data-batch]:not([data-batch='{token}'])")


def marked(page):
    return [mark.inner_text() for mark in page.query_selector_all(".batch mark")]


def kept(data):
    """What stands in the log, as (name, action, quote)."""
    return [(row["by"], row["action"], row["on"]["quote"]) for row in decisions.read(data).reviews()]


def trust(data):
    query = "select quote, trust from metrics where metric_code = 'disputes_received' order by value"
    return dict(nights.ask(data, query))


def test_one_decision_takes_all_alike_but_those_left_out_and_holds_after_a_night(visit, data):
    page = begin(visit(viewport={"width": 1280, "height": 900}), RECEIVED, "王芳")
    quotes = [f"{100 + i}起" for i in range(8)]
    assert sorted(marked(page)) == quotes
    assert "动词 受理 · 名词 纠纷 · 量词 起" in page.inner_text(".review")
    page.click("li:has(mark:text('103起')) input")
    press(page, "a")
    assert marked(page) == ["103起"]
    assert sorted(kept(data)) == [("王芳", "confirm", quote) for quote in quotes if quote != "103起"]
    page.keyboard.press("c")
    page.wait_for_selector("[data-correction]:not([hidden])")
    page.fill("[name=metric_code]", "disputes_resolved")
    page.fill("[name=value]", "1,030")
    page.fill("[name=reason]", "the table says so")
    token = page.get_attribute("[data-batch]", "data-batch")
    page.click("[data-correction] button")
    page.wait_for_selector(f"[data-batch]:not([data-batch='{token}'])")
    assert "没有待复核的数据了" in page.inner_text("[data-batch]")
    last = decisions.read(data).reviews()[-1]
    assert (last["action"], last["metric_code"], last["value"]) == ("correct", "disputes_resolved", 1030.0)
    assert (last["reason"], last["on"]["metric_code"]) == ("the table says so", "disputes_received")
    assert set(trust(data).values()) == {"unquestioned"}
    assert nights.night(data, data.parent / "sources")["outcome"] == "published"
    assert trust(data) == {**dict.fromkeys(quotes, "confirmed"), "103起": "corrected"}
    nights.night(data, data.parent / "sources")
    assert trust(data)["103起"] == "corrected"
    page = page.context.new_page()  # the name is kept
    page.goto(visit().base + "/review")
    assert "王芳" in page.wait_for_selector(".who").inner_text()
    page.wait_for_selector(".numbers li:first-child b:text('8')")


def test_what_was_decided_is_taken_back_by_a_key(visit, data):
    page = begin(visit(), f"{RECEIVED}&lang=en", "Wang")
    press(page, "r")
    assert len(kept(data)) == 8 and "No figure waits" in page.inner_text("[data-batch]")
    press(page, "u")
    assert kept(data) == [] and len(marked(page)) == 8
    assert page.inner_text(".said") == "Taken back (Reject): 8."
    press(page, "s")
    assert "8 were skipped" in page.inner_text("[data-batch]") and kept(data) == []
    page.click("[data-answer=again]")
    page.wait_for_selector(".batch mark")
    press(page, "u")
    assert page.inner_text(".said") == "You have no decision to take back."
    nights.night(data, data.parent / "sources")
    assert set(trust(data).values()) == {"unquestioned"}


def test_two_people_who_decide_otherwise_see_their_conflict_and_settle_it(visit, data):
    first, second = begin(visit(), RECEIVED, "王芳"), begin(visit(), RECEIVED, "李强")
    press(first, "a")
    for box in second.query_selector_all(".batch [name=figure]")[1:]:
        box.uncheck()
    press(second, "r")
    assert "他人刚作出不同决定" in second.inner_text(".said")
    assert marked(second) == []  # the other seven were accepted meanwhile
    first.wait_for_selector(".conflicts h2:has-text('意见分歧（1）')", timeout=10_000)
    shown = first.inner_text(".conflicts")
    assert "王芳" in shown and "李强" in shown and "目前有效" in shown
    assert decisions.read(data).reviews()[-1]["action"] == "reject"
    first.click(".conflicts [data-by='王芳']")
    first.wait_for_selector(".conflicts", state="detached")
    second.wait_for_selector(".conflicts", state="detached", timeout=10_000)
    last = decisions.read(data).reviews()[-1]
    assert (last["by"], last["action"], last["settles"]) == ("王芳", "confirm", True)
    nights.night(data, data.parent / "sources")
    assert set(trust(data).values()) == {"confirmed"}


def test_foreign_markup_and_a_name_full_of_markup_show_as_text(visit, data):
    page = begin(visit(), "/review", "<b>王</b><img src=x onerror=alert(1)>")
    page.wait_for_selector(".batch .sentence:has-text('<script>')")
    assert page.query_selector("main .sentence script, main img, .who b b") is None
    assert "taken" not in page.title() and "\u202e" not in page.content()
    assert page.get_attribute(".batch .ctl", "title") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    press(page, "a")
    assert kept(data) == [("<b>王</b><img src=x onerror=alert(1)>", "confirm", "3处")]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_review_fits_the_window_and_goes_by_keys_alone(visit, width):
    page = begin(visit(viewport={"width": width, "height": 800}), RECEIVED, "王芳")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert [box.is_checked() for box in page.query_selector_all("[name=figure]")] == [True, False, *[True] * 6]


def test_another_page_of_the_browser_decides_nothing(address, data):
    socket = f"{address}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(socket, headers=headers), timeout=20)
        assert refused.value.code == 403


def test_without_the_switch_there_is_no_review(data):
    with explorer.running(data) as address:
        front = urllib.request.urlopen(address, timeout=20).read().decode()
        assert "/findings" in front and "/review" not in front
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{address}/review", timeout=20)
        assert missing.value.code == 404
