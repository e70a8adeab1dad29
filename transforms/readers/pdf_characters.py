"""The characters of a PDF page as they are drawn, and the printed lines that they make."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from pypdfium2 import PdfMatrix, raw

from transforms.readers.lines import Line
from transforms.readers.pdf_visibility import EVERYWHERE, Area, Ground, address
from transforms.readers.raised import raised

# what turns text of so many quarter turns upright: the first four numbers of a matrix
_UPRIGHT = {0: (1, 0, 0, 1), 1: (0, -1, 1, 0), 2: (-1, 0, 0, -1), 3: (0, 1, -1, 0)}
_MIRRORED = 4  # added to the quarter turns of text that is mirrored
_OFF_AXIS = 12  # degrees from upright or sideways at which text is a stamp or watermark
_SMALL, _RAISED = 0.75, 0.25  # size and height of a mark above the line, by the size of letters
_COLUMN_GAP = 2.5  # times the size of letters
# a character of a font that does not say which one it is comes as one of these
_NO_CHARACTER = {0, 0xFFFD, 0xFFFE, 0xFFFF}
_DAMAGED = 0xFFFD


class Character(NamedTuple):
    """A character and its box in points, y growing upwards."""

    left: float
    right: float
    bottom: float
    top: float
    text: str


@dataclass(slots=True)
class PageCharacters:
    """What stands on a page: characters by the quarter turns of their text, and what was passed
    over.

    `owners` are the addresses of the text objects, `unnamed` counts characters that no one can
    name, `left_out` is the text of watermarks and what cannot be seen.
    """

    by_turns: dict[int, list[Character]]
    owners: set[int]
    unnamed: int
    left_out: str

    def count(self) -> int:
        """Returns how many characters stand on the page."""
        return sum(map(len, self.by_turns.values()))


def page_characters(page: Any, ground: Ground) -> PageCharacters:
    """Returns the characters of a page that can be seen, in the order in which they were drawn.

    A character that its font does not name is U+FFFD.
    """
    textpage, box = page.get_textpage(), raw.FS_RECTF()
    found = PageCharacters({}, set(), 0, "")
    directions: dict[int, int | None] = {}
    left_out: list[str] = []
    high = 0  # the first half of a character that PDFium gives in two
    for at in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, at)
        owner = address(raw.FPDFText_GetTextObject(textpage, at))
        found.owners.add(owner)
        if raw.FPDFText_IsGenerated(textpage, at) == 1:
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        if code in _NO_CHARACTER or raw.FPDFText_HasUnicodeMapError(textpage, at) == 1:
            code = _DAMAGED
        found.unnamed += code == _DAMAGED or 0xE000 <= code < 0xF900
        if code < 32 or not raw.FPDFText_GetLooseCharBox(textpage, at, box):
            continue
        if owner not in directions:
            directions[owner] = _direction(textpage, at)
        turns = directions[owner]
        area = Area(  # of letters of a negative size, the edges change places
            min(box.left, box.right), min(box.bottom, box.top),
            max(box.left, box.right), max(box.bottom, box.top),
        )  # fmt: skip
        if area.top <= area.bottom:
            continue
        if turns is None or not ground.shows(owner, area, turns == 0):
            left_out.append(chr(code))
            continue
        turned = _turned((area.left, area.right, area.bottom, area.top), turns)
        found.by_turns.setdefault(turns, []).append(Character(*turned, chr(code)))
    textpage.close()
    found.left_out = "".join(left_out)
    return found


def _direction(textpage: Any, at: int) -> int | None:
    """Returns in how many quarter turns to the left a character is drawn, None for aslant.

    Four more stand for text that is mirrored as well. The line on which letters stand counts, not
    how far they lean.
    """
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(textpage, at, matrix):
        return 0
    across, up = matrix.a, matrix.b
    if raw.FPDFText_GetFontSize(textpage, at) < 0:
        across, up = -across, -up
    degrees = math.degrees(math.atan2(up, across))
    if abs(degrees - 90 * round(degrees / 90)) > _OFF_AXIS:
        return None
    is_mirrored = matrix.a * matrix.d - matrix.b * matrix.c < 0
    return round(degrees / 90) % 4 + (_MIRRORED if is_mirrored else 0)


def _turned(
    box: tuple[float, float, float, float], turns: int
) -> tuple[float, float, float, float]:
    """Returns a box of text that was drawn with so many quarter turns to the left, turned
    upright.
    """
    if turns >= _MIRRORED:
        left, right, bottom, top = _turned(box, turns - _MIRRORED)
        return left, right, -top, -bottom
    left, right, bottom, top = box
    if turns == 1:
        return bottom, top, -right, -left
    if turns == 2:
        return -right, -left, -top, -bottom
    if turns == 3:
        return -top, -bottom, left, right
    return box


def _passed_over(page: Any, owners: set[int], ground: Ground) -> dict[int, list[Character]]:
    """Returns the characters of text objects that PDFium took for repetitions, by quarter turns.

    Where a font is neither in the file nor on the machine, the boxes of its objects are empty, and
    an object with the same text as one of the five before it is passed over, wherever it stands:
    so lines of a form that are alike would be lost. So would sideways text, whose boxes have no
    width then. Each such object is read alone, turned upright, on the emptied page, which cannot be
    drawn afterwards.
    """
    texts = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]))
    if all(address(text) in owners for text in texts):
        return {}
    for text in texts:
        forms, container = [], text.container
        while container is not None:
            forms.append(container.get_matrix())
            container = container.container
        page.remove_obj(text)
        for matrix in forms:
            text.transform(matrix)
    found: dict[int, list[Character]] = {}
    for text in texts:
        if address(text) not in owners and ground.shows(address(text), _start(text), False):
            turns = _quarter_turns(text.get_matrix())
            text.transform(PdfMatrix(*_UPRIGHT[turns % _MIRRORED], 0, 0))
            page.insert_obj(text)
            for characters in page_characters(page, Ground(EVERYWHERE)).by_turns.values():
                found.setdefault(turns, []).extend(characters)
            page.remove_obj(text)
        text.close()
    return found


def _start(text: Any) -> Area:
    """Returns a small square where a text object begins."""
    matrix = text.get_matrix()
    return Area(matrix.e - 1, matrix.f - 1, matrix.e + 1, matrix.f + 1)


def _quarter_turns(matrix: PdfMatrix) -> int:
    """Returns how many quarter turns to the left text is drawn with, after its matrix; four more
    where it is mirrored.
    """
    turns = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4
    is_mirrored = matrix.a * matrix.d - matrix.b * matrix.c < 0
    return turns + (_MIRRORED if is_mirrored else 0)


def printed_lines(page: Any, drawn: PageCharacters, ground: Ground) -> list[Line]:
    """Returns the printed lines of a page with their boxes, y growing downwards.

    Most text has one direction; what stands at another (a note in the margin) follows it.
    """
    passed_over = _passed_over(page, drawn.owners, ground)
    turns = Counter({t: len(c) for t, c in drawn.by_turns.items()})
    turns.update({t: len(c) for t, c in passed_over.items()})
    lines: list[Line] = []
    depth = 0.0
    for direction, _ in turns.most_common():
        rows = _rows(drawn.by_turns.get(direction, []), passed_over.get(direction, []))
        if not rows:
            continue
        highest = max(character.top for row in rows for character in row)
        pieces = (piece for row in rows for piece in _pieces(row))
        block = [line for piece in pieces if (line := _line(piece, highest, depth)) is not None]
        depth = max((line.bottom for line in block), default=depth) + 100
        lines += block
    return lines


def _rows(drawn: list[Character], passed_over: list[Character]) -> list[list[Character]]:
    """Returns the characters by printed line.

    They are put in order by where they stand, not by when they were drawn: printers draw quotation
    marks and digits of another font after the rest of the line.
    """
    places: set[tuple[str, int, int]] = set()
    rows: list[list[Character]] = []
    ends: list[tuple[float, float]] = []  # bottom and top of each row

    def append(character: Character, row: int | None) -> None:
        if row is None:
            rows.append([character])
            ends.append((character.bottom, character.top))
        else:
            rows[row].append(character)

    for character in drawn:
        if not _is_first(character, places):
            continue
        middle = (character.bottom + character.top) / 2
        last = range(len(rows) - 1, max(-1, len(rows) - 4), -1)
        append(character, next((k for k in last if ends[k][0] < middle < ends[k][1]), None))
    for character in passed_over:
        if not _is_first(character, places):
            continue
        middle = (character.bottom + character.top) / 2
        level = [k for k, (bottom, top) in enumerate(ends) if bottom < middle < top]
        gaps = {
            k: min(max(character.left - c.right, c.left - character.right) for c in rows[k])
            for k in level
        }
        closest = min(gaps, key=gaps.__getitem__, default=None)
        near = closest is not None and gaps[closest] < 1.5 * (character.top - character.bottom)
        append(character, closest if near else None)
    return _interleaved(rows)


def _interleaved(rows: list[list[Character]]) -> list[list[Character]]:
    """Returns the rows; those that stand at one height and in the gaps of one another are one.

    So a line is whole whose digits were drawn after all other text of the page. Columns, which
    stand beside one another, are not joined.
    """
    order = sorted(range(len(rows)), key=lambda k: _extent(rows[k]).bottom)
    joined: list[tuple[Area, list[Character]]] = []
    for k in order:
        area, row = _extent(rows[k]), list(rows[k])
        at = len(joined)
        while (at := at - 1) >= 0 and joined[at][0].top > area.bottom:
            other, characters = joined[at]
            if _is_level(area, other) and area.left < other.right and other.left < area.right:
                row = characters + row
                area = Area(
                    min(area.left, other.left), min(area.bottom, other.bottom),
                    max(area.right, other.right), max(area.top, other.top),
                )  # fmt: skip
                del joined[at]
                at = len(joined)  # it is wider now: others may fit
        joined.append((area, row))
    if len(joined) == len(rows):
        return rows
    return [row for _, row in reversed(joined)]


def _extent(row: list[Character]) -> Area:
    """Returns the rectangle around the characters of a row."""
    return Area(
        min(c.left for c in row), min(c.bottom for c in row),
        max(c.right for c in row), max(c.top for c in row),
    )  # fmt: skip


def _is_level(one: Area, other: Area) -> bool:
    """Returns whether two rows stand at one height: the middle of each is in the other."""
    return (
        one.bottom < (other.bottom + other.top) / 2 < one.top
        and other.bottom < (one.bottom + one.top) / 2 < other.top
    )


def _is_first(character: Character, places: set[tuple[str, int, int]]) -> bool:
    """Returns whether a character was not drawn at its place before.

    Bold letters are drawn twice, a hair apart, in some files.
    """
    fine = 10 / (character.top - character.bottom)
    x, y = round(character.left * fine), round(character.bottom * fine)
    near = itertools.product((-1, 0, 1), (-1, 0, 1))
    known = any((character.text, x + i, y + j) in places for i, j in near)
    places.add((character.text, x, y))
    return not known


def _pieces(row: list[Character]) -> list[list[Character]]:
    """Returns a row from left to right, in pieces where a gap is so wide that columns may meet
    there.
    """
    row = sorted(row, key=lambda character: character.left)
    size = max(character.top - character.bottom for character in row)
    pieces: list[list[Character]] = [[]]
    end = row[0].right  # of the last character that is no blank
    for character in row:
        if not character.text.isspace():
            if character.left - end > _COLUMN_GAP * size:
                pieces.append([])
            end = character.right
        pieces[-1].append(character)
    return [_with_raised(piece, size) for piece in pieces]


def _with_raised(piece: list[Character], size: float) -> list[Character]:
    """Returns the characters of a line; small digits above its middle are marks of notes."""
    low = min(character.bottom for character in piece)
    return [
        character._replace(text=raised(character.text))
        if character.text.isdigit()
        and character.top - character.bottom < _SMALL * size
        and character.bottom - low > _RAISED * size
        else character
        for character in piece
    ]


def _line(row: list[Character], highest: float, depth: float) -> Line | None:
    row = sorted(row, key=lambda character: character.left)
    while row and row[0].text.isspace():
        row.pop(0)
    while row and row[-1].text.isspace():
        row.pop()
    if not row:
        return None
    size = max(character.top - character.bottom for character in row)
    text = row[0].text
    for before, after in itertools.pairwise(row):
        text += ("  " if after.left - before.right > 1.5 * size else "") + after.text
    return Line(
        text,
        row[0].left,
        row[-1].right,
        depth + highest - max(character.top for character in row),
        depth + highest - min(character.bottom for character in row),
    )
