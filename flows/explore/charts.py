"""Charts as options of ECharts: plain dictionaries, each with state, date and citation below it.

A key that begins with a colon is evaluated in the browser; only colors of the page are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.explore.data.states import Row

Options = dict[str, Any]
COLORS = ["#2a6fb0", "#d1701f", "#2f8f5b", "#8a5bb5", "#b23a48", "#5d6877"]
# the name of a place above those in it
_UPPER = {"show": True, "height": 20, ":color": "fazhi.ink()"}
_INK, _SOFT, _LINE = "fazhi.ink()", "fazhi.soft()", "fazhi.line()"


def _frame(title: str, citation: str, legend: bool = False) -> Options:
    """Returns what all charts share: title, citation, colors of the page, a name for screen
    readers.
    """
    return {
        "aria": {"enabled": True},
        "color": COLORS,
        "animation": False,
        "textStyle": {"fontFamily": "system-ui, sans-serif", "fontSize": 12},
        "tooltip": {"confine": True},
        "title": [
            {
                "text": title,
                "left": 0,
                "top": 0,
                "padding": 0,
                "textStyle": {
                    ":color": _INK,
                    ":width": "fazhi.width()",
                    "overflow": "truncate",
                    "fontSize": 14,
                    "fontWeight": 600,
                },
            },
            {
                "text": citation,
                "right": 0,
                "left": "auto",
                "bottom": 0,
                "padding": 0,
                "textStyle": {":color": _SOFT, "fontSize": 10, "fontWeight": 400},
            },
        ],
        "legend": {
            "show": legend,
            "top": 24,
            "left": 0,
            "padding": 0,
            "textStyle": {":color": _INK},
        },
        "grid": {"left": 8, "right": 16, "top": 72, "bottom": 28, "containLabel": True},
    }


def _axis(kind: str, **more: Any) -> Options:
    return {
        "type": kind,
        "axisLabel": {":color": _INK, "hideOverlap": True},
        "axisLine": {"lineStyle": {":color": _LINE}},
        "splitLine": {"lineStyle": {":color": _LINE}},
        "nameTextStyle": {":color": _SOFT},
        **more,
    }


def lines(
    title: str,
    citation: str,
    labels: Sequence[Any],
    series: Mapping[str, Sequence[float | None]],
    unit: str = "",
    second: Sequence[str] = (),
) -> Options:
    """Returns lines over `labels`, one a name of `series`. Those in `second` have an axis of their
    own on the right.
    """
    axes = [_axis("value", name=unit, scale=False)]
    if second:
        axes.append(_axis("value", splitLine={"show": False}))
    return {
        **_frame(title, citation, legend=True),
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": _axis("category", data=[str(label) for label in labels]),
        "yAxis": axes,
        "series": [
            {
                "type": "line",
                "name": name,
                "data": list(values),
                "symbolSize": 8,
                "yAxisIndex": int(name in second),
            }
            for name, values in series.items()
        ],
    }


def bars(
    title: str, citation: str, labels: Sequence[str], values: Sequence[float | None], unit: str = ""
) -> Options:
    """Returns upright bars, one a label."""
    return {
        **_frame(title, citation),
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": _axis("category", data=list(labels)),
        "yAxis": _axis("value", name=unit),
        "series": [{"type": "bar", "data": list(values), "barMaxWidth": 48}],
    }


def columns(
    title: str,
    citation: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
) -> Options:
    """Returns upright bars, for each label one a name of `series`."""
    return {
        **bars(title, citation, labels, []),
        "legend": {
            "top": 24,
            "left": 0,
            "padding": 0,
            "textStyle": {":color": _INK},
        },
        "series": [
            {"type": "bar", "name": name, "data": list(values), "barMaxWidth": 48}
            for name, values in series.items()
        ],
    }


def tree_map(title: str, citation: str, places: Sequence[Row]) -> Options:
    """Returns a tree map of places: area by `bodies`, color by `coverage`, two levels at most.

    Each place has `name`, `bodies`, `coverage` and perhaps `children`.
    """

    def node(place: Row) -> Row:
        share = round(100 * place["coverage"])
        found: Row = {
            "name": str(place["name"]),
            "value": [place["bodies"], share],
            "link": place.get("link"),
        }
        if place.get("children"):
            found["children"] = [node(child) for child in place["children"]]
        return found

    shown = _frame(title, citation)
    shown.pop("grid")
    return {
        **shown,
        "visualMap": {
            "type": "continuous",
            "dimension": 1,
            "min": 0,
            "max": 100,
            "inRange": {"color": ["#a3423c", "#8a6d2b", "#2f7d52"]},
            "orient": "horizontal",
            "left": "right",
            "top": 0,
            "itemHeight": 80,
            "itemWidth": 12,
            "text": ["100 %", "0 %"],
            "textStyle": {":color": _SOFT},
        },
        "series": [
            {
                "type": "treemap",
                "roam": False,
                "nodeClick": False,
                "breadcrumb": {"show": False},
                "top": 36,
                "bottom": 24,
                "left": 0,
                "right": 0,
                "visualDimension": 1,
                "label": {"color": "#fff", "formatter": "{b}"},
                "levels": [
                    {"itemStyle": {"gapWidth": 3}},
                    {"upperLabel": _UPPER, "itemStyle": {"gapWidth": 1, ":borderColor": _LINE}},
                ],
                "data": [node(place) for place in places],
            }
        ],
    }
