"""The stand-in for fonts that a PDF names and does not carry: the same on every machine.

PDFium asks the machine for such a font. With one installed, the boxes of its characters are those
of that font; with none they are empty, and PDFium passes over a character that stands alone. Here
every character of every such font is one small box; how wide it stands is said by the PDF itself.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from pypdfium2 import raw

_EM = 1000
_ASCENT, _DESCENT = 880, -120
_ADVANCE = 500  # where the PDF gives no widths
_BOX = (20, 0, 240, 640)  # left, bottom, right, top: inside the room of the narrowest character
_HANDLE = 1
# fonts that every reader of PDF has (ISO 32000-1, 9.6.2.2): PDFium brings them along
_STANDARD = ("helvetica", "arial", "times", "courier", "symbol", "zapfdingbats")


def use() -> None:
    """Tells PDFium to take the stand-in, never a font of the machine."""
    raw.FPDF_SetSystemFontInfo(_INFO)


def stand_in() -> bytes:
    """Returns a TrueType font in which every character is the same box (OpenType 1.9).

    Its map is of format 13, many characters to one glyph. The box has hardly any ink: two slivers
    in opposite corners, so that a page drawn for OCR stays as clean as without the font.
    """
    left, bottom, right, top = _BOX
    points = [(left, bottom), (left + 1, bottom), (left, bottom + 1)]
    points += [(right, top), (right - 1, top), (right, top - 1)]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip([(0, 0), *points], points, strict=False)]
    glyph = struct.pack(">hhhhhHHH6B", 2, left, bottom, right, top, 2, 5, 0, *(1,) * 6)
    glyph += struct.pack(">6h6h", *(x for x, _ in steps), *(y for _, y in steps))
    map_13 = struct.pack(">HHIIIIII", 13, 0, 28, 0, 1, 1, 0x10FFFF, 1)
    head = struct.pack(
        ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, _EM, 0, 0,
        left, bottom, right, top, 0, 8, 2, 1, 0,
    )  # fmt: skip
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + map_13,
        b"glyf": glyph,
        b"head": head,
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, _ASCENT, _DESCENT, 0, _ADVANCE, left,
            _ADVANCE - right, right, 1, 0, 0, 0, 0, 0, 0, 0, 2,
        ),
        b"hmtx": struct.pack(">HhHh", _ADVANCE, 0, _ADVANCE, left),
        b"loca": struct.pack(">III", 0, 0, len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 6, 2, *(0,) * 11),
    }  # fmt: skip
    return _joined(tables)


def _joined(tables: dict[bytes, bytes]) -> bytes:
    """Returns the file of a font from its tables."""
    start = 12 + 16 * len(tables)
    directory, body = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 48), b""
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return directory + body


_FONT = stand_in()


def _map_font(
    _: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any
) -> int | None:
    """Answers every font by the stand-in but those that PDFium brings along (None)."""
    name = ctypes.cast(face, ctypes.c_char_p).value or b""
    is_standard = name.decode("latin-1").lower().startswith(_STANDARD)
    return None if is_standard else _HANDLE


def _font_data(_: Any, font: Any, table: int, buffer: Any, size: int) -> int:
    """Gives the whole font, which PDFium asks for as table 0."""
    if table != 0:
        return 0
    if buffer and size >= len(_FONT):
        ctypes.memmove(buffer, _FONT, len(_FONT))
    return len(_FONT)


def _info() -> Any:
    """Returns what PDFium asks for fonts: an FPDF_SYSFONTINFO."""
    kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
    functions = {
        "MapFont": _map_font,
        "GetFontData": _font_data,
        "Release": lambda _: None,
        "EnumFonts": lambda _, mapper: None,
        "GetFont": lambda _, face: None,
        "GetFaceName": lambda _, font, buffer, size: 0,
        "GetFontCharset": lambda _, font: 0,
        "DeleteFont": lambda _, font: None,
    }
    return raw.FPDF_SYSFONTINFO(
        version=1, **{name: kinds[name](function) for name, function in functions.items()}
    )


_INFO = _info()  # kept as long as the process: PDFium calls it
