"""Claims, text and register -> the reporting body."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import rjieba

from transforms.identity.claims import Claims
from transforms.identity.names import HAN, places
from transforms.identity.register import EMPTY, Place, Register, stem


def _township_in(body: str, register: Register) -> str | None:
    """The township's name inside a string that names a body (乳山市人民政府城区街道办事处 -> 城区街道)."""
    suffixes = places()["township"]
    ends = [m.end() for m in re.finditer("|".join(suffixes), body)]
    for end in reversed(ends):
        for start in range(max(0, end - 14), end - 1):
            name = body[start:end]
            if (
                name in register.by_name
                and name not in suffixes
                and _begins(body[:start], name, register)
            ):
                return name
    for end in reversed(ends):
        name = re.sub(
            rf"^.*(?:人民政府|委员会|党委|党工委|[乡镇]委|自治县|自治旗|自治州|自治区|省|盟|地区|县(?!城)|旗|{HAN}{{2,}}?市|{HAN}{{2,}}?区)(?={HAN}{{2,}}$)",
            "",
            body[:end],
        )
        alone = (
            len(name) > 2 and name == body[:end] and body[end:] in ("", "人民政府", "办事处")
        )  # 平安乡 is one
        if 2 <= len(name) <= 12 and (alone or not _generic(name)):
            return name
    return None


_BEFORE_A_NAME = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[省市县区旗州盟]|地区|政府|委员会|党委|党工委|中共|关于)$"
)


def _begins(before: str, name: str, register: Register) -> bool:
    """Whether the name of a township can begin behind `before`: 口镇 of the register is none in 海门口镇, which the register lacks."""
    if _BEFORE_A_NAME.search(before):
        return True
    places = {n for p in register.by_name[name] for n in (p.county, p.prefecture, p.province) if n}
    return before.endswith(tuple(places | {stem(n) for n in places}))


def _generic(name: str) -> bool:
    stem = re.sub("(?:" + "|".join(places()["township"]) + ")$", "", name)
    return not stem or stem in places()["generic"]


# behind the name of the body: 现将白沙镇2023年法治政府建设情况报告如下, 白沙镇人民政府认真贯彻
_REPORTED_ON = re.compile(
    r"(?:人民政府|办事处|党委|党工委)?(?:关于|在)?\s*(?:20\d\d\s*年|[^，。\n]{0,20}法治[^，。\n]{0,20}如下|(?:位于|地处|辖区?|下辖|现有|认真|深入|坚持|紧紧|紧扣|始终|全面))"
)


def _like_a_name(name: str, behind: str) -> bool:
    """Whether what stands before 乡, 镇 or 街道 in a sentence can be its name: no verb, preposition or numeral (提交镇, 今年镇, 十里八乡) and more
    than one character, and the sign is not the head of another word (边境乡镇, 白沙镇级)."""
    stem = re.sub(f"(?:{'|'.join(places()['township'])})$", "", name)
    return (
        len(stem) > 1
        and behind not in [*"镇村级贤亲愁土"]
        and not any(t[0] in "vptrmqfbdcu" for _, t in rjieba.tag(stem))
    )


_PARTICLES = "在由将对是为使让把以"


def _township_in_text(text: str, register: Register) -> str | None:
    """The township that the running text speaks of most, earliest first among equals. A name that no register knows must stand there
    twice, or where the report says what it reports on."""
    counts: Counter = Counter()
    preceded: dict[str, set[str]] = defaultdict(set)
    for m in re.finditer("|".join(places()["township"]), text):
        end = m.end()
        if register.by_name:
            start = next(
                (s for s in range(max(0, end - 12), end - 1) if text[s:end] in register.by_name),
                end,
            )
            name = text[start:end]
            if name:
                before = text[max(0, start - 12) : start]
                begins = before.endswith((*_PARTICLES, "及", "和", "与")) or _begins(
                    before, name, register
                )
                preceded[name].add("" if begins else before[-1])
        else:
            at = re.search(
                rf"(?:^|[^\u4e00-\u9fff]|[{_PARTICLES}])({HAN}{{2,5}})$",
                text[max(0, end - 9) : end],
            )
            at = at and re.search(rf"[^{_PARTICLES}]+$", at[1])
            name = at[0] if at and _like_a_name(at[0], text[end : end + 1]) else None
        if name and not _generic(name):
            counts[name] += 2 if register.by_name or _REPORTED_ON.match(text, end) else 1
    # what always stands behind the same character is the end of a longer name
    longer = {n for n, those in preceded.items() if len(those) == 1 and "" not in those}
    return next((n for n, count in counts.most_common() if count > 1 and n not in longer), None)


_CAMPAIGN = re.compile(rf"(?:法治|平安)({HAN}{{2,4}}?)(?=建设|创建|[”\"’'」』])")


def other_place(text: str, place: Place, register: Register) -> tuple[str, int] | None:
    """The first campaign in `text` that bears the name of a place which is not this one (法治 and another town's name), and its offset."""
    own = {
        x
        for p in (place, *place.candidates)
        for x in (p.township, p.county, p.prefecture, p.province)
        if x
    }
    for m in _CAMPAIGN.finditer(text):
        if m[1] in register.stems and not any(m[1] in name or stem(name) in m[1] for name in own):
            return m[0], m.start()
    return None


