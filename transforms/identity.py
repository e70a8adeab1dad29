"""Which body reports on which year: from title, signature, metadata and text; with a register of divisions, which county it lies in.

`claims` reads what the document says of itself and needs no register; `resolve` decides with a register, and never guesses: a name
that several bodies share stays `ambiguous` unless the text (or the folder the file lay in) names the county.
"""

from __future__ import annotations

import csv
import datetime
import functools
import gzip
import hashlib
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import rjieba

from schemas import keys, vocabulary
from transforms.numerals import DAY, MONTH, YEAR_DIGITS, chinese_integer, fold, without_markup
from transforms.sections import NOTE, SIGNED_AS, Layout, is_body

_HAN = "[\u4e00-\u9fff]"
_YEAR = re.compile(r"(?<![\d〔\[（(—~-])((?:19|20)\d\d)\s*年(?!\s*[—~-]{1,2}\s*(?:19|20)\d\d)")
_SPAN = re.compile(r"(?:19|20)\d\d\s*年?\s*(?:[—~-]{1,2}|至|到)\s*(?:19|20)\d\d\s*年?")
_CHINESE_YEAR = re.compile(rf"([{YEAR_DIGITS}]{{4}})\s*年")
_DATE = re.compile(
    rf"((?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})[年\-./]({MONTH})[月\-./]({DAY})"
    r"|((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)"
)


@dataclass(slots=True)
class Claims:
    """What a document says of itself. `bodies` are strings that name the reporting body, most reliable first; `issued_on` is an ISO date."""

    title: str | None = None
    issuer: str | None = None
    issued_on: str | None = None
    report_year: int | None = None
    bodies: list[str] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Place:
    """A reporting body; None where not known. `resolution` is exact, inferred, ambiguous or unresolved."""

    township: str | None
    county: str | None
    prefecture: str | None
    province: str | None
    division_code: str | None
    resolution: str
    candidates: tuple[Place, ...] = ()  # of an ambiguous body: all that it may be
    from_year: int | None = (
        None  # first and last year of a division that was founded, renamed or dissolved
    )
    to_year: int | None = None

    def key(self) -> str:
        """Stable identifier over the natural key (province, prefecture, county, township)."""
        return keys.township_id(self.province, self.prefecture, self.county, self.township)


@functools.cache
def _places() -> dict:
    return vocabulary.toml("places.toml")


def iso_date(printed: str) -> str | None:
    """`2023年12月7日`, `2025-01-10` or `二〇二二年十二月二十六日` as an ISO date; None where it is none."""
    m = _DATE.search("".join(fold(printed).split()))
    try:
        return datetime.date(*(_in_date(g) for g in m.groups() if g)).isoformat() if m else None
    except ValueError:
        return None


def _in_date(numeral: str) -> int:
    """A year, month or day as it is printed in a date, 0 where it is none."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    plain = (
        re.sub("[0OoОоΟο]", "〇", numeral)
        .replace("元", "一")
        .replace("廿", "二十")
        .replace("卅", "三十")
    )
    return chinese_integer(plain) or 0


def year_of(printed: str) -> int | None:
    """The first single year in a stretch of text; the years of a plan's span (2021—2025年) do not count."""
    bare = _SPAN.sub("", fold(printed))
    m = _YEAR.search(bare)
    if m:
        return int(m[1])
    m = _CHINESE_YEAR.search(bare)
    return _in_date(m[1]) or None if m else None


