"""Names of townships and counties: their parts, their short forms, and where they stand in
words.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from schemas import vocabulary

HAN = "[\u4e00-\u9fff]"


@functools.cache
def places() -> dict[str, Any]:
    """The vocabulary of place names."""
    return vocabulary.toml("places.toml")


@functools.cache
def township_suffix() -> str:
    """A pattern of the words with which names of townships end."""
    return "|".join(places()["township"])


def township_stem(name: str) -> str:
    """The name of a township without its suffix: 石桥 of 石桥镇."""
    return re.sub(f"(?:{township_suffix()})$", "", name)


@functools.cache
def stem(name: str) -> str:
    """What is left in running text of the name of a county, prefecture or province.

    贵德县 -> 贵德, 大化瑶族自治县 -> 大化, 湖北省 -> 湖北.
    """
    bare = re.sub(
        r"(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|自治州|地区|盟|自治县|自治旗|林区"
        r"|特区|县|旗|区|市)$",
        "",
        name,
    )
    in_short = "自治" in name
    return _without_peoples(bare, in_short) or (bare.removesuffix("族") if in_short else bare)


def _without_peoples(name: str, in_short: bool = False) -> str:
    """A name without the peoples at its end: 长阳 of 长阳土家族; `in_short`: 木垒 of 木垒哈萨克."""
    peoples = sorted(places()["peoples"], key=len, reverse=True)
    # 水, 白 and other short ones end the names of places, too: 彭水苗族土家族自治县
    bare = "|".join(people for people in peoples if in_short and len(people) > 1)
    also_bare = f"|{bare}" if bare else ""
    return re.sub(rf"(?:各族|(?:{'|'.join(peoples)})族{also_bare})+$", "", name)


def short_township(name: str) -> str | None:
    """The short form in which texts name a township: 中山街 for 中山街道, 杨梅乡 for 杨梅彝族苗族回族乡.

    None where it has none.
    """
    if name.endswith("街道") and len(name) > 3:
        return name[:-1]
    if name.endswith("族乡"):
        bare = _without_peoples(name.removesuffix("乡"))
        return f"{bare}乡" if len(bare) > 1 else None
    return None


@functools.cache
def people_signs() -> dict[str, re.Pattern[str]]:
    """For each people with an autonomy, the pattern of words that point to it: 汉朝双语, 羌乡."""
    return {
        people: re.compile(
            rf"汉{sign}双语|{sign}汉双语|{sign}(?:语|乡|寨|家)|{people}族(?:群众|同胞|聚居|语)"
        )
        for people, sign in places()["peoples"].items()
    }


def is_generic(name: str) -> bool:
    """Whether what stands before 乡, 镇 or 街道 makes no name: 全镇, 各乡."""
    bare = township_stem(name)
    return not bare or bare in places()["generic"]


def like_a_name(name: str, behind: str) -> bool:
    """Whether what stands before 乡, 镇 or 街道 in a sentence can be a name.

    It holds no verb, preposition or numeral (提交镇, 今年镇, 十里八乡) and more than one character,
    and the sign is not the head of another word (边境乡镇, 白沙镇级). `behind` is the character
    behind it.
    """
    from transforms.words import tag  # the register needs no words

    bare = township_stem(name)
    return (
        len(bare) > 1
        and behind not in [*"镇村级贤亲愁土"]
        and not any(part[0] in "vptrmqfbdcu" for _, part in tag(bare))
    )


def without_verb(name: str) -> str:
    """A name without the verb before it: 青山镇 of 强化青山镇."""
    from transforms.words import tag

    tagged = tag(name)
    while len(tagged) > 1 and tagged[0][1][0] in "vpd" and len(tagged[0][0]) > 1:
        tagged = tagged[1:]
    return "".join(word for word, _ in tagged)
