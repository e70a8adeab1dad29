"""Units of figures in tables that stand in a column, a heading, a label or a caption of the table.

A table is a run of lines `| a | b |`. The figure keeps its place: only its unit and, for 万元 and
the like, its value change.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from schemas.metrics import measure_words
from transforms import numerals

if TYPE_CHECKING:
    from transforms.figures.find import Figure

_ROW = re.compile(r"^[ \t]*\|(?P<cells>.+)\|[ \t]*$", re.M)
_UNIT_HEADS = ("单位", "计量单位", "数量单位")
_NUMBER_ONLY = re.compile(r"\s*(?:约|近|共)?\s*[\d.,]+\s*[余多+]?\s*")
_IN_BRACKETS = re.compile(
    r"[（(\[【]\s*(?:计量)?(?:单位[:： ]*)?([^（()）\[\]【】\d]{1,5})\s*[)）\]】]\s*$"
)
_LABEL = re.compile(r"[（(]\s*(?:单位[:： ]*)?([^（()）\d\n]{1,5})\s*[)）]\s*[:：]?\s*$")
_BRACKETS_BEHIND = re.compile(r"\s*[（(]\s*([^（()）\d\n]{1,5})\s*[)）]")
_BEHIND_SLASH = re.compile(r"[/／]\s*([^/／\d\s]{1,5})\s*$")
_CAPTION = re.compile(r"单位\s*[:： ]\s*([^\s\d，。；、）)|]{1,5})")
_CAPTION_REACH = 60  # characters above a table


class Cell(NamedTuple):
    """A cell of a table: its text, and where that stands."""

    text: str
    start: int
    end: int


def with_units(flat: str, figures: list[Figure]) -> list[Figure]:
    """Returns the figures; those in cells of a table that say no unit have that of the table."""
    bare = {figure.start: figure for figure in figures if not figure.unit}
    if bare and "|" in flat:
        for table in _tables(flat):
            caption = _CAPTION.search(
                flat[max(0, table[0][0].start - _CAPTION_REACH) : table[0][0].start]
            )
            _name_units(table, caption[1] if caption else "", bare)
    for figure in bare.values():
        if not figure.unit and (found := _unit_beside(flat, figure)) is not None:
            _set_unit(figure, *found)
    return figures


def _unit_beside(flat: str, figure: Figure) -> tuple[int, str] | None:
    """Returns the unit in brackets at a figure outside tables: 经费（万元）：3.5 or 3.5（万元）."""
    label = _LABEL.search(flat[max(0, figure.start - 12) : figure.start])
    beside = label or _BRACKETS_BEHIND.match(flat, figure.end)
    return None if beside is None else scaled_unit(beside[1])


def _name_units(table: list[list[Cell]], caption: str, bare: dict[int, Figure]) -> None:
    head = table[0]
    has_head = not any(re.search(r"\d", cell.text) for cell in head)
    unit_column = next(
        (i for i, cell in enumerate(head) if has_head and cell.text in _UNIT_HEADS), None
    )
    for row in table[1:] if has_head else table:
        for column, cell in enumerate(row):
            if not _NUMBER_ONLY.fullmatch(cell.text):
                continue
            figure = next((bare[at] for at in range(cell.start, cell.end) if at in bare), None)
            if figure is None:
                continue
            written = [
                row[unit_column].text if unit_column is not None and unit_column < len(row) else "",
                _unit_of_label(head[column].text) if has_head and column < len(head) else "",
                _unit_of_label(row[0].text) if column else "",
                caption,
            ]
            found = next((unit for text in written if (unit := scaled_unit(text))), None)
            if found is not None:
                _set_unit(figure, *found)


def _set_unit(figure: Figure, factor: int, unit: str) -> None:
    figure.unit = unit
    figure.value = _times(figure.value, factor)
    if figure.value_high is not None:
        figure.value_high = _times(figure.value_high, factor)


def _times(value: float, factor: int) -> float:
    """Returns a value times a power of ten without binary noise: 1.1 万 are 11,000."""
    return round(value * factor, 6) if factor > 1 else value


@functools.cache
def scaled_unit(written: str) -> tuple[int, str] | None:
    """Returns factor and measure word of a unit as written: (10000, 元) for 万元; None for no unit."""
    written = "".join(written.split())
    scale = re.match(r"[百千]?[万亿]|[百千](?![克米瓦])", written)
    rest = written[scale.end() :] if scale else written
    if not written or (rest and rest not in measure_words()) or (not rest and not scale):
        return None
    factor = 1
    for character in scale[0] if scale else "":
        factor *= numerals.TENS.get(character) or numerals.MYRIADS[character]
    return factor, rest


def _unit_of_label(label: str) -> str:
    """Returns the unit that stands in brackets or behind a slash at the end of a label."""
    found = _IN_BRACKETS.search(label) or _BEHIND_SLASH.search(label)
    return found[1] if found else ""


def _tables(flat: str) -> Iterator[list[list[Cell]]]:
    """Yields the tables of a text as rows of cells."""
    table: list[list[Cell]] = []
    end = -1
    for row in _ROW.finditer(flat):
        if table and flat[end : row.start()].strip(" \t\n"):
            yield table
            table = []
        cells, at = [], row.start("cells")
        for text in row["cells"].split("|"):
            cells.append(Cell(text.strip(), at, at + len(text)))
            at += len(text) + 1
        table.append(cells)
        end = row.end()
    if table:
        yield table
