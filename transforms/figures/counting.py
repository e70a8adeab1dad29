"""Whether a Chinese numeral counts something, or is part of a word, an article or a phrase."""

from __future__ import annotations

import re

from schemas.metrics import measure_words
from transforms import numerals

BARE = set("百千万亿")


_FREQUENCY = re.compile(
    r"每(?:个)?(?:年|月|周|日|天|晚|季度?|半年|半月|半个月|学期|旬|两周|两月|逢集|村|户|人|校|次|所|户|格|组)[^，。；！？：\d]{0,14}$"
)


def chinese_counts(
    flat: str, left: str, number: str, read: numerals.Number, unit: str, more: str, tail: int
) -> bool:
    """Whether a Chinese numeral counts something, or is part of a word, an article or a phrase.

    `left` is the text before it, `more` a 余 or 多 behind it, `tail` the offset behind its unit.
    """
    if not unit:
        return False
    before = left[-1:]
    if before and (
        before in "第某"
        or (before in numerals.CHINESE and before not in "〇零○")
        or (number == "一" and before in "统进之唯任哪首同头另每这那其逐")
    ):
        return False
    if number == "二":
        return _two_counts(left, unit, flat[tail : tail + 1])
    if set(number) <= BARE:
        return bool(more.strip()) or (
            bool(re.search(r"(?:近|约|逾|超过?|过|破|达到?|不足|不到)\s*$", left))
            and before not in "附最"
        )
    if number != "一":
        return True
    if more.strip() or unit in ("遍", "回", "趟"):
        return False
    after = flat[tail : tail + 1]
    group = measure_words()[unit]
    if (
        _FREQUENCY.search(left)
        and group in ("event", "lesson")
        and after != "性"
        and before not in _ARTICLE_BEHIND
    ):
        return True
    if after not in "，。；、！？)）\n,;" and after != "":
        return False
    clause = re.split(r"[，。；：、\n]", left)[-1]
    return len(clause) > 1 and not re.search(
        r"[无没未不毫]|任何|人手$|[多少某每这那另哪同上下头唯逐任]$|为$|是$|有$", clause
    )


_ARTICLE_BEHIND = "是为成像如作当"  # 每次调解都是一堂法治课


# what may stand with 二 in place of 两: before most others it numbers (二级, 二组, 二线, 二期工程)
_COUNTED_BY_TWO = {*"名个件起场份户处块幅项例宗条家", "人次", "场次", "件次", "户次"}


def _two_counts(left: str, unit: str, after: str) -> bool:
    """Whether 二 counts. 会议二次 are two meetings, 二次回访 is a second visit, and 一、二名 goes on with a
    list.
    """
    if re.search(rf"[{numerals.CHINESE}][、，和及]$", left):
        return False
    alone = after in "，。；、！？)）\n,;" and left[-1:] not in "，。；、：: \n"
    return unit in _COUNTED_BY_TWO or (unit in ("次", "人") and alone)
