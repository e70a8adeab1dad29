"""The county that a report itself puts above its township, whatever the register has of that
name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.identity.names import HAN, stem
from transforms.identity.register import County, Register
from transforms.words import tag

_OPENING = 1000  # characters of a text that say under whom a township works
_LEADS = re.compile(rf"({HAN}{{1,14}}(?:县|区|市|旗))(?=委|人民政府|政府|党委)")
# the code of a county in an index number, behind the 11 of a credit code, or in the number of a
# site
_CODE = re.compile(r"(?:索引号|标识码|信息索引)\D{0,3}(\d{6,18})")
# 我镇地处嘉善县北部
_LIES_IN = re.compile(rf"(?:地处|位于|坐落于?|隶属于?|处于)({HAN}{{2,14}}?(?:县|区|市|旗))")
_CAMPAIGN = re.compile(rf"(?:法治|平安)({HAN}{{2,4}}?)(?=建设|创建|[”\"’'」』])")


def county_before(words: str, register: Register) -> County | None:
    """The county of the register with whose name, official or short, the words end.

    部门街镇西乡县 ends with 西乡县, whatever stands before it. Of several counties of one name
    (鼓楼区, 朝阳区) the words decide, else only the name is known.
    """
    for start in range(len(words) - 1):
        name = words[start:]
        found = register.county(name)
        if not found:
            continue
        if len(stem(name)) == 1 and start and re.match(HAN, words[start - 1]):
            return None  # 创新县: the end of another word
        return one_of(found, words) or (found[0][0], None, None)
    return None


def one_of(found: list[County], words: str) -> County | None:
    """The only county, or the only one whose prefecture or province the words name; else None."""
    if len(found) == 1:
        return found[0]
    for level in (1, 2):
        above = [county for county in found if county[level] and stem(county[level] or "") in words]
        if len(above) == 1:
            return above[0]
    return None


def stated_county(
    township: str, text: str, context: list[str], register: Register
) -> tuple[County | None, bool]:
    """The county above a township by the report's own words, and whether these leave no doubt.

    None where the words name none, or several. No doubt leaves a name right before that of the
    township (永年区城关街道), or a code of the page; 在某区委、区政府领导下 may speak of another.
    """
    around = "\n".join(context)
    before = [
        county
        for match in re.finditer(re.escape(township), text)
        if (county := _right_before(text, match.start(), register))
    ]
    codes = [_county_of_code(code[1], register) for code in _CODE.finditer(around)]
    for found in (before, [county for county in codes if county]):
        if len(set(found)) == 1:
            return _completed(found[0], around + text, register), True
    leading = {
        county
        for match in _LEADS.finditer(around + "\n" + text[:_OPENING])
        if (county := county_before(match[1], register))
    }
    if len(leading) == 1:
        return _completed(leading.pop(), around + text, register), False
    return None, False


def hinted_county(
    township: str, text: str, context: list[str], register: Register
) -> County | None:
    """The county that a report points to without naming it above its township.

    Where the opening says that the township lies, else the one whose campaign the text names.
    None where nothing does, or several are named.
    """
    around = "\n".join(context) + text
    lies_in = {
        county
        for match in _LIES_IN.finditer(text[:_OPENING])
        if (county := county_before(match[1], register))
    }
    stems = {campaign[1] for campaign in campaigns(text, register)}
    for found in (lies_in, _counties_of_stems(stems, township, register)):
        if len(found) == 1:
            return _completed(found.pop(), around, register)
    return None


def campaigns(text: str, register: Register) -> Iterator[re.Match[str]]:
    """Yields the campaigns that bear the name of a place of the register: 法治桐庐, “平安桐庐”.

    Group 1 of each match is the name, without its suffix.
    """
    return (match for match in _CAMPAIGN.finditer(text) if match[1] in register.stems)


def _counties_of_stems(stems: set[str], township: str, register: Register) -> set[County]:
    """The counties that bear one of these names, of which the township's own name has no part.

    A name that is a word of the language, too (和平区, 港口区), points nowhere.
    """
    usable = {s for s in stems if s not in township and [t[:2] for _, t in tag(s)] == ["ns"]}
    return {county for s in usable for county in register.counties_of_stem(s)}


def _county_of_code(digits: str, register: Register) -> County | None:
    """The county whose code a number begins with, at once or behind the 11 of a credit code."""
    behind = digits[2:8] if digits.startswith("11") else ""
    return register.county_codes.get(digits[:6]) or register.county_codes.get(behind)


def _right_before(text: str, position: int, register: Register) -> County | None:
    words = re.search(rf"{HAN}*$", text[max(0, position - 14) : position])
    return county_before(words[0], register) if words else None


def _completed(county: County, words: str, register: Register) -> County:
    """A county of which only the name is known, with what the words say of the others of that
    name.
    """
    if county[2] is not None:
        return county
    return one_of(register.county(county[0]), words) or county
