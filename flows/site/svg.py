"""Charts as SVG, from the same options as the explorer's: lines, bars and tree maps.

Nothing has to run to show them. Texts are escaped; colors come from the style sheet of the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from flows.explore.charts import COLORS, Options
from flows.explore.render import number
from flows.site import squares
from schemas.marks import written_out

_WIDTH = 640
_TOP, _BOTTOM, _SIDE = 66, 44, 54
_TICKS = 4
_MOST_LABELS = 12
_CHARACTER = 12  # width of a Chinese character of a label
_TITLE_CHARACTERS = 44


@dataclass(frozen=True, slots=True)
class _Plot:
    """The rectangle in which lines and bars are drawn, in the units of the picture."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, position: float, count: int) -> float:
        """Returns the middle of one of `count` equal places from left to right."""
        return self.left + (position + 0.5) * (self.right - self.left) / max(count, 1)

    def y(self, value: float, low: float, high: float) -> float:
        """Returns the height of a value on an axis from `low` to `high`."""
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


def draw(options: Options, height: int = 320) -> Markup:
    """Returns a chart of `flows.explore.charts` as an SVG element `height` units high, with its
    title and its citation.
    """
    title, citation = (written_out(str(one["text"])) for one in options["title"])
    kinds = {series["type"] for series in options["series"]}
    inside = _tree_map(options, height) if "treemap" in kinds else _axes(options, height)
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<text class="title" x="0" y="15">{}</text>{}'
        '<text class="soft" x="{}" y="{}" text-anchor="end">{}</text></svg>'
    ).format(
        *(_WIDTH, height, title, _cut(title, _TITLE_CHARACTERS), Markup("").join(inside)),
        *(_WIDTH, height - 4, citation),
    )


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _axes(options: Options, height: int) -> Iterator[Markup]:
    """Yields the parts of a chart with axes."""
    series, labels = options["series"], options["xAxis"]["data"]
    axes = options["yAxis"] if isinstance(options["yAxis"], list) else [options["yAxis"]]
    plot = _Plot(_SIDE, _WIDTH - (_SIDE if len(axes) > 1 else 12), _TOP, height - _BOTTOM)
    if options["legend"].get("show", True) and len(series) > 1:
        yield from _legend(series)
    ranges = []
    for index, axis in enumerate(axes):
        drawn = [one["data"] for one in series if one.get("yAxisIndex", 0) == index]
        ranges.append(_range([value for values in drawn for value in values if value is not None]))
        yield from _scale(plot, ranges[-1], axis.get("name", ""), is_second=index == 1)
    step = math.ceil(len(labels) / _MOST_LABELS)
    for position, label in enumerate(labels):
        if position % step == 0:
            yield Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
                plot.x(position, len(labels)), plot.bottom + 17, written_out(str(label))
            )
    bars = sum(one["type"] == "bar" for one in series)
    for index, one in enumerate(series):
        scale = ranges[one.get("yAxisIndex", 0)]
        color = COLORS[index % len(COLORS)]
        name = written_out(str(one.get("name", "")))
        if one["type"] == "bar":
            yield from _bars(plot, one["data"], labels, scale, color, name, (index, bars))
        else:
            yield from _line(plot, one["data"], labels, scale, color, name)


def _legend(series: Sequence[dict[str, Any]]) -> Iterator[Markup]:
    left = 0
    for index, one in enumerate(series):
        name = written_out(str(one["name"]))
        yield Markup(
            '<rect x="{}" y="28" width="12" height="12" rx="2" fill="{}"/>'
            '<text x="{}" y="39">{}</text>'
        ).format(left, COLORS[index % len(COLORS)], left + 17, name)
        left += 17 + _CHARACTER * len(name) + 18


def _range(values: list[float]) -> tuple[float, float, float]:
    """Returns low end, high end and step of an axis that holds these values and 0."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if high == low:
        high = low + 1
    step = _round_up((high - low) / _TICKS)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _round_up(step: float) -> float:
    """Returns the smallest of 1, 2, 5 times a power of ten that is not below a step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(one * power for one in (1, 2, 5, 10) if one * power >= step * 0.999999)


