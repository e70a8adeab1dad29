"""The layers of a PDF that are switched off when it is opened (ISO 32000, optional content)."""

from __future__ import annotations

import re
import zlib

_MAX_INFLATED = 20_000_000
_PACKED = re.compile(rb"/Type\s*/ObjStm\b[^>]*>>\s*stream\r?\n")
_OBJECT = re.compile(rb"(\d+)\s+(\d+)\s+obj\b(.*?)endobj", re.S)
_REFERENCE = re.compile(rb"(\d+)\s+\d+\s+R\b")
_OFF = re.compile(rb"/OFF\s*\[(.*?)\]", re.S)
_ALL = re.compile(rb"/OCGs\s*\[(.*?)\]", re.S)
_ON = re.compile(rb"/ON\s*\[(.*?)\]", re.S)
_ALL_OFF = re.compile(rb"/BaseState\s*/OFF\b")
_NAME = re.compile(rb"/Name\s*(?:\(((?:\\.|[^\\)])*)\)|<([0-9A-Fa-f\s]*)>)", re.S)
_IS_LAYER = re.compile(rb"/Type\s*/OCG\b")


def layers_off(data: bytes) -> frozenset[str]:
    """Returns the names of the layers that are not shown."""
    if b"/OCG" not in data and b"/ObjStm" not in data:
        return frozenset()
    objects = _objects(data)
    whole = b"\n".join(objects.values())
    if not _IS_LAYER.search(whole):
        return frozenset()
    numbers = _numbers(_OFF, whole)
    if _ALL_OFF.search(whole):
        numbers |= _numbers(_ALL, whole) - _numbers(_ON, whole)
    names = (_name(objects.get(number, b"")) for number in numbers)
    return frozenset(name for name in names if name)


def _numbers(pattern: re.Pattern[bytes], whole: bytes) -> set[int]:
    return {
        int(reference[1])
        for array in pattern.finditer(whole)
        for reference in _REFERENCE.finditer(array[1])
    }


def _objects(data: bytes) -> dict[int, bytes]:
    """Returns number -> dictionary of the objects, those in packed streams included."""
    objects = {int(found[1]): found[3][:20_000] for found in _OBJECT.finditer(data)}
    left = _MAX_INFLATED
    for head in _PACKED.finditer(data):
        try:
            content = zlib.decompressobj().decompress(data[head.end() :], left)
        except zlib.error:
            continue
        left = max(1, left - len(content))
        first = re.search(rb"/First\s+(\d+)", head[0])
        start = int(first[1]) if first else 0
        pairs = [int(number) for number in content[:start].split() if number.isdigit()]
        places = list(zip(pairs[::2], pairs[1::2]))
        for (number, at), (_, end) in zip(places, [*places[1:], (0, len(content) - start)]):
            objects[number] = content[start + at : start + end]
    return objects


def _name(dictionary: bytes) -> str:
    found = _NAME.search(dictionary) if _IS_LAYER.search(dictionary) else None
    if found is None:
        return ""
    if found[2] is not None:
        digits = b"".join(found[2].split())
        value = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        value = re.sub(rb"\\(.)", rb"\1", found[1], flags=re.S)
    if value[:2] == b"\xfe\xff":
        return value[2:].decode("utf-16-be", "replace")
    return value.decode("utf-8" if value[:3] == b"\xef\xbb\xbf" else "latin-1", "replace")
