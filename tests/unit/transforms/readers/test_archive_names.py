"""Names of members as archives of all kinds of machines write them."""

import io
import struct
import tarfile
import zipfile
import zlib

import pytest

from schemas.errors import Rejected
from transforms.readers import archives

UTF8_NAME = 0x800


def zip_of(name: bytes, extra: bytes = b"", flags: int = 0) -> bytes:
    """A zip with one member whose name is these very bytes."""
    data = b"x"
    head = struct.pack(
        "<HHHHHIIIHH", 20, flags, 0, 0, 0x5821, zlib.crc32(data), 1, 1, len(name), len(extra)
    )
    local = b"PK\x03\x04" + head + name + extra + data
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    central += name + extra
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def unicode_path(name: str, stored: bytes) -> bytes:
    value = struct.pack("<BI", 1, zlib.crc32(stored)) + name.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


def names(data):
    return [name for name, _ in archives.members(data, archives.Budget(1_000_000))]


@pytest.mark.parametrize(
    "data, name",
    [
        (zip_of("甲县\\乙镇2023.txt".encode("gbk")), "甲县/乙镇2023.txt"),
        (zip_of("甲县\\乙镇2023.txt".encode(), flags=UTF8_NAME), "甲县/乙镇2023.txt"),
        (zip_of("甲县/乙镇2023.txt".encode()), "甲县/乙镇2023.txt"),
        # the second byte of 镕 and 綾 is a backslash or a letter in GBK
        (zip_of("甲县/\u93b4镇.txt".encode("gbk")), "甲县/\u93b4镇.txt"),
        (zip_of(b"??/??.txt", unicode_path("甲县/乙镇.txt", b"??/??.txt")), "甲县/乙镇.txt"),
        (zip_of(b"??/??.txt", unicode_path("甲县/乙镇.txt", b"another")), "??/??.txt"),
        (zip_of(b"a/\xff\xff.txt"), "a/%FF%FF.txt"),
        (zip_of("甲县/乙镇.txt".encode("gbk"), flags=UTF8_NAME), "甲县/乙镇.txt"),
        (zip_of(b"a/\xff\xff.txt", flags=UTF8_NAME), "a/%FF%FF.txt"),
        (zip_of("浙江省/鎮公所.txt".encode("big5")), "浙江省/鎮公所.txt"),
    ],
    ids=range(10),
)
def test_names_in_a_zip(data, name):
    assert names(data) == [name]
    assert [content for _, content in archives.members(data, archives.Budget(10))] == [b"x"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_in_a_tar(encoding, form):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding=encoding) as tar:
        info = tarfile.TarInfo("甲县/乙镇2023.txt")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    assert names(out.getvalue()) == ["甲县/乙镇2023.txt"]


def test_folders_with_backslashes_are_no_files():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("甲县\\", "")
        z.writestr("甲县\\乙镇.txt", "x")
    assert names(out.getvalue()) == ["甲县/乙镇.txt"]


def test_a_size_that_no_file_can_have_is_damage_and_the_members_before_it_count():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("first.txt", "huge.txt"):
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    data = bytearray(packed.getvalue())
    head = 1024  # of the second member, behind the first and its content
    data[head + 124 : head + 136] = b"\x80" + b"\xff" * 11
    data[head + 148 : head + 156] = b" " * 8
    data[head + 148 : head + 156] = b"%06o\0 " % sum(data[head : head + 512])
    found = archives.members(bytes(data), archives.Budget(10))
    assert next(found) == ("first.txt", b"x")
    name, refused = next(found)
    assert (name, refused.reason_code) == ("huge.txt", "too_large")
    with pytest.raises(Rejected) as damage:
        next(found)
    assert damage.value.reason_code == "damaged_file"
