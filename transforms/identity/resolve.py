"""Decides which township-level body wrote a report, from its claims, its text and the register."""

from __future__ import annotations

import re

from transforms.folding import simplified
from transforms.identity.claims import Claims
from transforms.identity.mentions import township_in, township_in_text
from transforms.identity.names import HAN, people_signs, places, short_township, stem
from transforms.identity.register import EMPTY, Place, Register
from transforms.identity.stated import (
    campaigns,
    county_before,
    hinted_county,
    one_of,
    stated_county,
)

# who reports, below the title: 分水镇党委书记 张某
_LEADER = re.compile(
    rf"({HAN}{{1,12}}?(?:镇|乡|街道|苏木))(?:党委|党工委|人民政府|办事处)?副?(?:书记|镇长|乡长|主任)"
)
NOWHERE: tuple[str | None, str | None, str | None] = (None, None, None)
# county, prefecture, province; None where not known
Above = tuple[str | None, str | None, str | None]


def resolve_body(
    claims: Claims, text: str, register: Register = EMPTY, path: str = "", publisher: str = ""
) -> Place:
    """Returns the place of the body that wrote the report.

    `claims` is what the document says of itself, `text` its text. The names in `path` (the folders
    in which the source lay) and in `publisher` (from its manifest) count as evidence, too; both are
    "" where not known. So do breadcrumb, site and labels of the page (`claims.context`).

    The place is `exact` or `inferred` where one body fits best; `ambiguous`, with all of them in
    `candidates`, where several fit equally well; `unresolved` where the township, or all above it,
    is not known. What is not known of it is None. Raises nothing for a text without a name.
    """
    text = simplified(text)
    township = _township(claims, text, register)
    heads = " ".join([*claims.bodies, path, publisher])
    named = _named_above(claims.bodies, path, township, register)
    candidates = register.named(township) if township else []
    # a county in the body's own name is right: a township of the same name that the register has
    # in another county is another township. 开发区 and 新区 are no counties
    county = named[0] or ""
    county_is_sure = bool(register.county(county)) or county.endswith(("县", "旗"))
    if not county and township:
        stated, is_certain = stated_county(township, text, claims.context, register)
        # the townships of this name in the register may lie elsewhere
        if not stated and len(candidates) > 1:
            stated = hinted_county(township, text, claims.context, register)
        if stated and (is_certain or not _names_county_of(candidates, text)):
            named, county, county_is_sure = stated, stated[0], True
    if county_is_sure and all(stem(c.county or "") != stem(county) for c in candidates):
        candidates = []
    year = claims.report_year
    if year:
        valid = [c for c in candidates if (c.from_year or year) <= year <= (c.to_year or year)]
        candidates = valid or candidates
    if not candidates:
        return _outside_register(township, named, claims, heads, text, register)
    best = _most_likely(candidates, heads, claims.context, text)
    if len(best) == 1:
        sure = len(candidates) == 1 or (best[0].county or best[0].prefecture or "") in heads
        place = best[0]
        return Place(
            place.township,
            place.county,
            place.prefecture,
            place.province,
            place.division_code,
            "exact" if sure else "inferred",
        )
    return _ambiguous(best)


def _names_county_of(candidates: list[Place], text: str) -> bool:
    """Whether the text names the county of one of these places, without its suffix at least."""
    counties = {place.county for place in candidates if place.county}
    return any(stem(county) in text for county in counties)


def _township(claims: Claims, text: str, register: Register) -> str | None:
    """Returns the name of the township; None where neither page nor text gives one.

    The bodies that the page names come first, then the running text, then the rest of the page.
    """
    named = [name for body in claims.bodies if (name := township_in(body, register))]
    if named:
        # 板桥乡 in the title is the short form of 板桥苗族彝族乡 in the signature
        return next((name for name in named if short_township(name) == named[0]), named[0])
    if name := township_in_text(text, register):
        return name
    for line in claims.context:
        if (leader := _LEADER.match(line)) and (name := township_in(leader[1], register)):
            return name
        name = township_in(line, register) if register.by_name else None
        if name and register.named(name) and name in text:
            return name
    return None


def _ambiguous(best: list[Place]) -> Place:
    """Returns one place for several bodies; only what they have in common is set, the rest None."""
    first = best[0]

    def common(field: str) -> str | None:
        value: str | None = getattr(first, field)
        return value if all(getattr(place, field) == value for place in best) else None

    # a short form that stands for several long ones is kept in the form of most
    names = [place.township for place in best]
    return Place(
        max(names, key=names.count),
        common("county"),
        common("prefecture"),
        common("province"),
        None,
        "ambiguous",
        tuple(best),
    )


def _most_likely(candidates: list[Place], heads: str, context: list[str], text: str) -> list[Place]:
    """Returns the candidates with the most evidence; more than one where they are equal.

    `heads` are the names of the body, its path and its publisher; `context` is the page around.
    """
    around = "\n".join(context)
    scored = [(_evidence(place, heads, around, text), place) for place in candidates]
    top = max(score for score, _ in scored)
    return [place for score, place in scored if score == top]


