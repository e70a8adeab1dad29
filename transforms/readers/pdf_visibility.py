"""Which text of a PDF page can be seen: not without ink, of the color behind it, covered, cut off
or struck.

Everything is judged by the page's own objects in the order in which they are painted; nothing is
drawn.
"""

from __future__ import annotations

import bisect
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pypdfium2 import raw

_NO_INK = (3, 7)  # text render modes: neither fill nor stroke, clip only
_STROKED = (1, 2, 5, 6)
_SMALLEST = 1.5  # points: lower text is a speck
_FAINT = 13  # of 255: less opaque than this is not seen
_ALIKE = 10  # of 255: colors that differ by less are one color to the eye
_OPAQUE = 250
_MAX_OBJECTS = 20_000
_MAX_DEPTH = 5
_STRIKING = 0.15  # of the height of letters: a line through them is at most so thick
_MIDDLE = (0.3, 0.65)  # of the height of letters, from below: where such a line runs
_STRIKE_OUT = 12  # annotation subtype
_SHOWN_NOTES = (
    3,
    13,
    20,
)  # annotation subtypes with text of their own: free text, stamp, form field
_HIDDEN_NOTE = 2 | 32  # annotation flags: hidden, no view
_WHITE = (255, 255, 255)

Matrix = tuple[float, float, float, float, float, float]
Color = tuple[int, int, int]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Area(NamedTuple):
    """A rectangle in points, y growing upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        """Returns whether a point lies inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top


EVERYWHERE = Area(-1e9, -1e9, 1e9, 1e9)


class Painted(NamedTuple):
    """A filled shape or picture: its place in the order of painting, and its color (None:
    unknown).
    """

    order: int
    area: Area
    color: Color | None
    is_opaque: bool
    is_picture: bool


class Ink(NamedTuple):
    """How a text object is painted; `colors` is empty where it has no ink, None where it is
    unknown.
    """

    order: int
    colors: list[Color] | None
    clip: Area | None
    is_layer_off: bool


@dataclass(slots=True)
class Ground:
    """What is painted on a page beside its text, and the ink of its text objects by their
    address.
    """

    page: Area
    painted: list[Painted] = field(default_factory=list)
    strikes: list[Area] = field(default_factory=list)
    inks: dict[int, Ink] = field(default_factory=dict)

    def shows(self, owner: int, area: Area, is_upright: bool = True) -> bool:
        """Returns whether a character of a text object can be seen and is not struck out.

        Text below or without ink over a picture counts as shown: it is what the picture shows.
        """
        x, y = (area.left + area.right) / 2, (area.bottom + area.top) / 2
        ink = self.inks.get(owner)
        if ink is None:
            return True
        if area.top - area.bottom < _SMALLEST or not self.page.holds(x, y) or ink.is_layer_off:
            return False
        if ink.clip is not None and not ink.clip.holds(x, y):
            return False
        if is_upright and self._is_struck(area):
            return False
        around = [shape for shape in self.painted if shape.area.holds(x, y)]
        if ink.colors == []:
            return any(shape.is_picture for shape in around)
        before = bisect.bisect_left(around, ink.order, key=lambda shape: shape.order)
        covering = [shape for shape in around[before:] if shape.is_opaque]
        if covering:
            return any(shape.is_picture for shape in around)
        ground: Color | None = _WHITE
        for shape in around[:before]:
            ground = shape.color if shape.is_opaque else None
        if ground is None or ink.colors is None:
            return True
        return not all(_is_alike(color, ground) for color in ink.colors)

    def _is_struck(self, area: Area) -> bool:
        height = area.top - area.bottom
        low, high = (area.bottom + share * height for share in _MIDDLE)
        middle = (area.left + area.right) / 2
        return any(
            strike.left <= middle <= strike.right
            and strike.top - strike.bottom < _STRIKING * height
            and low < (strike.bottom + strike.top) / 2 < high
            for strike in self.strikes
        )


def read_ground(page: Any, layers_off: frozenset[str]) -> Ground:
    """Returns what is painted on a page; `layers_off` are the names of layers that are not
    shown.
    """
    left, bottom, right, top = page.get_cropbox()
    ground = Ground(Area(min(left, right), min(bottom, top), max(left, right), max(bottom, top)))
    ground.strikes += _struck_out(page)
    for order, (handle, kind, matrix) in enumerate(_objects(page)):
        if order > _MAX_OBJECTS:
            break
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            ground.inks[address(handle)] = _ink(handle, order, matrix, layers_off)
        elif not _is_off(handle, layers_off):
            _add_painted(handle, kind, order, matrix, ground)
    return ground


def address(handle: Any) -> int:
    """Returns where in memory what a handle of PDFium stands for lies; equal for one object."""
    return ctypes.cast(getattr(handle, "raw", handle), ctypes.c_void_p).value or 0


def has_notes(page: Any) -> bool:
    """Returns whether annotations or form fields of a page show text of their own."""
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, number)
        subtype, flags = raw.FPDFAnnot_GetSubtype(note), raw.FPDFAnnot_GetFlags(note)
        raw.FPDFPage_CloseAnnot(note)
        if subtype in _SHOWN_NOTES and not flags & _HIDDEN_NOTE:
            return True
    return False


def _struck_out(page: Any) -> Iterator[Area]:
    """Yields a thin line through the middle of what an annotation strikes out."""
    points = raw.FS_QUADPOINTSF()
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, number)
        if raw.FPDFAnnot_GetSubtype(note) == _STRIKE_OUT:
            for at in range(raw.FPDFAnnot_CountAttachmentPoints(note)):
                if raw.FPDFAnnot_GetAttachmentPoints(note, at, points):
                    xs = (points.x1, points.x2, points.x3, points.x4)
                    ys = (points.y1, points.y2, points.y3, points.y4)
                    middle = (min(ys) + max(ys)) / 2
                    yield Area(min(xs), middle, max(xs), middle)
        raw.FPDFPage_CloseAnnot(note)


