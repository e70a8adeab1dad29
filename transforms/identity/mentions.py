"""The township that a string or a running text names, with a register of divisions or without."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict

from transforms.identity.names import (
    HAN,
    is_generic,
    like_a_name,
    places,
    stem,
    township_suffix,
    without_verb,
)
from transforms.identity.register import EMPTY, Place, Register
from transforms.identity.stated import county_before

_BEFORE_A_NAME = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[省市县区旗州盟年]|地区|政府|委员会|党委|党工委|中共|关于|长任|的)$"
)
# behind the name of the body: 现将白沙镇2023年法治政府建设情况报告如下, 白沙镇人民政府认真贯彻
_REPORTED_ON = re.compile(
    r"(?:人民政府|办事处|党委|党工委)?(?:关于|在)?\s*"
    r"(?:20\d\d\s*年|[^，。\n]{0,20}法治[^，。\n]{0,20}如下"
    r"|在[^，。,\n]{0,20}领导下"
    r"|(?:位于|地处|辖区?|下辖|现有|认真|深入|坚持|紧紧|紧扣|始终|全面|把|党政|法治|依法))"
)
_PARTICLES = "在由将对是为使让把以"
_STREET = re.compile(
    rf"({HAN}{{2,6}}街)(?=$|[^道\u4e00-\u9fff]|办|党工委|党委|人民|关于|法治|推进|依法|行政|20\d\d)"
)
_OPENING = 600  # characters of a text that say who reports
_STREET_REPORTS = re.compile(
    rf"(?:^|[\n，。,;；：])\s*(?:今年以来|一年来)?({HAN}{{2,4}}街)"
    r"(?=在|党工委|办事处|坚持|认真|深入|紧紧|紧扣|始终|全面|以|围绕)"
)
_ABOVE = re.compile(
    rf"^.*(?:人民政府|委员会|党委|党工委|[乡镇]委|自治县|自治旗|自治州|自治区|省|盟|地区|县(?!城)|旗"
    rf"|{HAN}{{2,}}?市|{HAN}{{2,}}?区)(?={HAN}{{2,}}$)"
)
_COUNTY_SUFFIX = re.compile("[县区市旗]")
# what belongs to the names above the township
_NO_NAME = re.compile(
    r"人民政府|政府|委员会|党委|党工委|[乡镇]委|自治[县旗州区]|.*(?:自治县|县(?!城)|地区)"
)


def township_in(body: str, register: Register) -> str | None:
    """The township's name inside a string that names a body; None where it holds none.

    乳山市人民政府城区街道办事处 -> 城区街道.
    """
    suffixes = places()["township"]
    ends = [
        match.end()
        for match in re.finditer(township_suffix(), body)
        if not _ends_in_county(body, match.end(), register)
    ]
    for end in reversed(ends):
        for start in range(max(0, end - 14), end - 1):
            name = body[start:end]
            known = name not in suffixes and register.named(name)
            if known and _begins(body[:start], known):
                return name
    if street := _street_in(body, register):
        return street
    for end in reversed(ends):
        name = _behind_county(body[:end], register) or _ABOVE.sub("", body[:end])
        name = _announcing().sub("", name) or name
        # 平安乡 alone is a name, though 平安 is a word
        alone = len(name) > 2 and name == body[:end] and body[end:] in ("", "人民政府", "办事处")
        if 2 <= len(name) <= 12 and (alone or not is_generic(name)):
            return name
    return None


def _ends_in_county(body: str, end: int, register: Register) -> bool:
    """Whether the sign of a township that ends at `end` stands in a county's name: 桐乡市."""
    names = (body[start : end + 1] for start in range(max(0, end - 4), end - 1))
    return any(name in places()["not_townships"] or name in register.counties for name in names)


@functools.cache
def _announcing() -> re.Pattern[str]:
    """Verbs before the name of a body: 关于公开 of 关于公开白沙镇."""
    return re.compile(rf"^(?:{'|'.join(places()['announcing'])})+(?={HAN}{{3,}})")


