"""Fragments of pages: texts of strangers show as text, and every text is there in both languages."""

import base64
import re
import string
import tomllib

import pytest

from flows.explore import addresses, render
from flows.explore.data.place import Place
from flows.explore.data.report import Stretch
from flows.explore.texts import Texts
from tests.support.paths import ROOT

HOSTILE = "<script>alert(1)</script>\u202e镇\u200b<img src=x onerror=alert(2)>"
TABLE = tomllib.loads((ROOT / "flows/explore/texts.toml").read_text(encoding="utf-8"))


def test_foreign_text_is_escaped_and_characters_that_do_not_show_are_named():
    html = str(render.shown(HOSTILE))
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html
    assert "\u202e" not in html and "U+202E RIGHT-TO-LEFT OVERRIDE" in html and "U+200B" in html


def test_a_report_is_drawn_without_the_markup_of_its_text():
    part = Stretch(0, len(HOSTILE), HOSTILE)
    html = render.fragment(
        "report", Texts("zh"), "text", report={"report_id": "a"}, chosen=None, stretches=[part]
    )
    assert "<script" not in html and "<img" not in html and 'id="c0"' in html


def test_hidden_characters_are_written_out_wherever_a_template_shows_them():
    template = render._environment().from_string("<p>{{ name }} {{ shown(name) }}</p>")
    html = template.render(name=HOSTILE)
    assert "\u202e" not in html and "\u200b" not in html and "\\u202e镇\\u200b&lt;img" in html
    assert html.count("<span") == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (1234567, "1,234,567"), (1234567.5, "1,234,567.5"), (2e6, "2,000,000"), (0.25, "0.25")],
)
def test_numbers_have_separators_and_no_exponents(value, text):
    assert render.number(value) == text


def test_the_csv_of_a_chart_names_its_state_and_runs_nothing():
    address = render.csv_address({"name": "名称", "n": "数量"}, [{"name": "=1", "n": 2.0}], "状态 r1")
    content = base64.b64decode(address.partition("base64,")[2]).decode("utf-8-sig")
    assert content == "名称,数量,来源 source\n'=1,2,状态 r1\n"


def test_addresses_keep_the_language_and_leave_out_what_is_not_given():
    assert addresses.place(Place("浙江省"), "en", year=2023) == (
        "/place?province=%E6%B5%99%E6%B1%9F%E7%9C%81&year=2023&lang=en"
    )
    assert addresses.report("ab", figure="ab-c000001") == "/report/ab?figure=ab-c000001"


def test_every_text_has_both_languages_with_the_same_fields():
    for key, entry in TABLE.items():
        assert set(entry) == {"zh", "en"}, key
        fields = [{name for _, name, _, _ in string.Formatter().parse(entry[lang]) if name} for lang in entry]
        assert fields[0] == fields[1], key
        assert re.search(r"[\u4e00-\u9fff]|English|Excel", entry["zh"]), key


def test_every_text_that_templates_and_pages_ask_for_is_in_the_table():
    asked = set()
    for path in (ROOT / "flows").rglob("*"):
        if path.suffix in (".html", ".py") and "explore" in str(path):
            asked |= set(re.findall(r"""\b(?:t|texts)\("(\w+)"[,)]""", path.read_text(encoding="utf-8")))
    assert asked - set(TABLE) == set() and len(asked) > 80
