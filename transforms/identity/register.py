"""The register of township-level divisions that a user brings, and the places in it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections import defaultdict
from dataclasses import dataclass, replace

from schemas import keys
from transforms.identity.names import places


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
    municipalities = set(places()["municipalities"])
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
    stems = {re.sub(f"(?:{'|'.join(places()['township'])})$", "", n) for n in by_name} | {
        stem(c) for c in counties if c
    }
    return Register(
        digest,
        dict(by_name),
        {k: sorted(v, key=str) for k, v in counties.items()},
        frozenset(s for s in stems if len(s) > 1) - set(places()["campaign_words"]),
    )


EMPTY = Register("none", {}, {})


def stem(name: str) -> str:
    """贵德县 -> 贵德, 大化瑶族自治县 -> 大化, 湖北省 -> 湖北: what is left of a name in running text."""
    bare = re.sub(
        r"(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|自治州|地区|盟|自治县|自治旗|林区|特区|县|旗|区|市)$",
        "",
        name,
    )
    return re.sub(r"(?:各族|[一-龥]{1,3}族)+$", "", bare) or bare
