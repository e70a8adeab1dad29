"""Archives -> their members, each a source of its own. Nothing is unpacked to disk, so no name can
point anywhere.
"""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, cast

from schemas.errors import Rejected
from transforms.readers import formats

VERSION = "2"
MAX_MEMBERS = 20_000
MAX_TOTAL = 500_000_000
MAX_DEPTH = 3


@dataclass(slots=True)
class Budget:
    """What may still be unpacked from one archive and all archives in it."""

    member: int
    members: int = MAX_MEMBERS
    total: int = MAX_TOTAL


_UTF8_NAME = 0x800  # the flag of a zip entry that marks its name as UTF-8
_CENTRAL_ENTRY = b"PK\x01\x02"

Member = tuple[str, bytes | Rejected]


def is_archive(data: bytes) -> bool:
    """Whether the bytes are an archive (a .docx is a document)."""
    try:
        return formats.is_archive(formats.kind_of(data))
    except Rejected:
        return False


def members(data: bytes, budget: Budget, depth: int = 1) -> Iterator[Member]:
    """(name inside the archive, bytes or why it cannot be had) of every file in it, archives in it
    opened too (`a.zip/b.txt`).

    Raises Rejected for the archive itself: damaged_file, encrypted, too_many_members.
    """
    kind = formats.kind_of(data)
    try:
        for name, content in _OPENERS[kind](data, budget):
            budget.members -= 1
            if budget.members < 0:
                raise Rejected("too_many_members", limit=MAX_MEMBERS)
            content = _refused(name) or content
            if isinstance(content, bytes):
                name = name.replace("\\", "/")  # archives made on Windows
            if isinstance(content, bytes):
                budget.total -= len(content)
            if isinstance(content, bytes) and is_archive(content):
                yield from _inner(name, content, budget, depth)
            else:
                yield name, content
    except Rejected:
        raise
    except NotImplementedError as error:
        raise Rejected("unsupported_format", case="archive", error=error) from None
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        OSError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
        ValueError,
        OverflowError,  # a size that no file can have
        KeyError,
        IndexError,
    ) as error:
        raise Rejected("damaged_file", case="archive", error=type(error).__name__) from None


def _inner(name: str, content: bytes, budget: Budget, depth: int) -> Iterator[Member]:
    if depth >= MAX_DEPTH:
        yield (
            name,
            Rejected("nested_archive", depth=depth, limit=MAX_DEPTH),
        )
        return
    try:
        for inner, found in members(content, budget, depth + 1):
            yield f"{name}/{inner}", found
    except Rejected as error:
        yield name, error


def _refused(name: str) -> Rejected | None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":"):
        return Rejected("unsafe_name")
    return None


def _too_large(budget: Budget, size: int | None = None) -> Rejected:
    if budget.total <= 0:
        return Rejected("too_large", case="archive_rest", limit=MAX_TOTAL)
    if size is None:
        return Rejected("too_large", case="member_of_unknown_size", limit=budget.member)
    return Rejected("too_large", case="member", size=size, limit=budget.member)


_LINK = Rejected("not_a_file", case="member")


def _zip(data: bytes, budget: Budget) -> Iterator[Member]:
    with _open_zip(data) as z:
        for info in z.infolist():
            name = _zip_name(info)
            if name.endswith(("/", "\\")) or _hidden(name):
                continue
            if (info.external_attr >> 16) & 0o170000 not in (0, 0o100000):
                yield name, _LINK
            elif info.flag_bits & 1:
                yield (
                    name,
                    Rejected("encrypted", case="member"),
                )
            else:
                yield name, _bounded(functools.partial(z.open, info), budget)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Returns the name of a member. Without the UTF-8 mark zipfile reads it as code page 437."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    return _unicode_path(info.extra, raw) or _decoded_name(raw)


def _decoded_name(raw: bytes) -> str:
    """Returns a name in UTF-8, GBK or Big5, as Chinese machines write it; what is none of them,
    with %FF for its bytes.
    """
    raw = raw.partition(b"\0")[0]
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # names in Big5 decode as GB18030, into its characters for private use
        if encoding != "gb18030" or not any("\ue000" <= c < "\uf900" for c in name):
            return name
    return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Returns the name in the Unicode path field (0x7075), if it belongs to the name as stored."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        value = extra[at + 4 : at + 4 + size]
        if kind == 0x7075 and len(value) > 5 and value[0] == 1:
            (checksum,) = struct.unpack_from("<I", value, 1)
            if checksum == zlib.crc32(raw):
                return _decoded_name(value[5:])
        at += 4 + size
    return None


