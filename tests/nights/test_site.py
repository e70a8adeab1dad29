"""Static pages of a small state: every link leads somewhere, nothing from outside, foreign text as text."""

import csv
import html
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from flows.site.make import make
from schemas.errors import UsageError
from tests.support import nights, reports

HOSTILE = "<script>document.title='taken'</script><img src=http://evil.example/x onerror=alert(1)>\u202e反转</script>"
COUNTY = "浙江省/临川县"
TARGETS = re.compile(r'(?:href|src)="([^"]*)"')


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two bodies of a county in 浙江省 over two years, one in 四川省; a re-issue, and a report full of markup."""
    folder = tmp_path_factory.mktemp("site")
    reports.write(folder / "sources", (0, 1, 4), 2023)
    reports.write(folder / "sources", (0,), 2022)
    nights.night(folder / "data", folder / "sources")
    again = reports.text(0).replace("100起", "120起").replace("普法形式单一。", f"普法形式单一{HOSTILE}。")
    (folder / "sources" / "浙江省" / "00000-2023.txt").write_text(again, encoding="utf-8")
    nights.night(folder / "data", folder / "sources")
    return folder / "data"


@pytest.fixture(scope="module")
def site(data):
    make(data, data.parent / "site", [COUNTY])
    return data.parent / "site"


def page(site, pattern):
    """The one page whose path fits a pattern, as (path, text)."""
    (path,) = site.glob(pattern)
    return path, path.read_text(encoding="utf-8")


def visible(text):
    """What of a page can be read."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def assert_links_lead_somewhere(site):
    """Asserts that each address in a page is a file of the site with that place in it."""
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    assert len(pages) > 10
    for path, text in pages.items():
        for target in map(html.unescape, TARGETS.findall(text)):
            if target.startswith("data:"):
                continue
            file, _, place = target.partition("#")
            file = unquote(file.partition("?")[0])
            found = (path.parent / file).resolve() if file else path
            assert found.is_file(), (path, target)
            if place and not place.startswith("y"):
                assert f'id="{unquote(place)}"' in pages[found], (path, target)


@pytest.mark.slow
def test_every_link_leads_to_a_page_of_the_site_and_none_outside(site):
    assert_links_lead_somewhere(site)
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text and "http://" not in "".join(TARGETS.findall(text))
    assert {path.suffix for path in site.rglob("*") if path.is_file()} == {".html", ".css", ".js", ".csv", ".json"}


def test_the_county_and_its_bodies_have_a_page_a_year_in_both_languages(site):
    chinese, english = site / "index.html", site / "en" / "index.html"
    assert "<h1>临川县</h1>" in chinese.read_text(encoding="utf-8")
    assert "The sheet of 2023" in visible(english.read_text(encoding="utf-8"))
    assert len(list(site.glob("*/place*.html"))) == 2 and len(list(site.glob("en/*/body-*.html"))) == 4
    earlier = page(site, "[!e]*/place-2022.html")[1]
    assert "2022 年数据表" in visible(earlier) and 'aria-current="true">2022<' in earlier
    assert "西东东镇" not in chinese.read_text(encoding="utf-8")  # of another county


@pytest.mark.slow
def test_a_figure_has_an_address_a_card_in_both_languages_and_its_state(site, data):
    query = "select report_id, metric_id from metrics where quote = '120起'"
    ((report, figure),) = nights.ask(data, query)
    text = page(site, f"*/report-{report}.html")[1]
    assert f'<span id="{figure}"></span><a class="fig actual"' in text
    assert text.count(f'data-card="{figure}"') == 2
    assert "矛盾纠纷受理数" in text and "disputes found, received or mediated in all" in text
    state = data.joinpath("current").resolve().name
    assert text.count(f"来源：fazhi-warehouse {state}") == 1 and f"Source: fazhi-warehouse {state}" in text
    county = page(site, "[!e]*/metric-disputes_received.html")[1]
    assert f"report-{report}.html#{figure}" in county and ">120<" in county


