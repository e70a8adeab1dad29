"""The register of township-level divisions that a user brings, and the places in it."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from schemas import keys
from transforms.identity.names import places, short_township, stem, township_stem

COLUMNS = ("code", "name", "county", "prefecture", "province")
_LONGEST = 100  # characters of a cell; the longest names of divisions have some thirty
_NO_VALUES = ("nan", "null", "none", "n/a", "#n/a")  # what programs write for an empty cell
_NO_CONTROLS = re.compile(r"[^\x00-\x1f\x7f-\x9f]*").fullmatch
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_WRITTEN = frozenset("?\ufffd")  # what programs write for a character that they cannot
# a county by its official name, its prefecture and its province; None where it has none
County = tuple[str, str | None, str | None]


@dataclass(slots=True, frozen=True)
class Place:
    """A reporting body; None where not known.

    `resolution` is exact, inferred, ambiguous or unresolved; `candidates` are all the places that
    an ambiguous body may be; `from_year` and `to_year` are the first and last year of a division
    that was founded, renamed or dissolved.
    """

    township: str | None
    county: str | None
    prefecture: str | None
    province: str | None
    division_code: str | None
    resolution: str
    candidates: tuple[Place, ...] = ()
    from_year: int | None = None
    to_year: int | None = None

    def key(self) -> str:
        """Stable identifier over the natural key (province, prefecture, county, township)."""
        return keys.township_id(self.province, self.prefecture, self.county, self.township)


@dataclass(slots=True)
class Register:
    """Township-level divisions by name. `digest` identifies the file it was read from.

    `short_names` holds them by the forms that texts use (中山街 for 中山街道, 杨梅乡 for
    杨梅彝族苗族回族乡); `counties` holds counties by their official names and `short_counties`
    by short ones (长阳县 for 长阳土家族自治县), `county_codes` by the six digits with which the codes
    of their townships begin; `stems` are names without their suffix.
    """

    digest: str
    by_name: dict[str, list[Place]]
    counties: dict[str, list[County]]
    stems: frozenset[str] = frozenset()
    short_names: dict[str, list[Place]] = field(default_factory=dict)
    short_counties: dict[str, list[County]] = field(default_factory=dict)
    county_codes: dict[str, County] = field(default_factory=dict)

    def named(self, township: str) -> list[Place]:
        """The places that bear this name, officially or in short."""
        found = [*self.by_name.get(township, []), *self.short_names.get(township, [])]
        return list(dict.fromkeys(found))

    def county(self, name: str) -> list[County]:
        """The counties that bear this name, officially or in short."""
        return self.counties.get(name) or self.short_counties.get(name, [])

    def counties_of_stem(self, bare: str) -> list[County]:
        """The counties whose official name without its suffix is `bare`."""
        return [
            county
            for suffix in ("县", "区", "市", "旗", "自治县", "自治旗")
            for county in self.counties.get(bare + suffix, [])
        ] or [
            county
            for name, found in self.short_counties.items()
            if stem(name) == bare
            for county in found
        ]


EMPTY = Register("none", {}, {})


def read_register(data: bytes) -> Register:
    """A register from CSV bytes (gzip or plain).

    Columns: code, name, county, prefecture and province, and where it knows them from_year and
    to_year (first and last year of the division under that name). Raises ValueError naming the
    missing columns, or the line whose years are no numbers, whose code is none or that of another
    line, that has too few or too many cells, or one that is no name. Lines without any cell filled
    are passed over.
    """
    digest = hashlib.sha256(data).hexdigest()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    by_name: dict[str, list[Place]] = defaultdict(list)
    short_names: dict[str, list[Place]] = defaultdict(list)
    counties: dict[str, set[County]] = defaultdict(set)
    county_codes: dict[str, County] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(table_text(data)):
        place = _place(row, line)
        _check_code(place, lines, line)
        by_name[row["name"]].append(place)
        if short := short_township(row["name"]):
            short_names[short].append(place)
        if place.county:
            county = (row["county"], place.prefecture, place.province)
            counties[row["county"]].add(county)
            county_codes.setdefault(row["code"][:6], county)
    short_counties: dict[str, list[County]] = defaultdict(list)
    for name, found in counties.items():
        bare = stem(name)
        # 前郭县 for 前郭尔罗斯蒙古族自治县
        shorter = {bare, bare[:2]} if "族自治" in name and len(bare) > 3 else {bare}
        for short in {part + name[-1] for part in shorter} - {name}:
            if short not in counties:
                short_counties[short] += sorted(found, key=str)
    stems = {township_stem(name) for name in by_name} | {stem(county) for county in counties}
    return Register(
        digest,
        dict(by_name),
        {name: sorted(found, key=str) for name, found in counties.items()},
        frozenset(word for word in stems if len(word) > 1) - set(places()["campaign_words"]),
        dict(short_names),
        dict(short_counties),
        county_codes,
    )


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields line number and cells by column, without blanks around them. Raises ValueError as
    `read_register` does.
    """
    table = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(table, [])]
        _check_header(header)
        for cells in table:
            row = [cell.strip() for cell in cells]
            if any(row):
                _check_cells(header, row, table.line_num)
                yield table.line_num, dict(zip(header, row, strict=False))
    except csv.Error as error:
        raise ValueError(f"line {table.line_num} is no line of CSV ({error})") from None