def _scale(
    plot: _Plot, scale: tuple[float, float, float], unit: str, is_second: bool
) -> Iterator[Markup]:
    """Yields the lines and numbers of an axis, on the right for a second one."""
    low, high, step = scale
    x, anchor = (plot.right + 6, "start") if is_second else (plot.left - 6, "end")
    for index in range(round((high - low) / step) + 1):
        value = low + index * step
        y = plot.y(value, low, high)
        if not is_second:
            yield Markup('<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>').format(
                plot.left, y, plot.right
            )
        yield Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
            x, y + 4, anchor, number(round(value, 9))
        )
    if unit:
        yield Markup('<text class="soft" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            x, plot.top - 10, anchor, written_out(str(unit))
        )


def _line(
    plot: _Plot,
    values: Sequence[float | None],
    labels: Sequence[Any],
    scale: tuple[float, float, float],
    color: str,
    name: str,
) -> Iterator[Markup]:
    """Yields a line that is broken where there is no value, and a point a value."""
    path, pen = [], "M"
    points = []
    for position, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = plot.x(position, len(labels)), plot.y(value, scale[0], scale[1])
        path.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
        points.append(
            Markup(
                '<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}"><title>{} {} {}</title></circle>'
            ).format(x, y, color, written_out(str(labels[position])), name, number(value))
        )
    yield Markup('<path class="line" d="{}" stroke="{}"/>').format("".join(path), color)
    yield from points


def _bars(
    plot: _Plot,
    values: Sequence[float | None],
    labels: Sequence[Any],
    scale: tuple[float, float, float],
    color: str,
    name: str,
    place: tuple[int, int],
) -> Iterator[Markup]:
    """Yields upright bars; `place` is which of how many series they are of."""
    index, count = place
    width = min(48.0, 0.8 * (plot.right - plot.left) / max(len(labels), 1)) / count
    zero = plot.y(0, scale[0], scale[1])
    for position, value in enumerate(values):
        if value is not None:
            y = plot.y(value, scale[0], scale[1])
            left = plot.x(position, len(labels)) + (index - count / 2) * width
            yield Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}">'
                "<title>{} {} {}</title></rect>"
            ).format(
                *(left, min(y, zero), width, abs(zero - y), color),
                *(written_out(str(labels[position])), name, number(value)),
            )


def _tree_map(options: Options, height: int) -> Iterator[Markup]:
    """Yields the places of a tree map: area by the first value, color by the second, in percent."""
    places = options["series"][0]["data"]
    whole = squares.Box(0, 26, _WIDTH, height - 26 - 22)
    for place, box in squares.divide(places, whole, lambda one: float(one["value"][0])):
        inside = place.get("children") or []
        if not inside:
            yield _place(place, box)
            continue
        yield _upper_name(place, box)
        below = squares.Box(box.left + 1, box.top + 16, box.width - 2, box.height - 17)
        if below.width > 2 and below.height > 2:
            for child, part in squares.divide(inside, below, lambda one: float(one["value"][0])):
                yield _place(child, part)


def _upper_name(place: dict[str, Any], box: squares.Box) -> Markup:
    name = _cut(written_out(str(place["name"])), max(1, int(box.width // _CHARACTER)))
    return Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(box.left + 2, box.top + 12, name)


def _place(place: dict[str, Any], box: squares.Box) -> Markup:
    """Returns one rectangle of a tree map with its name, a link where it has a page."""
    bodies, percent = place["value"]
    name = written_out(str(place["name"]))
    fits = box.width > 2 * _CHARACTER and box.height > 1.5 * _CHARACTER
    label = Markup('<text class="over" x="{:.1f}" y="{:.1f}">{}</text>').format(
        box.left + 4, box.top + 15, _cut(name, max(1, int(box.width // _CHARACTER)))
    )
    drawn = Markup(
        '<rect class="part" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}">'
        "<title>{}: {}, {} %</title></rect>{}"
    ).format(
        *(box.left, box.top, box.width, box.height, _color(percent)),
        *(name, bodies, percent, label if fits else ""),
    )
    return Markup('<a href="{}">{}</a>').format(place["link"], drawn) if place["link"] else drawn


def _color(percent: float) -> str:
    """Returns red for 0, over brown, to green for 100."""
    ends = [(0xA3, 0x42, 0x3C), (0x8A, 0x6D, 0x2B), (0x2F, 0x7D, 0x52)]
    at = min(max(percent, 0), 100) / 50
    low = min(int(at), 1)
    mixed = (round(a + (b - a) * (at - low)) for a, b in zip(ends[low], ends[low + 1]))
    return "#" + "".join(f"{part:02x}" for part in mixed)
