"""The words around a number -> whether it is exact, a lower bound, an upper bound, about, or a
range.
"""

from __future__ import annotations

import re

from transforms import numerals

# each of these begins with a character, not with a look behind one: then a search skips to where
# that character stands
_OVER = re.compile(
    r"(?:不(?:得|能|应)?(?:少于|低于|下于|下|小于|亚于)(?:了)?|超过了?|超出|超|逾|多于|高于|大于|突破了?|至少(?:有|达到?)?|最少|起码"
    r"|[≥≧>])\s*$"
)
_PASSED = re.compile(r"[过破](?<![通超不经].)\s*$")  # 过万人; but 召开过3次
_AT_LEAST = re.compile(r"(?:至少|不少于|不低于|最少)[^，。；！？：、\d]{0,12}$")
_ABOUT = re.compile(
    r"(?:近(?<![附最临靠邻亲相].)|大约|约莫|大概|约(?<![民合条公契签预节制违集].)(?:为|有|占|计|合)?|差不多|估计)\s*$"
)
_UNDER = re.compile(
    r"(?:不足|不到|不超过?|没有?超过(?:[^，。；、\d]{1,8}的)?|未超过?|未达|少于(?<![不得]..)|低于(?<![不得]..)|小于(?<![不得]..)"
    r"|最多|至多|不多于|不高于|不大于|[≤≦<])\s*$"
)
_AFTER = re.compile(
    r" *(?:(?P<over>以上|之上|有余|余(?=[，。；、）)]|$))|(?P<about>左右|上下|前后)|(?P<under>以内|以下|之内|之下))"
)


def qualifier_of(
    flat: str, left: str, read: numerals.Number, more: str, tail: int, bare: bool
) -> str:
    """Returns exact, over, about, under or range, for a number of `flat` with `left` before it.

    `more` is what follows the number at once (余, 多, +), `tail` the offset behind number and unit,
    `bare` whether the number is 百, 千, 万 or 亿 alone.
    """
    if read.high is not None:
        return "range"
    after = _AFTER.match(flat, tail)
    if _UNDER.search(left) or (after and after["under"]):
        return "under"
    if (
        read.over
        or more in ("余", "多", "+")
        or _OVER.search(left)
        or _AT_LEAST.search(left)
        or (bare and _PASSED.search(left))
        or (after and after["over"])
    ):
        return "over"
    if more == "来" or _ABOUT.search(left) or (after and after["about"]):
        return "about"
    return "exact"