def _check_header(header: list[str]) -> None:
    """Raises ValueError where a column is missing or there twice."""
    missing = set(COLUMNS) - set(header)
    if missing:
        raise ValueError(
            f"the register lacks the columns {', '.join(sorted(missing))}; "
            f"it needs {', '.join(COLUMNS)}"
        )
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise ValueError(f"the register has the column {twice[0]} twice")


def _check_cells(header: list[str], row: list[str], line: int) -> None:
    """Raises ValueError where the cells of a line are not those of the columns, or no names."""
    last = max(header.index(name) for name in COLUMNS)
    if len(row) <= last or any(row[len(header) :]):
        than = "fewer" if len(row) <= last else "more"
        raise ValueError(
            f"line {line} of the register has {than} cells than its first line has columns"
        )
    for name in COLUMNS:
        cell = row[header.index(name)]
        if len(cell) > _LONGEST:
            raise ValueError(f"line {line}: {name} has {len(cell):,} characters: is a quote open?")
        if not _NO_CONTROLS(cell):
            raise ValueError(f"line {line}: {name} holds a control character ({cell})")
        if cell.lower() in _NO_VALUES:
            raise ValueError(
                f"line {line}: {name} is {cell}: leave cells empty where nothing is known"
            )
    check_name(row[header.index("name")], f"line {line}")


def check_name(name: str, where: str) -> None:
    """Raises ValueError for a name that is none: empty, or without a Chinese character as a file
    has it that was saved in an encoding without these (甲镇 as ??).
    """
    if not name:
        raise ValueError(f"{where}: the division has no name")
    if not _CHINESE.search(name) or not _WRITTEN.isdisjoint(name):
        raise ValueError(
            f"{where}: {name} is no name of a division: save the file as CSV UTF-8 or in GBK"
        )


def excel_hint(code: str) -> str:
    """Returns what to add to a message about a code that Excel has written as 6.1E+11, else ""."""
    is_shortened = re.search(r"\dE\+?\d", code.upper())
    return ": Excel has shortened it, format the column as text" if is_shortened else ""


def table_text(data: bytes) -> str:
    """Returns the text of a CSV file in UTF-8, or in GB18030 as Chinese Excel saves it.

    Raises ValueError for bytes that are neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise ValueError("it is text in neither UTF-8 nor GBK: save it as CSV UTF-8")


def _check_code(place: Place, lines: dict[str, int], line: int) -> None:
    """Notes the code of a division. Raises ValueError for one that is none, or that another line
    has.

    Lines with years may share one: a division keeps its code when it is renamed.
    """
    code = place.division_code or ""
    if not re.fullmatch(r"(?:\d{6}|\d{9}|\d{12})?", code):
        raise ValueError(
            f"line {line}: the code {code} ({place.township}) has not 6, 9 or 12 digits"
            f"{excel_hint(code)}"
        )
    if not code or place.from_year or place.to_year:
        return
    if code in lines:
        raise ValueError(
            f"line {line}: the code {code} ({place.township}) is that of line {lines[code]}, too"
        )
    lines[code] = line


def _place(row: dict[str, str], line: int) -> Place:
    """The place of one row of the register."""
    prefecture = row["prefecture"] or None
    if prefecture in places()["municipalities"]:
        prefecture = None
    # a town straight below a city without counties: the statistics repeat the city as its county
    county = None if row["county"] == prefecture else row["county"] or None
    try:
        from_year, to_year = (
            int(row[column]) if row.get(column) else None for column in ("from_year", "to_year")
        )
    except ValueError:
        raise ValueError(f"line {line}: from_year and to_year are years or empty") from None
    if from_year and to_year and from_year > to_year:
        raise ValueError(f"line {line}: from_year {from_year} is after to_year {to_year}")
    place = Place(row["name"], county, prefecture, row["province"] or None, row["code"], "exact")
    return replace(place, from_year=from_year, to_year=to_year)
