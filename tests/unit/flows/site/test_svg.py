"""Charts as SVG: values at their heights, texts of strangers as text, tree maps that cover their box."""

import re
import xml.etree.ElementTree as ET

import pytest

from flows.explore import charts
from flows.site import squares, svg

HOSTILE = "<script>alert(1)</script>\u202e镇"
CITATION = "来源 r000001"


def drawn(options, height=320):
    """The SVG as a tree without name spaces."""
    return ET.fromstring(str(svg.draw(options, height)))


def test_a_line_goes_through_its_values_and_breaks_where_there_is_none():
    options = charts.lines("题", CITATION, [2021, 2022, 2023, 2024], {"数": [0, 100, None, 50]})
    tree = drawn(options)
    (path,) = [one.get("d") for one in tree.iter("path") if one.get("class") == "line"]
    assert path == "M125.8 276.0L269.2 66.0M556.2 171.0"
    assert [one.find("title").text for one in tree.iter("circle")] == ["2021 数 0", "2022 数 100", "2024 数 50"]
    assert [one.text for one in tree.iter("text")][-1] == CITATION


def test_a_second_axis_has_numbers_of_its_own_on_the_right():
    options = charts.lines("题", CITATION, [2021], {"a": [8], "b": [4000]}, second=["b"])
    right = [one.text for one in drawn(options).iter("text") if one.get("text-anchor") == "start"]
    assert right == ["0", "1,000", "2,000", "3,000", "4,000"]


def test_bars_stand_on_the_line_of_zero():
    tree = drawn(charts.bars("题", CITATION, ["a", "b"], [2, -1]))
    up, down = [(float(one.get("y")), float(one.get("height"))) for one in tree.iter("rect")]
    assert (up, down) == ((66.0, 140.0), (206.0, 70.0))


def test_texts_of_strangers_are_text():
    options = charts.bars(HOSTILE, HOSTILE, [HOSTILE], [1], unit=HOSTILE)
    written = str(svg.draw(options))
    assert "<script" not in written and "\u202e" not in written and "\\u202e镇" in written
    assert '"' not in re.sub(r'\w[\w-]*="[^"<>]*"', "", written)


def test_a_tree_map_links_the_places_that_have_a_page():
    places = [
        {"name": "甲县", "bodies": 3, "coverage": 1.0, "link": "a.html"},
        {"name": HOSTILE, "bodies": 1, "coverage": 0.0, "link": ""},
    ]
    tree = drawn(charts.tree_map("题", CITATION, places))
    assert [one.get("href") for one in tree.iter("a")] == ["a.html"]
    titles = [one.find("title").text for one in tree.iter("rect")]
    assert titles[0] == "甲县: 3, 100 %" and titles[1].endswith("镇: 1, 0 %")
    assert [one.get("fill") for one in tree.iter("rect")] == ["#2f7d52", "#a3423c"]


@pytest.mark.parametrize("sizes", [[6, 6, 4, 3, 2, 2, 1], [1], [5, 0, 1e-9], [1] * 40])
def test_parts_of_a_rectangle_have_the_areas_of_their_things_and_lie_inside(sizes):
    box = squares.Box(10, 20, 60, 40)
    parts = list(squares.divide(sizes, box, float))
    assert sum(part.width * part.height for _, part in parts) == pytest.approx(2400)
    for size, part in parts:
        assert part.width * part.height == pytest.approx(2400 * size / sum(sizes), abs=1e-6)
        assert part.left >= 10 - 1e-9 and part.left + part.width <= 70 + 1e-9
        assert part.top >= 20 - 1e-9 and part.top + part.height <= 60 + 1e-9
    assert list(squares.divide([], box, float)) == [] and len(parts) == sum(size > 0 for size in sizes)


def test_the_first_parts_are_laid_as_squares():
    parts = list(squares.divide([6, 6, 4, 3, 2, 2, 1], squares.Box(0, 0, 6, 4), float))
    assert parts[:2] == [(6, squares.Box(0, 0, 3, 2)), (6, squares.Box(0, 2, 3, 2))]
