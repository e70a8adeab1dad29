"""Looks into a binary .doc for text that antiword would print wrongly or leave out.

Layout after Microsoft's published descriptions: [MS-CFB] for the file of streams, [MS-DOC] for the
file information block (FIB) and the pages of character properties (CHPX FKP).
"""

from __future__ import annotations

import struct

_END_OF_CHAIN = 0xFFFFFFFA  # from here on sector numbers have special meanings
_MINI_LIMIT = 4096
_MAX_SECTORS = 1_000_000
_FIB_TABLE_FLAG = 0x0A
_FIB_TEXT_BOXES = 0x64
_FIB_CHARACTER_PAGES = 0xFA
_PAGE = 512
# deleted (sprmCFRMarkDel), hidden (sprmCFVanish), struck (sprmCFStrike, sprmCFDStrike)
_UNSEEN = {0x0800, 0x083C, 0x0837, 0x2A53}
_OPERAND_BYTES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}


def is_plain(data: bytes) -> bool:
    """Returns whether a .doc surely has no deleted, hidden or struck text and no text boxes.

    False also where the file's structure is not understood.
    """
    try:
        streams = _streams(data)
        document = streams["WordDocument"]
        (flags,) = struct.unpack_from("<H", document, _FIB_TABLE_FLAG)
        table = streams["1Table" if flags & 0x0200 else "0Table"]
        (text_box_characters,) = struct.unpack_from("<I", document, _FIB_TEXT_BOXES)
        return not text_box_characters and not _has_unseen(document, table)
    except (KeyError, IndexError, struct.error, ValueError):
        return False


def _has_unseen(document: bytes, table: bytes) -> bool:
    start, size = struct.unpack_from("<II", document, _FIB_CHARACTER_PAGES)
    count = (size - 4) // 8
    if count < 1 or start + size > len(table):
        raise ValueError("no character properties")
    for number in struct.unpack_from(f"<{count}I", table, start + 4 * (count + 1)):
        page = document[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
        runs = page[_PAGE - 1]
        offsets = page[4 * (runs + 1) : 4 * (runs + 1) + runs]
        for offset in filter(None, offsets):
            length = page[2 * offset]
            if _switches_unseen(page[2 * offset + 1 : 2 * offset + 1 + length]):
                return True
    return False


def _switches_unseen(properties: bytes) -> bool:
    at = 0
    while at + 2 < len(properties):
        (operation,) = struct.unpack_from("<H", properties, at)
        if operation in _UNSEEN and properties[at + 2]:
            return True
        size = _OPERAND_BYTES.get(operation >> 13)
        at += 2 + (1 + properties[at + 2] if size is None else size)
    return False


def _streams(data: bytes) -> dict[str, bytes]:
    """Returns name -> content of the streams of a compound file."""
    sector_size = 1 << struct.unpack_from("<H", data, 0x1E)[0]
    mini_size = 1 << struct.unpack_from("<H", data, 0x20)[0]
    if sector_size not in (512, 4096) or mini_size != 64:
        raise ValueError("no compound file")
    directory_start, mini_start = struct.unpack_from("<I", data, 0x30)[0], 0x3C
    fat = _fat(data, sector_size)

    def sector(number: int) -> bytes:
        return data[(number + 1) * sector_size : (number + 2) * sector_size]

    def chain(number: int) -> bytes:
        return b"".join(sector(at) for at in _chain(number, fat))

    mini_table = chain(struct.unpack_from("<I", data, mini_start)[0])
    mini_fat = struct.unpack(f"<{len(mini_table) // 4}I", mini_table)
    directory, streams, mini = chain(directory_start), {}, b""
    for at in range(0, len(directory) - 127, 128):
        (name_bytes,) = struct.unpack_from("<H", directory, at + 64)
        kind = directory[at + 66]
        start, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + max(0, name_bytes - 2)].decode("utf-16-le", "replace")
        if kind == 5:
            mini = chain(start)
        elif kind == 2 and size >= _MINI_LIMIT:
            streams[name] = chain(start)[:size]
        elif kind == 2:
            pieces = (mini[n * mini_size : (n + 1) * mini_size] for n in _chain(start, mini_fat))
            streams[name] = b"".join(pieces)[:size]
    return streams


def _fat(data: bytes, sector_size: int) -> tuple[int, ...]:
    """Returns for each sector the number of the one that follows it."""
    numbers = [n for n in struct.unpack_from("<109I", data, 0x4C) if n < _END_OF_CHAIN]
    following, count = struct.unpack_from("<II", data, 0x44)
    entries = sector_size // 4
    for _ in range(min(count, 1000)):
        if following >= _END_OF_CHAIN:
            break
        part = struct.unpack_from(f"<{entries}I", data, (following + 1) * sector_size)
        numbers += [n for n in part[:-1] if n < _END_OF_CHAIN]
        following = part[-1]
    table = b"".join(data[(n + 1) * sector_size : (n + 2) * sector_size] for n in numbers)
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(start: int, fat: tuple[int, ...]) -> list[int]:
    numbers: list[int] = []
    while start < _END_OF_CHAIN:
        if len(numbers) > _MAX_SECTORS or start >= len(fat):
            raise ValueError("a chain of sectors does not end")
        numbers.append(start)
        start = fat[start]
    return numbers
