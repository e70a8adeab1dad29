"""Plain text in UTF-8 (with or without byte-order mark), UTF-16, GB18030 or Big5 -> Document.

One damaged byte costs one character: it is read as U+FFFD, which the rules find.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from schemas.errors import Rejected
from transforms.readers.document import Document

READER = "text/2"
DAMAGED = "\ufffd"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_HAN = re.compile("[\u3400-\u9fff]")
# of 100 characters, so many may be damaged before the file counts as unreadable
_MAX_DAMAGED = 2
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_MAX_REPAIRED_RUN = 600
# Characters that Python's GB18030 puts into private use though browsers and fonts know them: the
# blank at A3A0, and those that GB 18030-2022 gives a place of their own.
_PRIVATE = {
    0xE5E5: 0x3000, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14,
    0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE7C7: 0x1E3F,
    0xE7C8: 0x01F9, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8,
    0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089,
    0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
}  # fmt: skip
# the characters that make up most of any Chinese administrative prose; wrongly decoded text has
# almost none of them
_COMMON = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体"
    "制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提"
    "直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府治政务镇乡村街道宣传化解纠纷普法"
    "度"
    "個這來國們時會產學經進著電實現點從業應開它還間樣與關內數長變條結問無軍題黨設邊級圖統組見計別論農幾區強決幹戰據處務鎮鄉傳紛糾報導縣規"
)


def decode(data: bytes) -> tuple[str, str]:
    """Returns the text and the name of its encoding.

    An encoding that fits every byte goes before one that does not; of the latter, the one that
    leaves the fewest damaged characters. Raises Rejected: cut_off_character, unknown_encoding or
    binary_content.
    """
    data = data.removesuffix(b"\x1a")  # old programs end a text so
    marked = _marked_encoding(data)
    if marked is not None:
        return _checked(_decode_marked(data, marked), marked)
    try:
        return _checked(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    encodings = [*_unmarked_encodings(data), "big5hkscs"]
    for encoding in encodings:
        text = _strictly(data, encoding)
        if text is not None and _looks_chinese(text) and not _CONTROL.search(text):
            return _checked(text, encoding)
    return _decode_damaged(data, ["utf-8", *encodings])


def _marked_encoding(data: bytes) -> str | None:
    """Returns the encoding that a byte-order mark names."""
    for mark, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ):
        if data.startswith(mark):
            return encoding
    return None


def _decode_marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 6 and (encoding == "utf-16" or not _ends_a_line(data)):
            raise Rejected("cut_off_character", offset=error.start, size=len(data)) from None
        text = data.decode(encoding, "replace")
        if not _is_readable(text):
            raise Rejected(
                "unknown_encoding", case="wrong_mark", encoding=encoding, offset=error.start
            ) from None
        return text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_damaged(data: bytes, encodings: list[str]) -> tuple[str, str]:
    """Returns the text in the encoding that leaves the fewest damaged characters."""
    decoders: dict[str, Callable[[bytes], str]] = {"gb18030": _repaired_gb18030}
    readable: list[tuple[int, str, str]] = []
    for encoding in encodings:
        decoder = decoders.get(encoding, lambda raw, name=encoding: raw.decode(name, "replace"))
        text = decoder(data)
        if _is_readable(text) and not _CONTROL.search(text):
            readable.append((text.count(DAMAGED), text, encoding))
    if readable:
        _, text, encoding = min(readable, key=lambda found: found[0])
        if text.count(DAMAGED) == 1 and text.endswith(DAMAGED):
            offset = len(text[:-1].encode(encoding, "ignore"))
            raise Rejected("cut_off_character", offset=offset, size=len(data))
        return _checked(text, encoding)
    controls = sum(byte < 9 or 13 < byte < 32 for byte in data[:4096])
    if data.count(0) > len(data) // 200 or controls > min(len(data), 4096) // 50:
        raise Rejected("binary_content")
    raise _unknown(data)


def _unknown(data: bytes) -> Rejected:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > 300 and _looks_chinese(data[: error.start].decode("utf-8")):
            return Rejected("unknown_encoding", case="broken_utf8", offset=error.start)
    return Rejected("unknown_encoding", case="other")


def _ends_a_line(data: bytes) -> bool:
    return data.rstrip(b"\0")[-1:] in (b"\n", b"\r")


def _is_readable(text: str) -> bool:
    damaged = text.count(DAMAGED)
    return _looks_chinese(text) and damaged * 100 <= max(3 * 100, _MAX_DAMAGED * len(text))


def _repaired_gb18030(data: bytes) -> str:
    """Returns GB18030 text, in which a byte too many or too few costs one character.

    Most characters have two high bytes: where a run of them has one left over, all behind it reads
    as other characters. The byte that belongs to none is where the rest then reads best.
    """
    text, at = [], 0
    for run in _HIGH_BYTES.finditer(data):
        if run.start() < at:
            continue
        text.append(data[at : run.start()].decode("ascii", "replace"))
        at = run.end()
        whole = _strictly(run[0], "gb18030")
        if whole is not None:
            text.append(whole)
            continue
        # the second byte of some characters, and two of the four of others, are ASCII
        longer = data[run.start() : run.end() + 1]
        with_ascii = _strictly(longer, "gb18030") if longer[-1] >= 0x40 else None
        candidates = [_without_byte(run[0])]
        if with_ascii is not None:
            candidates.append(with_ascii)
        best = max(candidates, key=_share_of_common)
        if best is with_ascii:
            at = run.end() + 1
        text.append(best)
    text.append(data[at:].decode("ascii", "replace"))
    return "".join(text)


def _without_byte(run: bytes) -> str:
    """Returns a run of high bytes with the one character that spoils it read as damaged."""
    repaired = []
    if len(run) <= _MAX_REPAIRED_RUN:
        # one of two bytes is wrong, or there is one byte too many or too few
        width = 1 if len(run) % 2 else 2
        for at in range(len(run)):
            before, behind = _strictly(run[:at], "gb18030"), _strictly(run[at + width :], "gb18030")
            if before is not None and behind is not None:
                repaired.append(before + DAMAGED + behind)
    return max(repaired, key=_share_of_common, default=run.decode("gb18030", "replace"))


def _share_of_common(text: str) -> float:
    return sum(character in _COMMON for character in text) / (len(text) or 1)


def _unmarked_encodings(data: bytes) -> list[str]:
    """Returns the encodings to try for text without a byte-order mark that is no UTF-8."""
    if len(data) % 2:
        return ["gb18030"]
    # of ASCII characters in UTF-16 one byte is zero
    zeros_low, zeros_high = data[1:2000:2].count(0), data[0:2000:2].count(0)
    wide = ["utf-16-le", "utf-16-be"] if zeros_low >= zeros_high else ["utf-16-be", "utf-16-le"]
    return [*wide, "gb18030"] if zeros_low != zeros_high else ["gb18030", *wide]


def _looks_chinese(text: str) -> bool:
    han = _HAN.findall(text[:20000])
    return (
        bool(han)
        and len(han) > len(text[:20000].split()) // 3
        and sum(c in _COMMON for c in han) > len(han) * 0.2
    )


def _checked(text: str, encoding: str) -> tuple[str, str]:
    if text.count("\x00") or len(_CONTROL.findall(text)) > max(3, len(text) // 100):
        raise Rejected("binary_content")
    return text.translate(_PRIVATE) if encoding == "gb18030" else text, encoding


def read(decoded: str, encoding: str) -> Document:
    """Returns the document. Only a leading byte-order mark goes; `readers.read` sets line ends."""
    return Document(decoded.removeprefix("\ufeff"), "text/plain", encoding, READER)