def _open_zip(data: bytes) -> zipfile.ZipFile:
    """Opens a zip; names that are marked as UTF-8 and are none are read like unmarked ones."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except UnicodeDecodeError:
        patched = bytearray(data)
        at = data.find(_CENTRAL_ENTRY)
        while at >= 0 and at + 46 <= len(data):
            flags, length = struct.unpack_from("<H18xH", data, at + 8)
            name = data[at + 46 : at + 46 + length]
            if name.decode("utf-8", "replace") != name.decode("utf-8", "ignore"):
                (local,) = struct.unpack_from("<I", data, at + 42)
                for place in (at + 8, local + 6):
                    struct.pack_into("<H", patched, place, flags & ~_UTF8_NAME)
            at = data.find(_CENTRAL_ENTRY, at + 46)
        return zipfile.ZipFile(io.BytesIO(bytes(patched)))


def _hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return (
        "__MACOSX" in parts
        or parts[-1].startswith(".")
        or parts[-1] in ("Thumbs.db", "desktop.ini")
    )


def _bounded(opened: Callable[[], IO[bytes]], budget: Budget) -> bytes | Rejected:
    """At most as many bytes as are left; a member that cannot be unpacked costs only itself."""
    limit = min(budget.member, budget.total)
    try:
        with opened() as f:
            content = f.read(limit + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        return Rejected("damaged_file", case="member", error=type(error).__name__)
    return content if len(content) <= limit else _too_large(budget)


def _tar(data: bytes, budget: Budget) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as t:
        for info in t:
            name = _decoded_name(info.name.encode("utf-8", "surrogateescape"))
            if info.isdir() or _hidden(name):
                continue
            content = t.extractfile(info) if info.isreg() else None
            if content is None:
                yield name, _LINK
            elif info.size > min(budget.member, budget.total):
                yield name, _too_large(budget, info.size)
            else:
                yield name, content.read()


def _packed(
    unpack: Callable[[IO[bytes]], IO[bytes]],
) -> Callable[[bytes, Budget], Iterator[Member]]:
    """A compressed tar, or one compressed file."""

    def opened(data: bytes, budget: Budget) -> Iterator[Member]:
        with unpack(io.BytesIO(data)) as f:
            head = f.read(1024)
            room = budget.member if head[257:262] != b"ustar" else budget.total
            content = head + f.read(max(0, room - len(head)) + 1)
        if len(content) > room:
            yield "content", _too_large(budget)
        elif head[257:262] == b"ustar":
            yield from _tar(content, budget)
        else:
            yield "content", content

    return opened


def _seven(data: bytes, budget: Budget) -> Iterator[Member]:
    import py7zr
    from py7zr.io import BytesIOFactory

    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as z:
            if z.needs_password():
                raise Rejected("encrypted", case="archive")
            infos = [i for i in z.list() if not i.is_directory and not _hidden(i.filename)]
            if len(infos) > budget.members:
                raise Rejected("too_many_members", limit=MAX_MEMBERS)
            fitting = [
                i.filename
                for i in infos
                if not i.is_symlink and i.uncompressed <= min(budget.member, budget.total)
            ]
            if sum(i.uncompressed for i in infos) > budget.total:
                raise Rejected("too_large", case="archive", limit=MAX_TOTAL)
            factory = BytesIOFactory(budget.member)
            z.extract(targets=fitting, factory=factory)
            for i in infos:
                if i.is_symlink:
                    yield i.filename, _LINK
                elif i.filename not in factory.products:
                    yield i.filename, _too_large(budget, i.uncompressed)
                else:
                    product = factory.products[i.filename]
                    product.seek(0)
                    yield i.filename, product.read()
    except (py7zr.exceptions.ArchiveError, AssertionError, TypeError, AttributeError) as error:
        raise Rejected("damaged_file", case="archive", error=type(error).__name__) from None


def _gunzip(file: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=file))


_OPENERS = {
    "zip": _zip,
    "tar": _tar,
    "gzip": _packed(_gunzip),
    "bzip2": _packed(bz2.BZ2File),
    "xz": _packed(lzma.LZMAFile),
    "7z": _seven,
}
