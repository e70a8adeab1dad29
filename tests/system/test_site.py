"""Static pages in a real Chromium without a window, read from the disk."""

from pathlib import Path
from shutil import which
from urllib.parse import quote

import pytest

from flows.site.make import make
from tests.support import nights, reports

CHROMIUM = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (Debian: apt-get install chromium)"),
]
HOSTILE = "<script>document.title='taken'</script><img src=http://evil.example/x onerror=alert(1)>\u202e反转"
DOUBTFUL = reports.text(4).replace("起，化解103起", "起，化解53起，化解率96%")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A county of two bodies over two years: one report has a wrong rate, one is full of markup."""
    folder = tmp_path_factory.mktemp("site")
    reports.write(folder / "sources", (0, 4), 2022)
    texts = {"doubtful": DOUBTFUL, "hostile": reports.text(0).replace("普法形式单一。", f"普法形式单一{HOSTILE}。")}
    for name, text in texts.items():
        (folder / "sources" / "浙江省" / f"{name}.txt").write_text(text, encoding="utf-8")
    nights.night(folder / "data", folder / "sources")
    make(folder / "data", folder / "网站 #1", ["临川县"])
    return folder / "data"


@pytest.fixture(scope="module")
def site(data):
    return data.parent / "网站 #1"


@pytest.fixture(scope="module")
def browser(site):  # made first: a loop of events runs in this thread from then on
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser):
    """`visit(path, ...)` opens a file; at the end no page may have met an error or asked outside."""
    wrong, contexts = [], []

    def come(path, place="", **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(path.as_uri() + place)
        return page

    yield come
    for context in contexts:
        context.close()
    assert wrong == []


def the(data, query):
    return nights.ask(data, query)[0][0]


def report_of(site, report_id):
    (path,) = site.glob(f"*/report-{report_id}.html")
    return path


@pytest.mark.parametrize("width", [1280, 390])
def test_each_page_opens_from_the_disk_and_fits_the_window(visit, site, width):
    for path in sorted(site.rglob("*.html")):
        page = visit(path, viewport={"width": width, "height": 800})
        assert page.inner_text("h1").strip() and page.is_visible("footer")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_address_of_a_figure_opens_at_its_characters_in_either_language(visit, site, data):
    figure = the(data, "select metric_id from metrics where quote = '96%'")
    page = visit(report_of(site, figure[:16]), f"#{figure}", viewport={"width": 1280, "height": 300})
    assert page.inner_text(".text .chosen") == "96%"
    page.wait_for_load_state("load")
    assert 0 <= page.evaluate("document.querySelector('.text .chosen').getBoundingClientRect().top") < 300
    assert "矛盾纠纷化解率" in page.inner_text(".cards .shown") and "分子: 矛盾纠纷化解数 53起" in page.inner_text(".cards .shown")
    page.click(".tools a[hreflang=en]:visible")
    page.wait_for_selector("html[lang=en] .text .chosen:has-text('96%')")
    assert page.url.endswith(f"?lang=en#{figure}")
    assert "share of disputes settled" in page.inner_text(".cards .shown")
    page.click(".cards .shown a:has-text('53起'):visible")
    page.wait_for_selector(".text .chosen:has-text('53起')")
    page.keyboard.press("n")
    page.wait_for_selector(".text .chosen:has-text('96%')")


def test_pages_lead_from_one_to_another_and_keep_their_language(visit, site):
    page = visit(site / "index.html")
    page.click("a:has-text('English')")
    page.wait_for_selector("h2:has-text('The sheet of 2023')")
    page.click("nav a:has-text('Metrics')")
    page.click("main a:has-text('disputes found')")
    page.click(".wide a:has-text('104')")
    page.wait_for_selector(".text .chosen:has-text('104起')")
    assert page.is_visible(".cards .shown >> text=As printed") and not page.is_visible("text=原文")
    page.click("[data-colors]:visible")
    assert page.evaluate("document.body.className") == "body--dark"
    page.click("nav a:has-text('Findings'):visible")
    page.wait_for_selector("body.body--dark h1:has-text('Findings')")


def test_search_finds_sections_without_a_server(visit, site):
    (path,) = site.glob("[!e]*/search.html")
    page = visit(path)
    page.fill("input[name=q]", "法律顾问 104起")
    page.keyboard.press("Enter")
    hits = page.locator(".hits li")
    assert hits.count() == 6 and page.inner_text("[role=status]") == "共 6，显示前 6"
    assert "受理矛盾纠纷104起" in hits.first.inner_text() and hits.first.locator("mark").all_inner_texts() == ["104起"]
    page.select_option("select[name=year]", "2022")
    page.click("button:has-text('检索')")
    assert hits.count() == 3
    page.reload()
    assert hits.count() == 3 and page.input_value("input[name=q]") == "法律顾问 104起"
    hits.first.locator("a").click()
    page.wait_for_selector(".text")
    assert "#c" in page.url
    other = visit(path, f"#q={quote('氢氦锂铍')}")
    assert other.inner_text("[role=status]") == "没有找到。"


def test_a_report_full_of_markup_shows_as_text(visit, site, data):
    page = visit(report_of(site, the(data, "select report_id from reports where text like '%<script>%'")))
    assert "<script>document.title='taken'</script><img src=http://evil.example/x" in page.inner_text(".text")
    assert page.query_selector(".text script, .text img") is None
    assert "taken" not in page.title() and "\u202e" not in page.content()
    (path,) = site.glob("[!e]*/search.html")
    found = visit(path, "#q=evil")
    assert "<img src=http://evil.example/x" in found.inner_text(".hits") and found.query_selector(".hits img") is None


def test_a_chart_is_saved_as_a_picture_and_its_rows_as_csv(visit, site):
    page = visit(site / "index.html", accept_downloads=True)
    with page.expect_download() as download:
        page.click("[data-png] >> nth=0")
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\x89PNG") and int.from_bytes(content[16:20], "big") == 1280
    with page.expect_download() as download:
        page.click("figcaption a >> nth=0")
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert saved[0].startswith("年度,单位") and "fazhi-warehouse r000001-" in saved[1]


def test_without_scripts_the_pages_can_be_read(visit, site, data):
    figure = the(data, "select metric_id from metrics where quote = '96%'")
    page = visit(report_of(site, figure[:16]), f"#{figure}", java_script_enabled=False)
    assert "化解率96%" in page.inner_text(".text") and page.is_visible(f"[data-card='{figure}'] >> nth=0")