def claims(text: str, flat: str, found: Layout) -> Claims:
    """What title, signature, metadata and opening of `text` say. `flat` is the folded text of the same length."""
    result = Claims()
    meta = found.metadata
    result.title = found.titles[0] if found.titles else meta.get("title")
    signature = [
        SIGNED_AS.sub("", without_markup(text[x.start : x.end]), count=1)
        for x in found.lines
        if x.kind == "signature"
    ]
    dates = [text[x.start : x.end] for x in found.lines if x.kind == "date"]
    heads = [without_markup(text[x.start : x.end]) for x in found.lines if x.kind == "other"]
    signing = [s for s in signature if not NOTE.match("".join(fold(s).split()))]
    signed = next((s for s in signing if _names_body(s)), None) or next(
        (s for s in signing if is_body(s)), None
    )
    if signed:
        m = re.match(rf"(.*?(?:{'|'.join(_places()['government'])}))\s*(?=[\d二〇（(]|$)", signed)
        bare = re.sub(r"[（(](?:盖章|公章|印章|章)[）)]$", "", m[1] if m else signed).strip()
        result.issuer = re.sub(r"^[（(](.*?)[）)]?$", r"\1", bare)
    head = _title_head(result.title)
    party = "中共" if head and f"中共{head}" in "".join(result.title.split()) else ""
    result.issuer = (
        result.issuer
        or meta.get("issuer")
        or (party + head if head and head.endswith(tuple(_places()["government"])) else None)
        or next((h for h in heads if _names_body(h)), None)
    )
    result.issued_on = next(
        (
            d
            for d in map(
                iso_date,
                [
                    *dates,
                    *signature,
                    *heads,
                    meta.get("issued_on", ""),
                    meta.get("published_on", ""),
                ],
            )
            if d
        ),
        None,
    )
    result.report_year = _report_year(flat, found, result, [h for h in heads if not iso_date(h)])
    result.bodies = [
        b
        for b in dict.fromkeys(
            "".join(x.split())
            for x in [
                head,
                result.issuer,
                meta.get("issuer"),
                _title_head(meta.get("title")),
                *heads,
            ]
            if x and not iso_date(x)
        )
    ]
    return result


def _names_body(line: str) -> bool:
    bare = re.sub(
        r"[（(](?:盖章|公章|印章)[）)]$",
        "",
        re.split(r"\s*(?:19|20)\d\d|\s*二[〇零○]", fold(line))[0].strip(),
    )
    return bare.endswith(tuple(_places()["government"])) or bare.endswith(
        tuple(_places()["township"])
    )


_TAG = re.compile(r"[\[【]([^\]】]{2,12})[\]】]")


def _title_head(title: str | None) -> str | None:
    """The body at the head of a title: what stands before 关于, the year, or the subject."""
    if not title:
        return None
    squeezed = "".join(fold(title).split())
    if (tag := _TAG.match(squeezed)) and not _names_body(
        tag[1]
    ):  # 【年度报告】, but [某镇] is the body
        squeezed = squeezed[tag.end() :]
    squeezed = re.sub(r"[\[\]【】]", "", squeezed).removeprefix("关于")
    year = rf"(?:(?:19|20)\d\d|[{YEAR_DIGITS}]{{4}})年度?"
    ends = rf"(?=关于|贯彻|落实|(?:19|20)\d\d|{year}|年度|法治|依法|推进|全面|党政|党委|党工委)"
    m = re.match(rf"(?:中共)?({_HAN}{{2,40}}?){ends}", squeezed)
    if (
        not m
    ):  # 2024年青山镇法治政府建设情况的报告: what follows the year is a body only if it ends as one
        suffixes = "|".join((*_places()["township"], *_places()["government"]))
        m = re.match(rf"{year}(?:中共)?({_HAN}{{1,39}}?(?:{suffixes})){ends}", squeezed)
    return m[1] if m else None


def _report_year(flat: str, found: Layout, so_far: Claims, heads: list[str]) -> int | None:
    below = [h[1:] for h in heads if h.startswith(("（", "("))]  # （2023年度）
    for said in (so_far.title or "", found.metadata.get("title", ""), *below):
        if year := year_of(said):
            return year
    body = "".join(flat[x.start : x.end] + "\n" for x in found.lines if x.kind == "body")
    bare = _SPAN.sub("", body[:6000])
    m = re.search(
        r"((?:19|20)\d\d)\s*年(?:度|以来)?[^，。]{0,12}(?:法治|依法|工作)[^。]{0,20}(?:报告|汇报|总结)",
        bare,
    ) or re.match(r"\s*((?:19|20)\d\d)\s*年", bare)
    if m:
        return int(m[1])
    years = Counter(int(y) for y in _YEAR.findall(bare))
    signed = so_far.issued_on and datetime.date.fromisoformat(so_far.issued_on)
    if signed:
        likely = signed.year if signed.month >= 7 else signed.year - 1
        return (
            likely if likely in years or not years or "今年" in bare else years.most_common(1)[0][0]
        )
    return year_of(bare[:1500])