def _behind_county(body: str, register: Register) -> str | None:
    """What stands behind the first county of the register in a body's name; None without one.

    红旗塔镇 of 奈曼旗红旗塔镇: a name may hold 旗 or 区 itself.
    """
    for match in _COUNTY_SUFFIX.finditer(body):
        before, name = body[: match.end()], body[match.end() :]
        if _NO_NAME.match(name) or len(name) < 3 or is_generic(name):
            continue
        if county_before(before, register):
            return name
    return None


def _street_in(body: str, register: Register) -> str | None:
    """The street that a body is named by in short: 西沽街道 of 西沽街."""
    for match in _STREET.finditer(body):
        for start in range(match.start(1), match.end(1) - 2):
            name = body[start : match.end(1)]
            if register.named(name) and _begins(body[:start], register.named(name)):
                return name
    street = None if register.by_name else _STREET.search(body)
    return _ABOVE.sub("", street[1]) + "道" if street else None


def _begins(before: str, known: list[Place]) -> bool:
    """Whether the name of a township can begin behind `before`.

    口镇 of the register is none in 海门口镇, which the register lacks.
    """
    if _BEFORE_A_NAME.search(before) or before.endswith(tuple(places()["announcing"])):
        return True
    above = {name for p in known for name in (p.county, p.prefecture, p.province) if name}
    return before.endswith(tuple(above | {stem(name) for name in above}))


def township_in_text(text: str, register: Register) -> str | None:
    """The township that the running text speaks of most, earliest first among equals.

    A name that no register knows must stand there twice, or where the text says what it reports on.
    """
    found = _most_named(text, register)
    if found is None and register.by_name:  # the register may be older than the township
        found = _most_named(text, EMPTY)
    return found or _street_in_text(text, register)


def _most_named(text: str, register: Register) -> str | None:
    counts: Counter[str] = Counter()
    preceded: dict[str, set[str]] = defaultdict(set)
    for match in re.finditer(township_suffix(), text):
        end = match.end()
        if register.by_name:
            name = _known_name(text, end, register, preceded)
        else:
            name = _unknown_name(text, end)
        if name and not is_generic(name):
            counts[name] += bool(register.by_name) + (2 if _REPORTED_ON.match(text, end) else 1)
    # what always stands behind the same character is the end of a longer name
    longer = {n for n, before in preceded.items() if len(before) == 1 and "" not in before}
    return next((n for n, count in counts.most_common() if count > 1 and n not in longer), None)


def _street_in_text(text: str, register: Register) -> str | None:
    """The street that the opening names in short as who reports: 2021年，沙埔街在区委领导下."""
    for match in _STREET_REPORTS.finditer(text[:_OPENING]):
        if not is_generic(match[1]):
            official = f"{match[1]}道"
            return official if not register.named(match[1]) else match[1]
    return None


def _known_name(
    text: str, end: int, register: Register, preceded: dict[str, set[str]]
) -> str | None:
    """The township of the register whose name ends at `end`; notes what stands before it."""
    start = next(
        (s for s in range(max(0, end - 12), end - 1) if text[s:end] in register.by_name), end
    )
    name = text[start:end]
    if not name:
        return None
    before = text[max(0, start - 12) : start]
    begins = before.endswith((*_PARTICLES, "及", "和", "与")) or _begins(
        before, register.by_name[name]
    )
    if not begins and len(before) > 1:
        # 强化青山镇法治建设: a verb stands before the name
        begins = without_verb(before[-2:] + name) == name
    preceded[name].add("" if begins else before[-1])
    return name


def _unknown_name(text: str, end: int) -> str | None:
    """What ends at `end` and can be the name of a township."""
    words = re.search(
        rf"(?:^|[^\u4e00-\u9fff]|[{_PARTICLES}的])({HAN}{{2,7}})$", text[max(0, end - 11) : end]
    )
    words = words and re.search(rf"[^{_PARTICLES}的]+$", words[1])
    if not words:
        return None
    name = without_verb(words[0])
    return name if like_a_name(name, text[end : end + 1]) else None