def resolve_body(
    said: Claims, text: str, register: Register = EMPTY, path: str = "", publisher: str = ""
) -> Place:
    """The reporting body. The names in `path` (the folders the source lay in) and `publisher` (of its manifest) count as evidence."""
    township = next((t for t in (_township_in(b, register) for b in said.bodies) if t), None)
    if township is None:
        township = _township_in_text(text, register)
    heads = " ".join([*said.bodies, path, publisher])
    named = _named_in(said.bodies, path, township)
    candidates = register.by_name.get(township or "", [])
    # a county that the body's own name gives is right, and a namesake that the register has elsewhere another township
    known = named[0] in register.counties or (named[0] or "").endswith(
        ("县", "旗")
    )  # 开发区 and 新区 are no counties
    elsewhere = known and all(stem(c.county or "") != stem(named[0]) for c in candidates)
    if not candidates or elsewhere:
        return _without_register(township, named, heads, text, register)
    year = said.report_year
    valid = [c for c in candidates if year and (c.from_year or year) <= year <= (c.to_year or year)]
    candidates = valid or candidates
    best = _most_likely(candidates, heads, text)
    if len(best) == 1:
        sure = len(candidates) == 1 or (best[0].county or "") in heads
        return Place(
            township,
            best[0].county,
            best[0].prefecture,
            best[0].province,
            best[0].division_code,
            "exact" if sure else "inferred",
        )
    shared = [
        one if all(getattr(b, f) == one for b in best) else None
        for f in ("county", "prefecture", "province")
        for one in [getattr(best[0], f)]
    ]
    return Place(township, shared[0], shared[1], shared[2], None, "ambiguous", tuple(best))


def _most_likely(candidates: list[Place], heads: str, text: str) -> list[Place]:
    """The candidates with the most evidence in the names that the document or its path gives."""
    scored = [(_evidence(c, heads, text), c) for c in candidates]
    top = max(s for s, _ in scored)
    best = [c for s, c in scored if s == top]
    if len(best) > 1 and top < 20:
        kinds = {
            k
            for k, pattern in (
                ("县", r"县委|县政府|县人民政府"),
                ("区", r"(?<!党校)(?<!社)(?<!辖)(?<!自治)区委|(?<!自治)区政府"),
                ("旗", r"旗委|旗政府"),
            )
            if re.search(pattern, text)
        }
        if not kinds and re.search(r"市委、市政府|市司法局|市委", text):
            kinds = {"市"}
        if len(kinds) == 1:
            kind = kinds.pop()
            best = [c for c in best if (c.county or "").endswith(kind)] or best
    return best


def _evidence(place: Place, heads: str, text: str) -> int:
    score = 0
    for name, full_in_head, full, partial in (
        (place.county, 100, 20, 8),
        (place.prefecture, 12, 5, 3),
        (place.province, 12, 5, 3),
    ):
        if not name:
            continue
        bare = stem(name)
        inside = place.township or ""
        if name in heads:
            score += full_in_head
        elif name in text:
            score += full
        elif len(bare) >= 2 and bare not in inside and bare in text:
            score += partial
    return score


def _named_in(
    bodies: list[str], path: str, township: str | None
) -> tuple[str | None, str | None, str | None]:
    """County, prefecture and province as a body's full name (青海省海南藏族自治州贵德县河西镇) or the folders of its file spell them."""
    folders = [p for p in re.split(r"[/\\]", path) if p]
    province = next((p for p in folders if p in places()["provinces"]), None)
    prefecture = county = None
    if province:
        for folder in folders[folders.index(province) + 1 :]:
            if re.fullmatch(rf"{HAN}{{1,14}}(?:自治州|地区|盟)", folder) or (
                folder.endswith("市")
                and prefecture is None
                and folder != folders[-1]
                and province not in places()["municipalities"]
            ):
                prefecture = folder
            elif re.fullmatch(rf"{HAN}{{1,14}}(?:县|区|旗|市)", folder):
                county = folder
    for body in bodies:
        if not township or township not in body:
            continue
        before = body.split(township)[0].replace("人民政府", "")
        said = next((p for p in places()["provinces"] if before.startswith(p)), None)
        rest = before.removeprefix(said or "")
        m = re.match(rf"({HAN}{{2,8}}?(?:自治州|地区|盟|市))(?={HAN}{{2,}}(?:县|区|市|旗)$)", rest)
        rest = rest[m.end() :] if m else rest
        named = re.fullmatch(rf"{HAN}{{1,14}}(?:县|区|旗|市)", rest)
        province, prefecture, county = (
            said or province,
            m[1] if m else prefecture,
            rest if named else county,
        )
        if named:
            break
    if province in places()["municipalities"]:
        prefecture = None
    return county, prefecture, province


def _without_register(
    township: str | None, named: tuple, heads: str, text: str, register: Register
) -> Place:
    county, prefecture, province = named
    known = register.counties.get(county or "", [])
    if len(known) == 1:
        _, prefecture, province = known[0]
    if province is None:
        mentioned = [
            p
            for p in places()["provinces"]
            if p in heads or p in text or (p.endswith("省") and f"{p}委" in text)
        ]
        province = mentioned[0] if len(mentioned) == 1 else None
    return Place(
        township,
        county,
        prefecture,
        province,
        None,
        "inferred" if township and county else "unresolved",
    )
