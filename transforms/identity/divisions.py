"""The public lists of administrative divisions (streets.csv, areas.csv, cities.csv, provinces.csv,
joined by codes) -> the register's CSV.
"""

from __future__ import annotations

import csv
import io

from transforms.identity.register import table_text

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
BESIDE = {"areas": "areas.csv", "cities": "cities.csv", "provinces": "provinces.csv"}
_NO_PREFECTURE = (
    "市辖区",
    "县",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
    "省直辖县级行政单位",
    "自治区直辖县级行政单位",
)


def is_street_list(data: bytes) -> bool:
    """Whether the CSV is a list of streets that names its county by code (`areaCode`)."""
    return b"areaCode" in data.split(b"\n", 1)[0]


def joined(streets: bytes, lists: dict[str, bytes]) -> bytes:
    """The register's CSV from streets.csv and the lists of BESIDE. Raises ValueError naming the
    line whose county is in no list.
    """
    areas, cities, provinces = ({r["code"]: r for r in _rows(lists[k])} for k in BESIDE)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line, row in enumerate(_rows(streets), 2):
        area = areas.get(row["areaCode"])
        province = provinces.get(row.get("provinceCode") or row["areaCode"][:2])
        city = cities.get(row.get("cityCode") or row["areaCode"][:4])
        if area is None or province is None:
            missing = "areas.csv" if area is None else "provinces.csv"
            raise ValueError(
                f"line {line} of the streets ({row['name']}) has a code that {missing} does not "
                "know"
            )
        prefecture = city["name"] if city and city["name"] not in _NO_PREFECTURE else ""
        writer.writerow(
            {
                "code": row["code"].ljust(12, "0"),
                "name": row["name"],
                "county_code": area["code"],
                "county": area["name"],
                "prefecture": prefecture,
                "province": province["name"],
            }
        )
    return out.getvalue().encode()


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_text(data))))