def _evidence(place: Place, heads: str, around: str, text: str) -> int:
    """Returns how much speaks for a candidate, in points that mean nothing by themselves.

    Points are given for its names in the heads, on the page and in the text, and for its code.
    """
    score = 0
    for name, in_head, on_page, in_text, in_short in (
        (place.county, 100, 60, 20, 8),
        (place.prefecture, 12, 10, 5, 3),
        (place.province, 12, 10, 5, 3),
    ):
        if not name:
            continue
        bare = stem(name)
        short = bare + name[-1]
        usable = len(bare) >= 2 and bare not in (place.township or "")
        if name in heads or short in heads:
            score += in_head
        elif name in around or short in around:
            score += on_page
        elif name in text or short in text:
            score += in_text
        elif usable and (bare in around or bare in text):
            score += in_short
        score += _people(name, text)
    # an index number begins with the code of the county, also behind the 11 of a credit code
    code = (place.division_code or "")[:6]
    if len(code) == 6 and re.search(rf"(?<![\d.-])(?:11)?{code}", around):
        score += 80
    # of equal candidates the one whose full name stands in the text
    return score * 2 + (place.township is not None and place.township in text)


def _people(name: str, text: str) -> int:
    """Returns the points for an autonomous area whose people the text points to, else 0.

    汉朝双语 points to 延边朝鲜族自治州.
    """
    if "自治" not in name:
        return 0
    return next(
        (
            4
            for people, sign in people_signs().items()
            if f"{people}族" in name and sign.search(text)
        ),
        0,
    )


def _named_above(bodies: list[str], path: str, township: str | None, register: Register) -> Above:
    """Returns county, prefecture and province as they are written in a body's name or its folders.

    青海省海南藏族自治州贵德县河西镇, or 浙江省/杭州市/桐庐县. The name of the body goes before.
    """
    county, prefecture, province = _named_by_folders(path)
    for body in bodies:
        if not township or township not in body:
            continue
        before = re.sub(r"人民政府|中共", "", body.split(township)[0])
        spelled = next((p for p in places()["provinces"] if before.startswith(p)), None)
        rest = before.removeprefix(spelled or "")
        province = spelled or province
        if official := county_before(rest, register):
            county, prefecture, province = official
            break
        above = re.match(
            rf"({HAN}{{2,8}}?(?:自治州|地区|盟|市))(?={HAN}{{2,}}(?:县|区|市|旗)$)", rest
        )
        rest = rest[above.end() :] if above else rest
        prefecture = above[1] if above else prefecture
        if re.fullmatch(rf"{HAN}{{1,14}}(?:县|区|旗|市)", rest):
            if rest in places()["without_counties"]:
                county, prefecture = None, rest
            else:
                county = rest
            break
    if province in places()["municipalities"]:
        prefecture = None
    return county, prefecture, province


def _named_by_folders(path: str) -> Above:
    """Returns county, prefecture and province from folder names; NOWHERE without a province."""
    folders = [folder for folder in re.split(r"[/\\]", path) if folder]
    province = next((folder for folder in folders if folder in places()["provinces"]), None)
    prefecture = county = None
    if not province:
        return NOWHERE
    for folder in folders[folders.index(province) + 1 :]:
        city = (
            folder.endswith("市")
            and prefecture is None
            and folder != folders[-1]
            and province not in places()["municipalities"]
        )
        if city or re.fullmatch(rf"{HAN}{{1,14}}(?:自治州|地区|盟)", folder):
            prefecture = folder
        elif re.fullmatch(rf"{HAN}{{1,14}}(?:县|区|旗|市)", folder):
            county = folder
    return county, prefecture, province


def _outside_register(
    township: str | None, named: Above, claims: Claims, heads: str, text: str, register: Register
) -> Place:
    """Returns the place of a body that the register lacks, from the names in page and text."""
    county, prefecture, province = named
    if county is None and prefecture is None:
        county = _county_of_page(claims.context, register)
    if township and county is None and prefecture is None:
        if hinted := hinted_county(township, text, claims.context, register):
            county, prefecture, province = hinted
    around = " ".join([heads, *claims.context, text])
    if official := one_of(register.county(county or ""), around):
        county, prefecture, province = official
    if province is None:
        mentioned = [
            name
            for name in places()["provinces"]
            if name in heads or name in text or (name.endswith("省") and f"{name}委" in text)
        ]
        province = mentioned[0] if len(mentioned) == 1 else None
    found = township and (county or prefecture in places()["without_counties"])
    return Place(
        township, county, prefecture, province, None, "inferred" if found else "unresolved"
    )


def _county_of_page(context: list[str], register: Register) -> str | None:
    """Returns the county of the register that a page names; None where it names none or several."""
    found: set[str] = set()
    for line in context:
        for match in re.finditer(rf"{HAN}{{1,12}}?(?:自治县|县|区|旗|市)", line):
            for start in range(match.start(), match.end() - 1):
                if register.counties.get(line[start : match.end()]):
                    found.add(line[start : match.end()])
                    break
    return found.pop() if len(found) == 1 else None


def other_place(text: str, place: Place, register: Register) -> tuple[str, int] | None:
    """Returns the first campaign in `text` named after another place than `place`, and its offset.

    A campaign is 法治 or 平安 with the name of a place (法治桐庐). The offset is in code points of
    `text`. None where there is no such campaign.
    """
    own = {
        name
        for p in (place, *place.candidates)
        for name in (p.township, p.county, p.prefecture, p.province)
        if name
    }
    for campaign in campaigns(text, register):
        if not any(campaign[1] in name or stem(name) in campaign[1] for name in own):
            return campaign[0], campaign.start()
    return None