# --- the register -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Register:
    """Township-level divisions by name. `digest` identifies the file it was read from."""

    digest: str
    by_name: dict[str, list[Place]]
    counties: dict[str, list[tuple[str, str | None, str | None]]]
    stems: frozenset[str] = frozenset()  # names of townships and counties without their suffix


def read_register(data: bytes) -> Register:
    """A register from CSV bytes (gzip or plain) with the columns code, name, county, prefecture and province, and where it knows them
    from_year and to_year (first and last year of the division under that name).

    Raises ValueError naming the missing columns, or the line whose years are no numbers.
    """
    digest = hashlib.sha256(data).hexdigest()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    missing = {"code", "name", "county", "prefecture", "province"} - set(reader.fieldnames or ())
    if missing:
        raise ValueError(
            f"the register lacks the columns {', '.join(sorted(missing))}; it needs code, name, county, prefecture, province"
        )
    by_name: dict[str, list[Place]] = defaultdict(list)
    counties: dict[str, set] = defaultdict(set)
    municipalities = set(_places()["municipalities"])
    for row in reader:
        prefecture = None if row["prefecture"] in municipalities else row["prefecture"] or None
        try:
            years = [int(row[k]) if row.get(k) else None for k in ("from_year", "to_year")]
        except ValueError:
            raise ValueError(
                f"line {reader.line_num}: from_year and to_year are years or empty"
            ) from None
        place = Place(
            row["name"],
            row["county"] or None,
            prefecture,
            row["province"] or None,
            row["code"],
            "exact",
        )
        by_name[row["name"]].append(replace(place, from_year=years[0], to_year=years[1]))
        counties[row["county"]].add((row["county"], prefecture, row["province"] or None))
    stems = {re.sub(f"(?:{'|'.join(_places()['township'])})$", "", n) for n in by_name} | {
        _stem(c) for c in counties if c
    }
    return Register(
        digest,
        dict(by_name),
        {k: sorted(v, key=str) for k, v in counties.items()},
        frozenset(s for s in stems if len(s) > 1) - set(_places()["campaign_words"]),
    )


EMPTY = Register("none", {}, {})


def _stem(name: str) -> str:
    """贵德县 -> 贵德, 大化瑶族自治县 -> 大化, 湖北省 -> 湖北: what is left of a name in running text."""
    bare = re.sub(
        r"(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|自治州|地区|盟|自治县|自治旗|林区|特区|县|旗|区|市)$",
        "",
        name,
    )
    return re.sub(r"(?:各族|[一-龥]{1,3}族)+$", "", bare) or bare


def _township_in(body: str, register: Register) -> str | None:
    """The township's name inside a string that names a body (乳山市人民政府城区街道办事处 -> 城区街道)."""
    suffixes = _places()["township"]
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
            rf"^.*(?:人民政府|委员会|党委|党工委|[乡镇]委|自治县|自治旗|自治州|自治区|省|盟|地区|县(?!城)|旗|{_HAN}{{2,}}?市|{_HAN}{{2,}}?区)(?={_HAN}{{2,}}$)",
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
    return before.endswith(tuple(places | {_stem(n) for n in places}))


def _generic(name: str) -> bool:
    stem = re.sub("(?:" + "|".join(_places()["township"]) + ")$", "", name)
    return not stem or stem in _places()["generic"]


# behind the name of the body: 现将白沙镇2023年法治政府建设情况报告如下, 白沙镇人民政府认真贯彻
_REPORTED_ON = re.compile(
    r"(?:人民政府|办事处|党委|党工委)?(?:关于|在)?\s*(?:20\d\d\s*年|[^，。\n]{0,20}法治[^，。\n]{0,20}如下|(?:位于|地处|辖区?|下辖|现有|认真|深入|坚持|紧紧|紧扣|始终|全面))"
)