def _objects(page: Any) -> Iterator[tuple[Any, int, Matrix]]:
    """Yields the objects of a page in the order of painting, with the matrix of the form they stand
    in.
    """
    for number in range(raw.FPDFPage_CountObjects(page)):
        yield from _with_inner(raw.FPDFPage_GetObject(page, number), _IDENTITY, 1)


def _with_inner(handle: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
    kind = raw.FPDFPageObj_GetType(handle)
    if kind != raw.FPDF_PAGEOBJ_FORM:
        yield handle, kind, matrix
    elif depth < _MAX_DEPTH:
        own = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(handle, own)
        inner = _product((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
        for number in range(raw.FPDFFormObj_CountObjects(handle)):
            yield from _with_inner(raw.FPDFFormObj_GetObject(handle, number), inner, depth + 1)


def _product(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def _moved(area: Area, matrix: Matrix) -> Area:
    if matrix is _IDENTITY:
        return area
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (area.left, area.right) for y in (area.bottom, area.top)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return Area(min(xs), min(ys), max(xs), max(ys))


def _bounds(handle: Any) -> Area:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    return Area(left.value, bottom.value, right.value, top.value)


def _add_painted(handle: Any, kind: int, order: int, matrix: Matrix, ground: Ground) -> None:
    """Adds a shape to the ground, or to the lines that may strike text."""
    area = _moved(_bounds(handle), matrix)
    if kind != raw.FPDF_PAGEOBJ_PATH:
        is_picture = kind == raw.FPDF_PAGEOBJ_IMAGE
        is_clear = raw.FPDFPageObj_HasTransparency(handle)
        ground.painted.append(Painted(order, area, None, is_picture and not is_clear, is_picture))
        return
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, mode, stroke)
    if not (mode.value or stroke.value):
        return
    if area.right - area.left > 4 * (area.top - area.bottom) and raw.FPDFPath_CountSegments(
        handle
    ) <= (5 if mode.value else 2):
        ground.strikes.append(area)
    if not mode.value:
        return
    color = _color(raw.FPDFPageObj_GetFillColor, handle)
    is_box = raw.FPDFPath_CountSegments(handle) in (4, 5)
    is_clear = raw.FPDFPageObj_HasTransparency(handle) or color is None or color[3] < _OPAQUE
    known = None if color is None or not is_box else color[:3]
    ground.painted.append(Painted(order, area, known, is_box and not is_clear, False))


def _ink(handle: Any, order: int, matrix: Matrix, layers_off: frozenset[str]) -> Ink:
    mode = raw.FPDFTextObj_GetTextRenderMode(handle)
    colors: list[Color] | None = []
    getters = [] if mode in _NO_INK or mode == 1 or mode == 5 else [raw.FPDFPageObj_GetFillColor]
    getters += [raw.FPDFPageObj_GetStrokeColor] if mode in _STROKED else []
    for getter in getters:
        color = _color(getter, handle)
        if color is None or colors is None:
            colors = None
        elif color[3] >= _FAINT:
            colors.append(color[:3])
    return Ink(order, colors, _clip(handle, matrix), _is_off(handle, layers_off))


def _color(getter: Any, handle: Any) -> tuple[int, int, int, int] | None:
    """Returns red, green, blue and opacity, None where there is no plain color (a pattern)."""
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    if not getter(handle, red, green, blue, opacity):
        return None
    return red.value, green.value, blue.value, opacity.value


def _clip(handle: Any, matrix: Matrix) -> Area | None:
    """Returns the rectangle around what an object is cut to, None where it is not cut."""
    clip = raw.FPDFPageObj_GetClipPath(handle)
    count = raw.FPDFClipPath_CountPaths(clip) if clip else 0
    whole: Area | None = None
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(0, count)):
        xs, ys = [], []
        for number in range(raw.FPDFClipPath_CountPathSegments(clip, path)):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, number)
            if raw.FPDFPathSegment_GetPoint(segment, x, y):
                xs.append(x.value)
                ys.append(y.value)
        if xs:
            area = Area(min(xs), min(ys), max(xs), max(ys))
            whole = area if whole is None else _common(whole, area)
    return None if whole is None else _moved(whole, matrix)


def _common(one: Area, other: Area) -> Area:
    return Area(
        max(one.left, other.left), max(one.bottom, other.bottom),
        min(one.right, other.right), min(one.top, other.top),
    )  # fmt: skip


def _is_off(handle: Any, layers_off: frozenset[str]) -> bool:
    """Returns whether an object stands in a layer that is not shown."""
    if not layers_off:
        return False
    return any(
        _mark_string(mark, None) == "OC" and _mark_string(mark, b"Name") in layers_off
        for number in range(raw.FPDFPageObj_CountMarks(handle))
        if (mark := raw.FPDFPageObj_GetMark(handle, number))
    )


def _mark_string(mark: Any, key: bytes | None) -> str:
    length = ctypes.c_ulong()
    buffer = (raw.FPDF_WCHAR * 128)()
    size = ctypes.sizeof(buffer)
    if key is None:
        raw.FPDFPageObjMark_GetName(mark, buffer, size, length)
    else:
        raw.FPDFPageObjMark_GetParamStringValue(mark, key, buffer, size, length)
    return bytes(buffer)[: max(0, length.value - 2)].decode("utf-16-le", "replace")


def _is_alike(color: Color, ground: Color) -> bool:
    return all(abs(one - other) < _ALIKE for one, other in zip(color, ground, strict=True))
