"""Traditional characters -> simplified ones, one for one, so that offsets stay valid.

The table is OpenCC's. It is loaded only for a text that is written in traditional characters.
"""

from __future__ import annotations

import functools
import re
from typing import Any

# frequent characters of such reports that no text in simplified script holds in number
_FREQUENT = re.compile(
    "[國鎮鄉區縣黨門員會議書記務專業實為與個來對時開關發進動東車長報設執備導領強組織體辦處總結貫徹華幹規範項創產營"
    "環優審監檢調維穩問題決學習訓輔詢證護續際網絡點線條據數質責權義億萬餘兩場戶鄰糾紛訴訟認廣電視號樂歲園藝雜難離"
    "險隊陽陰鐵錢鋪銀鎖鏡鄭鄧閩陝隴頭順須顧預頓飛馬駐騰驗魚鳥黃齊龍龜聯繫臺灣島嶼嶺澤灘灣濱濟瀾達遼遠選運過還邊]"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
TRADITIONAL_FROM = 0.03  # share of traditional characters; a name in a simplified text has fewer


def simplified(text: str) -> str:
    """`text` in simplified characters where it is written in traditional ones; same length."""
    if not _FREQUENT.search(text):
        return text
    traditional = sum(map(len, _traditional().findall(text)))
    if traditional < TRADITIONAL_FROM * len(_HAN.findall(text)):
        return text
    # by phrases (乾隆 stays, 幹部 becomes 干部); character by character where that changed lengths
    converted: str = _converter().convert(text)
    return converted if len(converted) == len(text) else text.translate(_table())


@functools.cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@functools.cache
def _table() -> dict[int, str]:
    """Each traditional character with its simplified one."""
    characters = [
        chr(code) for block in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(*block)
    ]
    converted = _converter().convert("\n".join(characters)).split("\n")
    return {
        ord(character): simple
        for character, simple in zip(characters, converted, strict=True)
        if simple != character and len(simple) == 1
    }


@functools.cache
def _traditional() -> re.Pattern[str]:
    return re.compile("[" + "".join(map(chr, sorted(_table()))) + "]+")