def test_the_former_version_stands_beside_the_new_one_with_the_difference(site, data):
    ((former,),) = nights.ask(data, "select report_id from report_history")
    text = page(site, f"*/report-{former}.html")[1]
    assert "这是较早的版本" in text and 'id="difference"' in text
    assert "<ins>+ （一）化解矛盾纠纷。全年受理矛盾纠纷120起" in text


def test_markup_of_a_report_is_text_in_pages_and_in_the_script_of_the_search(site):
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>document" not in text and "<img" not in text and "\u202e" not in text
    script = next(site.glob("*/search-data.js")).read_text(encoding="utf-8")
    assert "\u202e" not in script and script.startswith("globalThis.fazhiTexts = ")
    texts = json.loads(script.removeprefix("globalThis.fazhiTexts = ").removesuffix(";\n"))
    assert any(HOSTILE.replace("\u202e", "\\u202e") in text for _, _, text in texts["sections"])


def test_the_texts_to_search_are_those_of_the_reports_in_force_of_the_county(site, data):
    script = next(site.glob("*/search-data.js")).read_text(encoding="utf-8")
    texts = json.loads(script.removeprefix("globalThis.fazhiTexts = ").removesuffix(";\n"))
    assert sorted(report[2:] for report in texts["reports"]) == [["上东东镇", 2023], ["东东东镇", 2022], ["东东东镇", 2023]]
    for number, start, text in texts["sections"]:
        (name,) = site.glob(f"*/{texts['reports'][number][0]}")
        assert f'id="c{start}"' in name.read_text(encoding="utf-8"), text


def test_tables_are_there_as_csv(site):
    (path,) = site.glob("*/figures-*.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    received = {row["township_name"]: row["value"] for row in rows if row["metric_code"] == "disputes_received" and row["report_year"] == "2023"}
    assert {name: float(value) for name, value in received.items()} == {"东东东镇": 120.0, "上东东镇": 104.0}
    (sheet,) = site.glob("*/sheet-*.csv")
    assert len(sheet.read_text(encoding="utf-8-sig").splitlines()) == 4


@pytest.mark.slow
def test_the_country_has_an_overview_and_places_and_no_texts(data, tmp_path):
    said = make(data, tmp_path / "site", [])
    assert " 0 reports," in said
    assert_links_lead_somewhere(tmp_path / "site")
    front = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "<h1>总览</h1>" in front and 'class="part"' in front
    country = page(tmp_path / "site", "country/place.html")[1]
    assert "浙江省" in country and "四川省" in country
    assert not list((tmp_path / "site").rglob("report-*")) and not list((tmp_path / "site").rglob("search*"))


@pytest.mark.slow
def test_several_counties_have_a_list_of_them(data, tmp_path):
    make(data, tmp_path / "site", [COUNTY, "四川省/临川县"])
    assert_links_lead_somewhere(tmp_path / "site")
    front = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="\w+/place.html">(.*?)</a>', front) == ["浙江省  临川县", "四川省  临川县"]


@pytest.mark.slow
def test_the_same_state_gives_the_same_files(site, data, tmp_path):
    make(data, tmp_path / "site", [COUNTY])
    for path in site.rglob("*"):
        if path.is_file():
            assert (tmp_path / "site" / path.relative_to(site)).read_bytes() == path.read_bytes()


def test_an_unknown_county_and_one_of_several_are_named(data, tmp_path, fazhi):
    for name, words in {"临州县": "is it 临川县", "临川县": "浙江省/临川县", "//": "no county"}.items():
        ended = fazhi("site", "--to", tmp_path / "site", "--county", name, "--data", data)
        assert ended.returncode == 1 and words in ended.stderr
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="lies in the data folder"):
        make(data, Path(data) / "site", [COUNTY])


@pytest.mark.slow
def test_the_command_says_where_the_site_is(data, tmp_path, fazhi):
    ended = fazhi("site", "--to", tmp_path / "site", "--county", COUNTY, "--data", data)
    assert ended.returncode == 0
    assert re.fullmatch(rf"\d+ pages, 4 reports, \d\.\d MB, state r000002-\w+: {tmp_path}/site/index.html\n", ended.stdout)
