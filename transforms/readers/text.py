"""Plain text in UTF-8 (with or without byte-order mark), UTF-16, GB18030 or Big5 -> Document."""

from __future__ import annotations

import re

from schemas.errors import Rejected
from transforms.readers.document import Document

READER = "text/1"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HAN = re.compile("[\u3400-\u9fff]")
# the characters that make up most of any Chinese administrative prose; wrongly decoded text has almost none of them
_COMMON = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府治政务镇乡村街道宣传化解纠纷普法度"
    "個這來國們時會產學經進著電實現點從業應開它還間樣與關內數長變條結問無軍題黨設邊級圖統組見計別論農幾區強決幹戰據處務鎮鄉傳紛糾報導縣規"
)


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding. Raises Rejected: cut_off_character, unknown_encoding or binary_content."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _checked(_strict(data, "utf-16", 2), "utf-16")
    if data[:3] == b"\xef\xbb\xbf":
        return _checked(_strict(data, "utf-8-sig", 3), "utf-8-sig")
    try:
        return _checked(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" or error.start >= len(data) - 3
        readable = error.start > 0 and _looks_chinese(data[: error.start].decode("utf-8"))
        if cut and readable:
            raise Rejected("cut_off_character", offset=error.start, size=len(data)) from None
        if readable and error.start > 300:
            raise Rejected("unknown_encoding", case="broken_utf8", offset=error.start) from None
    for encoding in (*_without_mark(data), "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if (
                encoding == "gb18030"
                and error.start >= len(data) - 4
                and _looks_chinese(data[: error.start].decode(encoding))
            ):
                raise Rejected("cut_off_character", offset=error.start, size=len(data)) from None
            continue
        if _looks_chinese(text) and not _CONTROL.search(text):
            return _checked(text, encoding)
    if (
        data.count(0) > len(data) // 200
        or sum(b < 9 or 13 < b < 32 for b in data[:4096]) > min(len(data), 4096) // 50
    ):
        raise Rejected("binary_content")
    raise Rejected("unknown_encoding", case="other")


def _without_mark(data: bytes) -> list[str]:
    zeros_low, zeros_high = data[1:2000:2].count(0), data[0:2000:2].count(0)
    wide = (
        ["utf-16-le"] if zeros_low > zeros_high else ["utf-16-be"] if zeros_high > zeros_low else []
    )
    return (
        [*wide, "gb18030", *([] if wide else ["utf-16-le", "utf-16-be"])]
        if len(data) % 2 == 0
        else ["gb18030"]
    )


def _strict(data: bytes, encoding: str, mark: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start + mark >= len(data) - 4:
            raise Rejected("cut_off_character", offset=error.start, size=len(data)) from None
        raise Rejected(
            "unknown_encoding", case="wrong_mark", encoding=encoding, offset=error.start
        ) from None


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
    return text, encoding


def read(decoded: str, encoding: str) -> Document:
    """The document: CRLF becomes LF, a leading byte-order mark goes, nothing else changes."""
    return Document(
        decoded.removeprefix("\ufeff").replace("\r\n", "\n"), "text/plain", encoding, READER
    )