def _like_a_name(name: str, behind: str) -> bool:
    """Whether what stands before 乡, 镇 or 街道 in a sentence can be its name: no verb, preposition or numeral (提交镇, 今年镇, 十里八乡) and more
    than one character, and the sign is not the head of another word (边境乡镇, 白沙镇级)."""
    stem = re.sub(f"(?:{'|'.join(_places()['township'])})$", "", name)
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
    for m in re.finditer("|".join(_places()["township"]), text):
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
                rf"(?:^|[^\u4e00-\u9fff]|[{_PARTICLES}])({_HAN}{{2,5}})$",
                text[max(0, end - 9) : end],
            )
            at = at and re.search(rf"[^{_PARTICLES}]+$", at[1])
            name = at[0] if at and _like_a_name(at[0], text[end : end + 1]) else None
        if name and not _generic(name):
            counts[name] += 2 if register.by_name or _REPORTED_ON.match(text, end) else 1
    # what always stands behind the same character is the end of a longer name
    longer = {n for n, those in preceded.items() if len(those) == 1 and "" not in those}
    return next((n for n, count in counts.most_common() if count > 1 and n not in longer), None)


_CAMPAIGN = re.compile(rf"(?:法治|平安)({_HAN}{{2,4}}?)(?=建设|创建|[”\"’'」』])")


def other_place(text: str, place: Place, register: Register) -> tuple[str, int] | None:
    """The first campaign in `text` that bears the name of a place which is not this one (法治 and another town's name), and its offset."""
    own = {
        x
        for p in (place, *place.candidates)
        for x in (p.township, p.county, p.prefecture, p.province)
        if x
    }
    for m in _CAMPAIGN.finditer(text):
        if m[1] in register.stems and not any(m[1] in name or _stem(name) in m[1] for name in own):
            return m[0], m.start()
    return None


def resolve(
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
    elsewhere = known and all(_stem(c.county or "") != _stem(named[0]) for c in candidates)
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
    for name, full_in_head, full, stem in (
        (place.county, 100, 20, 8),
        (place.prefecture, 12, 5, 3),
        (place.province, 12, 5, 3),
    ):
        if not name:
            continue
        bare = _stem(name)
        inside = place.township or ""
        if name in heads:
            score += full_in_head
        elif name in text:
            score += full
        elif len(bare) >= 2 and bare not in inside and bare in text:
            score += stem
    return score


def _named_in(
    bodies: list[str], path: str, township: str | None
) -> tuple[str | None, str | None, str | None]:
    """County, prefecture and province as a body's full name (青海省海南藏族自治州贵德县河西镇) or the folders of its file spell them."""
    folders = [p for p in re.split(r"[/\\]", path) if p]
    province = next((p for p in folders if p in _places()["provinces"]), None)
    prefecture = county = None
    if province:
        for folder in folders[folders.index(province) + 1 :]:
            if re.fullmatch(rf"{_HAN}{{1,14}}(?:自治州|地区|盟)", folder) or (
                folder.endswith("市")
                and prefecture is None
                and folder != folders[-1]
                and province not in _places()["municipalities"]
            ):
                prefecture = folder
            elif re.fullmatch(rf"{_HAN}{{1,14}}(?:县|区|旗|市)", folder):
                county = folder
    for body in bodies:
        if not township or township not in body:
            continue
        before = body.split(township)[0].replace("人民政府", "")
        said = next((p for p in _places()["provinces"] if before.startswith(p)), None)
        rest = before.removeprefix(said or "")
        m = re.match(
            rf"({_HAN}{{2,8}}?(?:自治州|地区|盟|市))(?={_HAN}{{2,}}(?:县|区|市|旗)$)", rest
        )
        rest = rest[m.end() :] if m else rest
        named = re.fullmatch(rf"{_HAN}{{1,14}}(?:县|区|旗|市)", rest)
        province, prefecture, county = (
            said or province,
            m[1] if m else prefecture,
            rest if named else county,
        )
        if named:
            break
    if province in _places()["municipalities"]:
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
            for p in _places()["provinces"]
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
